"""The agent: perception and front end composed, learning from pixels and reward."""
