"""Time decisions, fits and other work."""
