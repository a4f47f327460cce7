"""Benchmarks: suites of runs over seeds, every step counted, and the report made from them."""
