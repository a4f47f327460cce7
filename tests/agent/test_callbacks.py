"""Listeners of an agent that learns."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from dsrl_agent import DSRL
from dsrl_agent.agent.callbacks import EpisodeEnd, Fit, LearningAgent, Listener, Listeners
from dsrl_agent.config import AgentConfig, BackEndConfig, PerceptionConfig
from dsrl_agent.runtime.envs import make_env

pytestmark = pytest.mark.usefixtures("one_thread")


class Recorder(Listener):
    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.fits: list[Fit] = []
        self.ends: list[EpisodeEnd] = []
        self.steps: list[int] = []

    def on_fit(self, agent: LearningAgent, fit: Fit) -> None:
        self.fits.append(fit)
        self.steps.append(agent.num_timesteps)

    def on_episode(self, agent: LearningAgent, end: EpisodeEnd) -> bool:
        self.ends.append(end)
        agent.save(self.folder / f"episode-{end.episode}")
        assert agent.checkpoint()[1]["num_episodes"] == end.episode + 1
        return len(self.ends) < 3


def test_a_listener_hears_of_fits_and_stops_the_learning_after_an_episode(
    tmp_path: Path,
) -> None:
    config = AgentConfig(
        PerceptionConfig(first_frames=20, frames=20, memory=60, refit_growth=0.0),
        BackEndConfig(steps=2, width=8),
    )
    recorder = Recorder(tmp_path)
    env = make_env("shapes_grid:ShapesGrid-v0", {"step_limit": 15})
    agent = DSRL(env, config, seed=0).learn(500, listener=recorder)
    assert [end.episode for end in recorder.ends] == [0, 1, 2]
    lengths = [end.length for end in recorder.ends]
    assert [end.steps for end in recorder.ends] == [sum(lengths[: n + 1]) for n in range(3)]
    assert agent.num_timesteps == sum(lengths) < 500
    assert [fit.steps for fit in recorder.fits] == recorder.steps == [20]
    assert recorder.fits[0].types == len(agent.perception.known)
    assert recorder.fits[0].seconds > 0.0
    assert DSRL.load(tmp_path / "episode-2").num_timesteps == agent.num_timesteps


def test_a_plain_listener_lets_the_learning_go_on() -> None:
    agent: Any = None
    listener = Listener()
    assert listener.on_episode(agent, EpisodeEnd(0, 10, 10, 1.0))
    listener.on_fit(agent, Fit(10, 1.0, 3, 0.1))
    listener.on_progress("frames", 1, 2, 0.0)


@pytest.mark.parametrize(
    ("name", "arguments", "asks"),
    [
        ("on_start", ("agent",), False),
        ("on_end", ("agent",), False),
        ("before_fit", ("agent",), False),
        ("on_step", ("agent",), True),
        ("on_transition", ("agent", "step"), True),
        ("on_fit", ("agent", "fit"), False),
        ("on_failed_fit", ("agent",), False),
        ("on_episode", ("agent", "end"), True),
        ("on_progress", ("frames", 1, 2, 0.5), False),
    ],
)
def test_several_listeners_are_all_told_and_any_may_stop(
    name: str, arguments: tuple[Any, ...], asks: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[tuple[Any, ...]] = []

    def tell(number: int, going: bool) -> Listener:
        def hear(*got: Any) -> bool:
            told.append((number, *got))
            return going

        listener = Listener()
        monkeypatch.setattr(listener, name, hear)
        return listener

    both = Listeners([tell(0, False), tell(1, True)])
    assert getattr(both, name)(*arguments) is (False if asks else None)
    assert told == [(0, *arguments), (1, *arguments)]
    assert getattr(Listeners([tell(2, True), tell(3, True)]), name)(*arguments) is (
        True if asks else None
    )


def test_a_bar_is_shown_beside_a_listener_that_hears_of_progress_too(
    capsys: pytest.CaptureFixture[str],
) -> None:
    class Heard(Listener):
        phases: set[str] = set()  # noqa: RUF012

        def on_progress(self, phase: str, done: int, total: int, figure: float) -> None:
            self.phases.add(phase)

    heard = Heard()
    config = AgentConfig(PerceptionConfig(first_frames=20, frames=20), BackEndConfig(steps=2))
    DSRL("shapes_grid:ShapesGrid-v0", config).learn(25, listener=heard, progress_bar=True)
    assert {"frames", "steps"} <= heard.phases
    assert "frames  :" in capsys.readouterr().err
