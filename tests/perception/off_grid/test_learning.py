"""Templates learned from isolated objects, on frames put together by hand."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from blocks import BACKGROUND, BIG, FLOOR, GRID, SMALL, frame
from numpy.testing import assert_allclose, assert_array_equal

from dsrl_agent.back_end.encoder import Latents
from dsrl_agent.config import PerceptionConfig
from dsrl_agent.config.sights import OffGridThresholds
from dsrl_agent.perception.motion.egomotion import Trail
from dsrl_agent.perception.off_grid.learning import (
    OffGridFit,
    OffGridObjects,
    find_off_grid,
    learn_off_grid,
    window_images,
)
from dsrl_agent.types import Floats32, Frame


class Colours:
    """Stands in for a back end: a spectrum is the mean of a picture's red and green."""

    def __init__(self) -> None:
        self.sheets: list[tuple[int, ...]] = []

    def fit(self, count: int, images_of: Callable[[Any], Floats32], steps: int) -> float:
        self.sheets.append(images_of(np.arange(count)).shape)
        return 25.0 * steps

    def encode(self, images: Floats32) -> Latents:
        mean = 20 * images[:, :2].mean(axis=(2, 3))[:, None, None]
        return Latents(mean, np.zeros_like(mean))


def trail(count: int) -> Trail:
    """Return a trail of which the last cell of every frame was just left."""
    left = np.zeros((count, *GRID.shape), np.bool_)
    left[:, 2, 3] = True
    empty = np.full((3, 12, 12), FLOOR / 255, np.float32)
    return Trail(left, np.zeros_like(left), empty, 0.0)


def scattered(count: int = 20) -> Frame:
    """Return frames with a big block in one half and a small one in the other, anywhere."""
    rng = np.random.default_rng(0)
    return np.stack(
        [
            frame(
                (0, int(rng.integers(2, 10)), int(rng.integers(3, 9))),
                (1, int(rng.integers(2, 10)), int(rng.integers(17, 20))),
            )
            for _ in range(count)
        ]
    )


def found_in(seen: Frame, **thresholds: Any) -> OffGridObjects | None:
    return find_off_grid(seen, GRID, trail(len(seen)), OffGridThresholds(**thresholds))


def test_objects_that_scatter_about_their_cells_are_off_the_grid() -> None:
    found = found_in(scattered())
    assert found is not None
    assert len(found.blobs.frames) == 40
    assert_allclose(found.background.empty, BACKGROUND.empty)


def test_objects_one_pixel_off_their_cells_on_average_move_the_grid_by_it() -> None:
    # By turns in the cell at (9, 10) and 2 pixels below: 1 on average, spread by 1.
    frames = np.stack([frame((0, 9 + offset, 10)) for offset in (0, 2) * 5])
    found = found_in(frames, spread=0.5)
    assert found is not None
    assert found.grid == replace(GRID, origin=(GRID.origin[0] + 1, GRID.origin[1]))


@pytest.mark.parametrize(("spread", "off"), [(0.9, True), (1.1, False)])
def test_objects_stand_off_the_grid_beyond_a_spread(spread: float, off: bool) -> None:
    frames = np.stack([frame((0, 9 + offset, 10)) for offset in (-1, 1) * 5])
    assert (found_in(frames, spread=spread) is not None) == off


def test_objects_on_the_grid_are_not_off_it_and_no_object_is_none() -> None:
    assert found_in(np.stack([frame((0, 9, 10), (1, 2, 17))] * 5)) is None
    assert found_in(np.stack([frame()] * 5)) is None


@pytest.mark.parametrize(("frames", "blobs"), [(20, 40), (10, 20), (7, 14)])
def test_blobs_are_taken_from_as_many_frames_as_the_threshold_says(frames: int, blobs: int) -> None:
    found = found_in(scattered(), frames=frames)
    assert found is not None
    assert len(found.blobs.frames) == blobs


def test_places_just_left_give_the_appearance_of_emptiness() -> None:
    frames = scattered()
    frames[-1:, 16:23, 24:31] += 20  # the cell left last was brighter
    for places, brighter in ((20, 0), (1, 20)):
        found = found_in(frames, places=places)
        assert found is not None
        assert_allclose(found.background.empty * 255, FLOOR + brighter, rtol=1e-5)


def learned(**thresholds: Any) -> tuple[OffGridFit, Colours]:
    found, back_end = found_in(scattered()), Colours()
    assert found is not None
    config = PerceptionConfig(off_grid=OffGridThresholds(**thresholds))
    fit = learn_off_grid(found, back_end, 3, config, 0)  # type: ignore[arg-type]
    assert fit is not None
    return fit, back_end


def test_two_types_of_blocks_are_learned_with_their_templates() -> None:
    fit, back_end = learned()
    assert_array_equal(fit.codebook.known, [1, 2])
    numbers = [int(fit.codebook.types[group]) for group in fit.finder.groups]
    assert sorted(numbers) == [1, 2]
    templates = fit.finder.pursuit.templates
    big = int(np.abs(templates).sum(axis=(1, 2, 3)).argmax())
    assert_allclose(templates[big], BIG, atol=1 / 255)
    assert_allclose(templates[1 - big], SMALL, atol=1 / 255)
    # 40 blobs and 2 windows of emptiness, in 2 sheets of 5 x 5; the loss is one window's.
    assert back_end.sheets == [(2, 3, 60, 60)]
    assert fit.loss == 3.0
    assert fit.held_out.shape == (8, 2)  # one in five


@pytest.mark.parametrize(
    ("thresholds", "sheets", "held_out"),
    [
        ({"sheet": 3}, (5, 3, 36, 36), 8),  # 42 windows in sheets of 9
        ({"empty_copies": 1.0}, (4, 3, 60, 60), 16),  # 80 windows
        ({"held_out": 2}, (2, 3, 60, 60), 21),
    ],
    ids=["sheet", "empty_copies", "held_out"],
)
def test_each_threshold_of_learning_changes_what_is_learned_from(
    thresholds: dict[str, Any], sheets: tuple[int, ...], held_out: int
) -> None:
    fit, back_end = learned(**thresholds)
    assert back_end.sheets == [sheets]
    assert len(fit.held_out) == held_out


def test_nothing_is_learned_where_every_window_is_empty() -> None:
    found = found_in(scattered())
    assert found is not None
    nothing = found._replace(blobs=found.blobs._replace(windows=0 * found.blobs.windows))
    assert learn_off_grid(nothing, Colours(), 1, PerceptionConfig(), 0) is None  # type: ignore[arg-type]


def with_a_part(rare: float, explained: float) -> int:
    """Return the number of templates learned where few blobs are a part of the others."""
    part = BIG.copy()
    part[:, 4:] = 0.0
    found = found_in(scattered())
    assert found is not None
    windows = np.stack([BIG] * 36 + [part] * 4)
    blobs = found.blobs._replace(windows=windows)
    config = PerceptionConfig(off_grid=OffGridThresholds(rare=rare, explained=explained))
    fit = learn_off_grid(found._replace(blobs=blobs), Colours(), 1, config, 0)  # type: ignore[arg-type]
    assert fit is not None
    return len(fit.finder.groups)


@pytest.mark.parametrize(
    ("rare", "explained", "templates"),
    [
        (0.25, 0.2, 1),  # 4 of 20 on average are 0.2; the whole explains 1 / 3 of the part
        (0.15, 0.2, 2),
        (0.25, 0.5, 2),
    ],
)
def test_a_rare_template_that_another_explains_is_a_part(
    rare: float, explained: float, templates: int
) -> None:
    # The part is 3 of 5 columns: (2 x 15 - 25) / 15 of its energy are explained by the whole.
    assert with_a_part(rare, explained) == templates


def test_windows_are_brought_to_the_back_end_s_side() -> None:
    images = window_images(np.stack([BIG, -SMALL]))
    assert images.shape == (2, 3, 12, 12)
    # The middle pixels lie within the blocks; signs are dropped.
    assert_allclose(images[0, :, 6, 6], [0.8, 0.0, 0.0], atol=1e-6)
    assert_allclose(images[1, :, 6, 6], [0.0, 0.8, 0.0], atol=1e-6)
    assert images[0, :, 0, 0].max() == 0.0
