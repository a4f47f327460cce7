"""Describe what a benchmark runs, as data."""
