"""Agents that are loaded from checkpoints and run folders, or refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from dsrl_agent.agent.loading import refusing
from dsrl_agent.errors import CheckpointError, ConfigError


@pytest.mark.parametrize(
    "error",
    [KeyError("x"), IndexError(), RuntimeError("two\nlines"), RecursionError(), OSError(5, "x")],
)
def test_whatever_goes_wrong_is_one_line(error: Exception) -> None:
    fault = "agent does not hold what an agent needs"
    with pytest.raises(CheckpointError, match=fault) as caught, refusing(Path("agent")):
        raise error
    assert "\n" not in str(caught.value)


def test_an_error_in_words_keeps_them() -> None:
    fault = "agent cannot be loaded: seed is -1"
    with pytest.raises(CheckpointError, match=fault), refusing(Path("agent")):
        raise ConfigError("seed is -1")
