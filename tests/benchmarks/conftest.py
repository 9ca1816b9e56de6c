"""Benchmarks are scripts: ``uv run python tests/benchmarks/bench_rls.py``."""

collect_ignore_glob = ["bench_*.py"]
