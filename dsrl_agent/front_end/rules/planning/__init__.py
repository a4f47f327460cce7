"""Planning of `rules`: plans of highest return, and exploration at the lowest price."""
