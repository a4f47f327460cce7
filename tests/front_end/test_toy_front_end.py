"""A front end registered in this test alone is made, taught, explained, timed, saved and loaded."""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from drawings import LEFT, RIGHT, film, round_trip, scene
from true_facts import learned

import dsrl_agent.config.front_end as known
from dsrl_agent import DSRL
from dsrl_agent.config import FrontEndConfig, front_end_kinds
from dsrl_agent.errors import ConfigError
from dsrl_agent.evaluation.evaluate import evaluate
from dsrl_agent.experiments.contestants.true_facts import (
    FactsConfig,
    SymbolFrames,
    TruePerception,
)
from dsrl_agent.experiments.timing.decisions import Size, cost_of, storage_of, trained
from dsrl_agent.explain.as_json import beliefs_as_json, plain
from dsrl_agent.explain.beliefs.beliefs import beliefs
from dsrl_agent.explain.logic import program
from dsrl_agent.explain.reasons.reasons import reasons
from dsrl_agent.explain.words.beliefs_text import beliefs_in_words
from dsrl_agent.explain.words.reasons_text import reasons_in_words
from dsrl_agent.front_end import (
    Agency,
    AnyFrontEnd,
    Knowledge,
    Valuation,
    describe_policy,
    describe_types,
    make_front_end,
    register,
    registry,
    relate,
)
from dsrl_agent.front_end.knowledge import TouchTotals
from dsrl_agent.runtime.rng import Streams
from dsrl_agent.types import Facts, Floats, Shape, Transition
from shapes_grid import ShapesGridEnv


@dataclass
class ToyEpisode:
    """Counts decisions."""

    decisions: int = 0

    def copy(self) -> ToyEpisode:
        return replace(self)

    def carry_over(self, earlier: ToyEpisode) -> bool:
        return False


class ToyFrontEnd:
    """Goes onto the object beside it whose type gave the highest reward last."""

    kind = "toy"

    def __init__(self, num_actions: int, config: FrontEndConfig) -> None:
        self.num_actions = num_actions
        self.agency = Agency(config.agency)
        self.transitions: deque[Transition] = deque(maxlen=config.memory)
        self.rewards: dict[int, float] = {}

    def begin(self, shape: Shape | None = None) -> ToyEpisode:
        return ToyEpisode()

    def learn(self, transition: Transition, rng: np.random.Generator) -> None:
        self.agency.observe(transition)
        self.transitions.append(transition)
        agent = self.agency.find(transition.facts)
        if agent is not None:
            move = self.agency.moves().get(transition.action)
            for fact, *place in relate(agent, transition.facts):
                if tuple(place) == move:
                    self.rewards[fact.type] = transition.reward

    def decide(
        self, facts: Facts, episode: ToyEpisode, rng: np.random.Generator, epsilon: float
    ) -> int:
        episode.decisions += 1
        values = self.values(facts).values
        best = np.flatnonzero(values == values.max())
        return int(rng.integers(self.num_actions) if rng.random() < epsilon else best[0])

    def values(self, facts: Facts, episode: ToyEpisode | None = None) -> Valuation:
        agent, none = self.agency.find(facts), np.zeros(self.num_actions)
        relations = () if agent is None else relate(agent, facts)
        parts = tuple((fact, self._entry(fact.type, row, col)) for fact, row, col in relations)
        return Valuation(np.sum([none, *(part for _, part in parts)], axis=0), parts, none)

    def resemble(self, likeness: Mapping[int, int]) -> None: ...

    def inherit(self, child: int, parent: int) -> None:
        self.rewards[child] = self.rewards.get(parent, 0.0)

    def settled(self, known: Sequence[int]) -> bool:
        return set(known) <= self.rewards.keys()

    def knowledge(self) -> Knowledge[ToyEpisode]:
        return Knowledge(
            kind=self.kind,
            agency=self.agency,
            transitions=self.transitions,
            entries=len(self.rewards),
            value_bytes=8 * len(self.rewards),
            store=self.rewards,
            touches={number: TouchTotals(1, reward) for number, reward in self.rewards.items()},
            relations={
                (number, *move): self._entry(number, *move)
                for number in self.rewards
                for move in self.agency.moves().values()
            },
        )

    def state(self) -> dict[str, Any]:
        return {"agency": self.agency.state(), "rewards": list(self.rewards.items())}

    def load(self, state: dict[str, Any]) -> None:
        self.agency.load(state["agency"])
        self.rewards = dict(state["rewards"])

    def _entry(self, number: int, row: int, col: int) -> Floats:
        moves = self.agency.moves()
        reward = self.rewards.get(number, 0.0)
        return np.array(
            [reward * (moves.get(action) == (row, col)) for action in range(self.num_actions)]
        )


@pytest.fixture(autouse=True)
def registered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(registry, "_FACTORIES", dict(registry._FACTORIES))
    monkeypatch.setattr(known, "_KINDS", list(known._KINDS))
    register("toy", ToyFrontEnd)


def toy() -> AnyFrontEnd:
    front_end = make_front_end(4, FrontEndConfig(kind="toy"))
    good, bad = film("+x", (RIGHT, 1.0, ".+")), film("o+", (LEFT, -1.0, "+."))
    for transition in [*round_trip(), *good, *bad]:
        front_end.learn(transition, np.random.default_rng(0))
    return front_end


def test_it_is_made_by_its_kind_and_its_name_is_taken() -> None:
    assert front_end_kinds()[-1] == "toy"
    assert isinstance(toy(), ToyFrontEnd)
    with pytest.raises(ConfigError, match="'toy' is registered already"):
        register("toy", ToyFrontEnd)


def test_it_chooses_by_what_it_was_taught() -> None:
    front_end, rng = toy(), np.random.default_rng(0)
    assert front_end.values(scene("o+x")).values.tolist() == [-1.0, 1.0, 0.0, 0.0]
    assert front_end.decide(scene("o+x"), front_end.begin((1, 3)), rng, 0.0) == RIGHT


def small_world() -> ShapesGridEnv:
    return ShapesGridEnv(rows=3, cols=3, objects={"circle": 1, "cross": 1}, split="all")


def test_it_is_trained_on_true_facts_and_evaluated() -> None:
    learner, world = learned(small_world, "toy", 300, seed=1, epsilon=0.3), small_world()
    report = evaluate(learner.actor(world), world, 50, seed=7)
    # It sees one step ahead: it fetches what begins beside it, and touches nothing bad.
    assert report.touched_negatives.sum() == 0
    assert report.returns.sum() > 20


def test_it_is_described() -> None:
    assert describe_types(toy(), [0, 1, 2, 3]) == [
        "type 0: the agent; actions move it: 0 left, 1 right, 2 up, 3 down",
        "type 1: touching it gives +1.00 (touched once)",
        "type 2: touching it gives -1.00 (touched once)",
        "type 3: never touched",
    ]
    assert describe_policy(toy(), [1, 2], radius=1) == [
        "type 1    type 2",
        ". ^ .     . x .",
        "< + >     x + x",
        ". v .     . x .",
    ]


def test_it_is_explained() -> None:
    believed = beliefs(toy(), [0, 1, 2])
    assert beliefs_in_words(believed)[1:] == [
        "Touching type 1: +1.00, it vanishes, 1 of 1 times (so in at least 5 % of cases).",
        "  Its table knows type 1 at 4 places around it, from 0 remembered steps: the best action "
        "is worth +1.00 at distance 1.",
        "Touching type 2: -1.00, it vanishes, 1 of 1 times (so in at least 5 % of cases).",
        "  Its table knows type 2 at 4 places around it, from 0 remembered steps: the worst action "
        "costs -1.00 at distance 1.",
        "Its table (toy) has 2 entries, 16 bytes of values; counts are of the last 6 steps.",
    ]
    found = reasons(toy(), scene("o+x"), [0, 1, 2], shape=(1, 3))
    assert reasons_in_words(found)[-4:] == [
        "So it goes right: worth +1.000.",
        "Because of the type 1 at [0, 2] (1 right): with no other object it would do the "
        "same, without this one it would not.",
        "It expects to go right, and so to touch type 1 at [0, 2] in step 1 (+1.00): as seen from "
        "now +1.000.",
        "If the type 1 at [0, 2] (1 right) were type 2 instead, it would go up or down.",
    ]
    assert json.loads(json.dumps(beliefs_as_json(believed)))["kind"] == "toy"
    assert json.loads(json.dumps(plain(found)))["greedy"] == [RIGHT]


def test_a_program_is_refused_as_it_names_no_form_of_its_choice() -> None:
    with pytest.raises(ConfigError, match="kind toy cannot be written as a logic program"):
        program(toy())


def test_its_decisions_and_its_size_are_measured() -> None:
    front_end = trained("toy", seed=0, steps=60)
    assert cost_of(front_end, Size(4, 2), 10, seed=0).kind == "toy"
    storage = storage_of(front_end)
    assert (storage.kind, storage.entries, storage.value_bytes) == ("toy", 2, 16)
    assert storage.all_bytes > 0


def test_an_agent_with_it_is_saved_and_loaded(tmp_path: Path) -> None:
    agent = learned(small_world, "toy", 40, seed=1).agent
    agent.save(tmp_path / "agent")
    sight = TruePerception(FactsConfig(), Streams(1))
    loaded = DSRL.load(tmp_path / "agent", SymbolFrames(small_world()), perception=sight)
    assert loaded.config.front_end.kind == "toy"
    assert isinstance(loaded.front_end, ToyFrontEnd)
    assert json.dumps(loaded.front_end.state()) == json.dumps(agent.front_end.state())


def test_its_state_goes_through_json() -> None:
    front_end, loaded = toy(), make_front_end(4, FrontEndConfig(kind="toy"))
    loaded.load(json.loads(json.dumps(front_end.state())))
    for facts in (scene("o+x"), scene("x.", "+o")):
        assert loaded.values(facts).values.tolist() == front_end.values(facts).values.tolist()
