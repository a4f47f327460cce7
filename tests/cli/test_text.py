"""The text printed at the end of a run, compared whole."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import numpy as np

from dsrl_agent.agent.dsrl import DSRL
from dsrl_agent.cli import text
from dsrl_agent.config import FrontEndConfig
from dsrl_agent.evaluation.evaluate import Report
from dsrl_agent.front_end import make_front_end
from dsrl_agent.perception.grid import Grid
from dsrl_agent.runtime.envs import make_env
from dsrl_agent.types import Fact, Transition


def episodes(count: int, *figures: float) -> Report:
    """Return a report of equal episodes: return, length, positives, touched good and bad."""
    returns, lengths, positives, good, bad = (np.full(count, figure) for figure in figures)
    return Report(returns, lengths, positives, good, bad, decision_seconds=0.00125)


def test_actors_are_compared_in_one_table() -> None:
    reports = {
        "agent": episodes(20, 3.0, 10.0, 4.0, 3.0, 0.0),
        "random": episodes(20, -1.0, 25.0, 4.0, 1.0, 3.0),
    }
    assert text.comparison(reports, unseen=True).splitlines() == [
        "Evaluation on 20 unseen worlds (95 % intervals)",
        "          positive_share  collected       score             mean_return",
        "  agent   1.000           0.750           0.750             3.000",
        "          [1.000, 1.000]  [0.750, 0.750]  [0.750, 0.750]    [3.000, 3.000]",
        "  random  0.250           0.250           -0.250            -1.000",
        "          [0.250, 0.250]  [0.250, 0.250]  [-0.250, -0.250]  [-1.000, -1.000]",
    ]


def test_long_lines_are_folded_and_columns_stay() -> None:
    words = "word " * 20
    table = "a" * 30 + " " * 3 + "b" * 60
    folded = text.folded(f"short\n  {words}\n{table}\nlabel:     {words}").splitlines()
    assert folded[0] == "short"
    assert folded[1].startswith("  word word")
    assert folded[2] == "    " + "word " * (100 // 5 - folded[1].count("word") - 1) + "word"
    assert folded[3] == table
    assert folded[4].startswith("label:     word")
    assert max(len(line) for line in folded if line != table) <= 80
    assert text.folded("x" * 90) == "x" * 90  # such as a path


def test_an_evaluation_that_was_bounded_says_so() -> None:
    unknown = float("nan")
    bounded = dataclasses.replace(
        episodes(3, 3.0, 10.0, unknown, unknown, unknown), stopped="after 120 s"
    )
    assert text.comparison({"agent": bounded}, unseen=False).splitlines()[-1] == (
        "  agent: 3 worlds, stopped after 120 s (settings evaluation.seconds and evaluation.steps)"
    )


def test_what_was_taken_with_a_warning_is_listed() -> None:
    env = make_env("shapes_grid:ShapesGrid-v0", {})
    agent = cast(DSRL, SimpleNamespace(taken=env.taken))
    assert text.taken(agent) == ""
    env.taken["the reward is an array of one number"] = 12
    assert text.taken(agent).splitlines() == [
        "Unusual, but taken from the environment",
        "  the reward is an array of one number (12 times)",
    ]


def test_measures_without_ground_truth_are_left_out() -> None:
    unknown = float("nan")
    reports = {"agent": episodes(3, 3.0, 10.0, unknown, unknown, unknown)}
    assert text.comparison(reports, unseen=True).splitlines() == [
        "Evaluation on 3 unseen worlds (95 % intervals)",
        "         mean_return",
        "  agent  3.000 [3.000, 3.000]",
    ]


def test_a_figure_without_meaning_is_a_dash() -> None:
    reports = {
        "agent": episodes(3, 0.0, 10.0, 0.0, 0.0, 1.0),
        "idle": episodes(3, 0.0, 10.0, 0.0, 0.0, 0.0),
    }
    assert text.comparison(reports, unseen=True).splitlines() == [
        "Evaluation on 3 unseen worlds (95 % intervals)",
        "         positive_share        mean_return",
        "  agent  0.000 [0.000, 0.000]  0.000 [0.000, 0.000]",
        "  idle   -                     0.000 [0.000, 0.000]",
    ]


def test_means_over_seeds_have_intervals_over_seeds() -> None:
    runs = [{"agent": episodes(5, value, 10.0, 4.0, value, 0.0)} for value in (2.0, 3.0, 4.0)]
    lines = text.over_seeds(runs).splitlines()
    assert lines[0] == "Means over 3 seeds (bootstrap 95 % intervals over seeds)"
    assert lines[2].split() == ["agent", "1.000", "0.750", "0.750", "3.000"]
    assert lines[3].split() == [
        *["[1.000,", "1.000]"],
        *["[0.500,", "1.000]"] * 2,
        "[2.000,",
        "4.000]",
    ]
    assert text.main_figure(runs[0]) == "score 0.500"
    unknown = float("nan")
    without = {"agent": episodes(3, 3.0, 10.0, unknown, unknown, unknown)}
    assert text.main_figure(without) == "mean return 3.000"


def test_times_are_listed_by_phase() -> None:
    reports = {"agent": episodes(1, 0.0, 1.0, 0.0, 0.0, 0.0)}
    assert text.times({"frames": 0.26, "back end": 3.5}, reports) == (
        "Wall time: frames 0.3 s, back end 3.5 s, all 3.8 s; 1.25 ms a decision (median)"
    )


def test_the_next_commands_name_the_run() -> None:
    assert text.next_commands(Path("runs/a")).splitlines() == [
        "Next",
        "  dsrl inspect runs/a  # look into an episode, in a browser",
        "  dsrl play runs/a     # watch it act; --video out.gif without a screen",
        "  dsrl evaluate runs/a --episodes 1000",
        "  dsrl train --resume runs/a --total_timesteps 10000",
        "  tensorboard --logdir runs/a",
    ]


def agent(kind: Any, *, grid: bool = True) -> DSRL:
    """Return the parts that `knowledge` reads: a front end that touched type 1, and a grid."""
    front_end = make_front_end(2, FrontEndConfig(kind=kind, replay=0))
    alone = (Fact(0, 0, 1),)
    for transition in (
        Transition((Fact(0, 0, 0),), 0, 0.0, alone, False),
        Transition(alone, 1, 0.0, (Fact(0, 0, 0),), False),
        Transition((Fact(0, 0, 0), Fact(1, 0, 1)), 0, 1.0, alone, False),
    ):
        front_end.learn(transition, np.random.default_rng(0))
    perception = SimpleNamespace(
        grid=Grid((9, 8), (1, 2), (3, 4), (28, 34)) if grid else None,
        known=[0, 1],
    )
    return cast(DSRL, SimpleNamespace(front_end=front_end, perception=perception))


TYPES = [
    "Types found, from pixels and reward alone",
    "  type 0: the agent; actions move it: 0 right, 1 left",
    "  type 1: touching it gives +1.00 (touched once)",
]
GRID = "  grid: 3 x 4 cells of 9 x 8 pixels, the first at row 1, column 2"


def test_knowledge_is_types_grid_and_policy() -> None:
    assert text.knowledge(agent("relational")).splitlines() == [
        *TYPES,
        GRID,
        "",
        "What it does about one object alone (the agent is the + in the middle)",
        "  type 1",
        "  . . . . .",
        "  . . . . .",
        "  . . + > .",
        "  . . . . .",
        "  . . . . .",
        "  arrow: the best action; x: some action is bad, none is good; .: all alike",
    ]


def test_without_a_policy_or_a_grid_their_lines_are_left_out() -> None:
    # Whole scenes cannot be drawn, and still pictures may have no grid.
    assert text.knowledge(agent("flat")).splitlines() == [*TYPES, GRID]
    assert text.knowledge(agent("flat", grid=False)).splitlines() == TYPES


def test_the_grid_is_that_of_the_world_that_is_played() -> None:
    frame = np.zeros((1 + 5 * 9, 2 + 6 * 8, 3), np.uint8)
    other = GRID.replace("3 x 4 cells", "5 x 6 cells")
    assert text.knowledge(agent("flat"), frame=frame).splitlines() == [*TYPES, other]
    assert text.knowledge(agent("flat", grid=False), frame=frame).splitlines() == TYPES


def test_commands_can_be_pasted() -> None:
    lines = text.next_commands(Path("a run")).splitlines()
    assert "  dsrl evaluate 'a run' --episodes 1000" in lines
    assert lines[-1] == "  tensorboard --logdir 'a run'"
    lines = text.next_commands(Path("a"), "DSRL_ALLOW_IMPORTS=mine ").splitlines()
    assert lines[2] == "  DSRL_ALLOW_IMPORTS=mine dsrl play a"  # what it does has no room beside it
    assert lines[1].endswith("# look into an episode, in a browser")


def test_columns_without_room_follow_below_beside_the_first_again() -> None:
    head = ["name", *("abc"[n] * 40 for n in range(3))]
    lines = text.side_by_side([head, ["x", "1", "2", "3"]])
    assert lines == [
        f"name  {'a' * 40}", "x     1", "",
        f"name  {'b' * 40}", "x     2", "",
        f"name  {'c' * 40}", "x     3",
    ]  # fmt: skip
    assert text.side_by_side([["n", "a", "b"], ["x", "1", "2"]]) == ["n  a  b", "x  1  2"]
    assert text.side_by_side([["n", "w" * 99], ["x", "1"]])[0] == f"n  {'w' * 99}"  # alone
    assert text.side_by_side([["n", "a" * 70, "b", "c"]]) == [f"n  {'a' * 70}  b  c"]


def test_a_page_of_markdown_fits_a_terminal() -> None:
    page = f"# Title\n\n| a | b |\n| --- | --- |\n| one | 2 |\n| {'x' * 9} | |\n\n{'word ' * 20}"
    assert text.from_markdown(page).splitlines() == [
        "# Title",
        "",
        "a          b",
        "one        2",
        "x" * 9,
        "",
        " ".join(["word"] * 16),
        "  " + " ".join(["word"] * 4),
    ]
    assert text.from_markdown("| a |\n| --- |\n| b |") == "a\nb"
