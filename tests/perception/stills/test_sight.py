"""Still pictures read by a model of things."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from numpy.testing import assert_allclose
from PIL import Image

from dsrl_agent.back_end.compositor.hypotheses import Scene
from dsrl_agent.config import PerceptionConfig
from dsrl_agent.config.tiling import StillGridThresholds, TilingThresholds
from dsrl_agent.errors import ObservationError, PerceptionError
from dsrl_agent.evaluation.sight_metrics import exact_share
from dsrl_agent.perception.stills.sight import StillSight, _weighed
from dsrl_agent.perception.things.model import ThingsModel
from dsrl_agent.runtime.envs import make_env
from dsrl_agent.types import UNKNOWN, Fact, Frame


def pictures(count: int, split: str, cell: int = 9) -> tuple[Frame, list[dict[str, Any]]]:
    env = make_env(
        "shapes_grid:ShapesGrid-v0",
        {"agent": False, "split": split, "rows": 3, "cols": 3, "cell": cell}
        | {"border": [2, 0, 1, 3], "objects": {"circle": 2, "cross": 2}},
    )
    shown = [env.reset(seed=number) for number in range(count)]
    env.close()
    return np.stack([frame for frame, _ in shown]), [info["truth"] for _, info in shown]


@pytest.mark.parametrize("cell", [6, 9, 21])
def test_unseen_pictures_are_read_as_exactly(cell: int) -> None:
    phases: list[str] = []
    sight = StillSight.fit(pictures(6, "train", cell)[0], report=phases.append)
    assert phases == ["finding the grid", "learning the types of things"]
    frames, truths = pictures(30, "test", cell)
    found = sight.symbols(frames)
    assert found.grid.pitch == (cell, cell)
    assert_allclose(found.grid.origin, (2, 3), atol=1)
    assert exact_share(found.facts, truths) == 1.0
    assert found.explained.min() > 0.95
    with pytest.raises(ObservationError, match=r"of 10 x .* pixels, but those learned from were"):
        sight.symbols(frames[:, :10])


def test_a_picture_enlarged_by_nearest_pixels_has_the_same_facts() -> None:
    # Of 8 pixels every second row and column is shown twice: things of one type differ.
    frame, truths = pictures(1, "train", 8)
    height, width = frame.shape[1] * 3 // 2, frame.shape[2] * 3 // 2
    larger = Image.fromarray(frame[0]).resize((width, height), Image.Resampling.NEAREST)
    found = StillSight.fit(np.asarray(larger)[None]).symbols(np.asarray(larger)[None])
    assert found.facts == StillSight.fit(frame).symbols(frame).facts
    assert found.grid.pitch == (12, 12)
    assert exact_share(found.facts, truths) == 1.0


def test_pictures_that_were_learned_from_are_read_once(monkeypatch: pytest.MonkeyPatch) -> None:
    reads: list[int] = []
    read = ThingsModel.read

    def counted(model: ThingsModel, frames: Frame) -> Scene:
        reads.append(len(frames))
        return read(model, frames)

    monkeypatch.setattr(ThingsModel, "read", counted)
    frames = pictures(6, "train")[0]
    sight = StillSight.fit(frames)
    found, fitted = sight.symbols(frames), list(reads)
    again = replace(sight, learned=None).symbols(frames)
    assert reads == [*fitted, 6]  # the pictures are read again only where no reading is stored
    assert found.facts == again.facts
    assert_allclose(found.explained, again.explained)
    assert sight.symbols(frames[:2]).facts == found.facts[:2]


def test_what_no_type_explains_is_unknown() -> None:
    frames, truths = pictures(6, "train")
    sight = StillSight.fit(frames)
    row, col = np.argwhere(truths[0]["cells"] == 0)[0]
    frame = frames[:1].copy()
    top, left = 2 + 9 * row, 3 + 9 * col
    frame[0, top + 2 : top + 7, left + 4] = (250, 0, 120)
    facts = sight.symbols(frame).facts[0]
    assert [fact[1:] for fact in facts if fact.type == UNKNOWN] == [(row, col)]
    assert sight.symbols(frame).explained[0] < sight.symbols(frames[:1]).explained[0]


def test_a_thing_that_is_much_less_like_its_type_than_others_is_told() -> None:
    frames, truths = pictures(6, "train")
    sight = StillSight.fit(frames)
    assert sight.agreed
    generous = replace(sight, model=replace(sight.model, limit=0.9), agreed=False)
    assert generous.symbols(frames).unlike == [()] * 6
    frame, places = frames[:1].copy(), np.argwhere(truths[0]["cells"])
    found = []
    for row, col in places[::-1]:  # their upper halves vanish, one after the other
        top, left = 2 + 9 * row, 3 + 9 * col
        frame[0, top : top + 4, left : left + 9] = frame[0, 0, 0]
        found.append(generous.symbols(frame).unlike[0])
    assert [fact[1:] for fact in found[0]] == [tuple(places[-1] - places.min(axis=0))]
    assert not found[-1]  # all are alike in that
    settings = replace(PerceptionConfig().stills, outlying=0.0)
    strict = replace(generous, thresholds=settings).symbols(frame)
    assert strict.unlike == strict.facts
    settings = replace(PerceptionConfig().stills, explained=0.0, outlying=0.0)
    assert replace(generous, thresholds=settings).symbols(frame).unlike == [()]
    assert replace(generous, agreed=True).symbols(frame).unlike == [()]


def test_things_weighed_one_by_one_agree_with_the_types_read_or_not() -> None:
    frames = pictures(1, "train")[0]
    sight = StillSight.fit(frames)
    assert sight.learned is not None
    types = sight.learned.scene.types.copy()
    types[tuple(np.argwhere(types == 0)[0])] = 1  # 2 and 2 things become 1 and 3
    learned = sight.learned._replace(scene=sight.learned.scene._replace(types=types))
    assert _weighed(sight.learned, sight.model, sight.cells, PerceptionConfig())[1]
    assert not _weighed(learned, sight.model, sight.cells, PerceptionConfig())[1]


def test_a_picture_without_objects_is_explained_by_no_facts() -> None:
    frames = pictures(6, "train")[0]
    found = StillSight.fit(frames).symbols(np.full_like(frames[:1], frames[0, 0, 0]))
    assert found.facts == [()]
    assert found.explained.tolist() == [1.0]


def test_pictures_in_which_nothing_stands_out_are_refused() -> None:
    with pytest.raises(PerceptionError, match="Nothing stands out in these pictures"):
        StillSight.fit(np.full((1, 40, 40, 3), 90, np.uint8))


def test_settings_of_the_grid_are_used() -> None:
    # No pitch below 30 pixels is searched in pictures of 30: the objects tell no cell size.
    stills = StillGridThresholds(least_pitch=30.0)
    config = PerceptionConfig(tiling=TilingThresholds(stills=stills))
    with pytest.raises(PerceptionError, match="tells no cell size"):
        StillSight.fit(pictures(1, "train")[0], config)


def test_a_picture_without_things_is_refused_or_its_facts_are_doubted() -> None:
    rng = np.random.default_rng(0)
    with pytest.raises(PerceptionError, match="No two cells of these frames tell a thing"):
        StillSight.fit(rng.integers(0, 256, (1, 60, 80, 3), np.uint8))
    few = Image.fromarray(rng.integers(0, 256, (6, 8, 3), np.uint8))
    photo = np.asarray(few.resize((80, 60), Image.Resampling.BICUBIC))[None]
    assert StillSight.fit(photo).symbols(photo).explained[0] < PerceptionConfig().stills.explained


def test_the_colour_of_each_thing_is_told() -> None:
    frame = np.full((1, 40, 40, 3), 30, np.uint8)
    for row, col, colour in ((0, 0, (200, 40, 40)), (1, 1, (40, 200, 40)), (3, 2, (200, 40, 40))):
        frame[0, 10 * row + 2 : 10 * row + 8, 10 * col + 2 : 10 * col + 8] = colour
    found = StillSight.fit(frame).symbols(frame)
    assert found.facts == [(Fact(1, 0, 0), Fact(1, 1, 1), Fact(1, 3, 2))]
    red, green = 1 + 0xC82828, 1 + 0x28C828
    assert found.colours == [(Fact(green, 1, 1), Fact(red, 0, 0), Fact(red, 3, 2))]
