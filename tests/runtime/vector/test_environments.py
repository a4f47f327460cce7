"""What several environments must be able to do."""

from __future__ import annotations

import pytest

from dsrl_agent.runtime.vector.environments import Environments


def test_environments_must_begin_step_and_close() -> None:
    with pytest.raises(TypeError, match="Can't instantiate abstract class"):
        Environments()  # type: ignore[abstract]
    assert (Environments.view, Environments.said) == (None, "")
