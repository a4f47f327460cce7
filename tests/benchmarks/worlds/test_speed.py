"""The benchmark's bookkeeping and its words. Nothing here depends on how fast a machine is."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import gymnasium as gym
import numpy as np
import pytest
from gymnasium.vector import AutoresetMode

from shapes_grid import ShapesGridVectorEnv, SpecError, WorldSpec, contestants, speed
from shapes_grid import speed_report as report
from shapes_grid.contestants import Count, SinglePlay, VectorPlay, copies_of
from shapes_grid.speed_report import Comparison, Effort, Memory, Point, Rate, Report, Run

TINY = Effort(
    repeats=1,
    seconds=0.0,
    worlds=2,
    pool=1 << 16,
    memory_steps=30,
    sizes={"worlds": (1, 2), "cells": (2, 3), "objects": (0, 90)},
)


def rate(label: str, *per_second: int) -> Rate:
    return Rate(label, tuple(Run(steps, 0, 1.0) for steps in per_second))


# Ratios and verdicts


def test_ratios_are_taken_repeat_by_repeat() -> None:
    # 10/2, 30/1 and 40/4: 5, 30 and 10. Dividing the medians would give 30/2 = 15.
    compared = report.compare(rate("a", 10, 30, 40), rate("b", 2, 1, 4), 10.0)
    assert compared == Comparison("a", "b", (5.0, 30.0, 10.0), 10.0)
    assert compared.median == 10.0


def test_a_rate_is_steps_by_cpu_seconds() -> None:
    assert Run(steps=300, episodes=2, seconds=1.5).rate == 200.0
    assert Rate("a", (Run(4, 0, 2.0), Run(9, 0, 1.0), Run(15, 0, 3.0))).median == 5.0


@pytest.mark.parametrize(
    ("target", "verdict"), [(None, ""), (1.9, "reached"), (2.0, "reached"), (2.1, "missed")]
)
def test_a_target_is_reached_by_the_median(target: float | None, verdict: str) -> None:
    assert Comparison("a", "b", (1.0, 2.0, 9.0), target).verdict == verdict


def test_contestants_that_ran_unequally_often_are_not_compared() -> None:
    with pytest.raises(ValueError, match='"a" has 2 runs and "b" 1'):
        report.compare(rate("a", 1, 2), rate("b", 1))


# The text


def test_the_report_reads() -> None:
    fast = Rate("fast", (Run(3000, 40, 0.5), Run(2000, 20, 0.5), Run(2500, 7, 0.5)))
    slow = rate("slow", 1000, 2000, 1000)
    compared = (
        report.compare(fast, slow, 5.0),
        report.compare(fast, slow, 5.5),
        report.compare(slow, fast),
    )
    told = Report(TINY, (fast, slow), compared, "some world", "numpy 0")
    # Ratios 6, 2 and 5; back 1/6, 1/2 and 1/5.
    assert report.render_report(told).split("\n")[:10] == [
        "contestant  per CPU second      min - max  us each  episodes",
        "------------------------------------------------------------",
        "fast                 5,000  4,000 - 6,000      200        67",
        "slow                 1,000  1,000 - 2,000    1e+03",
        "",
        "contestant  times as fast as  ratio    min - max  target  verdict",
        "-----------------------------------------------------------------",
        "fast        slow                  5        2 - 6    >= 5  reached",
        "fast        slow                  5        2 - 6  >= 5.5   missed",
        "slow        fast                0.2  0.167 - 0.5",
    ]
    conditions = report.render_report(told).split("\n\n")[2]
    assert "1 repeats in turns" in conditions
    assert "numpy 0." in conditions
    assert "MiniGrid: some world." in conditions
    assert "no figures to quote" in conditions


def test_a_peer_that_is_not_installed_has_a_row_that_says_so() -> None:
    text = report.render_report(Report(TINY, (rate("a", 1),), (), None, ""))
    assert text.split("\n\n")[0].split("\n")[-1] == (
        "MiniGrid: not installed: pip install minigrid"
    )


def test_memory_is_told_with_its_slope() -> None:
    mib = 2**20
    # Means 1 (million steps) and 12 MiB; sum of products -1*-2 + 0*4 + 1*-2 = 0, hence no slope.
    level = Memory((0, 1_000_000, 2_000_000), (10 * mib, 16 * mib, 10 * mib))
    assert level.slope == pytest.approx(0.0, abs=1e-6)
    growing = Memory(
        (1_000_000, 2_000_000, 3_000_000), (10 * mib, 10 * mib + 1500, 10 * mib + 3000)
    )
    assert report.render_memory(growing) == (
        "Resident memory over 3,000,000 steps (3 samples): first 10.0 MiB, last 10.0 MiB, "
        "max 10.0 MiB, slope +1,500 bytes per million steps.\n"
    )
    assert "last 10.0 MiB, max 16.0 MiB" in report.render_memory(level)


def test_the_costs_are_a_table() -> None:
    points = [Point("cells", "single", 4096, 1.25, 1.0, 2.0)]
    assert report.render_scaling(points) == (
        "varied  value  environment  us per step  min - max\n"
        "--------------------------------------------------\n"
        "cells   4,096       single         1.25      1 - 2\n"
    )


# Turns and the clock


def test_contestants_take_turns_after_an_untimed_one() -> None:
    now, played = 0.0, []

    def contestant(label: str, takes: float) -> Any:
        def turn() -> Count:
            nonlocal now
            now += takes
            played.append(label)
            return Count(10, 1)

        return turn

    rates = speed.measure(
        {"a": contestant("a", 1.0), "b": contestant("b", 0.5)}, 2, 0.75, clock=lambda: now
    )
    # a's turn is longer than 0.75 s, b needs two; one more of each comes first, untimed.
    assert played == ["a", "a", "b", "b", "b"] * 2
    assert rates == {
        "a": Rate("a", (Run(10, 1, 1.0),) * 2),
        "b": Rate("b", (Run(20, 2, 1.0),) * 2),
    }


def test_a_run_too_short_for_the_clock_goes_on() -> None:
    ticks = iter([0.0, 0.0, 0.0, 2.0])
    rates = speed.measure({"a": lambda: Count(1, 0)}, 1, 0.0, clock=lambda: next(ticks))
    assert rates["a"].runs == (Run(3, 0, 2.0),)


def test_repeats_must_be_positive() -> None:
    with pytest.raises(SpecError, match="repeats is 0, but it must be at least 1"):
        speed.measure({}, 0, 1.0)


@pytest.mark.parametrize(
    ("name", "value"),
    [("repeats", 0), ("worlds", 1.5), ("pool", 100), ("memory_steps", -1), ("seconds", np.inf)],
)
def test_a_bad_effort_is_named(name: str, value: Any) -> None:
    with pytest.raises(SpecError, match=f"{name} is "):
        Effort(**{name: value})


# The loops


class TapeEnv(gym.Env[Any, Any]):
    """Every episode ends at its third step, in turn terminated and truncated."""

    def __init__(self, *, live: bool = False) -> None:
        self.action_space = gym.spaces.Discrete(2)
        self.tape: list[str] = []
        self._live = np.zeros((2, 2, 3), np.uint8) if live else None
        self._steps = self._ends = 0

    def _frame(self) -> Any:
        return np.zeros((2, 2, 3), np.uint8) if self._live is None else self._live

    def reset(self, *, seed: int | None = None, options: Any = None) -> tuple[Any, dict[str, Any]]:
        self.tape.append("reset")
        self._steps = 0
        return self._frame(), {}

    def step(self, action: Any) -> tuple[Any, float, bool, bool, dict[str, Any]]:
        assert action in (0, 1)
        self.tape.append("step")
        self._steps += 1
        over = self._steps == 3
        self._ends += over
        odd = self._ends % 2 == 1
        return self._frame(), 0.0, over and odd, over and not odd, {}


def test_a_single_environment_is_reset_as_it_ends() -> None:
    env = TapeEnv()
    play = SinglePlay(env, turn=7)
    assert play.frame_shape == (2, 2, 3)
    env.tape.clear()
    env._steps = 0
    assert (play(), play()) == (Count(7, 2), Count(7, 2))
    steps = ["step"] * 3
    # 14 steps in episodes of three; the reset waits for the next step.
    assert env.tape == [*([*steps, "reset"] * 4), "step", "step"]


def test_observations_that_share_memory_are_refused() -> None:
    with pytest.raises(ValueError, match="share memory, but each step must give a fresh array"):
        SinglePlay(TapeEnv(live=True), turn=1)


def test_actions_must_be_discrete() -> None:
    env = TapeEnv()
    env.action_space = gym.spaces.Box(0, 1)  # type: ignore[assignment]
    with pytest.raises(ValueError, match="must be Discrete"):
        SinglePlay(env, turn=1)


class Spy(ShapesGridVectorEnv):
    """Keeps what went in and came out of each step."""

    def __init__(self, *args: Any, **fields: Any) -> None:
        super().__init__(*args, **fields)
        self.seen: list[tuple[Any, Any, Any]] = []

    def step(self, actions: Any) -> Any:
        outcome = super().step(actions)
        flags = np.logical_or(outcome[2], outcome[3])
        self.seen.append((np.array(actions), outcome[0].copy(), flags))
        return outcome


def test_all_worlds_step_and_begin_again() -> None:
    # The reward of one cross, often found, lets worlds terminate and fall out of step.
    env = Spy(40, rows=3, cols=3, objects={"cross": 1}, step_limit=4)
    play = VectorPlay(env, turn=40, fresh=True)
    assert play.frame_shape == env.single_observation_space.shape
    env.seen.clear()
    first, second = play(), play()
    actions, frames, ended = (np.stack(part) for part in zip(*env.seen, strict=True))
    assert ended.shape == (80, 40)
    assert (ended.sum(axis=0) >= 80 // 5).all()  # a step limit of 4 and the step that resets
    assert ended[39].any()  # so that the second turn begins with a reset
    # The worlds that the step before ended are reset by this one: no transition.
    assert first == Count(40 * 40 - ended[:39].sum(), ended[:40].sum())
    assert second == Count(40 * 40 - ended[39:79].sum(), ended[40:].sum())
    assert (frames[1:] != frames[:-1]).any(axis=(0, 2, 3, 4)).all()
    assert all(set(world) == {0, 1, 2, 3} for world in actions.T.tolist())


def test_worlds_take_the_actions_that_they_have() -> None:
    env = Spy(3)
    env.single_action_space = gym.spaces.Discrete(2)
    VectorPlay(env, turn=20, fresh=True)()
    actions = np.stack([actions for actions, _, _ in env.seen])
    assert set(actions.ravel().tolist()) == {0, 1}


def test_worlds_that_are_reset_otherwise_are_refused() -> None:
    env = ShapesGridVectorEnv(1)
    env.metadata = {**env.metadata, "autoreset_mode": AutoresetMode.SAME_STEP}
    with pytest.raises(ValueError, match="must be NEXT_STEP"):
        VectorPlay(env, turn=1, fresh=True)


def test_frames_are_copied_as_often_as_is_said() -> None:
    pool = np.ones(10 * 48 + 5, np.uint8)  # ten frames and a rest; three batches of three
    copies = copies_of(pool, (4, 4, 3), 3)
    assert {label: turn() for label, turn in copies.items()} == {
        "hot copy 4x4": Count(1000, 0),
        "cold copy 4x4": Count(9, 0),
        "kept copy 4x4": Count(9, 0),
        "bulk copy 4x4": Count(9, 0),
    }


# Everything at once


@pytest.fixture
def no_peer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "minigrid", None)
    monkeypatch.setitem(sys.modules, "minigrid.wrappers", None)


@pytest.fixture
def copies(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """The `copy` that each vector environment was made with."""
    make_vec, asked = gym.make_vec, []

    def make(*args: Any, copy: bool, **fields: Any) -> Any:
        asked.append(copy)
        return make_vec(*args, copy=copy, **fields)

    monkeypatch.setattr(gym, "make_vec", make)
    return asked


def test_the_frames_are_those_of_the_limits() -> None:
    assert WorldSpec(**contestants.PLAIN).frame_shape == (84, 84, 3)
    assert WorldSpec(**contestants.SMALL).frame_shape == (40, 40, 3)


@pytest.mark.usefixtures("no_peer")
def test_without_the_peer_its_ratio_is_left_out(copies: list[Any]) -> None:
    told = speed.measure_speed(TINY, {"grid": {"layout": "grid"}})
    assert told.peer is None
    assert copies == [True, True, False, True, True]
    kinds = ("hot", "cold", "kept", "bulk")
    assert [rate.label for rate in told.rates] == [
        *(f"{kind} copy {side}x{side}" for side in (84, 40) for kind in kinds),
        "single 84x84",
        "2 worlds 84x84",
        "2 worlds 40x40",
        "2 worlds 84x84, copy=False",
        "2 worlds 84x84, plain",
        "single, grid",
        "2 worlds, grid",
    ]
    assert [(one.label, one.against, one.target) for one in told.comparisons] == [
        ("2 worlds 84x84", "kept copy 84x84", 1.0),
        ("2 worlds 84x84", "cold copy 84x84", 1.0),
        ("2 worlds 84x84", "bulk copy 84x84", None),
        ("2 worlds 40x40", "kept copy 40x40", 0.5),
        ("2 worlds 40x40", "cold copy 40x40", 0.5),
        ("2 worlds 40x40", "bulk copy 40x40", None),
        ("2 worlds 84x84, copy=False", "kept copy 84x84", 4.0),
        ("2 worlds 84x84, copy=False", "cold copy 84x84", 4.0),
        ("2 worlds 84x84, copy=False", "bulk copy 84x84", None),
        ("single, grid", "single 84x84", None),
        ("2 worlds, grid", "2 worlds 84x84, plain", None),
    ]
    assert all(len(one.ratios) == TINY.repeats for one in told.comparisons)


def test_the_peer_is_measured_on_frames_of_the_same_size() -> None:
    pytest.importorskip("minigrid")
    told = speed.measure_speed(TINY)
    assert told.rates[0].label == "MiniGrid"
    assert told.comparisons[0].against == "MiniGrid"
    assert told.comparisons[0].target == 100.0
    assert told.peer is not None
    assert told.peer.startswith("MiniGrid-Empty-5x5-v0")


def test_a_rung_with_an_unknown_field_is_refused() -> None:
    with pytest.raises(SpecError, match='"layout"'):
        speed.measure_speed(TINY, {"odd": {"layuot": "grid"}})


def test_memory_is_sampled_along_the_way() -> None:
    watched = speed.memory(10_000, worlds=2)
    assert len(watched.steps) == len(watched.resident) >= 20
    assert watched.steps[-1] >= 10_000
    assert sorted(set(watched.steps)) == list(watched.steps)
    assert min(watched.resident) > 2**20
    with pytest.raises(SpecError, match="steps is 0"):
        speed.memory(0)


def test_costs_are_measured_by_worlds_cells_and_objects() -> None:
    points = speed.scaling(TINY)
    assert [(point.panel, point.kind, point.value) for point in points] == [
        ("worlds", "single", 1),
        ("worlds", "vector", 1),
        ("worlds", "vector", 2),
        *(("cells", kind, cells) for cells in (4, 9) for kind in ("single", "vector")),
        *(("objects", kind, share) for share in (0, 90) for kind in ("single", "vector")),
    ]
    assert all(0.0 < point.low <= point.median <= point.high for point in points)


# The command


def test_the_command_writes_all_it_is_asked_for(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    figure, figures = tmp_path / "cost.png", tmp_path / "speed.json"
    asked = ["--quick", "--repeats", "1", "--memory", "--plot", str(figure), "--json", str(figures)]
    assert speed.main(asked, {"grid": {"layout": "grid"}}) == 0
    written = capsys.readouterr().out
    for words in ("times as fast as", "single, grid", "bytes per million steps", "us per step"):
        assert words in written
    assert figure.read_bytes().startswith(b"\x89PNG")
    found = json.loads(figures.read_text(encoding="utf-8"))
    assert found.keys() == {"speed", "memory", "scaling"}
    assert found["speed"]["effort"]["repeats"] == 1
    assert {"label", "runs"} == found["speed"]["rates"][0].keys()


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--repeats", "0"], "repeats is 0, but it must be at least 1"),
        (["--repeats", "two"], "invalid int value: 'two'"),
        (["--plot", "cost.text"], "its ending must be one of"),
        (["--plot", "nowhere/cost.png"], "nowhere/cost.png lies in no existing folder"),
        (["--json", "old.json"], "old.json exists already; name another file"),
    ],
)
def test_a_bad_argument_is_refused_before_anything_is_measured(
    arguments: list[str],
    words: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delattr(speed, "measure_speed")
    (tmp_path / "old.json").write_text("{}", encoding="utf-8")
    with pytest.raises(SystemExit, match="2"):
        speed.main(arguments)
    assert words in capsys.readouterr().err
    assert (tmp_path / "old.json").read_text(encoding="utf-8") == "{}"


def test_a_figure_without_matplotlib_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(sys.modules, "matplotlib.figure", None)
    with pytest.raises(SystemExit, match="2"):
        speed.main(["--plot", "cost.png"])
    assert "matplotlib is not installed: pip install matplotlib" in capsys.readouterr().err
