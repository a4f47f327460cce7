"""Modules that files name, and who may import them."""

from __future__ import annotations

import sys

import pytest

from dsrl_agent.errors import CheckpointError
from dsrl_agent.runtime.door.trust import VARIABLE, allowing, require_allowed


@pytest.mark.parametrize(
    "name", ["X-v0", "ALE/X-v0", "shapes_grid:X-v0", "minigrid.wrappers:RGBImgObsWrapper", "sys:X"]
)
def test_installed_environments_and_imported_modules_pass(name: str) -> None:
    require_allowed([name], "file")


@pytest.mark.parametrize("name", ["this:X-v0", "antigravity:fly", "idlelib.idle:X", "a:b:C-v0"])
def test_other_modules_are_refused_and_not_imported(name: str) -> None:
    with pytest.raises(CheckpointError, match=r"file names .* put DSRL_ALLOW_IMPORTS=") as caught:
        require_allowed(["X-v0", name], "file")
    assert "\n" not in str(caught.value)
    assert "antigravity" not in sys.modules


def test_the_user_can_allow_modules(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, "other, idlelib.idle")
    require_allowed(["idlelib.idle:X", "other:Y"], "file")
    with pytest.raises(CheckpointError):
        require_allowed(["this:X"], "file")


def test_what_allows_modules_can_be_pasted_before_a_command() -> None:
    assert allowing(["X-v0", "shapes_grid:Y-v0", "minigrid.wrappers:Z"]) == ""
    assert allowing(["other.worlds:X-v0", "X-v0", "mine:Y"]) == "DSRL_ALLOW_IMPORTS=mine,other "
