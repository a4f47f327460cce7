"""Draw worlds: frames for agents, pictures and windows for people."""
