"""Measure the speed of the worlds beside MiniGrid and NumPy's copying, in turns and in one run."""
