"""Learn Q-tables from symbolic transitions: the part that the tabular front ends share.

The front ends differ in three things: the entries that a transition updates and their rewards
(credit), the sum of a scene's entries into action values (aggregation), and the replay of stored
updates.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections import Counter, deque
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar, NamedTuple

import numpy as np

from dsrl_agent.config import FrontEndConfig
from dsrl_agent.front_end.agency import Agency
from dsrl_agent.front_end.knowledge import Choice, Knowledge, TouchTotals, touch_from
from dsrl_agent.front_end.protocol import altered, decide_in_turn
from dsrl_agent.front_end.relations import Valuation, greedy_actions
from dsrl_agent.front_end.rules.tracking import TrackedScene
from dsrl_agent.front_end.tabular.replay import Key, Update, UpdateMemory
from dsrl_agent.front_end.tabular.revision import read_revision
from dsrl_agent.front_end.tabular.walks.dyna import Imagined
from dsrl_agent.types import Fact, Facts, Floats, Shape, Transition, frozen


class WalkRules(NamedTuple):
    """What imagined walks follow from beside the scene."""

    moves: Mapping[int, tuple[int, int]]  # by action, the rows and columns that it moves the agent
    worths: Mapping[tuple[int, int], float]  # by type and action, the value of stepping on it
    plain: frozenset[int] = frozenset()  # types that are walked over as free cells are


@dataclass
class TabularEpisode:
    """The tables' memory of an episode: the values imagined last, as long as they hold."""

    shape: Shape | None = None  # rows and columns of the grid, or `None` if they are not known
    objects: Facts = ()  # the scene that was imagined
    version: int = -1  # the front end's version at that time
    imagined: Imagined | None = None  # the values of its places
    rules: WalkRules | None = None  # what these follow from
    # the same where ways lead through bad things, by the place of the agent
    opened: dict[int, Imagined] = field(default_factory=dict)
    scene: TrackedScene | None = None  # the scene as it is followed where contacts decide
    action: int = -1  # the action decided last; -1 if there was none
    # how often an action was taken for a place, with a thing in hand
    deeds: Counter[tuple[int, int, int]] = field(default_factory=Counter)

    def copy(self) -> TabularEpisode:
        """Return a copy that shares nothing that changes."""
        scene = None if self.scene is None else self.scene.copy()
        return altered(self, scene=scene, deeds=self.deeds.copy(), opened=self.opened.copy())

    def keep(self, objects: Facts, imagined: Imagined, rules: WalkRules, version: int) -> None:
        """Keep the values imagined for a scene; they hold as of a version of the front end."""
        self.objects, self.imagined, self.rules, self.version = objects, imagined, rules, version
        self.opened = {}

    def took(self, action: int) -> None:
        """Note that another action was taken than the one decided."""
        self.action = action

    def carry_over(self, earlier: TabularEpisode) -> bool:
        """Take over the things taken in an earlier episode; return whether there are any."""
        if earlier.scene is None:
            return False
        if self.scene is None:
            self.scene = TrackedScene(self.shape)
        return self.scene.carry_over(earlier.scene)


class TabularFrontEnd(ABC):
    """A tabular learner on facts."""

    kind: ClassVar[str]
    replays: ClassVar[bool] = False

    def __init__(self, num_actions: int, config: FrontEndConfig) -> None:
        self.num_actions = num_actions
        self.config = config
        self.agency = Agency(config.agency)
        self.table: dict[Key, Floats] = {}  # the entries `[A]` by key
        self.touches: dict[int, TouchTotals] = {}  # touches by type
        # the latest transitions, up to `config.memory`
        self.transitions: deque[Transition] = deque(maxlen=config.memory)
        self._updates = UpdateMemory(num_actions, config)
        self.version = 0  # grows whenever something is learned

    # What each front end defines.

    @abstractmethod
    def updates(self, transition: Transition) -> list[Update]:
        """Return the updates that a transition calls for."""

    @abstractmethod
    def values(self, facts: Facts, episode: TabularEpisode | None = None) -> Valuation:
        """Return the value of each action in a scene, and each object's part in it."""

    def relations(self) -> dict[tuple[int, int, int], Floats] | None:
        """Return the table by (type, rows below, columns right); `None` for another table."""
        return None

    def choice(self) -> Choice | None:
        """Return the form of the greedy policy for a logic program, `None` if it has none."""
        return None

    # What all share.

    def begin(self, shape: Shape | None = None) -> TabularEpisode:
        """Return the memory of a new episode on a grid of this many rows and columns."""
        return TabularEpisode(shape)

    def learn(self, transition: Transition, rng: np.random.Generator) -> None:
        """Learn from a transition and, if the front end replays, from stored updates."""
        self.learn_together((transition,), rng)

    def learn_together(self, transitions: Sequence[Transition], rng: np.random.Generator) -> None:
        """Learn from a transition of each of several environments, and replay as for each."""
        self.version += 1
        before = self.agency.self_type
        self.transitions.extend(transitions)
        self._observe(transitions)
        if self.agency.self_type != before:
            self._relearn()
        else:
            self._take(transitions)
        if not self._updates:
            return
        chosen = rng.integers(len(self._updates), size=self.config.replay * len(transitions))
        if len(transitions) > 1:
            self._updates.replay(self.table, chosen)
        else:
            self._updates.replay_in_turn(self.table, chosen)

    def decide(
        self, facts: Facts, episode: TabularEpisode, rng: np.random.Generator, epsilon: float
    ) -> int:
        """Choose an action epsilon-greedily; the greedy ones share their probability.

        `episode` keeps the values imagined for the scene.
        """
        if rng.random() < epsilon:
            return int(rng.integers(self.num_actions))
        greedy = greedy_actions(self.action_values(facts, episode))
        return greedy[rng.integers(len(greedy))]

    def decide_together(
        self,
        scenes: Sequence[Facts],
        episodes: Sequence[TabularEpisode],
        rng: np.random.Generator,
        epsilon: float,
    ) -> list[int]:
        """Choose an action in each of several environments."""
        return decide_in_turn(self, scenes, episodes, rng, epsilon)

    def action_values(self, facts: Facts, episode: TabularEpisode) -> Floats:
        """Return the value of each action, `[A]`, without the objects' parts."""
        return self.values(facts, episode).values

    def resemble(self, likeness: Mapping[int, int]) -> None:  # noqa: B027 (nothing to do)
        """Ignore types of the same shape: a table has a row for each type."""

    def inherit(self, child: int, parent: int) -> None:
        """Let a type that was split off another begin with the knowledge of that type."""
        for key, row in list(self.table.items()):
            if isinstance(key, tuple) and len(key) == 3 and key[0] == parent:
                self.table.setdefault((child, *key[1:]), row.copy())
        if parent in self.touches:
            self.touches.setdefault(child, self.touches[parent])
        self.version += 1

    def settled(self, known: Sequence[int]) -> bool:
        """Return `False`: tables cannot tell whether they have converged."""
        return False

    def knowledge(self) -> Knowledge[TabularEpisode]:
        """Return what the tables hold."""
        return Knowledge(
            kind=self.kind,
            agency=self.agency,
            transitions=self.transitions,
            entries=len(self.table),
            value_bytes=sum(row.nbytes for row in self.table.values()),
            store=self.table,
            touches=self.touches,
            relations=self.relations(),
            taught=self._taught(),
            discount=self.config.discount,
            choice=self.choice(),
        )

    def revise(self, key: str, name: str, value: float | str) -> None:
        """Give an entry of the table another value, as `Revises` defines it."""
        row, action = read_revision(self, key, name)
        self.revise_entry(row, action, float(value))

    def revise_entry(self, key: Key, action: int, value: float) -> None:
        """Give an entry of the table another value; what is not known of a new row counts as 0."""
        self.table.setdefault(key, np.zeros(self.num_actions))[action] = value
        self.version += 1

    def state(self) -> dict[str, Any]:
        """Return everything learned, JSON-able."""
        return {
            "kind": self.kind,
            "agency": self.agency.state(),
            "table": [[key, list(row)] for key, row in self.table.items()],
            "touches": [[number, *touch] for number, touch in self.touches.items()],
            "memory": [transition.to_list() for transition in self.transitions],
            "updates": [list(update) for update in self._updates],
        }

    def load(self, state: dict[str, Any]) -> None:
        """Take what `state()` gave, after a round through JSON.

        Raises:
            ValueError: A row of the table is not of one finite value an action.
        """
        self.agency.load(state["agency"])
        self.table = {frozen(key): np.array(row, np.float64) for key, row in state["table"]}
        for row in self.table.values():
            if row.shape != (self.num_actions,) or not np.isfinite(row).all():
                raise ValueError(f"{row} is no row of {self.num_actions} values")
        self.touches = dict(map(touch_from, state["touches"]))
        self.transitions.clear()
        self.transitions.extend(Transition.from_lists(stored) for stored in state["memory"])
        # Not those of the stored transitions: each of the two is forgotten at its own pace.
        self._updates.clear()
        self._updates.extend([Update(*map(frozen, update)) for update in state["updates"]])

    def _observe(self, latest: Sequence[Transition]) -> None:
        """Learn about the agent from the latest of the transitions stored."""
        for transition in latest:
            self.agency.observe(transition)

    def _take(self, transitions: Iterable[Transition]) -> None:
        """Update the tables by transitions, one after the other."""
        taken: list[Update] = []
        for transition in transitions:
            self._count(touched_by(self.agency, transition), transition)
            updates = self.updates(transition)
            for update in updates:
                self._apply(update)
            taken += updates
        if self.replays:
            self._updates.extend(taken)

    def _count(self, touched: Fact | None, transition: Transition) -> None:
        """Count a touch, or a step that touches nothing."""
        if touched is not None:
            old = self.touches.get(touched.type, TouchTotals(0, 0.0))
            total = old.reward + transition.reward
            self.touches[touched.type] = TouchTotals(old.times + 1, total)

    def _relearn(self) -> None:
        """Fill the tables anew from the stored transitions: the agent is another object."""
        self.table.clear()
        self.touches.clear()
        self._updates.clear()
        self._take(self.transitions)

    def _apply(self, update: Update) -> None:
        key, action, target, next_key = update
        row = self.table.get(key)
        if row is None:
            row = self.table[key] = np.zeros(self.num_actions)
        following = None if next_key is None else self.table.get(next_key)
        if following is not None:
            target += self.config.discount * max(following.tolist())  # NumPy's is slow
        before = row.item(action)
        row[action] = before + self.config.learning_rate * (target - before)

    def _taught(self) -> Counter[int]:
        """Count the stored transitions that have updated the table about each type."""
        counts: Counter[int] = Counter()
        if self.relations() is not None:
            for transition in self.transitions:
                keys = (update.key for update in self.updates(transition))
                counts.update({key[0] for key in keys if isinstance(key, tuple)})
        return counts


def touched_by(agency: Agency, transition: Transition) -> Fact | None:
    """Return the object that the agent touched: it stood where the agent came to stand."""
    before, after = agency.find(transition.facts), agency.find(transition.next_facts)
    if before is None or after is None:
        return None
    _, row, col = after
    for fact in transition.facts:
        if fact[1] == row and fact[2] == col and fact != before:
            return fact
    return None


def relational_updates(agency: Agency, transition: Transition, *, credit_all: bool) -> list[Update]:
    """Return one update for every object, over its type and its position seen from the agent.

    With `credit_all` every object gets the reward (Garnelo et al. 2016), otherwise only the touched
    one (Garcez et al. 2018).
    """
    before, after = agency.find(transition.facts), agency.find(transition.next_facts)
    if before is None or after is None:
        return []
    touched = touched_by(agency, transition)
    remaining, action = set(transition.next_facts), transition.action
    (_, row, col), (_, then_row, then_col), result = before, after, list[Update]()
    for fact in transition.facts:  # a loop without calls: it is run for every object met
        if fact == before:
            continue
        number, at_row, at_col = fact
        stays, reached = fact in remaining, fact == touched
        if not stays and not reached:
            continue  # it moved or was not detected: its next position is unknown
        gone = not stays or transition.terminated
        next_key = None if gone else (number, at_row - then_row, at_col - then_col)
        reward = transition.reward if credit_all or reached else 0.0
        result.append(Update((number, at_row - row, at_col - col), action, reward, next_key))
    return result
