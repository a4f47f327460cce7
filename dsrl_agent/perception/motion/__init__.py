"""Gather what motion tells: camera, grid, ego-object, emptiness."""
