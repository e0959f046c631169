"""Measured claims: each module is run as ``python -m benchmarks.NAME`` and prints what one run gave."""
