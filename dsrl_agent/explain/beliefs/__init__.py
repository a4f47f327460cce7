"""Collect what an agent believes: of itself, of touching each type, and of its tables or rules."""
