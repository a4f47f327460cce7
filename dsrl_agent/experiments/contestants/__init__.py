"""Give every contestant of a benchmark one interface."""
