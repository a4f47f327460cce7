"""What chance rules: slippery ground, and things that walk."""
