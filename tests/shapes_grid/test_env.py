"""The single environment: one episode by hand."""

from __future__ import annotations

import pytest
from gymnasium.error import ResetNeeded

from shapes_grid import WorldSpec
from shapes_grid.env import RENDER_MODES, ShapesGridEnv


def test_one_episode_by_hand() -> None:
    spec = WorldSpec(rows=1, cols=4, objects={}, rewards={"cross": 1.0, "circle": -1.0})
    env = ShapesGridEnv(spec, render_mode="ansi")
    _, info = env.reset(options={"board": "+o.x"})
    assert info["truth"]["steps_left"] == 4
    boards, rewards = [env.render()], []
    for _ in range(3):
        _, reward, terminated, truncated, _ = env.step(1)
        boards.append(env.render())
        rewards.append(reward)
    assert boards == ["+o.x", ".+.x", "..+x", "...+"]
    assert rewards == [-1.0, 0.0, 1.0]
    assert (terminated, truncated) == (True, False)
    with pytest.raises(ResetNeeded):
        env.step(1)


@pytest.mark.parametrize("mode", [None, *RENDER_MODES])
def test_every_render_mode_is_accepted(mode: str | None) -> None:
    assert ShapesGridEnv(render_mode=mode).render_mode == mode


def test_the_split_of_the_spec_is_shown() -> None:
    assert ShapesGridEnv(split="test").split == "test"
