"""The front end that learns rules and plans on them."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any, ClassVar

import numpy as np

from dsrl_agent.config import FrontEndConfig
from dsrl_agent.front_end.agency import Agency
from dsrl_agent.front_end.relations import Valuation
from dsrl_agent.front_end.rules.board import Board
from dsrl_agent.front_end.rules.contact import Motions, aim, applied, context_of
from dsrl_agent.front_end.rules.model import ContactModel
from dsrl_agent.front_end.rules.planner import STEP_PRICE, Plan, Planner, touch_of
from dsrl_agent.front_end.rules.tracking import Scene, Sight
from dsrl_agent.types import EDGE, FREE, Fact, Facts, Floats, Shape, Transition

_CALM = 20  # contacts without a surprise after which nothing new is expected
_TRIES = 4  # an action that did nothing so often does nothing


@dataclass
class RulesEpisode:
    """What an episode has shown so far, and what the agent means to do in it.

    Attributes:
        scene: The scene as believed.
        facts: The facts last decided on.
        action: What was decided.
        plan: The plan that it follows.
        done: How many of the plan's actions are done.
        surprised: How often the front end had been surprised when the plan was made.
        refused: (place, action) pairs that did not do what was expected of them.
        tries: How often each (type of the agent, action) was tried.
    """

    scene: Scene
    facts: Facts | None = None
    action: int = -1
    plan: Plan = field(default_factory=Plan)
    done: int = 0
    surprised: int = -1
    refused: frozenset[tuple[int, int]] = frozenset()
    tries: Counter[tuple[int, int]] = field(default_factory=Counter)

    def copy(self) -> RulesEpisode:
        """Return a copy that shares nothing that changes."""
        return replace(self, scene=self.scene.copy(), tries=self.tries.copy())


class RulesFrontEnd:
    """Learns what actions and touches do, in rules, and plans on them.

    - What an action does to the agent, and which object that is: `Agency`.
    - What going for a type does, under which conditions, and what it gives: `ContactModel`.
    - The unknown is taken to be worth the best that is known (R-max, Brafman & Tennenholtz 2002),
      so exploration is directed and ends by itself. Where no plan promises anything, contacts that
      might open a way are tried.
    - Plans are of highest return, then of fewest steps: `Planner`.

    Args:
        num_actions: A.
        config: Its settings; of these `memory` alone concerns it.
    """

    kind: ClassVar[str] = "rules"

    def __init__(self, num_actions: int, config: FrontEndConfig) -> None:
        self.num_actions = num_actions
        self.config = config
        self.agency = Agency()
        self.model = ContactModel()
        self.sight = Sight()
        self.motions: Motions = {}
        self.memory: deque[Transition] = deque(maxlen=config.memory)
        self._surprised = 0  # the model's step when something last went otherwise than expected
        self._tries: Counter[tuple[int, int]] = Counter()
        self._scene = Scene()

    def begin(self, shape: Shape | None = None) -> RulesEpisode:
        """Return what to remember of a new episode on a grid of so many rows and columns."""
        return RulesEpisode(Scene(shape))

    # Learning.

    def learn(self, transition: Transition, rng: np.random.Generator) -> None:
        """Learn from a transition; `rng` is not needed."""
        self.agency.observe(transition)
        self.memory.append(transition)
        motions = self.agency.motions()
        if motions != self.motions:
            # What was met before was understood in other terms.
            self.motions = motions
            self.model, self.sight, self._surprised = ContactModel(), Sight(), 0
            self._tries.clear()
            self._scene = Scene()
            for remembered in self.memory:
                self._take(remembered)
        else:
            self._take(transition)

    def _take(self, transition: Transition) -> None:
        if transition.first or self._scene.board is None:
            self._scene = Scene(transition.shape)
            self._scene.begin(transition.facts, self.agency)
        board = self._scene.board
        if board is not None:
            self._tries[board.body, transition.action] += 1
        seen = self._scene.advance(
            transition.action, transition.next_facts, self.agency, self.motions, self.sight
        )
        self.model.set_noise(self.sight.noise)
        if seen.amended is not None:
            self.model.amend(*seen.amended[0], seen.amended[1])
        if seen.contact is not None:
            expected = self.model.predict(seen.contact.context)
            self.model.observe(*seen.contact, transition.reward, transition.terminated)
            if expected[:2] != (seen.contact.effect, transition.reward):
                self._surprised = self.model.step

    # Acting.

    def decide(
        self, facts: Facts, memory: RulesEpisode, rng: np.random.Generator, epsilon: float
    ) -> int:
        """Choose an action; exploration is part of the plans, so `epsilon` is not needed."""
        self._follow(facts, memory)
        memory.facts = facts
        memory.action = self._choose(memory, rng)
        if memory.scene.board is not None:
            memory.tries[memory.scene.board.body, memory.action] += 1
        return memory.action

    def values(self, facts: Facts, memory: RulesEpisode | None = None) -> Valuation:
        """Return the return expected of each action, and what each object adds to it.

        What the world charges for any step is left out. The correction is the price of the steps:
        time is what sets plans of equal return apart.
        """
        none = np.zeros(self.num_actions)
        board = self.board(facts, memory)
        if board is None:
            return Valuation(none, (), none.copy())
        values = np.zeros(self.num_actions)
        parts: dict[Fact, Floats] = {}
        for action in range(self.num_actions):
            plan = self.plan_from(board, action, memory)
            values[action] = plan.value
            for touch in plan.touches:
                row, col = divmod(touch.place, board.shape[1])
                fact = Fact(touch.type, row, col)
                worth = touch.reward - self.model.step_reward
                parts.setdefault(fact, np.zeros(self.num_actions))[action] += worth
        total = np.sum([none, *parts.values()], axis=0)
        return Valuation(values, tuple(sorted(parts.items(), key=lambda p: p[0])), values - total)

    def board(self, facts: Facts, memory: RulesEpisode | None = None) -> Board | None:
        """Return the scene believed in where these facts are seen, `None` without an agent."""
        if memory is not None and memory.facts == facts:
            return memory.scene.board
        episode = self.begin() if memory is None else memory.copy()
        self._follow(facts, episode)
        return episode.scene.board

    def plan_from(self, board: Board, action: int, memory: RulesEpisode | None = None) -> Plan:
        """Return the best plan that begins with an action."""
        planner = self._planner(frozenset() if memory is None else memory.refused)
        after, expected = planner.after(board, action)
        gain = 0.0 if expected is None else expected.reward - self.model.step_reward
        over = expected is not None and expected.ends
        rest = Plan() if over else planner.best(after)
        value = gain - STEP_PRICE + rest.value
        touches = tuple(touch._replace(step=touch.step + 1) for touch in rest.touches)
        where = aim(board, action, self.motions)
        if (
            expected is not None
            and where is not None
            and board.at(where.target) not in (FREE, EDGE)
        ):
            front = board.at(where.target)
            first = touch_of(1, where.target, front, expected)
            touches = (first, *touches)
        return Plan((action, *rest.actions), (after, *rest.boards), touches, value)

    def plan(self, board: Board) -> Plan:
        """Return the best plan from a scene, the first of equal ones."""
        return self._planner(frozenset()).best(board)

    def inherit(self, child: int, parent: int) -> None:
        """Let a type that was split off another begin with what is known of that."""
        self.model.inherit(child, parent)

    def settled(self, known: Sequence[int]) -> bool:
        """Say whether it has learned what there is to learn about these types.

        It has when it knows what each action does to the agent, when its beliefs about each type
        rest on enough touches, and when nothing has surprised it for a while.
        """
        if self.agency.self_type is None or self.model.step - self._surprised < _CALM:
            return False
        moves = all(
            (self.agency.self_type, action) in self.motions for action in range(self.num_actions)
        )
        others = set(known) - self.agency.self_types
        return moves and all(self.model.is_firm(number) for number in others)

    # Saving.

    def state(self) -> dict[str, Any]:
        """Return everything learned, JSON-able."""
        return {
            "kind": self.kind,
            "agency": self.agency.state(),
            "model": self.model.state(),
            "sight": [self.sight.objects, self.sight.errors],
            "surprised": self._surprised,
            "tries": [[*key, count] for key, count in self._tries.items()],
            "memory": [list(transition) for transition in self.memory],
            "scene": self._scene.state(),
        }

    def load(self, state: dict[str, Any]) -> None:
        """Take what `state()` gave, after a round through JSON."""
        self.agency.load(state["agency"])
        self.motions = self.agency.motions()
        self.model.load(state["model"])
        self.sight = Sight(*state["sight"])
        self._surprised = state["surprised"]
        self._tries = Counter({(body, action): count for body, action, count in state["tries"]})
        self.memory.clear()
        self.memory.extend(Transition.from_lists(stored) for stored in state["memory"])
        self._scene = Scene.from_state(state["scene"])

    # How it acts.

    def _follow(self, facts: Facts, memory: RulesEpisode) -> None:
        """Bring an episode's scene up to date."""
        before = memory.scene.board
        if memory.facts is None or before is None:
            memory.scene.begin(facts, self.agency)
            return
        # A copy: what is seen while acting teaches nothing that learning would not count again.
        sight = replace(self.sight)
        memory.scene.advance(memory.action, facts, self.agency, self.motions, sight)
        after = memory.scene.board
        if after is None or after.cells != before.cells or after.taken != before.taken:
            memory.refused = frozenset()
        elif after == before and self._should_work(before, memory.action):
            memory.refused |= {(before.place, memory.action)}

    def _should_work(self, board: Board, action: int) -> bool:
        where = aim(board, action, self.motions)
        if where is None:
            return False
        expected = self.model.predict(context_of(board, action, where))
        return applied(board, where, expected.effect) != board

    def _choose(self, memory: RulesEpisode, rng: np.random.Generator) -> int:
        board = memory.scene.board
        if board is None or not self.motions:
            return int(rng.integers(self.num_actions))
        untried = self._untried(board, memory.tries)
        if untried:
            return int(untried[rng.integers(len(untried))])
        if not self._goes_as_planned(memory, board):
            planner = self._planner(memory.refused, rng)
            plan = planner.best(board)
            memory.plan = plan if plan.actions else planner.experiment(board)
            memory.done, memory.surprised = 0, self._surprised
        if memory.plan.actions:
            memory.done += 1
            return memory.plan.actions[memory.done - 1]
        return self._idle(board, memory, rng)

    def _goes_as_planned(self, memory: RulesEpisode, board: Board) -> bool:
        if not 0 < memory.done < len(memory.plan.actions) or memory.surprised != self._surprised:
            return False
        return memory.plan.boards[memory.done - 1] == board

    def _untried(self, board: Board, tries: Counter[tuple[int, int]]) -> list[int]:
        """Return the actions of which it is not known what they do to the agent."""
        fewest: dict[int, int] = {}
        for action in range(self.num_actions):
            motion = self.motions.get((board.body, action))
            idle = motion is None or (motion == (0, 0, board.body))
            tried = self._tries[board.body, action] + tries[board.body, action]
            if idle and tried < _TRIES:
                fewest[action] = tried
        least = min(fewest.values(), default=0)
        return [action for action, tried in fewest.items() if tried == least]

    def _idle(self, board: Board, memory: RulesEpisode, rng: np.random.Generator) -> int:
        """Draw an action that does no harm."""
        planner = self._planner(memory.refused)
        safe = []
        for action in range(self.num_actions):
            _, expected = planner.after(board, action)
            if expected is None or (
                expected.reward >= self.model.step_reward and not expected.ends
            ):
                safe.append(action)
        choices = safe or list(range(self.num_actions))
        return int(choices[rng.integers(len(choices))])

    def _planner(
        self, refused: frozenset[tuple[int, int]], rng: np.random.Generator | None = None
    ) -> Planner:
        # Among equal plans the first found is taken, so their order is drawn.
        order = range(self.num_actions) if rng is None else rng.permutation(self.num_actions)
        return Planner(self.model, self.motions, [int(action) for action in order], refused)
