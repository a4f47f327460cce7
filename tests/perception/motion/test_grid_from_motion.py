"""The grid from motion alone, in worlds of many sizes."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dsrl_agent.config.sights import GridThresholds
from dsrl_agent.errors import PerceptionError
from dsrl_agent.perception.grid import Grid
from dsrl_agent.perception.motion.grid_from_motion import find_grid
from dsrl_agent.types import FrameTransitions
from shapes_grid import ShapesGridEnv

NONE = (0, 0, 0, 0)
slow = settings(
    max_examples=25, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck)
)
borders = st.tuples(*[st.integers(0, 7)] * 4)


def play(
    steps: int, seed: int, *, actions: tuple[int, ...] = (0, 1, 2, 3), **fields: Any
) -> FrameTransitions:
    """Play at random; action 4 does nothing."""
    env = ShapesGridEnv(split="all", **fields)
    rng = np.random.default_rng(seed)
    frame, _ = env.reset(seed=seed)
    before, taken, after = [], [], []
    for _ in range(steps):
        action = int(rng.choice(actions))
        before.append(frame)
        taken.append(action)
        ended = False
        if action < 4:
            frame, _, terminated, truncated, _ = env.step(action)
            ended = terminated or truncated
        after.append(frame)
        if ended:
            frame, _ = env.reset()
    return FrameTransitions(np.stack(before), np.array(taken), np.stack(after))


def grid_of(
    rows: int, cols: int, cell: int, border: tuple[int, int, int, int] = (3, 2, 2, 3)
) -> Grid:
    top, right, bottom, left = border
    frame = (top + rows * cell + bottom, left + cols * cell + right)
    return Grid((cell, cell), (top, left), (rows, cols), frame)


@slow
@given(st.integers(7, 13), borders, st.sampled_from(["shape", "white"]), st.integers(0, 10**6))
def test_the_grid_is_found_after_80_transitions(
    cell: int, border: tuple[int, int, int, int], colours: str, seed: int
) -> None:
    motion = play(80, seed, cell=cell, border=border, colours=colours)
    assert find_grid(motion, GridThresholds()) == grid_of(5, 5, cell, border)


@slow
@given(st.integers(2, 6), st.integers(2, 6), st.integers(7, 13), borders, st.integers(0, 10**6))
def test_a_grid_need_not_be_square(
    rows: int, cols: int, cell: int, border: tuple[int, int, int, int], seed: int
) -> None:
    objects = {"circle": rows * cols // 4, "square": rows * cols // 4}
    motion = play(160, seed, rows=rows, cols=cols, cell=cell, border=border, objects=objects)
    assert find_grid(motion, GridThresholds()) == grid_of(rows, cols, cell, border)


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize(
    "fields",
    [
        {"objects": {"circle": 10, "cross": 10}},  # 20 of 25 cells full
        {"objects": {"circle": 10, "cross": 10}, "colours": "white"},
        {"cell": 3},
        {"cell": 4, "border": NONE, "colours": "white"},
        {"cell": 20, "border": (20, 25, 11, 30)},
        {"rows": 9, "cols": 9, "objects": {"circle": 13, "cross": 13}},
    ],
    ids=["full", "full and white", "cells of 3", "cells of 4", "wide borders", "9 x 9"],
)
def test_the_grid_is_found_in_harder_worlds(fields: dict[str, Any], seed: int) -> None:
    motion = play(160, seed, **fields)
    shape = (fields.get("rows", 5), fields.get("cols", 5))
    border = fields.get("border", (3, 2, 2, 3))
    assert find_grid(motion, GridThresholds()) == grid_of(*shape, fields.get("cell", 9), border)


@slow
@given(st.integers(7, 13), borders, st.integers(0, 10**6))
def test_noise_does_not_hide_the_grid(
    cell: int, border: tuple[int, int, int, int], seed: int
) -> None:
    motion = play(80, seed, cell=cell, border=border)
    rng = np.random.default_rng(seed)

    def noisy(frames: np.ndarray[Any, np.dtype[np.uint8]]) -> Any:
        return np.rint(frames + rng.normal(0, 25.5, frames.shape)).clip(0, 255).astype(np.uint8)

    found = find_grid(
        FrameTransitions(noisy(motion.before), motion.actions, noisy(motion.after)),
        GridThresholds(),
    )
    assert found == grid_of(5, 5, cell, border)


@pytest.mark.parametrize("seed", range(6))
def test_strong_noise_moves_the_grid_by_a_pixel_at_most(seed: int) -> None:
    rng = np.random.default_rng(seed)
    cell, border = int(rng.integers(7, 14)), tuple(int(side) for side in rng.integers(0, 8, 4))
    # Six standard deviations of a difference are 6 * 0.3 * 255 * 1.4 = 640: more than any pixel's.
    found = find_grid(play(160, seed, cell=cell, border=border, noise=0.3), GridThresholds())
    assert (found.pitch, found.shape) == ((cell, cell), (5, 5))
    assert np.abs(np.subtract(found.origin, (border[0], border[3]))).max() <= 1


def test_a_16_x_16_grid_is_found_once_enough_cells_have_changed() -> None:
    motion = play(600, 0, rows=16, cols=16, cell=7, objects={"circle": 40, "cross": 40})
    assert find_grid(motion, GridThresholds()) == grid_of(16, 16, 7)


@pytest.mark.parametrize("seed", range(3))
def test_actions_without_motion_do_not_disturb_the_grid(seed: int) -> None:
    assert find_grid(play(120, seed, actions=(0, 1, 2, 3, 4, 4)), GridThresholds()) == grid_of(
        5, 5, 9
    )


def test_what_never_changes_around_the_grid_does_not_matter() -> None:
    motion = play(80, 3, cell=9, border=(3, 2, 2, 3))
    wide = [np.pad(each, ((0, 0), (40, 7), (0, 90), (0, 0))) for each in motion[::2]]
    found, larger = (
        find_grid(each, GridThresholds())
        for each in (motion, FrameTransitions(wide[0], motion.actions, wide[1]))
    )
    assert (larger.pitch, larger.shape) == (found.pitch, found.shape) == ((9, 9), (5, 5))
    assert larger.origin == (found.origin[0] + 40, found.origin[1])


def test_frames_without_motion_give_no_grid() -> None:
    still = play(30, 0, rows=2, cols=2, objects={"circle": 2}, agent=False)
    with pytest.raises(PerceptionError, match="No action was seen to move anything along the rows"):
        find_grid(still, GridThresholds())


@pytest.mark.parametrize(
    ("actions", "missing"), [((0, 1, 4), "rows"), ((2, 3), "columns")], ids=["rows", "columns"]
)
def test_motion_along_one_axis_gives_no_grid(actions: tuple[int, ...], missing: str) -> None:
    motion = play(60, 0, actions=actions, objects={})
    with pytest.raises(PerceptionError, match=f"to move anything along the {missing} in the frame"):
        find_grid(motion, GridThresholds())


# Thresholds, on a square that goes right, down, left and up by 8 pixels on an empty floor.


def square_walk(
    shade: int = 255, noise: float = 0.0, pitch: int = 8, side: int = 6, rounds: int = 5
) -> FrameTransitions:
    floor = 100
    rng = np.random.default_rng(0)

    def picture(row: int, col: int) -> Any:
        frame = np.full((4 * pitch, 4 * pitch, 3), float(floor))
        frame[row * pitch + 1 :, col * pitch + 1 :][:side, :side] = shade
        return (frame + rng.normal(0, noise, frame.shape)).clip(0, 255).astype(np.uint8)

    places = [(1, 1), (1, 2), (2, 2), (2, 1)] * rounds + [(1, 1)]
    frames = np.stack([picture(*place) for place in places])
    return FrameTransitions(frames[:-1], np.tile([0, 1, 2, 3], rounds), frames[1:])


def found_pitch(motion: FrameTransitions, thresholds: GridThresholds) -> int | None:
    """Return the pitch, `None` if nothing was seen to move."""
    try:
        return find_grid(motion, thresholds).pitch[0]
    except PerceptionError:
        return None


@pytest.mark.parametrize(
    ("thresholds", "pitch"),
    [
        (GridThresholds(), 8),
        (GridThresholds(least_change=30.0), None),  # the square is 20 levels brighter
        (GridThresholds(least_pitch=9), 9),  # 5 of 6 columns overlap at a lag of 9
        (GridThresholds(least_dip=0.5), None),  # the deepest dip possible is not more than 0.5
    ],
    ids=["default", "least_change", "least_pitch", "least_dip"],
)
def test_each_threshold_of_the_grid_decides_about_a_faint_square(
    thresholds: GridThresholds, pitch: int | None
) -> None:
    assert found_pitch(square_walk(shade=120), thresholds) == pitch


def test_noise_sigmas_set_the_change_that_counts() -> None:
    # Noise of 4 levels makes differences of 4 sqrt(2) = 5.7: 6 of these are 34, and 12 are 68.
    motion = square_walk(shade=150, noise=4.0)
    assert found_pitch(motion, GridThresholds()) == 8
    assert found_pitch(motion, GridThresholds(noise_sigmas=12.0)) is None


@pytest.mark.parametrize(
    ("thresholds", "pitch"),
    [
        (GridThresholds(calm=60.0), 12),
        (GridThresholds(calm=60.0, loud=255.0), None),
        (GridThresholds(calm=60.0, blurs=()), None),
    ],
    ids=["calm", "loud", "blurs"],
)
def test_frames_are_blurred_beyond_loud_noise_until_they_are_calm(
    thresholds: GridThresholds, pitch: int | None
) -> None:
    # Noise of 27 levels makes differences of 38, 6 of which are 229. A square 60 levels brighter
    # stays below that, but not below the 46 that are left by a blur over 5 x 5 pixels.
    motion = square_walk(shade=160, noise=27.0, pitch=12, side=10, rounds=15)
    assert found_pitch(motion, thresholds) == pitch
