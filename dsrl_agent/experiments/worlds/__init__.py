"""Make the worlds of a benchmark, and worlds like them: noisy, resized, with new maps."""
