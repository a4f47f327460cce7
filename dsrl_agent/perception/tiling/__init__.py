"""Find the grid of a world as the tiling with the shortest description of its frames."""
