"""Measure what motion and standing still tell of things: background, tracks, coverage, the grid."""
