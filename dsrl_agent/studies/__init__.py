"""The thesis's own experiments and the scaling study."""
