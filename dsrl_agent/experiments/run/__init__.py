"""Run the tasks of an experiment, and resume them."""
