"""What stands for several environments, and what does not."""

from __future__ import annotations

import pytest
from vector_tapes import Counting

from dsrl_agent.errors import ConfigError
from dsrl_agent.runtime.vector.opening import several


def test_numbers_of_environments_that_cannot_be_are_refused() -> None:
    with pytest.raises(ConfigError, match="num_envs is 0, but it must be at least 1"):
        several("shapes_grid:ShapesGrid-v0", 0)
    with pytest.raises(ConfigError, match="num_envs is 4, but the environment is made already"):
        several(Counting(), 4)
    assert several(Counting()) is None
    made = several("shapes_grid:ShapesGrid-v0", 3)
    assert made is not None
    assert (made.num_envs, made.num_actions, made.frame_shape) == (3, 4, (50, 50, 3))
