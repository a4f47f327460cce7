"""Find the symbols of still pictures."""
