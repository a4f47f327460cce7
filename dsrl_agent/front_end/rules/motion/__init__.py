"""Movement that chance rules: slippery ground, and things that walk."""
