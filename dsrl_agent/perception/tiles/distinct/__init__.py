"""Collect the distinct tiles of frames, with and without noise."""
