"""`dsrl explain` with an agent that has learned from pixels: text, files and refusals."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from command_line import run
from PIL import Image, ImageFilter

from dsrl_agent import DSRL
from dsrl_agent.cli.commands.explain import explain
from dsrl_agent.cli.options import ExplainOptions
from dsrl_agent.errors import ConfigError
from dsrl_agent.experiments.run.training import load_run
from dsrl_agent.explain.faithfulness import faithfulness
from dsrl_agent.explain.logic import facts_as_logic
from dsrl_agent.explain.replay import replay
from dsrl_agent.front_end import TabularFrontEnd
from dsrl_agent.runtime.envs import make_env
from dsrl_agent.runtime.episodes import play
from dsrl_agent.runtime.rng import Streams
from dsrl_agent.types import Facts

pytestmark = [pytest.mark.usefixtures("one_thread"), pytest.mark.slow]

TEST_WORLDS = {"split": "test", "cell": 8}


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run that sees well enough, after a fit of a third of the usual length."""
    path = tmp_path_factory.mktemp("runs") / "run"
    options = ["--perception.frames=120", "--back_end.steps=150", "--total_timesteps=400"]
    options += ["--evaluation.episodes=2", "--progress=false", "--env.kwargs={cell: 8}"]
    assert run("train", *options, f"--run_dir={path}") == 0
    return path


@pytest.fixture
def agent(path: Path) -> DSRL:
    return load_run(path, "cpu")[0]


def first_frame(agent: DSRL) -> tuple[Any, Facts]:
    frame, _ = make_env("shapes_grid:ShapesGrid-v0", TEST_WORLDS).reset(seed=3)
    return frame, agent.facts(frame)


def test_explain_prints_the_agent_s_beliefs(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("explain", str(path)) == 0
    printed = capsys.readouterr().out
    assert printed.startswith("What it believes\n  It is the object of type ")
    assert "+1.00, it vanishes, " in printed
    assert "-1.00, it vanishes, " in printed
    assert "Its table (relational) has " in printed
    assert "Why" not in printed


def test_explain_gives_reasons_for_a_picture(
    path: Path, agent: DSRL, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    frame, facts = first_frame(agent)
    picture = tmp_path / "frame.png"
    Image.fromarray(frame).save(picture)
    assert run("explain", str(path), f"--frame={picture}", f"--json={tmp_path / 'why.json'}") == 0
    printed, told = capsys.readouterr()
    assert "warning" not in told
    assert "Why, in this picture\n  It sees type " in printed
    assert f"Wrote {tmp_path / 'why.json'}" in printed
    data = json.loads((tmp_path / "why.json").read_text())
    assert data["reasons"]["facts"] == [fact._asdict() for fact in facts]
    assert data["beliefs"]["kind"] == "relational"


@pytest.mark.parametrize("changed", ["cropped", "turned", "blurred"])
def test_a_picture_unlike_the_frames_of_its_world_is_doubted(
    path: Path,
    agent: DSRL,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    changed: str,
) -> None:
    frame, facts = first_frame(agent)
    image = Image.fromarray(frame)
    copies = {
        "cropped": image.crop((3, 2, *image.size)),
        "turned": image.rotate(90),
        "blurred": image.filter(ImageFilter.GaussianBlur(2)),
    }
    copies[changed].save(tmp_path / "copy.png")
    assert run("explain", str(path), f"--frame={tmp_path / 'copy.png'}") == 0
    told = capsys.readouterr().err
    assert "warning: what the agent has learned to see does not explain" in told
    assert facts == agent.facts(frame)


def test_explain_gives_reasons_for_a_step_of_play_and_writes_logic(
    path: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    written = tmp_path / "new" / "agent.lp"
    assert run("explain", str(path), "--episode=2", "--step=1", f"--logic={written}") == 0
    assert "Why, in step 1 of episode 2" in capsys.readouterr().out
    text = written.read_text()
    assert "grid(5,5).\nobject(" in text
    assert "#show greedy/2." in text


def test_a_replayed_step_is_the_step_that_play_shows(path: Path, agent: DSRL) -> None:
    env = make_env("shapes_grid:ShapesGrid-v0", TEST_WORLDS)
    streams = Streams(5)

    class Player:
        state: Any = None

        def begin(self) -> None:
            self.state = None

        def act(self, frame: Any, info: dict[str, Any]) -> int:
            action, self.state = agent.predict(frame, self.state, deterministic=True)
            return int(action)

    steps = list(play(env, Player(), range(2), lambda e: streams.seed_for("play", e)))
    wanted = next(step for step in steps if step.episode == 1 and step.number == 2)
    found = replay(load_run(path, "cpu")[0], env, 5, 2, 2)
    assert np.array_equal(found.frame, wanted.frame)
    assert (found.action, found.reward) == (wanted.action, wanted.reward)
    assert found.facts == agent.facts(wanted.frame)


def test_steps_after_the_end_of_an_episode_are_refused(agent: DSRL) -> None:
    env = make_env("shapes_grid:ShapesGrid-v0", TEST_WORLDS)
    with pytest.raises(ConfigError, match="--step is 99, but episode 1 was over after "):
        replay(agent, env, 0, 1, 99)
    with pytest.raises(ConfigError, match="episodes count from 1"):
        replay(agent, env, 0, 0, 0)


def test_the_answer_names_the_scene_of_a_frame(agent: DSRL) -> None:
    frame, facts = first_frame(agent)
    env = make_env("shapes_grid:ShapesGrid-v0", TEST_WORLDS)
    answer = explain(agent, env, frame, ExplainOptions(run="not read"))
    assert answer.scene == facts_as_logic(facts, 0, (5, 5))
    assert set(answer.data) == {"beliefs", "reasons"}
    alone = explain(agent, env, None, ExplainOptions(run="not read"))
    assert not alone.scene
    assert answer.text.startswith(alone.text)


@pytest.mark.slow
def test_explain_draws_types_and_tables(path: Path, tmp_path: Path) -> None:
    assert run("explain", str(path), f"--plots={tmp_path}") == 0
    names = sorted(picture.name for picture in tmp_path.iterdir())
    assert "types.png" in names
    assert len(names) >= 3  # at least a good type and a bad one have tables
    with Image.open(tmp_path / names[0]) as picture:
        assert min(picture.size) > 200


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--frame=a.png", "--episode=1"], "--frame and --episode are two questions"),
        (["--step=3"], "--step is 3, but of no episode; give its number by --episode"),
        (["--frame=/no/such.png"], "The picture '/no/such.png' cannot be read"),
        (["--faithfulness=0"], "--faithfulness is 0, but it must be at least 1."),
        (["--json=/proc/no/x.json"], "/proc/no/x.json cannot be written"),
    ],
)
def test_bad_input_is_refused_in_one_line(
    path: Path, options: list[str], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("explain", str(path), *options) == 2
    error = capsys.readouterr().err
    assert error.startswith("dsrl: ")
    assert message in error
    assert error.count("\n") == 1


# Faithfulness.


@pytest.mark.slow
def test_faithfulness_is_high_and_repeatable(path: Path, agent: DSRL) -> None:
    env = make_env("shapes_grid:ShapesGrid-v0", TEST_WORLDS)
    measured = faithfulness(agent, env, 12, seed=1)
    assert measured.frames == 12
    assert sum(measured.sizes.values()) == 12
    assert measured.without_named.value >= 0.75
    assert measured.without_others.value <= 0.25
    again = load_run(path, "cpu")[0]  # ties are broken by the agent's own stream
    assert faithfulness(again, env, 12, seed=1) == measured


def test_faithfulness_of_an_agent_without_values_is_refused(agent: DSRL) -> None:
    front_end = agent.front_end
    assert isinstance(front_end, TabularFrontEnd)
    front_end.table.clear()
    front_end.touches.clear()
    front_end.version += 1  # what was imagined before holds no more
    env = make_env("shapes_grid:ShapesGrid-v0", TEST_WORLDS)
    with pytest.raises(ConfigError, match="In none of 20 frames of its play did an object matter"):
        faithfulness(agent, env, 1, seed=1)
