"""Errors: their texts, and their way between processes."""

from __future__ import annotations

import pickle

from shapes_grid.errors import BoardError, SpecError


def test_a_spec_error_names_field_value_and_rule() -> None:
    error = SpecError("rows", 0, "at least 1")
    assert str(error) == "rows is 0, but it must be at least 1."
    copied = pickle.loads(pickle.dumps(error))
    assert (str(copied), copied.name, copied.value) == (str(error), "rows", 0)
    assert isinstance(error, ValueError)


def test_a_board_error_is_a_value_error() -> None:
    assert issubclass(BoardError, ValueError)
