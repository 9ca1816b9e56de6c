"""What the commands do, as plain functions: the command line only reads options and prints."""
