"""Cells that the ego-object left: on a tape drawn by hand, and in worlds that are full."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from dsrl_agent.config.sights import EgomotionThresholds
from dsrl_agent.errors import PerceptionError
from dsrl_agent.perception.grid import Grid
from dsrl_agent.perception.motion.egomotion import Trail, find_trail
from dsrl_agent.types import Floats32, Ints
from shapes_grid import ShapesGridEnv

BRIGHTNESS = {".": 0.1, "+": 1.0, "o": 0.5, "x": 0.4, ">": 0.9, "<": 0.7}
LEFT, RIGHT, UP, DOWN = range(4)

MomentsOf = Callable[[Ints], tuple[Floats32, Floats32]]
"""Gives all cells before and after chosen transitions."""
FORWARD = 0


def cells(*boards: str) -> Floats32:
    """Return `[N, rows, cols, C, side, side]`: every letter has a brightness and a pattern."""
    pattern = np.array([[1.0, 0.8], [0.6, 0.9]])
    values = np.array([[[BRIGHTNESS[cell] for cell in row] for row in b.split()] for b in boards])
    images: Floats32 = (values[..., None, None, None] * pattern).astype(np.float32)
    return images


def tape(*steps: tuple[str, int, str]) -> tuple[MomentsOf, Any]:
    before, actions, after = zip(*steps, strict=True)
    images = cells(*before), cells(*after)
    return lambda chosen: (images[0][chosen], images[1][chosen]), np.array(actions)


def trail_of(
    moments_of: MomentsOf, actions: Any, thresholds: EgomotionThresholds | None = None
) -> Trail:
    def changes_of(chosen: Ints) -> Floats32:
        before, after = moments_of(chosen)
        return np.asarray(np.abs(after - before).mean(axis=(3, 4, 5)))

    def cells_at(chosen: Ints, places: Ints) -> tuple[Floats32, Floats32]:
        before, after = (moment[np.arange(len(chosen)), *places.T] for moment in moments_of(chosen))
        return before, after

    return find_trail(
        lambda chosen: moments_of(chosen)[0],
        cells_at,
        changes_of,
        actions,
        thresholds or EgomotionThresholds(),
    )


def flags(*boards: str) -> Any:
    return np.array([[[letter == "*" for letter in row] for row in b.split()] for b in boards])


TOUCHES: Sequence[tuple[str, int, str]] = [
    ("+o. ...", RIGHT, ".+. ..."),  # touches a circle
    (".+. ...", RIGHT, "..+ ..."),
    ("..+ ...", RIGHT, "..+ ..."),  # stands at the edge
    ("..+ ..x", DOWN, "... ..+"),  # touches a cross
    ("... ..+", LEFT, "... .+."),
    ("... .+.", UP, ".+. ..."),
]
TOUCHED = ["*.. ...", ".*. ...", "... ...", "..* ...", "... ..*", "... .*."]


def test_vacated_cells_and_the_appearance_of_emptiness_are_found() -> None:
    trail = trail_of(*tape(*TOUCHES))
    assert_array_equal(trail.left, flags(*TOUCHED))
    assert_array_equal(trail.empty, cells(".")[0, 0, 0])


def test_an_action_explained_equally_well_both_ways_is_ignored() -> None:
    both_ways_alike = ("+.. +..", UP, "o.. o..")
    trail = trail_of(*tape(*TOUCHES[:-1], both_ways_alike))
    assert_array_equal(trail.left[:-1], flags(*TOUCHED[:-1]))
    assert_array_equal(trail.empty, cells(".")[0, 0, 0])


def test_one_touch_separates_the_agent_from_emptiness() -> None:
    # Without the touch, "+ goes right" and ". goes left" explain the first two steps alike.
    trail = trail_of(
        *tape(("+. ..", RIGHT, ".+ .."), (".+ ..", LEFT, "+. .."), ("+o ..", RIGHT, ".+ .."))
    )
    assert_array_equal(trail.left, flags("*. ..", ".* ..", "*. .."))
    assert_array_equal(trail.empty, cells(".")[0, 0, 0])


@pytest.mark.parametrize(("right", "left"), [(3, 3), (3, 4), (4, 3), (1, 5), (5, 1)])
def test_one_action_may_move_in_the_direction_faced(right: int, left: int) -> None:
    there = [(">o ..", FORWARD, ".> ..")] + [(">. ..", FORWARD, ".> ..")] * right
    back = [("x< ..", FORWARD, "<. ..")] + [(".< ..", FORWARD, "<. ..")] * left
    trail = trail_of(*tape(*there, *back))
    assert_array_equal(trail.left, flags(*["*. .."] * len(there), *[".* .."] * len(back)))
    assert_array_equal(trail.empty, cells(".")[0, 0, 0])


def test_without_a_touch_the_rarer_appearance_is_the_agent() -> None:
    alone = trail_of(*tape(("+. ..", RIGHT, ".+ .."), (".+ ..", LEFT, "+. ..")))
    assert_array_equal(alone.left, flags("*. ..", ".* .."))
    assert_array_equal(alone.empty, cells(".")[0, 0, 0])
    # Other things do not count, however many.
    crowd = trail_of(*tape(("+.oo xx.o", RIGHT, ".+oo xx.o"), (".+oo xx.o", LEFT, "+.oo xx.o")))
    assert_array_equal(crowd.left, flags("*... ....", ".*.. ...."))


def test_changes_other_than_a_single_move_are_ignored() -> None:
    trail = trail_of(
        *tape(
            *TOUCHES,
            ("+.. ...", RIGHT, "... ..+"),  # two cells far apart
            ("+.. o..", DOWN, ".x. +.."),  # three cells
            ("+.o ...", LEFT, "+.. ..."),  # one cell
        )
    )
    nothing = "... ..."
    assert_array_equal(trail.left, flags(*TOUCHED, nothing, nothing, nothing))


def test_the_appearance_of_emptiness_comes_from_the_latest_vacated_cells() -> None:
    # It grows brighter half way; of the 70 cells left the last 64 count, most of them bright.
    cells_of, actions = tape(*[("+. ..", RIGHT, ".+ ..")] * 70, ("+o ..", RIGHT, ".+ .."))
    before, after = cells_of(np.arange(71))
    for moment in (before, after):
        moment[33:][moment[33:] < 0.3] *= 2
    trail = trail_of(lambda chosen: (before[chosen], after[chosen]), actions)
    assert_array_equal(trail.empty, 2 * cells(".")[0, 0, 0])


def test_noise_in_every_cell_hides_no_move() -> None:
    # Each pixel of a difference spreads by .17 sqrt(2), so that a still cell changes by .19 in the
    # mean: as much as a quarter of the most that any cell does.
    cells_of, actions = tape(*[*TOUCHES] * 20)
    rng = np.random.default_rng(0)
    every = np.arange(len(actions))
    clear = (np.kron(part, np.ones((8, 8))) for part in cells_of(every))
    before, after = ((part + rng.normal(0, 0.17, part.shape)).astype(np.float32) for part in clear)
    trail = trail_of(lambda chosen: (before[chosen], after[chosen]), actions)
    assert_array_equal(trail.left, np.tile(flags(*TOUCHED), (20, 1, 1)))
    # The median of 64 values of spread .17 spreads by 1.25 * .17 / 8 = .027.
    empty = np.kron(cells(".")[0, 0, 0], np.ones((8, 8)))
    assert_allclose(trail.empty, empty, rtol=0, atol=0.12)


@pytest.mark.parametrize(
    "steps",
    [
        [("+. ..", RIGHT, "+. .."), ("+. ..", LEFT, "+. ..")],
        [("+.. ...", RIGHT, "..+ ...")],
        [("+.o ...", RIGHT, ".+. ...")],
    ],
    ids=["nothing changed", "not neighbours", "three cells"],
)
def test_frames_without_motion_have_no_vacated_cells(steps: list[tuple[str, int, str]]) -> None:
    with pytest.raises(PerceptionError, match=r"No step changed two neighbouring .* more steps"):
        trail_of(*tape(*steps))


# Thresholds.


def test_a_cell_counts_as_changed_from_a_share_of_the_largest_change() -> None:
    # The ego-object's move changes 2 cells by 0.9, the dimming elsewhere 1 by 0.1: 0.11 of it.
    steps = [
        ("+o. ...", RIGHT, ".+. ..."),
        (".+. ..o", RIGHT, "..+ ..x"),
        ("..+ .x.", DOWN, "... ..+"),
    ]
    for changed, moves in ((0.25, 2), (0.05, 1)):
        trail = trail_of(*tape(*steps), EgomotionThresholds(changed=changed))
        assert trail.left.any(axis=(1, 2)).sum() == moves


def test_as_many_vacated_cells_give_emptiness_as_places_says() -> None:
    # Emptiness is as bright as 0.2 in the last 2 of 12 steps.
    cells_of, actions = tape(*[("+. ..", RIGHT, ".+ ..")] * 11, ("+o ..", RIGHT, ".+ .."))
    before, after = cells_of(np.arange(12))
    for moment in (before, after):
        moment[10:][moment[10:] < 0.3] *= 2
    dim = cells(".")[0, 0, 0]
    for places, empty in ((12, dim), (3, 2 * dim)):
        trail = trail_of(
            lambda chosen: (before[chosen], after[chosen]),
            actions,
            EgomotionThresholds(places=places),
        )
        assert_array_equal(trail.empty, empty)


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("colours", ["shape", "white"])
@pytest.mark.parametrize("count", [0, 4, 10])
def test_vacated_cells_are_found_in_worlds_up_to_80_percent_full(
    count: int, colours: str, seed: int
) -> None:
    env = ShapesGridEnv(
        objects={"circle": count, "cross": count}, colours=colours, border=(0, 0, 0, 0), split="all"
    )
    rng = np.random.default_rng(seed)
    frame, info = env.reset(seed=seed)
    frames, actions, expected = [], [], []
    for _ in range(160):
        action = int(rng.integers(4))
        start = info["truth"]["agent"]
        following, _, terminated, truncated, info = env.step(action)
        left = np.zeros((5, 5), np.bool_)
        left[start] = info["truth"]["agent"] != start
        frames.append((frame, following))
        actions.append(action)
        expected.append(left)
        frame = following
        if terminated or truncated:
            frame, info = env.reset()

    seen = np.array(frames, np.uint8)  # [N, 2, H, W, C]
    both = np.concatenate([seen[:, 0], seen[:, 1]])
    images = Grid((9, 9), (0, 0), (5, 5), (45, 45)).resample(both, 9)
    parts = images.reshape(2, 160, 3, 5, 9, 5, 9).transpose(0, 1, 3, 5, 2, 4, 6)
    trail = trail_of(lambda chosen: (parts[0][chosen], parts[1][chosen]), np.array(actions))
    if count == 0:
        # Nothing was ever touched: ego-object and emptiness may be taken for one another.
        assert_array_equal(trail.left.sum(axis=(1, 2)), np.sum(expected, axis=(1, 2)))
    else:
        assert_array_equal(trail.left, expected)
        empty = np.broadcast_to(np.array([18, 20, 28], np.float32)[:, None, None] / 255, (3, 9, 9))
        assert_allclose(trail.empty, empty, rtol=1e-5)


def test_a_grid_without_a_cell_is_refused() -> None:
    def moments_of(indices: Ints) -> tuple[Floats32, Floats32]:
        none = np.zeros((len(indices), 0, 3, 1, 2, 2), np.float32)
        return none, none

    with pytest.raises(PerceptionError, match="spans no whole cell"):
        trail_of(moments_of, np.zeros(4, np.int64))
