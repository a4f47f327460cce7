"""Understand the actions: the agent, the cells that actions reach, and the kinds of actions."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from dsrl_agent.config import FrontEndConfig
from dsrl_agent.front_end.agency import ActionEffects, Agency
from dsrl_agent.front_end.foresight.foresight import Foresight
from dsrl_agent.front_end.rule import Verbs
from dsrl_agent.front_end.rules.board import Board
from dsrl_agent.front_end.rules.contact import aim
from dsrl_agent.front_end.rules.motion.movers import Movers
from dsrl_agent.front_end.rules.motion.on_the_spot import OnTheSpot, acting_on_the_spot, loads_of
from dsrl_agent.front_end.rules.motion.slips import SlipCounts, Slips
from dsrl_agent.front_end.rules.planning.chance import Chances
from dsrl_agent.front_end.rules.reach import Reach, Understood
from dsrl_agent.front_end.rules.reading import ReadingErrors
from dsrl_agent.front_end.rules.tracking import Contact, Senses
from dsrl_agent.types import FREE, Transition


class Understanding:
    """What is understood of the actions; contacts are booked by it."""

    def __init__(self, num_actions: int, config: FrontEndConfig) -> None:
        self.agency = Agency(config.agency)
        self.effects: ActionEffects = {}  # what each action reaches, as last understood
        self.verbs = Verbs()  # the kinds of actions, as last understood
        self.turns = False  # whether the agent's appearance decides what actions reach
        self.idle: frozenset[int] = frozenset()  # actions that are not known to do anything
        self._unknown: dict[int, tuple[int, ...]] = {}  # what `unknown` gave, by appearance
        self._actions = range(num_actions)
        self.slips: Slips = {}  # the chances of where actions lead, on slippery ground
        self.movers = Movers(config.chance)
        self._reach = Reach()
        self._slip_counts = SlipCounts(config.chance)
        self._spot = OnTheSpot(config.agency, config.rewards)
        self._config = config
        self._looks = self.agency.self_types  # as of the last transition
        self._dared = 0  # steps to an empty place beside something that walks
        self._hurt = 0  # those of them that ended the episode
        self._met = 0.0  # the things that walk expected where the agent was to stand then
        self._takers: frozenset[int] = frozenset()  # the actions known to take things
        self._plain: Understood | None = None  # what the effects are, if no action is on the spot
        self.foresight: Foresight | None = None  # where things walk, and the agent does not turn
        self._refresh()

    def observe(self, transitions: Sequence[Transition], latest: Sequence[Transition]) -> bool:
        """Learn from the latest of the transitions; return whether all is understood as before."""
        looks, puts, walking = self._looks, self.agency.puts(), self.movers.types
        for transition in latest:
            self.agency.observe(transition)
        new = latest
        if self.agency.self_types != looks:
            new = transitions
            self._spot = OnTheSpot(self._config.agency, self._config.rewards)
            self.movers.load([])
        for transition in new:
            self.movers.observe(transition, self.agency)
            self._spot.observe(transition, self.agency)
        if self.agency.puts() != puts:  # what passed for a step was none, or the other way round
            new = transitions
        if new is transitions:
            self._slip_counts = SlipCounts(self._config.chance)
        for transition in new:
            self._slip_counts.observe(transition, self.agency)
        if new is transitions or self.movers.types != walking:
            self._reach, new = Reach(), transitions
        for transition in new:
            self._reach.observe(transition, self.agency, self.movers.types)
        unchanged = self._refresh() and self.movers.types == walking
        self._foresee(transitions, latest, anew=self._looks != self.agency.self_types)
        self._looks = self.agency.self_types
        return unchanged

    def _foresee(
        self, transitions: Sequence[Transition], latest: Sequence[Transition], *, anew: bool
    ) -> None:
        """Learn from the latest transitions how the world moves by itself, or from all `anew`."""
        if self.turns or not self.movers.types:
            self.foresight = None
            return
        if self.foresight is None or anew:
            self.foresight, latest = self._new_foresight(), transitions
        for transition in latest:
            self.foresight.observe(transition, self.agency)

    def _new_foresight(self) -> Foresight:
        config = self._config
        return Foresight(len(self._actions), config.foresight, config.rewards)

    def learn_taking(self, action: int) -> None:
        """Learn that an action takes things, as what vanished by it was put down later."""
        self._takers |= {action}

    def reaches(self, body: int, action: int) -> bool:
        """Say whether it is known what an action reaches, or turns the agent into."""
        if action in self.verbs.here:
            return True
        effect = self.effects.get((body, action))
        return effect is not None and effect != (0, 0, body)

    def unknown(self, body: int) -> tuple[int, ...]:
        """Return the actions of an appearance of which it is not known what they reach."""
        if body not in self._unknown:
            actions = (action for action in self._actions if not self.reaches(body, action))
            self._unknown[body] = tuple(actions)
        return self._unknown[body]

    def senses(self, errors: ReadingErrors, staying: frozenset[int]) -> Senses:
        """Return the knowledge by which a scene is followed.

        `staying` holds the types that stay where they are when the agent enters their cells.
        """
        return Senses(
            self.agency, self.effects, errors, self.verbs, staying, self.movers.types, self.slips
        )

    def disturbed(
        self, before: Board, after: Board, contact: Contact, transition: Transition, *, ends: bool
    ) -> bool:
        """Say whether a thing that walks may have caused what a contact shows.

        Ends beside one are counted as a risk of walking there, but those that the contact itself is
        known to bring: `ends` says whether it is, or nothing is known of it.
        """
        walking = self.movers.types
        where = aim(before, contact.context.action, self.effects, self.verbs)
        if not walking or where is None:
            return False
        front, entered = contact.context.front, after.place != before.place
        # Where something is in its way, the agent may stay where it is.
        stands = {where.target} if front == FREE else {where.target, before.place} - {-1}
        beside = any(_beside_any(before, place, walking) for place in stands)
        if beside and (front == FREE or (transition.terminated and not ends)):
            self._dared += 1
            self._hurt += transition.terminated
            self._met += sum(self._coming(before, place) for place in stands)
            return transition.terminated
        if transition.terminated or entered or where.target < 0:
            return False
        now = after.cells[where.target]
        return front in walking or (now in walking and now != before.held)

    def chances(self, hazards: frozenset[int]) -> Chances:
        """Return the world as far as chance rules it; `hazards` walk and are to be avoided."""
        tried = self._dared + self._config.chance.risk_tries
        # In a step beside it, a thing comes where the agent stands by this chance.
        comes = self._met / self._dared if self._met else 1.0
        risk = min(1.0, self._hurt / tried / comes)
        return Chances(self.slips, {of: self.movers.steps(of) for of in hazards}, risk)

    def _coming(self, board: Board, place: int) -> float:
        """Return the number of things that walk that are expected to come to a place."""
        row, col = divmod(place, board.shape[1])
        walking = {of: self.movers.steps(of) for of in self.movers.types & set(board.cells)}
        return sum(
            walking[cell].get((row - at // board.shape[1], col - at % board.shape[1]), 0.0)
            for at, cell in enumerate(board.cells)
            if cell in walking
        )

    def state(self) -> dict[str, Any]:
        """Return what is understood, without the agency, JSON-able."""
        return {
            "reach": self._reach.state(),
            "takers": sorted(self._takers),
            "movers": self.movers.state(),
            "slips": self._slip_counts.state(),
            "spot": self._spot.state(),
            "risk": [self._dared, self._hurt, self._met],
            "foresight": None if self.foresight is None else self.foresight.state(),
        }

    def load(self, agency: list[list[int]], state: dict[str, Any]) -> None:
        """Take what `agency.state()` and `state()` gave, or an older version that had no state."""
        self.agency.load(agency)
        self._looks = self.agency.self_types
        self._reach.load(state.get("reach", []))
        self._takers = frozenset(state.get("takers", ()))
        self.movers.load(state.get("movers", []))
        self._slip_counts.load(state.get("slips", []))
        self._spot.load(state.get("spot", {}))
        self._dared, self._hurt, *met = state.get("risk", (0, 0))
        self._met = float(*met)  # earlier versions did not count it
        self.foresight = None
        if state.get("foresight") is not None:
            self.foresight = self._new_foresight()
            self.foresight.load(state["foresight"])
        self._refresh()

    def _refresh(self) -> bool:
        """Bring all up to date; return whether it stayed as it was."""
        reached, same = self._reach.understood(self.agency, len(self._actions)), True
        spot = frozenset[int]() if reached.turns else self._spot.actions(reached.reaching)
        if spot or self._plain is not reached or self._takers != self.verbs.takers:
            same = self._renew(reached, spot)
        slippery = bool(self.slips)
        self.slips = {} if self.turns or self.movers.types else self._slip_counts.slips()
        return same and slippery == bool(self.slips)

    def _renew(self, reached: Understood, spot: frozenset[int]) -> bool:
        """Take over what is understood now; return whether it is as it was."""
        effects, verbs = reached.effects, Verbs(reached.moving, self._takers)
        self.turns = reached.turns
        if spot:
            seen = {key: of for key, of in self.agency.effects().items() if key[1] not in spot}
            loads = loads_of(seen, self._spot.usual())
            verbs = verbs._replace(here=spot, loads=tuple(sorted(loads.items())))
            effects = acting_on_the_spot(effects, self._spot.turns(spot, effects), spot)
        same = (effects, verbs) == (self.effects, self.verbs)
        self.effects, self.verbs = effects, verbs
        self._unknown.clear()
        acting = {action for (look, action) in effects if self.reaches(look, action)}
        self.idle = frozenset(self._actions) - acting
        self._plain = None if spot else reached
        return same


def _beside_any(board: Board, place: int, types: frozenset[int]) -> bool:
    """Say whether an object of one of the types stands beside a place, or across a corner."""
    row, col = divmod(place, board.shape[1])
    return any(
        cell in types and max(abs(at // board.shape[1] - row), abs(at % board.shape[1] - col)) == 1
        for at, cell in enumerate(board.cells)
    )
