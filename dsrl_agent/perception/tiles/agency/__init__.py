"""Find the agent among tiles, by its actions, and what lies under it."""
