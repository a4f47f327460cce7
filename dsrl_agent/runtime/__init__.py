"""Run any actor in any environment: episodes, frames, random streams, checked spaces."""
