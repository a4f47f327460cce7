"""Define the errors that this package raises; the command line prints each in one line."""

from __future__ import annotations


class DSRLError(Exception):
    """Base of all errors of this package; a message gives the fault, value, rule and remedy."""


class DSRLWarning(UserWarning):
    """Base of all warnings of this package; the command line prints each in one line."""


class ObservationError(DSRLError, ValueError):
    """A frame of the wrong type, dtype, rank or size, or a space without such frames."""


class PerceptionError(DSRLError):
    """No grid, agent or object was found in the frames seen so far."""


class WorkError(PerceptionError):
    """A search that would take more work than is allowed."""


class ConfigError(DSRLError, ValueError):
    """A setting that breaks its rule."""


class CheckpointError(DSRLError):
    """A run folder or checkpoint that is missing, damaged or of another kind."""


class DataError(DSRLError):
    """A file of a data set that is missing, damaged or cannot be downloaded."""


class HandoverError(DSRLError, ValueError):
    """What an environment hands over at reset or step breaks a rule, or the environment raised."""


class StorageError(DSRLError, OSError):
    """Files that cannot be written: a full disk, a folder without permission, a failing device."""
