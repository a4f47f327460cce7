"""`dsrl play` without a run: what an environment must offer, the window, the demonstration."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any, ClassVar

import gymnasium as gym
import numpy as np
import pytest
from numpy.testing import assert_array_equal
from PIL import Image
from PIL.ImageDraw import ImageDraw

from dsrl_agent.cli import play
from dsrl_agent.cli.main import main
from dsrl_agent.errors import ConfigError, ObservationError
from dsrl_agent.runtime.rng import Streams
from dsrl_agent.types import Frame
from dsrl_agent.viewer import Game, keys_of, playable_env

SEEDS = [("seed", Streams(5).seed_for("play", episode)) for episode in range(3)]


class Stairs(gym.Env[Any, Any]):
    """Steps 0 to 3: action 3 goes up, 2 stays; at the top it ends with a reward of 1."""

    metadata: ClassVar[dict[str, Any]] = {"render_modes": ["rgb_array"]}  # type: ignore[misc]
    tape: ClassVar[list[Any]] = []
    """Seeds, actions and questions for a plan, of all that was played, in order."""

    def __init__(self, render_mode: str | None = None, top: int = 3, **attributes: Any) -> None:
        if top < 1:
            raise ValueError(f"top is {top}")
        self.render_mode = render_mode
        self.top = top
        self.action_space = gym.spaces.Discrete(2, start=2)
        self.observation_space = gym.spaces.Discrete(100)
        vars(self).update(attributes)

    def reset(
        self, *, seed: int | None = None, options: dict[str, Any] | None = None
    ) -> tuple[Any, dict[str, Any]]:
        self.tape.append(("seed", seed))
        self.height = 0
        return 0, {}

    def step(self, action: Any) -> tuple[Any, float, bool, bool, dict[str, Any]]:
        self.tape.append(action)
        self.height += int(action) - 2
        return self.height, float(self.height == self.top), self.height == self.top, False, {}

    def render(self) -> Any:
        return np.full((10, 10, 3), 50 * self.height, np.uint8)

    def get_keys_to_action(self) -> Any:
        return {("s",): 2, ("w",): 3}


class Solved(Stairs):
    """Tells two steps of the way at once; on step 2 that nothing is worth doing."""

    def solve(self) -> Any:
        self.tape.append("solve")
        return SimpleNamespace(actions=np.array([3, 3] if self.height == 0 else [], np.int64))


class Shapeless(Stairs):
    metadata: ClassVar[dict[str, Any]] = {"render_modes": ["ansi"]}  # type: ignore[misc]


class Steered(Stairs):
    def __init__(self, render_mode: str | None = None) -> None:
        super().__init__(render_mode)
        self.action_space = gym.spaces.Box(-1, 1, (2,))  # type: ignore[assignment]


@pytest.fixture(autouse=True)
def _fresh() -> Iterator[None]:
    kinds: list[type[Stairs]] = [Stairs, Solved, Shapeless, Steered]
    Stairs.tape.clear()
    for kind in kinds:
        gym.register(f"tests/{kind.__name__}-v0", kind, disable_env_checker=True)  # type: ignore[arg-type]
    yield
    for kind in kinds:
        del gym.registry[f"tests/{kind.__name__}-v0"]


def run(*arguments: str) -> int:
    with pytest.raises(SystemExit) as stopped:
        main(["play", *arguments])
    assert isinstance(stopped.value.code, int)
    return stopped.value.code


# What an environment must offer


def test_a_playable_environment_renders_pictures() -> None:
    env = playable_env("tests/Stairs-v0", {"top": 5, "render_mode": "human"})
    assert (env.render_mode, env.get_wrapper_attr("top")) == ("rgb_array", 5)


@pytest.mark.parametrize(
    ("told", "meant"),
    [
        ({(1073741904,): 2, ("A",): 3}, {(1073741904,): 2, (97,): 3}),
        ({"wd": 2, ("a", "s"): 3}, {(119, 100): 2, (97, 115): 3}),
        ({(32, 97): np.int64(3)}, {(32, 97): 3}),
    ],
)
def test_keys_are_codes_or_letters(told: Any, meant: dict[tuple[int, ...], int]) -> None:
    env = Stairs(get_keys_to_action=lambda: told)
    assert keys_of(env) == {frozenset(keys): action for keys, action in meant.items()}


@pytest.mark.parametrize(
    ("told", "message"),
    [
        ({}, r"returns {}, but it must be a dict .* with one entry at least"),
        ([97], r"returns \[97\], but it must be a dict"),
        ({97: 2}, r"names the keys 97, but it must be a tuple"),
        ({(): 2}, r"names the keys \(\), but it must be a tuple"),
        ({("left",): 2}, r"names the keys \('left',\), but it must be a tuple"),
        ({(97,): 0}, r"names the action 0, but it must be one of Discrete\(2, start=2\)"),
    ],
)
def test_keys_that_say_nothing_are_refused(told: Any, message: str) -> None:
    with pytest.raises(ConfigError, match=r"get_keys_to_action\(\) of Stairs " + message):
        keys_of(Stairs(get_keys_to_action=lambda: told))


def test_what_is_drawn_is_checked() -> None:
    def missing() -> None:
        raise gym.error.DependencyNotInstalled("pip\ninstall it")

    with pytest.raises(ConfigError, match="Stairs renders a NoneType, but it must be an array"):
        Game(Stairs(render=lambda: None), 0)
    with pytest.raises(ConfigError, match="Stairs cannot be drawn: pip install it"):
        Game(Stairs(render=missing), 0)
    with pytest.raises(ObservationError, match=r"The picture to show is float64 \[2, 2\]"):
        Game(Stairs(render=lambda: np.zeros((2, 2))), 0)
    with pytest.raises(ObservationError, match=r"The picture to show is uint8 \[2, 2\]"):
        Game(Stairs(legend=lambda: [(np.zeros((2, 2), np.uint8), "you")]), 0)


def test_the_limit_is_the_environment_s_or_its_time_limit_s() -> None:
    assert Game(Stairs(), 0).status.limit is None
    limited = gym.make("tests/Stairs-v0", render_mode="rgb_array", max_episode_steps=7)
    assert Game(limited, 0).status.limit == 7


# The demonstration


def frames_of(env: gym.Env[Any, Any], episodes: int, seed: int) -> tuple[str, list[Frame]]:
    who, pictures = play.demonstration(env, episodes, seed)
    return who, list(pictures)


def test_the_solver_plays_and_is_asked_again_when_its_plan_has_run_out() -> None:
    who, frames = frames_of(Solved("rgb_array", top=2), 2, 5)
    assert who == "the environment's own solver"
    assert Stairs.tape == [SEEDS[0], "solve", 3, 3, SEEDS[1], "solve", 3, 3]
    assert len(frames) == 2 * (1 + 2 + 3)  # the last stays for four
    for frame, height in zip(frames, 2 * [0, 1, 2, 2, 2, 2], strict=True):
        assert_array_equal(frame[20, 20], [50 * height] * 3)


def test_where_nothing_is_worth_doing_the_solver_s_idling_comes_first() -> None:
    def solve() -> Any:
        Stairs.tape.append("solve")
        return SimpleNamespace(actions=(), idle=(2, 2, 3))

    frames_of(Stairs("rgb_array", top=2, solve=solve), 1, 5)
    assert Stairs.tape == [SEEDS[0], "solve", 2, 2, 3, "solve", 2, 2, 3]


def test_an_empty_plan_leaves_it_to_chance() -> None:
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


def test_the_demonstration_says_who_plays(monkeypatch: pytest.MonkeyPatch) -> None:
    texts: list[str] = []
    monkeypatch.setattr(ImageDraw, "text", lambda self, xy, text, *_, **__: texts.append(text))
    frames_of(Solved("rgb_array", top=2), 1, 5)
    assert texts[-3:] == [
        "Solved",
        "Episode over: finished",
        "played by the environment's own solver",
    ]


# The command


def test_a_video_says_who_plays(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    video = tmp_path / "out.gif"
    arguments = ["--env=tests/Solved-v0", "--seed=5", "--episodes=2", "--env_kwargs={top: 2}"]
    assert run(*arguments, f"--video={video}", "--fps=10") == 0
    assert capsys.readouterr().out == f"Wrote {video}: played by the environment's own solver\n"
    assert Stairs.tape == [SEEDS[0], "solve", 3, 3, SEEDS[1], "solve", 3, 3]
    with Image.open(video) as picture:
        assert picture.info["duration"] == 100
    assert run("--env=tests/Stairs-v0", f"--video={video}") == 0
    assert capsys.readouterr().out == f"Wrote {video}: played by random actions\n"
    assert len([e for e in Stairs.tape if isinstance(e, tuple)]) == 2 + 3


def test_the_worlds_are_shapes_if_no_others_are_named(tmp_path: Path) -> None:
    video = tmp_path / "out.gif"
    assert run(f"--video={video}", "--episodes=1", "--env_kwargs={step_limit: 2}") == 0
    with Image.open(video) as picture:
        assert picture.size[1] >= 440


def test_a_person_plays_in_a_window() -> None:
    pygame = pytest.importorskip("pygame")
    pygame.display.init()
    for key in (pygame.K_w, pygame.K_s, pygame.K_w, pygame.K_SPACE, pygame.K_w, pygame.K_ESCAPE):
        pygame.event.post(pygame.event.Event(pygame.KEYDOWN, key=key))
    assert run("--env=tests/Stairs-v0", "--seed=5", "--env_kwargs={top: 2}") == 0
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
        (["/a/run", "--env=tests/Stairs-v0"], "but the run /a/run has its own environment; leave"),
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
    assert run(*arguments) == 2
    error = capsys.readouterr().err
    assert error.startswith("dsrl: ")
    assert error.count("\n") == 1
    assert message in error


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="a matter of Linux")
def test_without_a_display_the_remedy_is_named() -> None:
    code = (
        "from dsrl_agent.cli import play\nimport gymnasium as gym\n"
        "env = gym.make('FrozenLake-v1', render_mode='rgb_array')\n"
        "env.unwrapped.get_keys_to_action = lambda: {('a',): 0}\n"
        "try: play.play_by_hand(env, None, 0, 8)\n"
        "except Exception as error: print(type(error).__name__, error)"
    )
    hidden = ("DISPLAY", "WAYLAND_DISPLAY", "SDL_VIDEODRIVER")
    environment = {name: value for name, value in os.environ.items() if name not in hidden}
    said = subprocess.run(
        [sys.executable, "-c", code], env=environment, check=True, capture_output=True, text=True
    ).stdout
    assert said.splitlines()[-1] == (
        "ConfigError No window can be opened here (neither DISPLAY nor WAYLAND_DISPLAY is set); "
        "write the play to a file by --video out.gif."
    )
