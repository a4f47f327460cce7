"""Compute estimates, comparisons and verdicts from raw results."""
