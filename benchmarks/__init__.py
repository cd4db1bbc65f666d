"""Benchmarks of poolctl, against an earlier build and its peers: `python -m benchmarks`, docs/performance.md."""
