"""Encode frames as latents of things, by a network that learns from the generative model."""
