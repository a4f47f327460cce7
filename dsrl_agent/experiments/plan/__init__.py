"""Define the plan of a benchmark as data."""
