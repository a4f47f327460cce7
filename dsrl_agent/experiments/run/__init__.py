"""Run what a plan describes, resumably."""
