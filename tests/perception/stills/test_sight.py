"""Still pictures: emptiness by a gap, and facts of new pictures."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numpy.testing import assert_allclose

from dsrl_agent.config import BackEndConfig, PerceptionConfig
from dsrl_agent.config.sights import StillsThresholds
from dsrl_agent.errors import ObservationError, PerceptionError
from dsrl_agent.evaluation.sight_metrics import exact_share
from dsrl_agent.perception.stills.sight import StillSight, _widest_gap, symbols_of_stills
from dsrl_agent.runtime.envs import make_env
from dsrl_agent.types import Frame


def test_full_and_empty_cells_are_separated_at_the_widest_gap() -> None:
    assert _widest_gap(np.array([[0.1, 0.9], [0.2, 1.0]]), 0.0) == pytest.approx(0.55)
    # Where every cell is full, the gap is that towards what does not stand out at all.
    assert _widest_gap(np.array([0.8, 0.9, 1.0]), 0.0) == pytest.approx(0.4)
    # Noise makes all stand out.
    assert _widest_gap(np.array([0.4, 0.5, 0.8, 0.9]), 0.3) == pytest.approx(0.65)


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
    sight = StillSight.fit(_pictures(6, "train")[0], seed=3, device="cpu")
    assert sight.grid.pitch == (9, 9)
    assert_allclose(sight.grid.origin, (2, 3), atol=1)
    frames, truths = _pictures(30, "test")
    found = sight.symbols(frames)
    assert exact_share(found.facts, truths) == 1.0
    assert found.salience.shape == frames.shape[:3]
    with pytest.raises(ObservationError, match=r"of 20 x 30 pixels, but those learned from were"):
        sight.symbols(frames[:, :20])


def test_thresholds_of_stills_are_used() -> None:
    # No period below 30 pixels is searched in pictures of 30: the objects tell no cell size.
    thresholds = PerceptionConfig(stills=StillsThresholds(least_period=30.0))
    frames = _pictures(1, "train")[0]
    with pytest.raises(PerceptionError, match="tells no cell size"):
        StillSight.fit(frames, BackEndConfig(steps=60), seed=3, device="cpu", perception=thresholds)
