"""Foresee things that move by themselves, and plan in space and time among them."""
