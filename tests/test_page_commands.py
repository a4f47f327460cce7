"""README.md and docs/: every command of their blocks is run, with less of everything.

Steps, worlds, seeds and contestants are fewer than a page says; which options stand in for them is
listed here. `NOT_RUN` names the commands that are only parsed, and why.
"""

from __future__ import annotations

import re
import shlex
import shutil
import sys
from pathlib import Path

import numpy as np
import pytest
from command_line import QUICK, run
from PIL import Image

from dsrl_agent.cli.commands import inspect, play
from shapes_grid import __main__ as shapes_grid_commands

ROOT = Path(__file__).parents[1]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
_FENCE = re.compile(r"^```\n(.*?)^```$", re.DOTALL | re.MULTILINE)
_CALL = re.compile(
    r"(?:^|&& |RAY_ADDRESS=auto )(dsrl|python -m shapes_grid) ([^#>\n]*)", re.MULTILINE
)

NOT_RUN = {
    "--backend ray": "a Ray of two workers is started in tests/experiments/run/test_executors.py",
    "study autoencoders": "MNIST is not here; tests/experiments/studies/test_autoencoders.py",
    "study losses --data": "MNIST is not here; it runs without",
    "dsrl cost": "times every size; tests/experiments/timing and tests/cli/commands/test_cost.py",
    "study objects": "tests/experiments/studies/test_objects.py runs it",
    "study living": "tests/experiments/studies/test_late_shapes.py runs it",
    "study speed": "tests/experiments/studies/test_speed.py runs it",
    "study scaling --resume": "tests/experiments/studies/test_scaling.py resumes a study",
    "--only '[PPO]'": "learns for minutes; tests/baselines runs PPO",
    "minigrid:MiniGrid-DoorKey-5x5-v0 --front_end": "the same with another environment runs",
}
"""Parts of commands that are not run here, and where else they are."""
LESS = {
    "train": [*QUICK, "--total_timesteps=60"],
    "train --seeds": [*QUICK, "--total_timesteps=60", "--seeds=0-1"],
    "train --resume": ["--total_timesteps=80"],
    "train --print_config": [],
    "evaluate": ["--episodes=3"],
    "inspect runs/first": ["--steps=3"],
    "inspect runs/first --live": [],
    "inspect": ["--inspection.steps=60"],
    "explain --faithfulness": ["--faithfulness=5"],
    "play --video": ["--episodes=1"],
    "benchmark": ["--only=[oracle]", "--seeds=1", "--jobs=1", "--suite=quick", "--out=runs/b"],
    "benchmark --report": [],
    "study beta": ["--betas=[1]", "--seeds=1", "--steps=5", "--latents=4", "--images=200"],
    "study losses": ["--digits=10"],
    "study scaling": [
        "--quick",
        "--rungs=[2 types]",
        "--frames=40",
        "--back_ends=[default]",
        "--first_seed=1",
        "--seeds=1",
    ],
    "study sensitivity": ["--quick", "--group=perception.max_types"],
}
"""Options that make a command short, by words of the command; the longest that fits counts."""


def commands() -> list[str]:
    """Return the commands of all pages, each once; of those alike when shortened, the last."""
    found: dict[str, None] = {}
    for page in PAGES:
        for fence in _FENCE.findall(page.read_text(encoding="utf-8")):
            for program, rest in _CALL.findall(fence.replace("\\\n", " ")):
                found[f"{program} {rest.strip()}".rstrip("& ")] = None
    alike = {tuple(shortened(one)) if one.startswith("dsrl") else one: one for one in found}
    return list(alike.values())


def shortened(command: str) -> list[str]:
    """Return the arguments of a command of `dsrl` with less of everything."""
    words = shlex.split(command)[1:]
    fitting = [key for key in LESS if all(part in command.split()[1:] for part in key.split())]
    less = LESS[max(fitting, key=len)] if fitting else []
    replaced = {_name(option) for option in less}
    kept: list[str] = []
    dropping = False
    for word in words:
        if word.startswith("--"):
            dropping = _name(word) in replaced
        if not dropping:
            kept.append(word)
    return [*kept, *less]


def _name(option: str) -> str:
    return option.partition("=")[0].replace("-", "_")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder as a reader has it: a run, a picture, a module of one's own."""
    folder = tmp_path_factory.mktemp("reader")
    for name in ("configs", "benchmarks"):
        (folder / name).symlink_to(ROOT / name)
    (folder / "docs").mkdir()
    (folder / "mine.py").write_text(MINE, encoding="utf-8")
    assert run("train", *QUICK, "--total_timesteps=60", f"--run_dir={folder}/first") == 0
    Image.fromarray(np.zeros((50, 50, 3), np.uint8)).save(folder / "picture.png")
    return folder


@pytest.fixture
def reader(folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The current folder of one command; windows and servers close at once."""
    for each in folder.iterdir():
        if each.name != "first":
            (tmp_path / each.name).symlink_to(each)
    shutil.copytree(folder / "first", tmp_path / "runs" / "first")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", list(sys.path))
    monkeypatch.setattr(play, "_show", lambda directed, fps: None)
    monkeypatch.setattr(inspect, "serve", lambda *given: None)
    return tmp_path


MINE = """
import gymnasium as gym
from shapes_grid import ShapesGridEnv

class Brighter(gym.ObservationWrapper):
    def observation(self, observation):
        return observation

gym.register("Mine-v0", lambda size=5, **given: ShapesGridEnv(rows=size, cols=size, **given))
"""


@pytest.mark.slow
@pytest.mark.usefixtures("one_thread")
@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("command", commands())
def test_a_command_of_the_pages_runs(command: str, reader: Path) -> None:
    if any(part in command for part in NOT_RUN):
        pytest.skip(next(why for part, why in NOT_RUN.items() if part in command))
    command = command.replace("runs/…", "runs/first")
    if command.startswith("python -m shapes_grid"):
        assert shapes_grid_commands.main(shlex.split(command)[3:]) == 0
        return
    if "--run_dir runs/first" in command:
        shutil.rmtree(reader / "runs")
    words = shortened(command)
    if any("*" in word for word in words):
        words = [part for word in words for part in (_matching(word) if "*" in word else [word])]
    assert run(*words) in ACCEPTED.get(words[0], (0,))


def _matching(pattern: str) -> list[str]:
    """Return a file of a pattern, as a shell does with all of them."""
    return [str(min(Path().glob(pattern), key=lambda file: file.stat().st_size))]


ACCEPTED = {"inspect": (0, 1)}
"""Exit statuses that are no failure, other than 0: `inspect` says that something looks wrong."""


def test_most_commands_are_run() -> None:
    found = commands()
    left_out = [one for one in found if any(part in one for part in NOT_RUN)]
    assert len(found) >= 50
    assert len(left_out) <= 15
    for part in NOT_RUN:
        assert any(part in one for one in left_out), part
