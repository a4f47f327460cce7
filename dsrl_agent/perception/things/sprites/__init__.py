"""Find the sprites of things, and all that each type may look like."""
