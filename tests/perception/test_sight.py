"""A sight registered by a test alone is learned, evaluated, explained, saved and loaded."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from colour_types import AGENT, CIRCLE, CROSS, read_types
from numpy.typing import NDArray

from dsrl_agent import DSRL
from dsrl_agent.agent.actor import AgentActor
from dsrl_agent.config import AgentConfig, BackEndConfig, FrontEndConfig, PerceptionConfig
from dsrl_agent.errors import ConfigError
from dsrl_agent.evaluation.evaluate import evaluate
from dsrl_agent.evaluation.sight_metrics import exact_share
from dsrl_agent.experiments.studies.scaling_measure import film
from dsrl_agent.explain.beliefs.beliefs import beliefs
from dsrl_agent.explain.reasons.reasons import reasons
from dsrl_agent.perception import perception as perceptions
from dsrl_agent.perception import sight as sights
from dsrl_agent.perception.grid import Grid
from dsrl_agent.perception.motion.evidence import Evidence, gather
from dsrl_agent.perception.perception import Perception
from dsrl_agent.perception.sight import (
    Arrays,
    Fitting,
    Insight,
    Sight,
    SightFit,
    SightKind,
    register_sight,
    sight_kind,
)
from dsrl_agent.runtime.envs import make_env
from dsrl_agent.types import EMPTY, Floats, Floats32, Frame, FrameTransitions, Ints

pytestmark = pytest.mark.usefixtures("one_thread")

ENV = "shapes_grid:ShapesGrid-v0"


class ToySight:
    """Reads a cell's type from the brightest channel of its middle pixel.

    Dark cells are empty, and white is a type of its own.
    """

    kind = "toy"

    def __init__(self, grid: Grid, types: Ints, names: Mapping[int, int] | None = None) -> None:
        self.grid = grid
        self._types = types
        self._names = dict(names or {})

    @property
    def known(self) -> Ints:
        return np.unique([self._names.get(int(number), int(number)) for number in self._types])

    @property
    def insight(self) -> Insight:
        return Insight()

    def at_rest(self, frames: Frame) -> Frame:
        return frames

    def types(self, frames: Frame, grid: Grid | None = None) -> Ints:
        read = read_types(frames, grid or self.grid.fitted(*frames.shape[1:3]))
        named = [self._names.get(number, number) for number in range(AGENT + 1)]
        return np.array(named, np.int64)[read]

    def notice(self, frames: Frame, types: Ints, next_number: int) -> int:
        return 0

    def renumber(self, names: Mapping[int, int]) -> None:
        self._names = {
            int(number): names.get(self._names.get(int(number), int(number)), int(number))
            for number in self._types
        }

    def exemplars(self, frames: Frame, but: Collection[int]) -> dict[int, Floats32]:
        return {}

    def recall(self, number: int, exemplars: Floats32) -> None:
        raise AssertionError("There are no exemplars to recall a type by.")

    def pictures(self) -> dict[int, NDArray[np.uint8]]:
        return {int(number): np.zeros((12, 12, 3), np.uint8) for number in self.known}

    def arrays(self) -> Arrays:
        return {"toy": {"types": self._types}}

    def state(self) -> dict[str, Any]:
        grid = self.grid
        places = {"pitch": grid.pitch, "origin": grid.origin}
        sizes = {"shape": grid.shape, "frame": grid.frame}
        return {"toy grid": {**places, **sizes}, "names": list(self._names.items())}


GATHERED: list[int] = []
"""The number of transitions of each lesson."""


def gather_toy(
    transitions: FrameTransitions, rewards: Floats | None, config: PerceptionConfig
) -> Evidence:
    GATHERED.append(len(transitions.actions))
    return gather(transitions, rewards, config)


def learn_toy(evidence: Evidence, previous: Sight | None, fitting: Fitting) -> SightFit:
    types = np.unique(read_types(evidence.transitions.after, evidence.grid))
    return SightFit(ToySight(evidence.grid, types[types != EMPTY]), 0.0)


def load_toy(arrays: Arrays, state: Mapping[str, Any], fitting: Fitting) -> ToySight:
    grid = Grid(**{name: (int(pair[0]), int(pair[1])) for name, pair in state["toy grid"].items()})
    return ToySight(grid, np.array(arrays["toy"]["types"]), dict(state["names"]))


@pytest.fixture(scope="module", autouse=True)
def _toy_is_registered() -> Iterator[None]:
    register_sight("toy", SightKind(learn_toy, load_toy, gather_toy))
    yield
    del sights._KINDS["toy"]


class AcquaintedSight(ToySight):
    """Knows the agent, or does not."""

    agent: frozenset[int] = frozenset()

    @property
    def insight(self) -> Insight:
        return Insight(agent_types=self.agent)


def test_a_fit_that_has_lost_the_agent_is_not_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    known = iter([frozenset({AGENT}), frozenset[int](), frozenset({AGENT})])

    def learn(evidence: Evidence, previous: Sight | None, fitting: Fitting) -> SightFit:
        types = np.unique(read_types(evidence.transitions.after, evidence.grid))
        made = AcquaintedSight(evidence.grid, types[types != EMPTY])
        made.agent = next(known)
        return SightFit(made, 0.0)

    monkeypatch.setitem(sights._KINDS, "losing", SightKind(learn, load_toy, gather_toy))
    perception = Perception(PerceptionConfig(sight="losing"), BackEndConfig(), 0, "cpu")
    played = film(ENV, {}, 60, 0, "learn").motion
    perception.learn(played)
    first = perception.sight
    perception.learn(played)
    assert perception.sight is first
    assert perception.agent_types == {AGENT}
    perception.learn(played)
    assert perception.sight is not first


def test_a_fit_that_is_worse_is_not_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    worse = iter([True, False])
    monkeypatch.setattr(perceptions, "is_worse", lambda *_: next(worse))
    perception = Perception(PerceptionConfig(sight="toy"), BackEndConfig(), 0, "cpu")
    played = film(ENV, {}, 60, 0, "learn").motion
    seen = []
    for _ in range(3):
        perception.learn(played)
        seen.append(perception.sight)
    assert seen[0] is seen[1] is not seen[2]


@pytest.fixture(scope="module")
def trained() -> DSRL:
    config = AgentConfig(PerceptionConfig(sight="toy"), front_end=FrontEndConfig(kind="rules"))
    return DSRL(make_env(ENV, {}), config, seed=0).learn(150)


def scenes(count: int) -> tuple[Frame, list[dict[str, Any]]]:
    env = make_env(ENV, {"split": "test"})
    shown = [env.reset(seed=seed) for seed in range(count)]
    return np.stack([frame for frame, _ in shown]), [info["truth"] for _, info in shown]


def test_an_agent_learns_with_a_registered_sight(trained: DSRL) -> None:
    assert trained.perception.state()["sight"] == "toy"
    assert GATHERED[0] == 60
    assert trained.perception.known == [CIRCLE, CROSS, AGENT]
    frames, truths = scenes(20)
    assert exact_share(trained.perception.facts(frames), truths) == 1.0


def test_an_agent_with_a_registered_sight_is_evaluated(trained: DSRL) -> None:
    env = make_env(ENV, {"split": "test"})
    report = evaluate(AgentActor(trained), env, 10, seed=1)
    assert report.positive_share is not None
    assert report.positive_share.value >= 0.9


def test_an_agent_with_a_registered_sight_is_explained(trained: DSRL) -> None:
    frame = scenes(1)[0][0]
    front_end, known = trained.front_end, trained.perception.known
    believed = beliefs(front_end, known)
    assert trained.front_end.agency.self_type == AGENT
    assert [belief.type for belief in believed.types] == [CIRCLE, CROSS]
    shape = trained.perception.shape_of(frame)
    why = reasons(front_end, trained.facts(frame), known, shape=shape)
    assert why.agent is not None
    assert why.named is not None
    erased = trained.perception.erased(frame, why.facts, why.facts[:1])
    assert trained.facts(erased) == why.facts[1:]


def test_a_loaded_agent_sees_the_same_with_a_registered_sight(
    trained: DSRL, tmp_path: Path
) -> None:
    trained.save(tmp_path / "agent")
    loaded = DSRL.load(tmp_path / "agent")
    assert loaded.config == trained.config
    assert loaded.perception.known == trained.perception.known
    frames, _ = scenes(20)
    assert loaded.perception.facts(frames) == trained.perception.facts(frames)
    assert loaded.learn(20).num_timesteps == 170


def test_an_unknown_sight_is_refused_before_anything_is_learned() -> None:
    config = AgentConfig(PerceptionConfig(sight="cell"))
    message = (
        r"^perception\.sight is 'cell' \(did you mean cells\?\), "
        r"but it must be one of auto, cells, off_grid, spectra, things, tiles, toy\.$"
    )
    with pytest.raises(ConfigError, match=message):
        DSRL(make_env(ENV, {}), config)
    with pytest.raises(ConfigError, match=message):
        sight_kind("cell")


def test_progress_of_a_fit_is_reported_if_anything_listens() -> None:
    reports: list[tuple[str, int, int, float]] = []
    config = PerceptionConfig()
    silent = Fitting(config, lambda seed: pytest.fail("no back end is needed"), seed=0, fits=0)
    silent.report("symbols", 0, 1, 0.5)
    silent._replace(progress=lambda *report: reports.append(report)).report("symbols", 0, 1, 0.5)
    assert reports == [("symbols", 0, 1, 0.5)]
