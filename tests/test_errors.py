"""The errors of the package."""

from __future__ import annotations

import inspect

import dsrl_agent
from dsrl_agent import errors


def test_one_except_clause_catches_every_error_of_the_package() -> None:
    found = [one for _, one in inspect.getmembers(errors, inspect.isclass)]
    raised = [one for one in found if not issubclass(one, Warning)]
    assert len(raised) == 9
    assert all(issubclass(one, errors.DSRLError) for one in raised)


def test_wrong_arguments_are_value_errors_and_damaged_files_are_not() -> None:
    assert issubclass(errors.ConfigError, ValueError)
    assert issubclass(errors.ObservationError, ValueError)
    assert not issubclass(errors.CheckpointError, ValueError)


def test_public_errors_are_those_of_the_module() -> None:
    for name in ("CheckpointError", "ConfigError", "HandoverError", "ObservationError"):
        assert getattr(dsrl_agent, name) is getattr(errors, name)
