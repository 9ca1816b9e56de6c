"""How Sphinx builds these pages; the built pages need no network."""

import shutil
from importlib.metadata import version as installed_version
from pathlib import Path

project = "brian_force"
author = copyright = "The brian_force developers"
version = release = installed_version(project)

extensions = [
    "myst_nb",
    "sphinx.ext.autodoc",
    "sphinx.ext.autosummary",
    "numpydoc",
    "sphinx-mathjax-offline",
]
exclude_patterns = ["_build", "**/.ipynb_checkpoints"]
html_theme = "furo"
html_title = f"{project} {release}"
html_static_path = ["_static"]
html_css_files = ["equations.css"]

myst_enable_extensions = ["amsmath", "deflist", "dollarmath"]
myst_heading_anchors = 3

nb_execution_mode = "cache"
nb_execution_in_temp = True  # what a notebook saves does not stay
nb_execution_raise_on_error = True
nb_execution_timeout = 180
nb_output_stderr = "remove"  # progress bars

autodoc_typehints = "none"  # the numpydoc sections tell types, shapes and units
default_role = "code"
numpydoc_show_class_members = False
# No network, so no intersphinx: only names of this package must resolve.
nitpick_ignore_regex = [("py:.*", r"(?!brian_force\b).*")]

# The tutorials live beside docs/, where readers look for them; Sphinx reads a copy.
here = Path(__file__).parent
shutil.rmtree(here / "tutorials", ignore_errors=True)
(here / "tutorials").mkdir()
for notebook in (here.parent / "tutorials").glob("*.ipynb"):
    shutil.copy2(notebook, here / "tutorials")


def setup(app):
    """Keep the executed notebooks beside the doctrees, not beside the output folder."""
    app.config.nb_execution_cache_path = str(app.doctreedir / "executed")
