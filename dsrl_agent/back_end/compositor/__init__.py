"""Decode latents of things into frames: sprites placed, scaled, tinted and composited in order."""
