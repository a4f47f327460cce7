"""`dsrl inspect`: what the agent sees in an environment, and what looks wrong."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from typing import Any

import gymnasium as gym
import numpy as np
import pytest
from command_line import run

from dsrl_agent.cli.commands import inspect
from dsrl_agent.cli.options import InspectOptions
from dsrl_agent.config import BackEndConfig, DoorThresholds, EnvConfig, InspectionThresholds


class Snow(gym.Env[Any, Any]):
    """Shows grey noise."""

    observation_space = gym.spaces.Box(0, 255, (40, 40), np.uint8)
    action_space = gym.spaces.Discrete(2)

    def reset(self, *, seed: int | None = None, options: Any = None) -> Any:
        super().reset(seed=seed)
        return self._noise(), {}

    def step(self, action: Any) -> Any:
        return self._noise(), 0.0, False, False, {}

    def _noise(self) -> Any:
        return self.np_random.integers(0, 256, (40, 40)).astype(np.uint8)


QUICK = ["--back_end.steps=8", "--inspection.steps=30"]


def test_a_world_of_shapes_is_described_and_nothing_is_wrong(
    capsys: pytest.CaptureFixture[str],
) -> None:
    options = InspectOptions(
        inspection=InspectionThresholds(steps=80), back_end=BackEndConfig(steps=200)
    )
    assert inspect.run(options, set()) == 0
    printed = capsys.readouterr().out.splitlines()
    assert max(map(len, printed)) <= 80
    lines = [line for line in printed if not line.startswith(" ")]  # those that are folded go on
    assert [line.partition(":")[0] for line in lines] == [
        "door",
        "play",
        "grid",
        "kinds",
        "actions",
        "sense",
    ]
    assert lines[0] == "door:    frames are taken as they are"
    assert lines[1].startswith("play:    80 random steps, ")
    assert lines[2].startswith("grid:    5 x 5 cells of 9 x 9 pixels, the first at row 3, column 3")
    assert lines[4] == "actions: 0 left, 1 right, 2 up, 3 down"


def test_an_id_is_enough_and_what_looks_wrong_gives_status_1(
    capsys: pytest.CaptureFixture[str],
) -> None:
    gym.register("tests/Snow-v0", Snow)  # type: ignore[arg-type]
    assert run("inspect", "tests/Snow-v0", *QUICK) == 1
    printed = capsys.readouterr().out
    assert "door:    tests/Snow-v0: its grey levels become RGB" in printed
    assert "grid:    none. " in printed
    assert "warning: The frames show no clear grid of equal cells" in printed


def test_wrappers_are_named_with_their_keywords(capsys: pytest.CaptureFixture[str]) -> None:
    wrappers = "[{gymnasium.wrappers:TimeLimit: {max_episode_steps: 5}}, nowhere:Wrapper]"
    assert run("inspect", f"--env.wrappers={wrappers}") == 2
    assert "env.wrappers names 'nowhere:Wrapper', but its module" in capsys.readouterr().err
    last = "[{gymnasium.wrappers:TimeLimit: {max_episode_steps: none}}]"
    assert run("inspect", f"--env.wrappers={last}") == 2
    assert "TimeLimit with the keywords {'max_episode_steps': 'none'}" in capsys.readouterr().err


def test_a_goal_in_words_is_told_and_gives_status_1(capsys: pytest.CaptureFixture[str]) -> None:
    pytest.importorskip("minigrid")
    fetch = ["minigrid:MiniGrid-GoToDoor-5x5-v0", "--env.kwargs", "{tile_size: 8}"]
    assert run("inspect", *fetch, "--inspection.steps", "40") == 1
    shown = " ".join(capsys.readouterr().out.split())
    assert "its mission changes from episode to episode ('go to the" in shown
    assert "warning: What is told as 'mission' changes from episode to episode and is not" in shown


def test_an_unknown_id_is_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("inspect", "FrozenLke-v1") == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert "the nearest ids are FrozenLake-v1" in captured.err
    assert captured.err.count("\n") == 1


@pytest.mark.filterwarnings("ignore:The agent is trained with the wrappers")  # it is not saved
def test_what_was_taken_with_a_warning_is_counted(capsys: pytest.CaptureFixture[str]) -> None:
    no_number = {"gymnasium.wrappers:TransformReward": {"func": lambda reward: float("nan")}}
    env = EnvConfig(wrappers=[no_number], door=DoorThresholds(bad_rewards="zero"))
    options = InspectOptions(
        env=env, inspection=InspectionThresholds(steps=30), back_end=BackEndConfig(steps=4)
    )
    with pytest.warns(UserWarning, match="the reward is nan, and counts as 0"):
        inspect.run(options, set())
    assert "taken:   the reward is nan, and counts as 0 (30 times)" in capsys.readouterr().out


def test_a_run_gets_a_page(
    finished: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "page.html"
    assert run("inspect", str(finished), f"--out={out}", "--steps=3", "--episode=2") == 0
    assert f"Wrote {out} (" in capsys.readouterr().out
    text = out.read_text(encoding="utf-8")
    assert "<title>Inside the run finished</title>" in text
    assert "ShapesGrid-v0" in text
    assert text.count("<article") in (3, 4)


@pytest.mark.parametrize(
    ("of_run", "option", "message"),
    [
        (True, "--front_end.kind=rules", "--front_end has no meaning for a run"),
        (True, "--env.kwargs={rows: 6}", "--env.id alone has a meaning for a run"),
        (False, "--out=page.html", "--out has no meaning for an environment"),
        (False, "--episode=2", "--episode has no meaning for an environment"),
    ],
)
def test_options_of_the_other_kind_are_refused(
    of_run: bool, option: str, message: str, finished: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    given = str(finished) if of_run else "shapes_grid:ShapesGrid-v0"
    assert run("inspect", given, option) == 2
    assert message in capsys.readouterr().err


def test_a_run_that_is_not_there_is_told_from_an_environment(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert run("inspect", "runs/nowhere") == 2
    assert (
        "There is no run folder runs/nowhere; if an environment is meant:"
        in capsys.readouterr().err
    )
    assert run("inspect", "Nowhere-v0") == 2
    assert "run folder" not in capsys.readouterr().err


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--live", "--steps=3"], "--steps has no meaning with --live"),
        (["--port=8000"], "--port has no meaning without --live"),
        (
            ["--live", "--port=70000"],
            "--port is 70000, but it must be at least 0",
        ),
    ],
)
def test_options_of_the_live_page_are_told_apart(
    options: list[str], message: str, finished: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("inspect", str(finished), *options) == 2
    assert message in capsys.readouterr().err
    assert run("inspect", "shapes_grid:ShapesGrid-v0", "--live") == 2
    assert "--live has no meaning for an environment" in capsys.readouterr().err


def test_a_live_page_is_served_until_it_is_interrupted(
    finished: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    served: list[Any] = []

    def serve(session: Any, title: Any, listener: Any) -> None:
        served.append((session.point.number, title, listener.getsockname()[0]))
        raise KeyboardInterrupt

    monkeypatch.setattr(inspect, "require_server", lambda: None)
    monkeypatch.setattr(inspect, "serve", serve)
    assert run("inspect", str(finished), "--live", "--seed=3") == 0
    assert served == [(0, ("finished", "ShapesGrid-v0", 3), "127.0.0.1")]
    assert "Open http://127.0.0.1:" in capsys.readouterr().out


def test_a_live_page_without_its_libraries_names_the_extra(
    finished: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    assert run("inspect", str(finished), "--live") == 2
    captured = capsys.readouterr()
    assert 'install the extra: pip install "dsrl-agent[live]"' in captured.err
    assert captured.err.count("\n") == 1
