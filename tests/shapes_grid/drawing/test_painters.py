"""Frames: positions of things, incremental redraw, and render modes."""

from __future__ import annotations

import copy
from collections import Counter
from typing import Any

import gymnasium as gym
import numpy as np
import pytest
from gymnasium.vector import AutoresetMode
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_array_equal
from numpy.typing import NDArray

from shapes_grid import IDS, ShapesGridEnv, ShapesGridVectorEnv, WorldSpec
from shapes_grid.board import parse
from shapes_grid.drawing.camera import Camera
from shapes_grid.drawing.canvas import BACKGROUND, Frame, Scene
from shapes_grid.drawing.coverage import coverage
from shapes_grid.drawing.painters import make_painter
from shapes_grid.rules import Episode, Rules
from shapes_grid.shapes import SHAPES


def draw(board: str, spec: WorldSpec, **how: Any) -> Frame:
    episode = Episode(Rules(spec))
    episode.begin(parse(board, spec.kinds))
    painter = make_painter(spec, 1, **how)
    painter.paint_episode(episode, range(spec.rows * spec.cols))
    frame: Frame = painter.frames[0]
    return frame


def drawn_anew(spec: WorldSpec, truth: dict[str, Any]) -> Frame:
    """Draw the world of a truth, in the form of a single environment, from nothing."""
    names = ("cells", "looks", "agent", "heading", "seed", "steps_left")
    drawn: Frame = all_drawn_anew(spec, {n: np.array([truth[n]]) for n in names if n in truth})[0]
    return drawn


def all_drawn_anew(spec: WorldSpec, truth: dict[str, Any]) -> Frame:
    """Draw the worlds of a vector's truth from nothing, by the code that draws whole batches."""
    count = len(truth["cells"])
    agents = np.full(count, -1)
    if spec.agent:
        agents = np.array([row * spec.cols + col for row, col in truth["agent"]])
    painter = make_painter(spec, count)
    headings = truth.get("heading", np.zeros(count, np.intp))
    # What a look says of a cell that is empty by now must not be seen.
    looks = np.where(truth["cells"] > 0, truth["looks"], 0) if "looks" in truth else None
    worlds, places = np.divmod(np.arange(count * spec.rows * spec.cols), spec.rows * spec.cols)
    painter.paint(Scene(truth["cells"], looks, agents, headings), worlds, places)
    if not (spec.noise or spec.shake):
        return painter.frames
    return Camera(spec).capture(painter.frames, truth["seed"], spec.limit - truth["steps_left"])


def test_objects_and_agent_stand_where_the_board_says() -> None:
    # Cells of 5 pixels behind 1 pixel above and 4 to the left: the centre of (row, col) is pixel
    # (1 + 5 row + 2, 4 + 5 col + 2).
    spec = WorldSpec(
        rows=2, cols=3, cell=5, border=(1, 2, 3, 4), objects={"square": 1, "circle": 1}
    )
    frame = draw("s..\n.+o", spec)
    assert frame.shape == spec.frame_shape == (1 + 10 + 3, 4 + 15 + 2, 3)
    assert frame.dtype == np.uint8
    centres = frame[3:12:5, 6:20:5]
    expected = np.broadcast_to(BACKGROUND, (2, 3, 3)).copy()
    expected[0, 0] = SHAPES["square"].colour
    expected[1, 1] = SHAPES["plus"].colour
    expected[1, 2] = SHAPES["circle"].colour
    assert_array_equal(centres, expected)
    # A square of half width 0.64 covers the 3 inner pixels of 5 (to 0.6), and 0.04 / 0.4 of the
    # next: one of eight sub-samples at 0.625 is inside.
    blend = np.rint(BACKGROUND * (1 - 1 / 8) + np.array(SHAPES["square"].colour) / 8)
    assert_array_equal(frame[3, 4:9], [blend, *3 * [SHAPES["square"].colour], blend])


def test_shapes_stand_upright() -> None:
    # The stairs are their own mirror image in neither direction.
    spec = WorldSpec(rows=1, cols=2, cell=12, border=(0, 0, 0, 0), objects={"stairs": 1})
    frame = draw("b+", spec)
    ink = (frame[:, :12] == SHAPES["stairs"].colour).all(axis=2)
    assert_array_equal(ink, coverage("stairs", 12) == 1.0)
    assert ink[:6, :6].sum() == 0 < ink[6:, :6].sum()  # nothing in the upper left quarter


@pytest.mark.parametrize("border", [(3, 2, 2, 3), (0, 0, 0, 0), (1, 5, 0, 2)])
def test_borders_are_background(border: tuple[int, int, int, int]) -> None:
    spec = WorldSpec(rows=3, cols=4, border=border, objects={"square": 11}, split="all")
    frame, _ = ShapesGridEnv(spec).reset(seed=0)
    top, right, bottom, left = border
    assert frame.shape == (27 + top + bottom, 36 + left + right, 3)
    inside = np.zeros(frame.shape[:2], np.bool_)
    inside[top : top + 27, left : left + 36] = True
    assert_array_equal(frame[~inside], np.broadcast_to(BACKGROUND, frame[~inside].shape))
    centres = frame[top + 4 : top + 27 : 9, left + 4 : left + 36 : 9]
    assert (centres != BACKGROUND).any(axis=2).all()


def test_the_default_frame_is_50_by_50() -> None:
    assert ShapesGridEnv().observation_space == gym.spaces.Box(0, 255, (50, 50, 3), np.uint8)


def test_white_worlds_draw_all_objects_alike() -> None:
    spec = WorldSpec(rows=1, cols=3, objects={"square": 1, "circle": 1}, colours="white")
    frame = draw("s+o", spec)
    assert_array_equal(frame[3 + 4, 3 + 4 :: 18][:2], np.full((2, 3), 235))


def test_white_worlds_draw_the_agent_alike() -> None:
    frame = draw("s+", WorldSpec(rows=1, cols=2, objects={"square": 1}, colours="white"))
    assert_array_equal(frame[3 + 4, 3 + 4 :: 9][:2], np.full((2, 3), 235))


def test_things_besides_objects_keep_their_outline() -> None:
    fields: dict[str, Any] = {"rows": 1, "cols": 3, "objects": {"key": 1}}
    frame, _ = ShapesGridEnv(**fields, outlines="random").reset(options={"board": "+.k"})
    assert_array_equal(frame, ShapesGridEnv(**fields).reset(options={"board": "+.k"})[0])


@pytest.mark.parametrize("name", IDS)
@settings(deadline=None, max_examples=4)
@given(st.integers(0, 10_000), st.lists(st.integers(0, 3), min_size=10, max_size=60))
def test_incremental_redraw_equals_a_full_one(name: str, seed: int, actions: list[int]) -> None:
    env = ShapesGridEnv(**IDS[name])
    spec = env.world_spec
    frame, info = env.reset(seed=seed)
    assert_array_equal(frame, drawn_anew(spec, info["truth"]))
    for count, action in enumerate(actions, 1):
        frame, _, terminated, truncated, info = env.step(action % len(spec.actions))
        if count % 5 == 0 or count == len(actions):  # what went wrong earlier is still to be seen
            assert_array_equal(frame, drawn_anew(spec, info["truth"]))
        if terminated or truncated:
            frame, info = env.reset()
            assert_array_equal(frame, drawn_anew(spec, info["truth"]))


@pytest.mark.parametrize("name", IDS)
@settings(deadline=None, max_examples=3)
@given(st.integers(0, 10_000), st.sampled_from(list(AutoresetMode)[:2]))
def test_incremental_redraw_of_a_vector_equals_a_full_one(
    name: str, seed: int, mode: AutoresetMode
) -> None:
    envs = ShapesGridVectorEnv(3, **IDS[name], autoreset_mode=mode)
    spec = envs.world_spec
    frames, info = envs.reset(seed=seed)
    rng = np.random.default_rng(seed)
    for count in range(46):
        if count % 5 == 0:
            assert_array_equal(frames, all_drawn_anew(spec, info["truth"]))
        frames, *_, info = envs.step(rng.integers(len(spec.actions), size=3))


PLAIN = [name for name in IDS if not IDS[name].keys() & {"colours", "outlines", "sizes", "jitter"}]


@pytest.mark.parametrize("fields", [{"texture": 1e-9}, {"sizes": (1.0, 1.0 + 1e-9)}], ids=str)
@pytest.mark.parametrize("name", PLAIN)
def test_composited_pictures_equal_copied_tiles(name: str, fields: dict[str, Any]) -> None:
    # A texture or sizes that nobody can see make the painter compose what it would copy.
    if fields.keys() <= IDS[name].keys():
        fields = {}
    env, composed = ShapesGridEnv(**IDS[name]), ShapesGridEnv(**{**IDS[name], **fields})
    frame, info = env.reset(seed=1)
    again, _ = composed.reset(seed=1)
    if env.world_spec.needs_seed:  # drawing looks leaves chance elsewhere
        env.reset(options={"truth": info["truth"]})
        truth = composed.reset(seed=1)[1]["truth"] | {"seed": info["truth"]["seed"]}
        again, _ = composed.reset(options={"truth": truth})
    for action in (0, 2, 1, 1, 0, 2, 2, 0):
        np.testing.assert_allclose(again.astype(int), frame.astype(int), rtol=0, atol=1)
        if info["truth"]["steps_left"] == 0:
            break
        frame, _, terminated, _, info = env.step(action % len(env.world_spec.actions))
        again, *_ = composed.step(action % len(env.world_spec.actions))
        if terminated:
            break


@pytest.mark.parametrize("name", [name for name in IDS if WorldSpec(**IDS[name]).is_varied])
def test_objects_keep_their_appearance_while_walking(name: str) -> None:
    env = ShapesGridEnv(**{**IDS[name], "movers": dict.fromkeys(IDS[name].get("movers", ()), 1.0)})
    walked = 0
    for seed in range(5):
        truth = env.reset(seed=seed)[1]["truth"]
        start = truth["cells"], truth["looks"]
        before = kinds_and_looks(*start)
        for action in (0, 1, 2, 3, 3):
            *_, terminated, _, info = env.step(action)
            if terminated:
                break
        truth = info["truth"]
        assert kinds_and_looks(truth["cells"], truth["looks"]) <= before
        walked += int(((truth["cells"] > 0) & (start[0] == 0)).sum())
    assert (walked > 0) == bool(env.world_spec.movers)


def kinds_and_looks(cells: NDArray[Any], looks: NDArray[Any]) -> Counter[tuple[int, int]]:
    """Count the things of each kind and look."""
    return Counter(zip(cells[cells > 0].tolist(), looks[cells > 0].tolist(), strict=True))


def test_a_copied_environment_draws_on_its_own() -> None:
    env = ShapesGridEnv()
    first, _ = env.reset(options={"board": ".....\n.....\n..+.o\n.....\n....."})
    twin = copy.deepcopy(env)
    moved, *_ = twin.step(0)
    assert not np.array_equal(moved, first)
    assert_array_equal(env.step(0)[0], moved)


def test_rgb_array_is_the_same_picture_at_about_400_pixels() -> None:
    env = ShapesGridEnv(render_mode="rgb_array")
    env.reset(options={"board": "x....\n.....\n..+.o\n.....\n....."})
    picture = env.render()
    # 400 / 50 = 8 times everything: cells of 72, borders of 24, 16, 16 and 24.
    assert picture.shape == (400, 400, 3)
    centres = picture[24 + 36 : 384 : 72, 24 + 36 : 384 : 72]
    expected = np.broadcast_to(BACKGROUND, (5, 5, 3)).copy()
    for cell, shape in {(0, 0): "cross", (2, 2): "plus", (2, 4): "circle"}.items():
        expected[cell] = SHAPES[shape].colour
    assert_array_equal(centres, expected)
    assert (picture[:24] == BACKGROUND).all()
    assert (picture[384:] == BACKGROUND).all()


@pytest.mark.parametrize(
    ("fields", "longest"),
    [
        ({"border": (60, 0, 60, 0)}, range(380, 401)),  # wide borders shrink with the rest
        ({"rows": 2, "cols": 20, "cell": 3}, range(380, 401)),
        ({"rows": 60, "cols": 60}, range(545, 546)),  # never smaller than the observation
    ],
)
def test_rgb_array_keeps_proportions(fields: dict[str, Any], longest: range) -> None:
    env = ShapesGridEnv(render_mode="rgb_array", **fields)
    frame, _ = env.reset(seed=0)
    picture = env.render()
    assert max(picture.shape) in longest
    ratio = picture.shape[0] / picture.shape[1]
    assert ratio == pytest.approx(frame.shape[0] / frame.shape[1], rel=0.02)


def test_borders_round_when_scaled() -> None:
    # Cells of 3 drawn at 8: 1, 2 and 5 pixels become 2.67, 5.33 and 13.33.
    spec = WorldSpec(rows=1, cols=1, cell=3, border=(1, 2, 5, 0), objects={})
    assert draw("+", spec, cell=8).shape == (3 + 8 + 13, 0 + 8 + 5, 3)


def test_ansi_is_the_board() -> None:
    env = gym.make(
        "shapes_grid:ShapesGrid-v0", rows=2, cols=3, objects={"cross": 1}, render_mode="ansi"
    )
    env.reset(options={"board": "x..\n.+."})
    assert env.render() == "x..\n.+."
    env.step(0)
    assert env.render() == "x..\n+.."


def test_the_toy_is_the_figure() -> None:
    env = gym.make("shapes_grid:ShapesGrid-Toy-v0", render_mode="ansi")
    env.reset(seed=0)
    assert env.render() == "os\n.s"


def test_without_a_render_mode_nothing_is_rendered() -> None:
    env = ShapesGridEnv()
    env.reset(seed=0)
    assert env.render() is None
