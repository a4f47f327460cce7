"""Play in several environments together: one step of each at a time."""
