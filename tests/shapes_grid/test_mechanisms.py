"""Mechanisms besides touching objects, on boards worked out by hand and on random ones."""

from __future__ import annotations

import itertools
from collections import Counter
from typing import Any

import gymnasium as gym
import numpy as np
import pytest
from boards import env_on
from gymnasium.error import ResetNeeded
from hypothesis import given, settings
from hypothesis import strategies as st

from shapes_grid import SHAPES, BoardError, ShapesGridEnv, SpecError

THINGS = dict.fromkeys(
    ("circle", "cross", "square", "star", "wall", "box", "key", "door", "gate", "switch"), 0
)
WORTH = {"circle": -1.0, "cross": 1.0}
ACTIONS = {"l": 0, "r": 1, "u": 2, "d": 3, "f": 2}  # f: forward, of an agent that faces somewhere
BESIDE = ((-1, 0), (0, 1), (1, 0), (0, -1))

Truth = dict[str, Any]
Cell = tuple[int, int]


def trim(board: str) -> str:
    return "\n".join(board.split())


def make(board: str, **fields: Any) -> ShapesGridEnv:
    """Make an environment of a board's size, in which anything may stand."""
    fields = {"objects": THINGS, "rewards": WORTH, "step_limit": 50, **fields}
    return env_on(board, render_mode="ansi", **fields)


def film(env: ShapesGridEnv, board: str, moves: str, *, seed: int | None = None) -> list[str]:
    """Take the moves from a board; return all boards."""
    env.reset(seed=seed, options={"board": trim(board)})
    shown = [env.render()]
    for move in moves:
        env.step(ACTIONS[move])
        shown.append(env.render())
    return shown


def check(strip: str, **fields: Any) -> list[Truth]:
    """Play a strip of boards and compare each board, reward and ending; return the truths.

    Above each board stands the move that leads to it, after a colon its reward if it has one, and
    ! where the episode terminates.
    """
    titles, *lines = [line.split() for line in strip.strip().splitlines()]
    boards = ["\n".join(rows) for rows in zip(*lines, strict=True)]
    assert len(titles) == len(boards)
    env = make(boards[0], **fields)
    truths = [env.reset(options={"board": boards[0]})[1]["truth"]]
    shown, outcomes, expected = [env.render()], [], []
    for title in titles[1:]:
        move, _, reward = title.rstrip("!").partition(":")
        expected.append((move, float(reward or 0), title.endswith("!")))
        _, gained, terminated, _, info = env.step(ACTIONS[move])
        outcomes.append((move, gained, terminated))
        shown.append(env.render())
        truths.append(info["truth"])
    assert shown == boards
    assert outcomes == expected
    return truths


def cells_of(board: str, letter: str) -> set[Cell]:
    lines = board.split()
    return {(r, c) for r, line in enumerate(lines) for c, x in enumerate(line) if x == letter}


# Walls.


def test_walls_stop_the_agent() -> None:
    check("""
        start  u    d    l    r
        .#.    .#.  .#.  .#.  .#.
        #+#    #+#  #+#  #+#  #+#
        .#.    .#.  .#.  .#.  .#.
    """)
    check("""
        start  r    d    r    u    r:-1  d:1!
        +#.    +#.  .#.  .#.  .#.  .#.   .#.
        ..o    ..o  +.o  .+o  .+o  ..+   ...
        .#x    .#x  .#x  .#x  .#x  .#x   .#+
    """)


def test_walls_of_the_spec_stand_in_every_world_and_stop_the_agent() -> None:
    walls = ((0, 1), (1, 1), (2, 3))
    env = ShapesGridEnv(
        rows=3, cols=4, walls=walls, objects={"cross": 2}, rewards={}, render_mode="ansi"
    )
    starts = set()
    for seed in range(30):
        env.reset(seed=seed)
        starts.add(env.render())
        for move in np.random.default_rng(seed).integers(4, size=10):
            env.step(move)
            assert cells_of(env.render(), "#") == set(walls)
            assert len(cells_of(env.render(), "+")) == 1
    assert len(starts) > 20


def in_reach(board: str) -> int:
    """Count the cells that the agent comes to if only walls block."""
    lines = board.split()
    free = {(r, c) for r in range(len(lines)) for c in range(len(lines[0]))} - cells_of(board, "#")
    reached = cells_of(board, "+")
    while True:
        wider = reached | {(r + a, c + b) for r, c in reached for a, b in BESIDE} & free
        if wider == reached:
            return len(reached)
        reached = wider


def test_random_walls_have_the_given_number_and_enclose_nothing() -> None:
    env = ShapesGridEnv(objects={"cross": 2, "wall": 9}, rewards={}, render_mode="ansi")
    for seed in range(60):
        env.reset(seed=seed)
        board = env.render()
        assert (board.count("#"), board.count("x")) == (9, 2)
        assert in_reach(board) == 25 - 9


# Objects that end the episode.


def test_a_lethal_object_ends_the_episode_with_its_reward() -> None:
    check(
        """
        start  r:1  l    u:-1!
        o..    o..  o..  +..
        +xx    .+x  +.x  ..x
        """,
        roles={"circle": "lethal"},
    )


def test_a_lethal_object_may_have_any_reward() -> None:
    # Both crosses are left, and the episode is over all the same.
    strip = """
        start  r:{worth}!
        x+ox   x.+x
    """
    for worth in (2.0, 0.0):
        rewards = {"circle": worth, "cross": 1.0}
        check(strip.format(worth=worth), roles={"circle": "lethal"}, rewards=rewards)


def test_after_a_lethal_object_there_is_no_step() -> None:
    env = make("+ox", roles={"circle": "lethal"})
    film(env, "+ox", "r")
    with pytest.raises(ResetNeeded):
        env.step(0)
    assert film(env, "+.x", "r") == ["+.x", ".+x"]


def test_without_anything_good_only_something_lethal_ends_the_episode() -> None:
    check(
        """
        start  r:-1  r:-2!
        +os    .+s   ..+
        """,
        roles={"square": "lethal"},
        rewards={"circle": -1.0, "square": -2.0},
    )


# Boxes.


def test_a_box_is_pushed_onto_empty_cells_up_to_the_edge() -> None:
    check("""
        start  r     r     r
        +B..   .+B.  ..+B  ..+B
    """)
    check("""
        start  l     l     l
        ..B+   .B+.  B+..  B+..
    """)
    check("""
        start  u    u    d    d
        ...    .B.  .B.  .B.  .B.
        .B.    .+.  .+.  ...  ...
        .+.    ...  ...  .+.  .+.
    """)
    check("""
        start  d    d    u
        .+.    ...  ...  .+.
        .B.    .+.  .+.  ...
        ...    .B.  .B.  .B.
    """)


@pytest.mark.parametrize("beyond", "#BoxkDGSp")
def test_a_box_is_blocked_by_any_thing_behind_it(beyond: str) -> None:
    board = f"+B{beyond}.x"
    assert film(make(board), board, "rr") == 3 * [board]
    board = f"+B.{beyond}x"
    assert film(make(board), board, "rr") == [board, f".+B{beyond}x", f".+B{beyond}x"]


def test_a_box_goes_round_a_corner_and_is_never_pulled() -> None:
    check("""
        start  r    u    r    d    d    u
        ...    ...  .+.  ..+  ...  ...  ..+
        +B.    .+B  ..B  ..B  ..+  ..+  ...
        ...    ...  ...  ...  ..B  ..B  ..B
    """)


# Keys and doors.


def test_a_taken_key_vanishes_and_opens_one_door() -> None:
    truths = check("""
        start  r      l      r      r      r      r:1!
        +kD.x  .+D.x  +.D.x  .+D.x  ..+.x  ...+x  ....+
    """)
    assert [truth["keys"] for truth in truths] == [0, 1, 1, 1, 0, 0, 0]


def test_a_door_blocks_an_agent_without_a_key() -> None:
    truths = check("""
        start  r     l     r     r     r:1!
        k+Dx   k+Dx  +.Dx  .+Dx  ..+x  ...+
    """)
    assert [truth["keys"] for truth in truths] == [0, 0, 1, 1, 0, 0]


def test_two_doors_need_two_keys() -> None:
    truths = check("""
        start  l      r      r      r
        k+DDx  +.DDx  .+DDx  ..+Dx  ..+Dx
    """)
    assert [truth["keys"] for truth in truths] == [0, 1, 1, 0, 0]
    truths = check("""
        start   r       r       r       r       r:1!
        +kkDDx  .+kDDx  ..+DDx  ...+Dx  ....+x  .....+
    """)
    assert [truth["keys"] for truth in truths] == [0, 1, 2, 1, 0, 0]


def test_an_episode_begins_without_keys() -> None:
    env = make("+kDx")
    film(env, "+kDx", "r")
    assert film(env, "+.Dx", "rrr") == ["+.Dx", ".+Dx", ".+Dx", ".+Dx"]


# Switches and gates.


def test_a_switch_opens_every_gate_at_once_and_stays_as_pressed() -> None:
    check("""
        start  r      r      l      l      d
        +S.G#  .+..#  .p+.#  .+..#  +p..#  .p..#
        G###G  .###.  .###.  .###.  .###.  +###.
    """)


def test_gates_block_until_a_switch_is_stepped_on() -> None:
    check("""
        start  r     l     r     r     r:1!
        S+Gx   S+Gx  +..x  p+.x  p.+x  p..+
    """)


def test_a_switch_without_gates_is_pressed_too() -> None:
    check("""
        start  r    r    l    l
        +SS    .+S  .p+  .+p  +pp
    """)


# Rewards of what is used.


def test_rewards_of_keys_doors_and_switches_are_given_once() -> None:
    check(
        """
        start  r:0.5  l      r      r:0.25  r:-2   l      r      r:1!
        +SkDx  .+kDx  +pkDx  .+kDx  .p+Dx   .p.+x  .p+.x  .p.+x  .p..+
        """,
        rewards={"switch": 0.5, "key": 0.25, "door": -2.0, "cross": 1.0},
    )


def test_any_positive_reward_left_keeps_the_episode_running() -> None:
    strip = """
        start  l:1  r    r:0.25!
        x+{thing}    +.{thing}  .+{thing}  ..+
    """
    check(strip.format(thing="k"), rewards={"key": 0.25, "cross": 1.0})
    check(strip.format(thing="S"), rewards={"switch": 0.25, "cross": 1.0})
    # What is worth nothing does not.
    check("""
        start  l:1!
        x+k    +.k
    """)


def test_things_that_a_touch_does_not_change_have_no_reward() -> None:
    for kind in ("wall", "gate", "box", "pressed"):
        with pytest.raises(SpecError, match=f"rewards.{kind}"):
            ShapesGridEnv(rewards={kind: 1.0})


# Agents that face a direction.


def heading(strip: str, **fields: Any) -> None:
    check(strip, controls="heading", **fields)


def test_an_agent_that_faces_a_direction_turns_on_the_spot() -> None:
    heading("""
        start  l   l   l   l
        ^x     <x  vx  >x  ^x
    """)
    heading("""
        start  r   r   r   r
        ^x     >x  vx  <x  ^x
    """)


def test_an_agent_that_faces_a_direction_goes_forward_up_to_the_edge() -> None:
    heading("""
        start  f    f    r    f    f    f    r    f    r    f:1!
        ...    ^..  ^..  >..  .>.  ..>  ..>  ..v  ...  ...  ...
        ^x.    .x.  .x.  .x.  .x.  .x.  .x.  .x.  .xv  .x<  .<.
    """)
    heading("""
        start  f   f
        .v     ..  ..
        ..     .v  .v
    """)
    heading("""
        start  f   f
        .<     <.  <.
    """)


def test_an_agent_that_faces_a_direction_pushes_and_is_blocked() -> None:
    heading("""
        start  f     f     l     f     r     f
        ....   ....  ....  ....  .^..  .>..  ..>.
        >B.#   .>B#  .>B#  .^B#  ..B#  ..B#  ..B#
    """)


def test_the_actions_are_named() -> None:
    facing, plain = make("+x", controls="heading"), make("+x")
    assert facing.world_spec.actions == ("turn left", "turn right", "forward")
    assert plain.world_spec.actions == ("left", "right", "up", "down")
    assert facing.action_space == gym.spaces.Discrete(3)
    assert plain.action_space == gym.spaces.Discrete(4)
    facing.reset(options={"board": "+x"})
    assert facing.render() == "^x"  # it faces up unless drawn otherwise


@pytest.mark.parametrize("letter", ">v<")
def test_a_compass_agent_cannot_face_a_direction(letter: str) -> None:
    with pytest.raises(BoardError, match=r"faces a direction, .* draw it as"):
        film(make("+x"), f"{letter}x", "")


def test_the_agent_starts_facing_anywhere() -> None:
    env = ShapesGridEnv(controls="heading", render_mode="ansi")
    faced: Counter[str] = Counter()
    for seed in range(400):
        env.reset(seed=seed)
        faced.update(letter for letter in env.render() if letter in "^>v<")
    assert faced.total() == 400
    assert min(faced[letter] for letter in "^>v<") > 70


# Roles.


def test_any_shape_plays_any_role() -> None:
    roles = {"triangle": "key", "diamond": "door", "star": "switch", "ring": "gate"}
    check(
        """
        start   r       r       r       r       r:1!
        +td*rx  .+d*rx  ..+*rx  ...+.x  ...p+x  ...p.+
        """,
        roles=roles,
    )
    check(
        """
        start  r      r
        +s.ox  .+sox  .+sox
        """,
        roles={"square": "box", "circle": "wall"},
        rewards={"cross": 1.0},
    )


def test_parts_of_worlds_may_become_objects() -> None:
    check(
        """
        start  r:0.5  r:-2  r:3!
        +#kBx  .+kBx  ..+Bx  ...+x
        """,
        roles={"wall": "object", "key": "object", "box": "lethal"},
        rewards={"wall": 0.5, "key": -2.0, "box": 3.0, "cross": 1.0},
    )


# Movers.

ROAMING = """
    .......
    .......
    .......
    ...x...
    .......
    #......
    +#.....
"""


def roam(share: float, steps: int = 3000) -> tuple[int, Counter[Cell]]:
    """Let a cross walk; return how often it had no edge or wall beside it and how it went then."""
    env = make(ROAMING, movers={"cross": share}, step_limit=steps)
    boards = film(env, ROAMING, steps * "l", seed=3)
    times, ways = 0, Counter[Cell]()
    for before, after in itertools.pairwise(boards):
        ((row, col),), ((new_row, new_col),) = cells_of(before, "x"), cells_of(after, "x")
        way = new_row - row, new_col - col
        assert way in (*BESIDE, (0, 0))
        if {(row + a, col + b) for a, b in BESIDE} <= cells_of(before, "."):
            times += 1
            ways[way] += 1
    return times, ways


def test_a_mover_walks_in_all_directions_alike() -> None:
    times, ways = roam(1.0)
    assert times > 1000
    assert ways[0, 0] == 0  # whatever the direction, it was free
    assert all(0.2 < ways[way] / times < 0.3 for way in BESIDE)


def test_a_mover_walks_with_its_probability() -> None:
    times, ways = roam(0.3)
    assert times > 1000
    assert 0.65 < ways[0, 0] / times < 0.75


def test_a_probability_of_0_never_walks() -> None:
    assert roam(0.0, 300)[1] == {(0, 0): 300}


def test_each_kind_of_mover_has_its_probability() -> None:
    board = """
        o....
        .....
        ..x..
        #....
        +#..o
    """
    boards = film(make(board, movers={"circle": 1.0, "cross": 0.0}), board, 50 * "l", seed=0)
    assert {frozenset(cells_of(one, "x")) for one in boards} == {frozenset({(2, 2)})}
    assert len(set().union(*(cells_of(one, "o") for one in boards))) > 12


@pytest.mark.parametrize("beside", "#BokDGSp")
def test_a_mover_walks_onto_empty_cells_only(beside: str) -> None:
    board = trim(f"""
        .{beside}.
        {beside}x{beside}
        .+.
    """)
    for seed in range(5):
        env = make(board, movers={"cross": 1.0})
        assert film(env, board, 30 * "d", seed=seed) == 31 * [board]


def test_movers_walk_independently() -> None:
    # Both have only the middle to go to: one of them is there and the other stays.
    for seed in range(20):
        boards = film(make("x.x#+", movers={"cross": 1.0}), "x.x#+", 20 * "r", seed=seed)
        assert set(boards) <= {"x.x#+", ".xx#+", "xx.#+"}
        assert len(set(boards)) > 1


def test_lethal_objects_may_walk_but_never_onto_the_agent() -> None:
    env = make("+.o", movers={"circle": 1.0}, roles={"circle": "lethal"})
    boards = film(env, "+.o", 40 * "l", seed=0)
    assert set(boards) == {"+.o", "+o."}


def test_movers_walk_while_the_agent_turns() -> None:
    board = """
        ...
        .x.
        ^..
    """
    env = make(board, controls="heading", movers={"cross": 1.0})
    first, second = film(env, board, "l", seed=1)
    assert cells_of(second, "<") == {(2, 0)}
    assert cells_of(first, "x") != cells_of(second, "x")


def test_the_seed_determines_how_movers_walk() -> None:
    fields = {"movers": {"cross": 0.5}}
    walks = [film(make(ROAMING, **fields), ROAMING, 40 * "l", seed=seed) for seed in (1, 1, 2)]
    assert walks[0] == walks[1] != walks[2]
    env = make(ROAMING, **fields)
    again = [film(env, ROAMING, 40 * "l", seed=seed) for seed in (1, None, 1, None)]
    assert again[0] == walks[0] != again[1]  # the next episode goes another way
    assert again[2:] == again[:2]


# Any board at all.

LETTERS = ".....oxs*t#BkDGSp"
WORTHS = {
    "circle": -1.0,
    "cross": 1.0,
    "square": 0.5,
    "star": 0.0,
    "triangle": -2.0,
    "key": 0.25,
    "door": -0.125,
    "switch": 4.0,
}


@st.composite
def boards(draw: st.DrawFn, agents: str) -> str:
    rows, cols = draw(st.integers(1, 4)), draw(st.integers(1, 5))
    count = rows * cols
    letters = draw(st.lists(st.sampled_from(LETTERS), min_size=count, max_size=count))
    letters[draw(st.integers(0, count - 1))] = draw(st.sampled_from(agents))
    return "\n".join("".join(letters[r * cols : (r + 1) * cols]) for r in range(rows))


def count_kinds(truth: Truth) -> Counter[str]:
    return Counter(truth["kinds"][code - 1] for code in truth["cells"][truth["cells"] > 0])


@pytest.mark.slow
@settings(deadline=None, max_examples=300)
@given(
    st.one_of(
        st.tuples(st.just("compass"), boards("+")), st.tuples(st.just("heading"), boards("+>v<"))
    ),
    st.lists(st.integers(0, 3), min_size=1, max_size=40),
    st.sampled_from([0.0, 0.25]),
    st.sampled_from([0.0, 0.5, 1.0]),
    st.integers(0, 99),
)
def test_rules_hold_on_any_board(
    world: tuple[str, str], moves: list[int], step_cost: float, share: float, seed: int
) -> None:
    controls, board = world
    env = make(
        board,
        rewards=WORTHS,
        roles={"triangle": "lethal"},
        movers={"circle": share, "cross": share},
        controls=controls,
        step_cost=step_cost,
        step_limit=len(moves),
    )
    truth = env.reset(seed=seed, options={"board": board})[1]["truth"]
    text = env.render()
    for steps, move in enumerate(moves, 1):
        _, reward, terminated, truncated, info = env.step(move % len(env.world_spec.actions))
        before, truth, text_before, text = truth, info["truth"], text, env.render()
        was, now = count_kinds(before), count_kinds(truth)
        gone = was - now

        # The agent is in the grid, no further than beside where it was, and on nothing.
        (row, col), (old_row, old_col) = truth["agent"], before["agent"]
        assert 0 <= row < truth["cells"].shape[0]
        assert 0 <= col < truth["cells"].shape[1]
        assert abs(row - old_row) + abs(col - old_col) <= 1
        under = truth["cells"][row, col]
        assert under == 0 or truth["kinds"][under - 1] == "pressed"

        # Nothing appears; what goes was touched, one thing a step; gates go by switches only.
        assert now - was == Counter({"pressed": gone["switch"]}) + Counter()
        used = gone - Counter({"gate": gone["gate"]})
        assert used.total() <= 1
        if used:
            old = before["kinds"][before["cells"][row, col] - 1]
            assert used == {old: 1}
        assert gone["box"] == gone["wall"] == gone["pressed"] == 0
        assert gone["gate"] == (was["gate"] if gone["switch"] else 0)
        assert truth["keys"] == before["keys"] + gone["key"] - gone["door"]
        assert truth["keys"] >= 0

        # Only a box that is pushed and movers change their place.
        fixed = [kind for kind in SHAPES if kind not in ("box", "circle", "cross", "pressed")]
        for kind in fixed:
            letter = SHAPES[kind].letter
            if letter in LETTERS:
                assert cells_of(text, letter) <= cells_of(text_before, letter)
        boxes, old_boxes = cells_of(text, "B"), cells_of(text_before, "B")
        if boxes != old_boxes:
            assert old_boxes - boxes == {(row, col)}
            assert boxes - old_boxes == {(2 * row - old_row, 2 * col - old_col)}

        assert reward == sum(WORTHS[kind] for kind in used.elements()) - step_cost
        left = any(WORTHS.get(kind, 0.0) > 0 for kind in now)
        last = any(WORTHS[kind] > 0 for kind in used) and not left
        assert terminated == (last or used["triangle"] == 1)
        assert truncated == (steps == len(moves) and not terminated)
        if terminated:
            break
