"""Time decisions and fits."""
