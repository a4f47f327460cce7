"""Difficulties of seeing, one at a time, measured on pixels.

Frames are compared with `painted`, which draws a whole frame from scratch and knows nothing of
cells that changed: only the shapes' coverage is the package's.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Any, NamedTuple

import gymnasium as gym
import numpy as np
import pytest
from boards import env_on
from numpy.testing import assert_allclose, assert_array_equal
from numpy.typing import NDArray

from shapes_grid import IDS, SHAPES, ShapesGridEnv, SpecError
from shapes_grid.drawing.canvas import BACKGROUND
from shapes_grid.drawing.coverage import coverage
from shapes_grid.shapes import AGENT_SHAPE, PALETTE, WALL

Frame = NDArray[np.uint8]
Floats = NDArray[np.float64]
Colour = tuple[int, int, int]

KINDS = {"circle": 0, "cross": 0}


def make(board: str, **fields: Any) -> ShapesGridEnv:
    """Make an environment of a board's size."""
    return env_on(board, **{"objects": KINDS, "step_limit": 10_000, **fields})


def begin(env: ShapesGridEnv, board: str, seed: int | None = None) -> Frame:
    frame, _ = env.reset(seed=seed, options={"board": "\n".join(board.split())})
    return frame


class Thing(NamedTuple):
    """Something drawn on a cell."""

    shape: str
    row: int
    col: int
    colour: Colour
    scale: float = 1.0
    down: int = 0
    right: int = 0


def plain(board: str) -> list[Thing]:
    """Return what stands on a board, row by row and the agent last, as it usually looks."""
    named = {shape.letter: name for name, shape in SHAPES.items()}
    things = [
        Thing(named[letter], row, col, SHAPES[named[letter]].colour)
        for row, line in enumerate(board.split())
        for col, letter in enumerate(line)
        if letter != "."
    ]
    return sorted(things, key=lambda thing: thing.shape == AGENT_SHAPE)


def painted(env: ShapesGridEnv, things: Iterable[Thing]) -> Floats:
    """Draw things, one over the other, on the plain background: `[H, W, 3]`."""
    spec, cell = env.world_spec, env.world_spec.cell
    height, width, _ = spec.frame_shape
    wide = 3 * cell  # room for all that the frame's edges cut off
    canvas = np.tile(BACKGROUND.astype(float), (height + 2 * wide, width + 2 * wide, 1))
    for thing in things:
        alpha = coverage(thing.shape, cell, scale=thing.scale, margin=cell)[:, :, None]
        if thing.shape == WALL:  # its pattern ends with its cell
            alpha = np.pad(alpha[cell:-cell, cell:-cell], ((cell, cell), (cell, cell), (0, 0)))
        top = wide + spec.border[0] + (thing.row - 1) * cell + thing.down
        left = wide + spec.border[3] + (thing.col - 1) * cell + thing.right
        under = canvas[top : top + 3 * cell, left : left + 3 * cell]
        under += alpha * (np.array(thing.colour) - under)
    return canvas[wide : wide + height, wide : wide + width]


def assert_looks_like(frame: Frame, picture: Floats) -> None:
    assert_allclose(frame, picture, rtol=0, atol=0.501)  # rounded to whole numbers, in float32


def looks_like(frame: Frame, picture: Floats) -> bool:
    return bool(np.abs(frame - picture).max() <= 0.501)


def square_of(env: ShapesGridEnv, frame: NDArray[Any], row: int, col: int) -> NDArray[Any]:
    """Return a cell's pixels."""
    spec, cell = env.world_spec, env.world_spec.cell
    top, left = spec.border[0] + row * cell, spec.border[3] + col * cell
    return frame[top : top + cell, left : left + cell]


# Nothing harder.

CORNERS = """
    o...x
    .....
    ..+..
    .....
    x...o
"""


def test_the_plain_picture_is_the_shapes_on_the_background() -> None:
    env = make(CORNERS)
    assert_looks_like(begin(env, CORNERS), painted(env, plain(CORNERS)))


@pytest.mark.parametrize(
    "fields", [{"sizes": (1, 1)}, {"jitter": 0}, {"noise": 0}, {"texture": 0}, {"shake": 0}]
)
def test_zero_of_any_difficulty_is_the_plain_picture(fields: dict[str, Any]) -> None:
    assert_array_equal(begin(make(CORNERS, **fields), CORNERS, 1), begin(make(CORNERS), CORNERS, 1))


# Noise.


def residuals(noise: float) -> Floats:
    """Return what noise added to pixels so bright that it was not clipped, `[frames, pixels]`.

    The floor is textured, so that there are many of them; nothing moves.
    """
    fields = {"texture": 0.7, "border": (0, 0, 0, 0)}
    noisy, clear = make("+x", noise=noise, **fields), make("+x", **fields)
    expected = begin(clear, "+x").astype(float)
    frames = [begin(noisy, "+x", seed=4), *(noisy.step(0)[0] for _ in range(299))]
    reach = 4 * noise * 255
    inside = (expected > reach) & (expected < 255 - reach)
    assert inside.sum() > 50
    added: Floats = (np.array(frames) - expected)[:, inside]
    return added


@pytest.mark.parametrize("noise", [0.02, 0.1])
def test_noise_has_its_standard_deviation_and_mean_zero(noise: float) -> None:
    added = residuals(noise)
    assert abs(added.mean()) < 0.03 * noise * 255
    assert 0.97 < added.std() / (noise * 255) < 1.03
    # So it is in each frame and at each pixel, and Gaussian: 68.3 % within one, 95.4 within two.
    assert (added.std(1) / (noise * 255)).min() > 0.7
    assert (added.std(0) / (noise * 255)).max() < 1.3
    within = [(np.abs(added) <= k * noise * 255).mean() for k in (1, 2)]
    assert_allclose(within, [0.683, 0.954], atol=0.06)  # in whole steps of brightness


def test_noise_differs_from_pixel_to_pixel_and_from_step_to_step() -> None:
    added = residuals(0.1)
    pixels = np.asarray(np.corrcoef(added.T))[np.triu_indices(added.shape[1], 1)]
    steps = np.asarray(np.corrcoef(added))[np.triu_indices(len(added), 1)]
    # Of independent samples: 300 frames of pixels, and as many pixels as there are of frames.
    assert np.abs(pixels).max() < 6 / np.sqrt(300)
    assert np.abs(steps).max() < 6 / np.sqrt(added.shape[1])


def test_noise_does_not_accumulate() -> None:
    noisy, clear = make(CORNERS, noise=0.1), make(CORNERS)
    expected = begin(clear, CORNERS).astype(float)
    frames = [begin(noisy, CORNERS, seed=0), *(noisy.step(a)[0] for a in [0, 1] * 100)]
    off = [np.abs(frame - expected).mean() for frame in frames[::2]]  # the agent is back
    assert max(off) < 1.1 * min(off)
    assert {frame.dtype for frame in frames} == {np.dtype(np.uint8)}


def test_the_seed_determines_the_noise() -> None:
    def watch(seed: int | None, env: ShapesGridEnv) -> Frame:
        return np.array([begin(env, CORNERS, seed), *(env.step(0)[0] for _ in range(5))])

    env = make(CORNERS, noise=0.1)
    first, later = watch(7, env), watch(None, env)
    assert_array_equal(watch(7, make(CORNERS, noise=0.1)), first)
    assert (watch(8, env) != first).mean() > 0.5
    assert (later != first).mean() > 0.5  # another episode of the same seed
    assert_array_equal(watch(7, env), first)


def test_noise_and_shake_change_only_the_frame() -> None:
    boards = []
    for fields in ({}, {"noise": 0.2}, {"shake": 2}):
        env = ShapesGridEnv(render_mode="ansi", **fields)
        env.reset(seed=5)
        boards.append([env.render(), *((env.step(a), env.render())[1] for a in (0, 2, 1, 3))])
    assert boards[0] == boards[1] == boards[2]


@pytest.mark.parametrize("fields", [{"noise": 0.3}, {"shake": 2}])
def test_rendered_frames_have_neither_noise_nor_shake(fields: dict[str, Any]) -> None:
    drawn = []
    for more in ({}, fields):
        env = make(CORNERS, render_mode="rgb_array", **more)
        begin(env, CORNERS, 0)
        drawn.append([env.render(), *((env.step(1), env.render())[1] for _ in range(3))])
    assert_array_equal(drawn[0], drawn[1])


# Texture.


def test_texture_is_the_same_in_every_step_and_episode() -> None:
    env = make("+.", texture=0.3)
    first = begin(env, "+.", 0)
    for seed in range(3):
        assert_array_equal(begin(env, "+.", seed), first)
        for _ in range(3):
            assert_array_equal(env.step(0)[0], first)
    assert_array_equal(begin(make("+.", texture=0.3), "+."), first)
    env.step(1)
    assert_array_equal(env.step(0)[0], first)  # where the agent was it is as it was before


def test_texture_covers_the_whole_frame_with_its_contrast() -> None:
    fields = {"agent": False, "border": (9, 9, 9, 9)}
    floors = {t: begin(make("...\n...", texture=t, **fields), "...\n...") for t in (0, 0.3, 0.6)}
    assert (floors[0] == BACKGROUND).all()
    added = {t: floors[t].astype(float) - BACKGROUND for t in (0.3, 0.6)}
    assert_allclose(added[0.6], 2 * added[0.3], rtol=0, atol=1.51)  # both rounded
    assert added[0.3].min() >= 0
    assert 0.8 * 0.3 * 255 < added[0.3].max() <= 0.3 * 255 + 0.5
    for place in (np.s_[:9], np.s_[-9:], np.s_[:, :9], np.s_[:, -9:], np.s_[9:-9, 9:-9]):
        assert added[0.3][place].std() > 8
        # Hue as well as brightness.
        assert np.ptp(added[0.3][place], axis=2).mean() > 8
    # A pattern, and no grid: no two cells are alike.
    cells = [added[0.3][9 * r : 9 * r + 9, 9 * c : 9 * c + 9] for r in range(4) for c in range(5)]
    assert min(np.abs(a - b).mean() for i, a in enumerate(cells) for b in cells[:i]) > 5


def test_objects_and_agent_are_drawn_over_the_texture() -> None:
    env = make(CORNERS, texture=0.3)
    frame = begin(env, CORNERS)
    floor = begin(
        make(CORNERS, texture=0.3, agent=False),
        CORNERS.replace("+", ".").replace("o", ".").replace("x", "."),
    )
    for thing in plain(CORNERS):
        alpha = coverage(thing.shape, 9)[:, :, None]
        under = square_of(env, floor, thing.row, thing.col)
        seen = square_of(env, frame, thing.row, thing.col)
        assert_allclose(seen, under * (1 - alpha) + np.array(thing.colour) * alpha, atol=1.01)
    assert_array_equal(square_of(env, frame, 1, 1), square_of(env, floor, 1, 1))


def test_a_touched_object_leaves_the_texture_behind() -> None:
    env, empty = make(".o.\n.+.", texture=0.3), make("...\n.+.", texture=0.3)
    begin(env, ".o.\n.+.")
    env.step(2)
    assert_array_equal(env.step(3)[0], begin(empty, "...\n.+."))


# Colours and outlines.


def kind_and_colour(
    env: ShapesGridEnv, seen: Frame, colours: Iterable[Colour]
) -> tuple[str, Colour]:
    """Return the one outline among circle and cross, and the one colour, that a cell shows."""
    found = []
    for shape in KINDS:
        alpha = coverage(shape, env.world_spec.cell)[:, :, None]
        found += [
            (shape, colour)
            for colour in colours
            if looks_like(seen, BACKGROUND * (1 - alpha) + np.array(colour) * alpha)
        ]
    (one,) = found
    return one


def test_random_colours_are_of_the_palette_and_keep_the_outline() -> None:
    env = ShapesGridEnv(colours="random")
    by_kind: dict[str, Counter[Colour]] = {kind: Counter() for kind in KINDS}
    for seed in range(60):
        frame, info = env.reset(seed=seed)
        for row, col in np.argwhere(info["truth"]["cells"]):
            kind = info["truth"]["kinds"][info["truth"]["cells"][row, col] - 1]
            shape, colour = kind_and_colour(env, square_of(env, frame, row, col), PALETTE)
            assert shape == kind
            by_kind[kind][colour] += 1
    for colours in by_kind.values():
        assert set(colours) == set(PALETTE)
        assert min(colours.values()) > 12  # 240 / 8 = 30 expected


def test_colours_are_independent_of_shapes() -> None:
    env = make("+ooxx", colours="random", palette=((250, 0, 0), (0, 0, 250)))
    seen = set()
    for seed in range(60):
        frame = begin(env, "+ooxx", seed)
        seen.add(
            tuple(
                kind_and_colour(env, square_of(env, frame, 0, c), env.world_spec.palette)[1]
                for c in range(1, 5)
            )
        )
    assert len(seen) == 16


def test_an_object_keeps_its_colour_while_others_go() -> None:
    board = "+..\n...\nxox"
    env = make(board, colours="random", rewards={})
    for seed in range(5):
        first = begin(env, board, seed)
        for action in (3, 1, 1, 0, 2):
            frame = env.step(action)[0]
            for col in range(3):
                assert_array_equal(square_of(env, frame, 2, col), square_of(env, first, 2, col))


def test_a_mover_keeps_its_colour() -> None:
    board = "#...\n+#..\n#.xo"
    env = make(
        board, colours="random", movers={"cross": 1.0, "circle": 0.5}, objects={**KINDS, "wall": 0}
    )
    places = set()
    for seed in range(8):
        colours: dict[str, set[Colour]] = {kind: set() for kind in KINDS}
        frame, info = env.reset(seed=seed, options={"board": board})
        for _ in range(30):
            truth = info["truth"]
            for row, col in np.argwhere(truth["cells"]):
                kind = truth["kinds"][truth["cells"][row, col] - 1]
                if kind == "wall":
                    continue
                shape, colour = kind_and_colour(env, square_of(env, frame, row, col), PALETTE)
                assert shape == kind
                colours[kind].add(colour)
                places.add((kind, row, col))
            frame, _, _, _, info = env.step(0)
        assert [len(one) for one in colours.values()] == [1, 1]
    assert len(places) > 8


def test_the_seed_determines_the_colours() -> None:
    env = make("+ooxx", colours="random")
    frames = [begin(env, "+ooxx", seed) for seed in (1, 2, 1)]
    assert_array_equal(frames[0], frames[2])
    assert (frames[0] != frames[1]).any()


def test_walls_keys_and_agent_have_their_own_colours_in_any_world() -> None:
    board = "+#B\nkDG\nSp."
    named = dict.fromkeys(("wall", "box", "key", "door", "gate", "switch"), 0)
    env = make(board, objects={**KINDS, **named}, colours="random", sizes=(0.5, 1.0), jitter=2)
    for seed in range(3):
        assert_looks_like(begin(env, board, seed), painted(env, plain(board)))


def test_random_outlines_leave_the_colour_to_tell_the_kind() -> None:
    env = ShapesGridEnv(outlines="random")
    seen: Counter[tuple[str, str]] = Counter()
    for seed in range(40):
        frame, info = env.reset(seed=seed)
        for row, col in np.argwhere(info["truth"]["cells"]):
            kind = info["truth"]["kinds"][info["truth"]["cells"][row, col] - 1]
            own = SHAPES[kind].colour
            shape, colour = kind_and_colour(
                env, square_of(env, frame, row, col), [SHAPES[k].colour for k in KINDS]
            )
            assert colour == own
            seen[kind, shape] += 1
    assert len(seen) == 4
    assert min(seen.values()) > 50  # 80 expected


def test_random_outlines_where_only_a_board_names_objects() -> None:
    env = make("+ox", objects={}, outlines="random")
    shown = set()
    for seed in range(30):
        frame = begin(env, "+ox", seed)
        squares = [square_of(env, frame, 0, col) for col in (1, 2)]
        colours = [SHAPES[kind].colour for kind in KINDS]
        shown.add(tuple(kind_and_colour(env, square, colours) for square in squares))
    outlines = {(one[0], other[0]) for one, other in shown}
    assert outlines == {(one, other) for one in KINDS for other in KINDS}


def test_white_draws_all_alike() -> None:
    env = make(CORNERS, colours="white")
    white = [thing._replace(colour=(235, 235, 235)) for thing in plain(CORNERS)]
    assert_looks_like(begin(env, CORNERS), painted(env, white))


# Sizes.


def ink_of(env: ShapesGridEnv, frame: Frame, colour: Colour, row: int, col: int) -> float:
    """Return how many pixels of a cell have ink, partly covered ones in part."""
    seen = square_of(env, frame, row, col).astype(float)
    full = np.array(colour, float) - BACKGROUND
    return float(((seen - BACKGROUND) @ full / (full @ full)).sum())


def test_sizes_vary_within_their_range() -> None:
    env = make("+.o", cell=16, sizes=(0.5, 0.9))
    usual = coverage("circle", 16).sum()
    areas = []
    for seed in range(200):
        frame = begin(env, "+.o", seed)
        areas.append(ink_of(env, frame, SHAPES["circle"].colour, 0, 2) / usual)
    # Areas go with the square: from a quarter to 0.81, and evenly over the sides between.
    sides = np.sqrt(areas)
    assert_allclose([sides.min(), sides.max()], [0.5, 0.9], atol=0.02)
    assert np.histogram(sides, 4, (0.48, 0.92))[0].min() > 25  # 50 expected


def test_equal_limits_give_one_size() -> None:
    env = make(CORNERS, cell=12, sizes=(0.6, 0.6))
    things = [t if t.shape == AGENT_SHAPE else t._replace(scale=0.6) for t in plain(CORNERS)]
    for seed in range(3):
        assert_looks_like(begin(env, CORNERS, seed), painted(env, things))


def test_large_objects_overlap_earlier_rows() -> None:
    board = "xox+\noxo.\nx.xo"
    env = make(board, sizes=(1.4, 1.4))
    things = [t if t.shape == AGENT_SHAPE else t._replace(scale=1.4) for t in plain(board)]
    frame = begin(env, board)
    assert_looks_like(frame, painted(env, things))
    # There is ink in empty cells, and which one is drawn first makes a difference.
    assert (square_of(env, frame, 2, 1) != BACKGROUND).any()
    objects = things[:-1]
    assert not looks_like(frame, painted(env, [*objects[::-1], things[-1]]))


@pytest.mark.parametrize("scale", [1.2, 1.4, 2.0])
def test_walking_among_overlapping_objects_leaves_them_unchanged(scale: float) -> None:
    rows = ["o.x", "...", "x.o"]
    env = make("\n".join(rows), sizes=(scale, scale), border=(1, 0, 4, 2))
    env.reset(options={"board": "o.x\n.+.\nx.o"})
    row, col = 1, 1
    for action, (down, right) in zip(
        (0, 1, 1, 0, 2, 3, 3),
        ((0, -1), (0, 1), (0, 1), (0, -1), (-1, 0), (1, 0), (1, 0)),
        strict=True,
    ):
        row, col = row + down, col + right
        things = [t._replace(scale=scale) for t in plain("\n".join(rows))]
        agent = Thing(AGENT_SHAPE, row, col, SHAPES[AGENT_SHAPE].colour)
        assert_looks_like(env.step(action)[0], painted(env, [*things, agent]))


# Offsets.


def offsets(board: str, jitter: int, seeds: int, **fields: Any) -> Counter[tuple[int, int]]:
    """Return by how much the one object of a board is off, in each of many worlds.

    Each frame must show it whole, off by whole pixels within the range, and nothing else.
    """
    env = make(board, jitter=jitter, **fields)
    thing, agent = plain(board)
    reach = range(-jitter, jitter + 1)
    pictures = {
        (down, right): painted(env, [thing._replace(down=down, right=right), agent])
        for down in reach
        for right in reach
    }
    found: Counter[tuple[int, int]] = Counter()
    for seed in range(seeds):
        frame = begin(env, board, seed)
        (off,) = [off for off, picture in pictures.items() if looks_like(frame, picture)]
        found[off] += 1
    return found


def test_objects_are_off_by_whole_pixels_in_all_directions() -> None:
    found = offsets("+..\n.x.\n...", 2, 400, cell=12)
    assert len(found) == 25
    assert min(found.values()) > 3  # 16 expected


@pytest.mark.parametrize("cell", ["+..\n...\n..o", "o..\n...\n..+"])
def test_objects_reach_beyond_their_cell_into_others_and_the_border(cell: str) -> None:
    found = offsets(cell, 5, 250)
    assert {down for down, _ in found} == {right for _, right in found} == set(range(-5, 6))


def test_without_a_border_the_frame_cuts_objects_off() -> None:
    found = offsets("o.\n.+", 4, 100, border=(0, 0, 0, 0))
    assert len(found) > 50


def test_centres_are_off_by_whole_pixels_and_each_object_has_its_own_offset() -> None:
    env = make(CORNERS, jitter=1, cell=12)
    y, x = np.mgrid[-5.5:6.5, -5.5:6.5]
    centres = []
    for seed in range(40):
        frame = begin(env, CORNERS, seed).astype(float)
        for row, col in ((0, 0), (0, 4), (4, 0), (4, 4)):
            ink = np.abs(square_of(env, frame, row, col) - BACKGROUND).sum(2)
            centres.append(((y * ink).sum() / ink.sum(), (x * ink).sum() / ink.sum()))
    measured = np.array(centres)
    whole = np.rint(measured)
    assert set(map(tuple, whole.tolist())) == {(d, r) for d in (-1, 0, 1) for r in (-1, 0, 1)}
    assert np.abs(measured - whole).max() < 0.15  # the cell cuts off a little
    assert len(np.unique(whole.reshape(40, 8), axis=0)) > 35


def test_an_object_keeps_its_offset() -> None:
    board = "+..\n...\nxox"
    env = make(board, jitter=2, rewards={})
    first = begin(env, board, 3)
    env.step(1)
    assert_array_equal(env.step(0)[0], first)


@pytest.mark.parametrize(
    ("farthest", "fields"), [(9, {}), (18, {"cell": 18}), (4, {"sizes": (2.0, 2.0)})]
)
def test_offsets_beyond_the_cells_beside_are_refused(farthest: int, fields: Any) -> None:
    board = "+....\n.....\n..x..\n.....\n....."
    env = make(board, jitter=farthest, **fields)
    thing, agent = plain(board)
    thing = thing._replace(scale=env.world_spec.sizes[0])
    for seed in range(10):
        frame = begin(env, board, seed)
        # The centre of all ink but the agent's is where the whole object's would be.
        ink = np.abs(frame - painted(env, [agent])).sum(2)
        middle = [(axis * ink).sum() / ink.sum() for axis in np.indices(ink.shape)]
        whole = np.abs(painted(env, [thing]) - BACKGROUND).sum(2)
        usual = [(axis * whole).sum() / whole.sum() for axis in np.indices(ink.shape)]
        down, right = (round(a - b) for a, b in zip(middle, usual, strict=True))
        moved = thing._replace(down=down, right=right)
        assert max(abs(down), abs(right)) <= farthest
        assert_looks_like(frame, painted(env, [moved, agent]))
    with pytest.raises(SpecError, match="jitter"):
        make(board, jitter=farthest + 1, **fields)


def test_walls_keep_to_their_cell_whatever_the_sizes() -> None:
    env = make("+#.\n...", objects={**KINDS, "wall": 0}, sizes=(1.0, 1.4))
    assert_looks_like(begin(env, "+#.\n..."), painted(env, plain("+#.\n...")))


def test_a_still_picture_shows_no_agent_in_varied_worlds() -> None:
    env = make("x.\n.x", agent=False, sizes=(1.2, 1.2), border=(9, 9, 9, 9))
    things = [thing._replace(scale=1.2) for thing in plain("x.\n.x")]
    assert_looks_like(begin(env, "x.\n.x"), painted(env, things))


# What is gone is gone.


@pytest.mark.parametrize(
    "fields",
    [{"colours": "random"}, {"outlines": "random"}, {"sizes": (0.5, 1.4)}, {"jitter": 3}],
)
def test_a_touched_object_leaves_no_pixels(fields: dict[str, Any]) -> None:
    env, clear = make("+o.", rewards={}, **fields), make("+..")
    begin(env, "+o.", 0)
    env.step(1)
    assert_array_equal(env.step(0)[0], begin(clear, "+.."))


def test_a_mover_leaves_no_pixels() -> None:
    env = make("+x..", colours="random", movers={"cross": 1.0})
    begin(env, "+x..", 0)
    for _ in range(20):
        frame, _, _, _, info = env.step(0)
        for col in range(1, 4):
            if not info["truth"]["cells"][0, col]:
                assert (square_of(env, frame, 0, col) == BACKGROUND).all()


@pytest.mark.parametrize(
    ("board", "actions", "after"),
    [
        ("+k.", (1, 0), "+.."),
        ("k+D.", (0, 1, 1, 1), "...+"),
        ("+SG", (1, 0), "+p."),
        ("+B..", (1, 0), "+.B."),
    ],
)
def test_used_things_are_drawn_as_used(board: str, actions: Any, after: str) -> None:
    named = dict.fromkeys(("box", "key", "door", "gate", "switch"), 0)
    env = make(board, objects={**KINDS, **named}, colours="random", rewards={})
    begin(env, board, 0)
    frame = [env.step(action)[0] for action in actions][-1]
    assert_looks_like(frame, painted(env, plain(after)))


# Shaking.


@pytest.mark.parametrize("reach", [1, 2])
def test_a_shaken_frame_is_shifted_as_a_whole_in_all_directions(reach: int) -> None:
    env, still = make(CORNERS, shake=reach), make(CORNERS)
    frame, unshaken = begin(env, CORNERS, 0), begin(still, CORNERS)
    side = range(-reach, reach + 1)
    height, width, _ = unshaken.shape
    wide = np.tile(BACKGROUND, (height + 2 * reach, width + 2 * reach, 1))
    wide[reach:-reach, reach:-reach] = unshaken
    shifted = {
        (down, right): wide[reach - down :, reach - right :][:height, :width]
        for down in side
        for right in side
    }
    found: Counter[tuple[int, int]] = Counter()
    for _ in range(400):
        (off,) = [off for off, picture in shifted.items() if np.array_equal(frame, picture)]
        found[off] += 1
        env.step(0)
        frame = env.step(1)[0]  # there and back
    assert len(found) == (2 * reach + 1) ** 2
    assert min(found.values()) > 100 / len(found)


def test_the_seed_determines_the_shake() -> None:
    def watch(seed: int) -> Frame:
        env = make(CORNERS, shake=2)
        return np.array([begin(env, CORNERS, seed), *(env.step(0)[0] for _ in range(9))])

    assert_array_equal(watch(1), watch(1))
    assert (watch(1) != watch(2)).any()


# How many objects.


@pytest.mark.parametrize("each", [11, 12])
def test_nearly_full_worlds_are_as_playable_as_others(each: int) -> None:
    env = ShapesGridEnv(objects={"circle": each, "cross": each})
    for seed in range(20):
        frame, info = env.reset(seed=seed)
        truth = info["truth"]
        assert np.bincount(truth["cells"].ravel()).tolist() == [25 - 2 * each, each, each]
        assert truth["cells"][truth["agent"]] == 0
        plus = square_of(env, frame, *truth["agent"])
        assert (plus == SHAPES[AGENT_SHAPE].colour).all(2).sum() > 5
        things, gained = 2 * each, 0.0
        for action in np.random.default_rng(seed).integers(4, size=25):
            _, reward, terminated, _, info = env.step(action)
            cells = info["truth"]["cells"]
            things, touched, gained = (cells > 0).sum(), things - (cells > 0).sum(), gained + reward
            assert abs(reward) == touched
            assert not terminated
        assert gained == (cells == 1).sum() - (cells == 2).sum()
        assert things < 2 * each - 3


def test_counts_are_drawn_evenly_from_their_range() -> None:
    env = ShapesGridEnv(objects={"circle": (1, 3), "cross": (0, 4), "square": 2})
    drawn: Counter[tuple[int, ...]] = Counter()
    for seed in range(3000):
        cells = env.reset(seed=seed)[1]["truth"]["cells"]
        drawn[tuple(np.bincount(cells.ravel(), minlength=4)[1:].tolist())] += 1
    assert set(drawn) == {(o, x, 2) for o in (1, 2, 3) for x in range(5)}
    # 200 of each of the 15 pairs expected, with a standard deviation of 14.
    assert min(drawn.values()) > 140
    assert max(drawn.values()) < 260


def test_distractors_have_no_reward_and_do_not_keep_an_episode_running() -> None:
    env = gym.make("ShapesGrid-Distractors-v0", render_mode="ansi")
    env.reset(seed=0)
    assert Counter(env.render()) >= Counter({"s": 4, "o": 4, "x": 4})
    env.reset(options={"board": "s+x..\n" + 3 * ".....\n" + "....s"})
    assert [env.step(action)[1:3] for action in (0, 1, 1)] == [(0, False), (0, False), (1, True)]


# Everything together.


@pytest.mark.parametrize("name", [n for n in IDS if n != "ShapesGrid-Toy-v0"])
def test_frames_are_as_declared(name: str) -> None:
    env = gym.make(name)
    frames = [env.reset(seed=1)[0]]
    assert isinstance(env.action_space, gym.spaces.Discrete)
    actions = np.random.default_rng(0).integers(int(env.action_space.n), size=20)
    for action in actions:
        frame, _, terminated, truncated, _ = env.step(action)
        frames.append(frame)
        if terminated or truncated:
            frames.append(env.reset()[0])
    for frame in frames:
        assert frame.dtype == np.uint8
        assert frame in env.observation_space
    assert np.ptp(frames[0]) > 150
    assert any((frame != frames[0]).any() for frame in frames)


def test_everything_at_once_shows_each_part_of_it() -> None:
    env = gym.make("ShapesGrid-Everything-v0").unwrapped
    assert isinstance(env, ShapesGridEnv)
    spec = env.world_spec
    assert spec.is_varied
    assert min(spec.texture, spec.noise, spec.jitter, spec.movers["square"]) > 0
    still, _ = ShapesGridEnv(spec, noise=0.0).reset(seed=2)
    noisy, info = env.reset(seed=2)
    assert 0.5 < (noisy - still.astype(float)).std() / (spec.noise * 255) < 1.1
    cells = [square_of(env, still, r, c) for r, c in np.argwhere(info["truth"]["cells"] == 1)]
    assert any((a != b).any() for a in cells for b in cells)
