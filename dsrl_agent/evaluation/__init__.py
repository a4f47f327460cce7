"""Measure actors and sight in the same worlds, with 95 % intervals."""
