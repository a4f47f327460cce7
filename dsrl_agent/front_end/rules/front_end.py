"""Learn rules about actions and touches, and plan on them."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, ClassVar

import numpy as np

from dsrl_agent.config import FrontEndConfig
from dsrl_agent.front_end.knowledge import Knowledge
from dsrl_agent.front_end.protocol import decide_in_turn
from dsrl_agent.front_end.revision import RevisableBelief
from dsrl_agent.front_end.rules.acting import RulesActor
from dsrl_agent.front_end.rules.beliefs.knowledge import rule_beliefs, rule_plans
from dsrl_agent.front_end.rules.beliefs.model import ContactModel
from dsrl_agent.front_end.rules.board import Board
from dsrl_agent.front_end.rules.contact import aim
from dsrl_agent.front_end.rules.episode import (
    RulesEpisode,
    begins,
    scenes_from,
    scenes_state,
)
from dsrl_agent.front_end.rules.motion.fixed_changes import Change, changes_elsewhere
from dsrl_agent.front_end.rules.planning.novelty import puzzle_of
from dsrl_agent.front_end.rules.reading import ReadingErrors
from dsrl_agent.front_end.rules.revision import revisable_rules, revised_model
from dsrl_agent.front_end.rules.tracking import Contact, TrackedScene
from dsrl_agent.front_end.rules.understanding import Understanding
from dsrl_agent.types import EDGE, FREE, GOING, Facts, Shape, Transition, frozen


class RulesFrontEnd(RulesActor):
    """Learns the effects of actions and touches as rules, and plans on them.

    - `Agency` finds the agent and the effects of its actions.
    - `ContactModel` learns the effect and the reward of going for a type, and their conditions.
    - The unknown is expected to give the best reward known (R-max, Brafman & Tennenholtz 2002).
    - `Planner` makes plans of highest return, or tries what is cheapest to try.
    """

    kind: ClassVar[str] = "rules"

    def __init__(self, num_actions: int, config: FrontEndConfig) -> None:
        self.num_actions = num_actions
        self.config = config
        self.understanding = Understanding(num_actions, config)
        self.agency = self.understanding.agency
        self.transitions: deque[Transition] = deque(maxlen=config.memory)
        self._likeness: dict[int, int] = {}  # the types of the same shape
        self._begin_learning()

    def resume(self, shape: Shape | None = None, env: int = 0) -> RulesEpisode:
        """Return the memory of an environment's latest episode, to go on in it."""
        last, scene = self._before.get(env), self._scenes.get(env)
        if last is None or last.terminated or scene is None or scene.board is None:
            return self.begin(shape)
        return RulesEpisode(scene.copy(), last.next_facts)

    # Learning.

    def learn(self, transition: Transition, rng: np.random.Generator) -> None:
        """Learn from a transition; `rng` is not needed."""
        self.learn_together((transition,), rng)

    def learn_together(self, transitions: Sequence[Transition], rng: np.random.Generator) -> None:
        """Learn from a transition of each of several environments; `rng` is not needed."""
        self.transitions.extend(transitions)
        if self.understanding.observe(self.transitions, transitions):
            for transition in transitions:
                self._take(transition)
        else:
            self._learn_anew()

    def _learn_anew(self) -> None:
        """Book all contacts remembered anew, as they were understood otherwise."""
        self._begin_learning()
        for stored in self.transitions:
            self._take(stored)

    def _begin_learning(self) -> None:
        verbs = self.understanding.verbs
        self.model = ContactModel(self.config.rules, verbs)
        self.model.resemble(self._likeness)
        self.errors = ReadingErrors(thresholds=self.config.rules)
        self._surprised = 0
        self._tries = Counter()
        self._puzzles = Counter()
        self._scenes: dict[int, TrackedScene] = {}  # by environment, as of the transition before
        self._before: dict[int, Transition] = {}  # by environment
        self._gained: dict[int, bool] = {}  # by environment: whether the episode was good so far
        # whether each of the latest episodes brought something good
        self._outcomes: deque[bool] = deque(maxlen=self.config.rules.settled_starts)

    def _take(self, transition: Transition) -> None:
        before = self._before.get(transition.env)
        self._before[transition.env] = transition
        scene = self._scenes.get(transition.env)
        self._note_outcome(transition, before)
        if scene is None or scene.board is None or begins(transition, before):
            if scene is not None and scene.resting is not None:
                self.model.leave_unseen(*scene.resting)
            scene = self._scenes[transition.env] = TrackedScene(transition.shape)
            scene.begin(transition.facts, self.agency, self.understanding.verbs)
        board, action, unseen = scene.board, transition.action, scene.unseen
        if board is not None:
            self._tries[board.body, action] += 1
            if not self.understanding.reaches(board.body, action):
                self._puzzles[puzzle_of(board, action)] += 1
        told = transition.terminated or self.model.is_unusual(transition.reward)
        senses = self.understanding.senses(self.errors, self.model.staying)
        seen = scene.advance(action, transition.next_facts, senses, told=told)
        self.model.set_noise(self.errors.noise)
        if seen.amended is not None:
            self.model.amend(*seen.amended[0], seen.amended[1])
        if seen.contact is not None and board is not None and scene.board is not None:
            step = board, scene.board, seen.contact
            if not self._learn_fence(*step, unseen=unseen):
                self._learn_contact(*step, transition)
        if board is not None and scene.board is not None:
            self._learn_elsewhere(board, scene.board, action, seen.contact)
        if seen.put >= 0:
            self.understanding.learn_taking(seen.put)

    def _note_outcome(self, transition: Transition, before: Transition | None) -> None:
        """Note whether an episode brings something good."""
        env = transition.env
        if before is not None and not before.terminated and begins(transition, before):
            self._outcomes.append(self._gained.pop(env, False))
        gain = self.model.gain(transition.reward, transition.terminated)
        self._gained[env] = self._gained.get(env, False) or gain > 0.0
        if transition.terminated:
            self._outcomes.append(self._gained.pop(env))

    def _learn_fence(self, before: Board, after: Board, contact: Contact, *, unseen: bool) -> bool:
        """Learn whether a step led off what the agent stands on; return whether that held it up."""
        action, model = contact.context.action, self.model
        where = aim(before, action, self.effects)
        if where is None or model.verbs.of(action) != GOING:
            return False
        side = (before.cells[before.place], where.effect.d_row, where.effect.d_col)
        front = contact.context.front
        held_up = front in model.plain and after.place == before.place
        # Where an episode begins, the agent may stand on anything.
        hidden = unseen and front == FREE
        return model.fences.learn(side, contact.effect, front, held_up=held_up, hidden=hidden)

    def _learn_contact(
        self, before: Board, after: Board, contact: Contact, transition: Transition
    ) -> None:
        expected = self.model.predict(contact.context)
        # An end that pays is the contact's own.
        pays = self.model.gain(transition.reward, transition.terminated) > 0.0
        ends = expected.ends or not expected.known or pays
        if self.understanding.disturbed(before, after, contact, transition, ends=ends):
            return
        self.model.observe(*contact, transition.reward, transition.terminated)
        effect = expected.effect._replace(gives=0, fixed=())
        if effect != contact.effect or self.model.differs(expected.reward, transition.reward):
            self._surprised = self.model.step

    def _learn_elsewhere(
        self, before: Board, after: Board, action: int, contact: Contact | None
    ) -> None:
        """Learn what a contact changes at fixed places, beside what its effect tells."""
        if before.shape != after.shape:
            return
        cause, same = None, before.cells == after.cells
        if contact is not None and contact.context.front not in (FREE, EDGE):
            cause = (self.model.verbs.of(action), contact.context.front, contact.effect)
        if same and (cause is None or not self.model.fixed.knows(cause)):
            return
        changes = list[Change]()
        if not same:
            where = aim(before, action, self.effects, self.model.verbs)
            near = {before.place, after.place, *(where[1:] if where else ())}
            told = frozenset(contact.effect.remote) if contact else frozenset()
            changes = [
                change
                for change in changes_elsewhere(before.cells, after.cells, before.shape[1], near)
                if change[2:] not in told and self.understanding.movers.types.isdisjoint(change[2:])
            ]
        self.model.observe_elsewhere(cause, before, changes)

    # Acting.

    def decide(
        self, facts: Facts, episode: RulesEpisode, rng: np.random.Generator, epsilon: float
    ) -> int:
        """Choose an action; exploration is part of the plans, so `epsilon` is not needed."""
        self._follow(facts, episode)
        episode.facts = facts
        episode.note(self._choose(episode, rng))
        return episode.action

    def decide_together(
        self,
        scenes: Sequence[Facts],
        episodes: Sequence[RulesEpisode],
        rng: np.random.Generator,
        epsilon: float,
    ) -> list[int]:
        """Choose an action in each of several environments."""
        return decide_in_turn(self, scenes, episodes, rng, epsilon)

    def resemble(self, likeness: Mapping[int, int]) -> None:
        """Take, for types that are a known shape in another colour, the type of that shape.

        Until a type is met in some state of affairs, what its shape does is expected of it.
        """
        self._likeness = dict(likeness)
        if self.model.resemble(self._likeness):
            self._learn_anew()

    def inherit(self, child: int, parent: int) -> None:
        """Let a type that was split off another begin with the knowledge of that type."""
        self.model.inherit(child, parent)

    def settled(self, known: Sequence[int]) -> bool:
        """Say whether the front end has learned what there is to learn about these types.

        It has when it knows the effect of each action on the agent, when its beliefs about each
        type rest on enough touches, when no recent contact has surprised it, and when its plans
        are proven: from where it is and from where the latest episodes began they lead to nothing
        that is still to be tried, and to something good if there is any.
        """
        calm = self.model.step - self._surprised
        if self.agency.self_type is None or calm < self.config.rules.calm_contacts:
            return False
        own, others = self.agency.self_type, set(known) - self.agency.self_types
        return (
            all((own, action) in self.effects for action in range(self.num_actions))
            and all(self.model.is_firm(number) for number in others)
            and self._plans_are_proven()
        )

    def _plans_are_proven(self) -> bool:
        """Say whether plans that begin in recent scenes need no more tries, and miss no reward.

        While nothing was ever good or bad, nothing is known that plans could be proven by. Where
        something good is known, and one of the latest episodes brought nothing good, they are not.
        """
        least, gains = self.model.step_reward, self.model.gains
        if max(gains, default=0.0) <= 0.0 and (
            not gains or any(stored.reward > least for stored in self.transitions)
        ):
            return False
        if max(gains, default=0.0) > 0.0 and not all(self._outcomes):
            return False
        if any(self._prospect(scene).tries for scene in self._scenes.values()):
            return False
        # Where episodes begin alike, so do their plans.
        starts = {(scene.board, scene.start): scene for scene in self._latest_starts()}
        return not any(any(self._prospect(scene)) for scene in starts.values())

    def _latest_starts(self) -> Iterator[TrackedScene]:
        """Yield the scenes in which the latest episodes began."""
        before: dict[int, Transition] = {}
        starts: deque[Transition] = deque(maxlen=self.config.rules.settled_starts)
        for stored in self.transitions:
            if begins(stored, before.get(stored.env)):
                starts.append(stored)
            before[stored.env] = stored
        for start in reversed(starts):
            scene = TrackedScene(start.shape)
            scene.begin(start.facts, self.agency, self.understanding.verbs)
            yield scene

    def knowledge(self) -> Knowledge[RulesEpisode]:
        """Return the rules and rewards believed."""
        rules, unwritten = rule_beliefs(self.model), self.chance_rules()
        return Knowledge(
            kind=self.kind,
            agency=self.agency,
            transitions=self.transitions,
            entries=len(rules),
            value_bytes=0,
            store=self.model,
            rules=rules,
            course=self.course,
            choice=None if unwritten else rule_plans(self.model),
            unwritten=unwritten,
            situation=self.situation,
            reaches=self.effects,
            correction="price of the steps",
        )

    # Revising by hand.

    def revisable(self, facts: Facts, episode: RulesEpisode) -> tuple[RevisableBelief, ...]:
        """Return all rules, as `Revises` defines it."""
        return revisable_rules(self.model)

    def revise(self, key: str, name: str, value: float | str) -> None:
        """Give a field of a rule another value, as `Revises` defines it."""
        self.model = revised_model(self.model, key, name, value)

    # Saving.

    def state(self) -> dict[str, Any]:
        """Return everything learned, JSON-able."""
        return {
            "kind": self.kind,
            "agency": self.agency.state(),
            "model": self.model.state(),
            "sight": [self.errors.objects, self.errors.errors],
            "surprised": self._surprised,
            "tries": [[*key, count] for key, count in self._tries.items()],
            "gained": sorted(self._gained.items()),
            "outcomes": list(self._outcomes),
            "puzzles": [[*key, count] for key, count in self._puzzles.items()],
            "understanding": self.understanding.state(),
            "memory": [transition.to_list() for transition in self.transitions],
            **scenes_state(self._scenes),
        }

    def load(self, state: dict[str, Any]) -> None:
        """Take what `state()` gave, after a round through JSON."""
        self.understanding.load(state["agency"], state.get("understanding", {}))
        self.model.load(state["model"])
        self._likeness = dict(self.model.likeness)
        self.errors = ReadingErrors(*state["sight"], thresholds=self.config.rules)
        self._surprised = state["surprised"]
        self._tries = Counter({(body, action): count for body, action, count in state["tries"]})
        self._gained = {int(env): bool(good) for env, good in state.get("gained", ())}
        self._outcomes.clear()
        self._outcomes.extend(bool(good) for good in state.get("outcomes", ()))
        puzzles = (frozen(row) for row in state.get("puzzles", ()))
        self._puzzles = Counter(
            {(body, action, held, near): n for body, action, held, near, n in puzzles}
        )
        self.transitions.clear()
        self.transitions.extend(Transition.from_lists(stored) for stored in state["memory"])
        self._scenes = scenes_from(state)
        self._before = {stored.env: stored for stored in self.transitions}
