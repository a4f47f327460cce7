"""Still pictures: the grid from where objects stand, emptiness by a gap, facts of new pictures."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose

from dsrl_agent.config import BackEndConfig
from dsrl_agent.errors import ObservationError, PerceptionError
from dsrl_agent.evaluation.sight_metrics import exact_share
from dsrl_agent.perception.stills.sight import (
    StillSight,
    _axis_of,
    _centres,
    _densest,
    _period,
    _widest_gap,
    symbols_of_stills,
)
from dsrl_agent.runtime.envs import make_env
from dsrl_agent.types import Frame


def test_the_period_is_the_longest_that_divides_all_distances_of_objects() -> None:
    # Lines at 5, 14, 23 and 41: multiples of 9, which those of 4.5 and 3 are as well.
    lines = np.repeat([5.0, 14.0, 23.0, 41.0], 3)
    jitter = np.tile([-0.4, 0.0, 0.4], 4)
    period = _period(lines + jitter)
    assert period is not None
    assert_allclose(period, 9.0, atol=0.15)
    # Two halves of one object stand in no line, and change nothing.
    period = _period(np.append(lines + jitter, [29.0, 36.5]))
    assert period is not None
    assert_allclose(period, 9.0, atol=0.15)


def test_one_line_of_objects_gives_no_period() -> None:
    assert _period(np.array([20.0, 20.5, 19.5])) is None


@settings(deadline=None, max_examples=30)
@given(
    pitch=st.integers(7, 14),
    border=st.floats(0, 12),
    others=st.sets(st.integers(2, 8), max_size=4),
    seed=st.integers(0, 1000),
)
def test_a_grid_is_found_from_two_neighbouring_lines_of_objects(
    pitch: int, border: float, others: set[int], seed: int
) -> None:
    lines = np.repeat(sorted({0, 1} | others), 6)
    off = np.random.default_rng(seed).uniform(-0.5, 0.5, len(lines))
    positions = border + (pitch - 1) / 2 + pitch * lines + off
    period = _period(positions)
    assert period is not None
    found = _axis_of(positions, period, 400)
    assert found[0] == pitch
    assert found[2] == max(lines) + 1
    assert abs(found[1] - border) <= 1


def test_an_axis_is_the_line_through_aligned_objects() -> None:
    # Cells of 9: middles at 7, 16 and 34, so the first begins at 3 and the last is the fourth.
    assert _axis_of(np.array([7.0, 16.0, 34.0, 20.5]), 9.0, 45) == (9, 3, 4)
    assert _axis_of(np.array([7.0]), 9.0, 45) == (9, 3, 1)
    # No cell reaches beyond the frame, by more than a pixel that the fit may be off.
    assert _axis_of(np.array([7.0, 16.0, 34.0]), 9.0, 37) == (9, 3, 3)
    assert _axis_of(np.array([7.0, 16.0, 34.0]), 9.0, 38) == (9, 2, 4)
    assert _axis_of(np.array([2.0, 11.0, 20.0]), 9.0, 45) == (9, 7, 2)


def test_full_and_empty_cells_are_separated_at_the_widest_gap() -> None:
    assert _widest_gap(np.array([[0.1, 0.9], [0.2, 1.0]]), 0.0) == pytest.approx(0.55)
    # Where every cell is full, the gap is that towards what does not stand out at all.
    assert _widest_gap(np.array([0.8, 0.9, 1.0]), 0.0) == pytest.approx(0.4)
    # Noise makes all stand out.
    assert _widest_gap(np.array([0.4, 0.5, 0.8, 0.9]), 0.3) == pytest.approx(0.65)


def test_the_background_is_the_densest_value_not_the_median() -> None:
    rng = np.random.default_rng(0)
    usual = np.array([2.0, -1.0]) + 0.01 * rng.standard_normal((200, 2))
    others = rng.uniform(3.0, 8.0, (300, 2))  # more, but no two alike
    points = rng.permutation(np.concatenate([usual, others])).astype(np.float32)
    assert_allclose(_densest(points), (2.0, -1.0), atol=0.05)
    assert (np.median(points, axis=0) > 3.0).all()


def test_touching_blobs_are_separated_by_salience() -> None:
    rows, cols = np.mgrid[0:21, 0:30]
    bumps = [np.exp(-((rows - 10) ** 2 + (cols - col) ** 2) / 8) for col in (8, 15, 22)]
    middles = _centres(np.maximum(sum(bumps) - 0.1, 0.0))
    assert_allclose(sorted(map(tuple, middles)), [(10, 8), (10, 15), (10, 22)], atol=0.4)
    assert len(_centres(np.zeros((5, 5)))) == 0


def test_frames_without_salient_objects_are_refused() -> None:
    quick = BackEndConfig(steps=2)
    with pytest.raises(PerceptionError, match="Nothing stands out in these pictures"):
        symbols_of_stills(np.full((1, 40, 40, 3), 90, np.uint8), quick, device="cpu")


def _pictures(count: int, split: str) -> tuple[Frame, list[dict[str, Any]]]:
    env = make_env(
        "shapes_grid:ShapesGrid-v0",
        {"agent": False, "split": split, "rows": 3, "cols": 3, "cell": 9, "border": [2, 0, 1, 3]}
        | {"objects": {"circle": 2, "cross": 2}},
    )
    shown = [env.reset(seed=number) for number in range(count)]
    env.close()
    return np.stack([frame for frame, _ in shown]), [info["truth"] for _, info in shown]


@pytest.mark.slow
def test_unseen_frames_are_read_as_exactly() -> None:
    sight = StillSight(_pictures(6, "train")[0], seed=3, device="cpu")
    assert sight.grid.pitch == (9, 9)
    assert_allclose(sight.grid.origin, (2, 3), atol=1)
    frames, truths = _pictures(30, "test")
    found = sight.symbols(frames)
    assert exact_share(found.facts, truths) == 1.0
    assert found.salience.shape == frames.shape[:3]
    with pytest.raises(ObservationError, match=r"of 20 x 30 pixels, but those learned from were"):
        sight.symbols(frames[:, :20])
