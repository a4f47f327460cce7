"""Any spec is either refused in words or makes worlds that keep the contract."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from numpy.testing import assert_array_equal

from shapes_grid import SHAPES, BoardError, ShapesGridEnv, ShapesGridVectorEnv, SpecError
from shapes_grid.shapes import AGENT_SHAPES, PRESSED

NAMES = [name for name in SHAPES if name not in (*AGENT_SHAPES, PRESSED)]
ROLES = ["object", "lethal", "wall", "box", "key", "door", "gate", "switch"]


def often(usual: Any, *others: Any) -> st.SearchStrategy[Any]:
    return st.sampled_from([usual, usual, *others])


@st.composite
def specs(draw: st.DrawFn) -> dict[str, Any]:
    """Draw the fields of a spec, which may contradict each other."""
    shapes = draw(st.lists(st.sampled_from(NAMES), max_size=4, unique=True))
    count = st.integers(0, 4) | st.tuples(st.integers(0, 2), st.integers(2, 4))

    def for_some(values: st.SearchStrategy[Any]) -> dict[str, Any]:
        return {shape: draw(values) for shape in shapes if draw(st.integers(0, 2)) == 0}

    return {
        "rows": draw(st.integers(1, 6)),
        "cols": draw(st.integers(1, 7)),
        "cell": draw(st.integers(3, 12)),
        "border": draw(st.tuples(*[st.integers(0, 14)] * 4)),
        "objects": {shape: draw(count) for shape in shapes},
        "rewards": for_some(st.sampled_from([-1.0, 0.0, 0.5, 1.0])),
        "roles": for_some(st.sampled_from(ROLES)),
        "movers": for_some(st.sampled_from([0.0, 0.3, 1.0])),
        "step_cost": draw(st.sampled_from([0.0, 0.1, -0.1])),
        "step_limit": draw(st.sampled_from([None, 1, 7, 20])),
        "layout": draw(often("random", "grid", "rooms")),
        "agent": draw(often(True, False)),
        "controls": draw(st.sampled_from(["compass", "heading"])),
        "colours": draw(st.sampled_from(["shape", "white", "random"])),
        "outlines": draw(often("shape", "random")),
        "parts": draw(often(1, 2, 3)),
        "sizes": draw(often((1.0, 1.0), (0.75, 1.0), (0.5, 1.6), (2.0, 2.0))),
        "jitter": draw(often(0, 1, 3)),
        "texture": draw(st.sampled_from([0.0, 0.3])),
        "pattern": draw(st.sampled_from([0, 1])),
        "noise": draw(often(0.0, 0.1)),
        "shake": draw(often(0, 1, 3)),
        "split": draw(st.sampled_from(["all", "train", "test"])),
    }


@pytest.mark.slow
@settings(deadline=None, max_examples=120, suppress_health_check=list(HealthCheck))
@given(specs(), st.integers(0, 10**6))
def test_any_spec_keeps_the_contract(fields: dict[str, Any], seed: int) -> None:
    try:
        env = ShapesGridEnv(**fields)
        frame, info = env.reset(seed=seed)
    except (SpecError, BoardError):  # the fields contradict each other, and it said so
        assume(False)
    assert frame.shape == env.world_spec.frame_shape
    envs = ShapesGridVectorEnv(2, **fields)
    assert_array_equal(envs.reset(seed=seed)[0][0], frame)
    solution = env.solve()
    assert solution.value <= solution.bound + 1e-9
    assert len(env.legend()) == len(env.world_spec.kinds) + env.world_spec.agent
    rng, ended = np.random.default_rng(seed), False
    for _ in range(25):
        actions = rng.integers(len(env.world_spec.actions), size=2)
        frames, rewards, terminated, truncated, infos = envs.step(actions)
        if ended:
            frame, info = env.reset()
            outcome: list[Any] = [0.0, False, False]
        else:
            frame, *outcome, info = env.step(int(actions[0]))
            if not (outcome[1] or outcome[2]):
                again = ShapesGridEnv(**fields).reset(options={"truth": info["truth"]})[0]
                assert_array_equal(again, frame)
        ended = bool(outcome[1] or outcome[2])
        assert [rewards[0], terminated[0], truncated[0]] == outcome
        assert_array_equal(frames[0], frame)
        assert_array_equal(infos["truth"]["cells"][0], info["truth"]["cells"])
