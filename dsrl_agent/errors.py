"""The errors that this package raises on purpose; the command line prints them in one line."""

from __future__ import annotations


class DSRLError(Exception):
    """Base of all errors below. A message says what is wrong, the value, the rule, the remedy."""


class ObservationError(DSRLError, ValueError):
    """A frame of the wrong kind, dtype, rank or size, or a space that has no such frames."""


class PerceptionError(DSRLError):
    """Nothing that could be a grid, an agent or an object was found in the frames met so far."""


class ConfigError(DSRLError, ValueError):
    """A setting that breaks its rule."""


class CheckpointError(DSRLError):
    """A run folder or checkpoint that is missing, damaged or of another kind."""


class DataError(DSRLError):
    """A data set's file that is missing, damaged or cannot be had."""
