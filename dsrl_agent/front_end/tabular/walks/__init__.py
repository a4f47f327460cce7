"""Imagined walks: the cells they lead over, their values, and what is behind bad things."""
