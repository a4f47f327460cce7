"""`dsrl play`: with a run, by hand, and the demonstration of an environment's solver."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import gymnasium as gym
import numpy as np
import pytest
from command_line import printed_without_display, run
from numpy.testing import assert_array_equal
from PIL import Image
from PIL.ImageDraw import ImageDraw
from stairs import Solved, Stairs, registered_stairs

from dsrl_agent.cli.commands import play
from dsrl_agent.cli.commands.evaluate import load_agent
from dsrl_agent.cli.commands.play import pictures
from dsrl_agent.cli.options import WorldOptions
from dsrl_agent.runtime.rng import Streams
from dsrl_agent.types import Frame
from dsrl_agent.viewer import WatchedAgent

SEEDS = [("seed", Streams(5).seed_for("play", episode)) for episode in range(3)]


@pytest.fixture(autouse=True)
def _fresh() -> Iterator[None]:
    with registered_stairs():
        yield


# With a run


def test_pictures_show_every_step_and_the_end_four_times(finished: Path) -> None:
    worlds = WorldOptions(device="cpu", env_kwargs={"step_limit": 5})
    agent, env = load_agent(str(finished), worlds, render_mode="rgb_array")
    shown = list(pictures(WatchedAgent(agent, env, 1, episodes=2)))
    assert len(shown) == 2 * (5 + 4)
    assert len({picture.shape for picture in shown}) == 1
    assert all(np.array_equal(shown[5], end) for end in shown[6:9])
    assert not np.array_equal(shown[4], shown[5])


def test_play_writes_a_video(finished: Path, tmp_path: Path) -> None:
    video = tmp_path / "out.gif"
    assert run("play", str(finished), f"--video={video}", "--episodes=1") == 0
    with Image.open(video) as picture:
        assert picture.n_frames > 1  # type: ignore[attr-defined]
        assert picture.size[0] > 400


def test_play_goes_on_learning_and_leaves_the_run_as_it_is(
    finished: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = {file: file.read_bytes() for file in finished.rglob("*") if file.is_file()}
    video = tmp_path / "out.gif"
    arguments = ["--episodes=1", "--learn=true", "--env_kwargs={step_limit: 5}"]
    assert run("play", str(finished), f"--video={video}", *arguments) == 0
    assert "It learned from 5 steps more; the run is left as it was." in capsys.readouterr().out
    assert {file: file.read_bytes() for file in finished.rglob("*") if file.is_file()} == before


def test_play_opens_a_window(finished: Path) -> None:
    # Under SDL's dummy driver: everything but the pixels on a screen.
    assert run("play", str(finished), "--episodes=1", "--fps=200") == 0


def test_a_person_directs_the_play_of_an_agent_until_it_is_closed(finished: Path) -> None:
    pygame = pytest.importorskip("pygame")
    pygame.display.init()
    for key in (pygame.K_SPACE, pygame.K_RIGHT, pygame.K_LEFT, pygame.K_n, pygame.K_q):
        pygame.event.post(pygame.event.Event(pygame.KEYDOWN, key=key))
    assert run("play", str(finished)) == 0  # without a number of episodes it ends by q alone
    assert not pygame.display.get_init()


# The demonstration


def frames_of(env: gym.Env[Any, Any], episodes: int, seed: int) -> tuple[str, list[Frame]]:
    who, pictures = play.demonstration(env, episodes, seed)
    return who, list(pictures)


def test_the_solver_plays_and_is_called_again_when_its_plan_is_used_up() -> None:
    who, frames = frames_of(Solved("rgb_array", top=2), 2, 5)
    assert who == "the environment's own solver"
    assert Stairs.tape == [SEEDS[0], "solve", 3, 3, SEEDS[1], "solve", 3, 3]
    assert len(frames) == 2 * (1 + 2 + 3)  # the last stays for four
    for frame, height in zip(frames, 2 * [0, 1, 2, 2, 2, 2], strict=True):
        assert_array_equal(frame[20, 20], [50 * height] * 3)


def test_idle_actions_are_taken_where_the_plan_is_empty() -> None:
    def solve() -> Any:
        Stairs.tape.append("solve")
        return SimpleNamespace(actions=(), idle=(2, 2, 3))

    frames_of(Stairs("rgb_array", top=2, solve=solve), 1, 5)
    assert Stairs.tape == [SEEDS[0], "solve", 2, 2, 3, "solve", 2, 2, 3]


def test_actions_are_random_where_plan_and_idle_actions_are_empty() -> None:
    frames_of(Solved("rgb_array"), 3, 5)
    episodes = "".join(str(entry)[0] for entry in Stairs.tape).split("(")[1:]
    # From step 2 on a question before each drawn action, until one of them goes up.
    assert [e.replace("s2", "") for e in episodes] == ["s33s3"] * 3
    assert any("s2" in e for e in episodes)


def test_without_a_solver_actions_are_random_and_the_seed_decides() -> None:
    def tape(seed: int) -> list[Any]:
        Stairs.tape.clear()
        who, _ = frames_of(Stairs("rgb_array"), 3, seed)
        assert who == "random actions"
        return list(Stairs.tape)

    assert tape(5) == tape(5)
    assert [e for e in tape(5) if isinstance(e, tuple)] == SEEDS
    assert [e for e in tape(5) if e in (2, 3)] != [e for e in tape(6) if e in (2, 3)]
    assert set(tape(5)) - set(SEEDS) == {2, 3}


def test_the_demonstration_names_the_player(monkeypatch: pytest.MonkeyPatch) -> None:
    texts: list[str] = []
    monkeypatch.setattr(ImageDraw, "text", lambda self, xy, text, *_, **__: texts.append(text))
    frames_of(Solved("rgb_array", top=2), 1, 5)
    assert texts[-3:] == [
        "Solved",
        "Episode over: finished",
        "played by the environment's own solver",
    ]


# Without a run


@pytest.mark.slow
def test_the_command_names_the_player_of_a_video(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    video = tmp_path / "out.gif"
    arguments = ["--env=tests/Solved-v0", "--seed=5", "--episodes=2", "--env_kwargs={top: 2}"]
    assert run("play", *arguments, f"--video={video}", "--fps=10") == 0
    assert capsys.readouterr().out == f"Wrote {video}: played by the environment's own solver\n"
    assert Stairs.tape == [SEEDS[0], "solve", 3, 3, SEEDS[1], "solve", 3, 3]
    with Image.open(video) as picture:
        assert picture.info["duration"] == 100
    assert run("play", "--env=tests/Stairs-v0", f"--video={video}") == 0
    assert capsys.readouterr().out == f"Wrote {video}: played by random actions\n"
    assert len([e for e in Stairs.tape if isinstance(e, tuple)]) == 2 + 3


def test_the_default_worlds_are_shapes_grid(tmp_path: Path) -> None:
    video = tmp_path / "out.gif"
    assert run("play", f"--video={video}", "--episodes=1", "--env_kwargs={step_limit: 2}") == 0
    with Image.open(video) as picture:
        assert picture.size[1] >= 440


def test_a_person_plays_in_a_window() -> None:
    pygame = pytest.importorskip("pygame")
    pygame.display.init()
    for key in (pygame.K_w, pygame.K_s, pygame.K_w, pygame.K_SPACE, pygame.K_w, pygame.K_ESCAPE):
        pygame.event.post(pygame.event.Event(pygame.KEYDOWN, key=key))
    assert run("play", "--env=tests/Stairs-v0", "--seed=5", "--env_kwargs={top: 2}") == 0
    assert Stairs.tape == [SEEDS[0], 3, 2, 3, SEEDS[1], 3]
    assert not pygame.display.get_init()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--env=tests/Nothing-v0"], "--env is 'tests/Nothing-v0', but no environment can be made"),
        (["--env=no_such:Env-v0"], "--env is 'no_such:Env-v0', but its module cannot be imported"),
        (["--env=tests/Steered-v0"], "action space of 'tests/Steered-v0' is Box(-1.0, 1.0, (2,)"),
        (["--env=tests/Shapeless-v0"], "'tests/Shapeless-v0' has the render modes ['ansi'], but"),
        (["--env=tests/Stairs-v0", "--env_kwargs={top: 0}"], "refuses its kwargs {'top': 0}: top"),
        (["--env=FrozenLake-v1"], "FrozenLake-v1 has no get_keys_to_action(), but a person's keys"),
        (["--env=tests/Stairs-v0", "--video=out.mp4"], "out.mp4 does not end in .gif"),
        (["--episodes=0"], "--episodes is 0"),
        (["--fps=0"], "--fps is 0"),
        (["--fps=x"], "fps is 'x', but it must be a whole number"),
        (["--env=tests/Stairs-v0", "--seed=-1"], "seed is -1"),
    ],
)  # fmt: skip
def test_bad_input_ends_in_one_line(
    arguments: list[str], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("play", *arguments) == 2
    error = capsys.readouterr().err
    assert error.startswith("dsrl: ")
    assert error.count("\n") == 1
    assert message in error


@pytest.mark.slow
@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="a matter of Linux")
def test_without_a_display_the_message_names_the_video_option() -> None:
    code = (
        "from dsrl_agent.cli.commands import play\nimport gymnasium as gym\n"
        "env = gym.make('FrozenLake-v1', render_mode='rgb_array')\n"
        "env.unwrapped.get_keys_to_action = lambda: {('a',): 0}\n"
        "try: play.play_by_hand(env, None, 0, 8)\n"
        "except Exception as error: print(type(error).__name__, error)"
    )
    assert printed_without_display(code).splitlines()[-1] == (
        "ConfigError No window can be opened here (neither DISPLAY nor WAYLAND_DISPLAY is set); "
        "write the play to a file by --video out.gif."
    )
