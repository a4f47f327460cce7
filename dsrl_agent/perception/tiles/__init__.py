"""See frames that are drawn in equal tiles: distinct tiles, lighting, the agent and its ground."""
