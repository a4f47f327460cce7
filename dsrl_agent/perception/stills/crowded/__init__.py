"""Fit a grid to pictures of things that reach into each other."""
