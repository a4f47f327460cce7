"""Search for the contacts worth making: A* over scenes and the agent's places in them.

A state is a scene with the agent's place and type. The optimistic bound of A* (Hart, Nilsson &
Raphael 1968) is the reward of all good things that are left, less a step for each. A scene is
walked through in one go, the nearest places first, from each place at which it is come upon. Every
contact that may teach something has a price beside its distance, so the same search finds the
cheapest thing to try.
"""

from __future__ import annotations

import heapq
import itertools
import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

from dsrl_agent.front_end.agency import ActionEffect
from dsrl_agent.front_end.rule import Effect
from dsrl_agent.front_end.rules.beliefs.model import ContactModel, Prediction
from dsrl_agent.front_end.rules.beliefs.rewards import in_units
from dsrl_agent.front_end.rules.beliefs.tries import does_nothing
from dsrl_agent.front_end.rules.board import Board, steps
from dsrl_agent.front_end.rules.contact import Aim, applied, context_of, landing
from dsrl_agent.front_end.rules.planning.novelty import Novelty
from dsrl_agent.front_end.rules.planning.states import (
    Contacts,
    ExpectedContact,
    Move,
    Moves,
    Offer,
    Refused,
    SearchScene,
    Standing,
    State,
    Walks,
)
from dsrl_agent.types import EDGE, FREE, HELD, KEPT

_SAME = 1e-9  # rounding: values, in units, that differ by less are equal


@dataclass
class Search:
    """A search from one scene, run when it is made."""

    model: ContactModel
    moves: Moves
    novelty: Novelty
    hopes: Callable[[Board], list[float]]  # of the good things in a scene, in units
    board: Board  # where it begins
    start: frozenset[int] = frozenset()  # the types seen when the episode began
    refused: frozenset[Refused] = frozenset()
    explores: bool = True  # whether it looks for things to try
    best: State | None = None  # the end of the best plan
    value: float = 0.0  # its value, in units
    # the end of the cheapest plan to something to try; not looked for any more with a best plan
    experiment: State | None = None
    price: float = math.inf  # steps and price of that

    def __post_init__(self) -> None:
        worth, unit = self.model.gain, self.model.unit
        # By reward and whether the episode ends; there are few of these.
        self._gain = cache(lambda reward, ends: in_units(worth(reward, ends), unit))
        self._step = self.model.thresholds.step_price
        self._plain = self.model.plain
        self._closed = self.model.fences.closed(self._plain)
        self._fenced = {side[0] for side in self._closed}
        self._counter = itertools.count()
        self._left = self.novelty.prices.states
        self._queue: list[tuple[float, int, State]] = []
        self._contacts: dict[object, Contacts] = {}
        self._numbers: dict[Prediction, int] = {}
        self._scenes: dict[tuple[tuple[int, ...], object, int], SearchScene] = {}
        hopes = self.hopes(self.board)
        self._nearest = len(hopes) > self.model.thresholds.exact_goods
        # Where the nearest good thing is fetched first: the best end, for where nothing is fetched.
        self._end: State | None = None
        self._end_value = 0.0
        first = self._scene(self.board)
        if first is not None:
            self._push(State(first, self.board.place, self.board.body), 0.0)
            self._run()
        if self.best is None:
            self.best, self.value = self._end, self._end_value

    def _run(self) -> None:
        while self._queue and self._left > 0:
            bound, _, state = heapq.heappop(self._queue)
            if self._is_over(-bound, state.steps) or self._found_nearest:
                return
            if state.value(self._step) >= state.scene.reached[state.place, state.body]:
                self._flood(Walks(state))

    @property
    def _found_nearest(self) -> bool:
        return self._nearest and self.best is not None

    @property
    def _tries(self) -> bool:
        """Whether something to try may be what is planned."""
        return self.explores and self.best is None

    def _is_over(self, bound: float, steps: int) -> bool:
        """Say whether nothing better can follow after so many steps."""
        if self.best is not None or not self.explores:
            return bound <= self.value + _SAME
        return bound <= _SAME and steps >= self.price

    def _flood(self, walks: Walks) -> None:
        """Walk from a state to all places of its scene, the nearest first, and meet what is met."""
        entry, scene = walks.entry, walks.entry.scene
        affairs = (scene.board.taken, scene.board.held, scene.since)
        scene.contacts = self._contacts.setdefault(affairs, scene.contacts)
        after, frontier = entry.steps, [(entry.place, entry.body)]
        while frontier and self._left > 0:
            bound = entry.gain - self._step * after + scene.hope
            if self._is_over(bound, after):
                return
            following: list[Standing] = []
            for at in frontier:
                self._expand(walks, at, after, following)
                if self._found_nearest:
                    return
            frontier, after = following, after + 1

    def _expand(self, walks: Walks, at: Standing, after: int, following: list[Standing]) -> None:
        """Follow all actions from where the agent stands after so many steps."""
        self._left -= 1
        (place, body), scene = at, walks.entry.scene
        cells, reached, plain = scene.board.cells, scene.reached, self._plain
        fenced = self._fenced
        value = walks.entry.gain - self._step * (after + 1)
        for move in self.moves.of(self.board.shape, body):
            action, leads, effect, going, _ = move
            if self.refused and (place, body, action) in self.refused:
                continue
            if leads is None:
                if effect is None or effect.type == body:
                    self._try_unknown(walks, at, after, move)
                    continue
                there = (place, effect.type)
            else:
                target = leads[place]
                if target < 0 or (cells[place] in fenced and self._holds_up(cells[place], move)):
                    continue
                if not going or cells[target] not in plain:
                    contact = self._contact(scene, at, move, effect, leads)
                    if contact.price is not None or not contact.idle:
                        self._meet(walks, at, after, move, contact)
                    continue
                there = (target, body if effect is None else effect.type)
            if value > reached.get(there, -math.inf) + _SAME:
                reached[there] = value
                walks.came[there] = at, action
                following.append(there)

    def _holds_up(self, under: int, move: Move) -> bool:
        """Say whether a step off a type is held up by a fence."""
        effect = move.effect
        side = None if effect is None else (under, effect.d_row, effect.d_col)
        return move.going and side in self._closed

    def _meet(
        self, walks: Walks, at: Standing, after: int, move: Move, contact: ExpectedContact
    ) -> None:
        """Make a contact, and take note of it as something to try."""
        assert move.leads is not None
        if contact.price is not None and after + 1 + contact.price < self.price:
            self._try(walks, at, after, move, Offer(contact.price, move.leads[at[0]], contact))
        if not contact.idle:
            self._touch(walks, at, after, move, contact)

    def _try_unknown(self, walks: Walks, at: Standing, after: int, move: Move) -> None:
        """Take note of an action of unknown reach, if something worth a try may be reached."""
        if not self._tries or after + 1 + self.novelty.prices.unknown >= self.price:
            return
        (place, body), scene = at, walks.entry.scene
        prices = [0.0] if move.effect is not None else []
        for guess in move.guesses:
            leads = steps(self.board.shape, guess.d_row, guess.d_col)
            target = leads[place]
            if target < 0:
                continue
            if move.going and scene.board.cells[target] in self._plain:
                prices.append(0.0)
                continue
            contact = self._contact(scene, at, move, guess, leads)
            prices += [] if contact.price is None else [contact.price]
        if prices:
            board = scene.board.standing(place, body)
            price = self.novelty.unknown(board, move.action) + min(prices)
            self._try(walks, at, after, move, Offer(price, -1, None))

    def _touch(
        self, walks: Walks, at: Standing, after: int, move: Move, contact: ExpectedContact
    ) -> None:
        """Follow a contact; it counts as an end of plans, and others may go on from there."""
        (place, body), scene, effect = at, walks.entry.scene, contact.expected.effect
        assert move.leads is not None
        assert move.effect is not None
        target, over, tries = move.leads[place], True, False
        met = (target, contact.number, move.effect.type)
        if met in walks.met:  # it was come upon in no more steps
            return
        front = scene.board.cells[target]
        lands = self._landing(scene, at, move, effect)
        if not contact.expected.ends and (lands >= 0 or not effect.flung):
            if effect.becomes == HELD and not self._may_put(scene, target):
                return
            following = self._following(scene, at, move, contact)
            if following is not None:
                scene, over = following, False
                price = self.novelty.scene(scene.board, scene.since) if self._tries else None
                if price is not None and not (
                    contact.gain < 0.0 or self._wrecks(front, move, effect)
                ):
                    tries = True
                    self._try(walks, at, after, move, Offer(price, target, contact))
                body = move.effect.type if lands >= 0 or effect.turns else body
                place = lands if lands >= 0 else place
        if effect.enters and self._is_alike(move, effect) and not tries:
            walks.met.add(met)
        gain = walks.entry.gain + contact.gain
        value = gain - self._step * (after + 1)
        ends_first = self._nearest and contact.expected.ends
        better = value > (self._end_value if ends_first else self.value) + _SAME
        goes_on = (
            not over
            and value > scene.reached.get((place, body), -math.inf) + _SAME
            # A state that would be over when its turn came need not wait for it.
            and (self.best is None or value + scene.hope > self.value + _SAME)
        )
        if better or goes_on:
            wrecks = walks.entry.wrecks or self._wrecks(front, move, effect)
            last = walks.state(at)
            found = State(
                scene, place, body, after + 1, gain, last, move.action, contact, target, wrecks
            )
            if better and ends_first:
                self._end, self._end_value = found, value
            elif better:
                self.best, self.value = found, value
            if goes_on:
                self._push(found, value)

    def _landing(self, scene: SearchScene, at: Standing, move: Move, effect: Effect) -> int:
        """Return the place that an effect takes the agent to, or -1 if none is known."""
        assert move.leads is not None
        assert move.effect is not None
        target = move.leads[at[0]]
        if effect.enters or not effect.flung:
            return target if effect.enters else -1
        return landing(scene.board.standing(*at), Aim(move.effect, target, -1), effect)

    def _following(
        self, scene: SearchScene, at: Standing, move: Move, contact: ExpectedContact
    ) -> SearchScene | None:
        """Return the scene after a contact, worked out once for all ways to come upon it."""
        place, effect = at[0], contact.expected.effect
        assert move.leads is not None
        assert move.effect is not None
        target = move.leads[place]
        by = None if self._is_alike(move, effect) else (move.action, *at)
        key = (target, contact.number, by)
        if key not in scene.after:
            where = Aim(move.effect, target, -1 if target == place else move.leads[target])
            standing = scene.board.standing(*at)
            board = applied(standing, where, effect, move.action, self.model.verbs)
            scene.after[key] = self._scene(board)
        return scene.after[key]

    def _is_alike(self, move: Move, effect: Effect) -> bool:
        """Say whether the same scene follows from wherever the agent comes."""
        return move.going and effect.beyond == KEPT and not self.model.verbs.loads

    def _wrecks(self, front: int, move: Move, effect: Effect) -> bool:
        """Say whether an action makes a thing vanish that is not in hand then."""
        gone = effect.becomes == FREE and front != FREE
        return gone and not move.going and not self.model.verbs.takes(move.action)

    def _try(self, walks: Walks, at: Standing, after: int, move: Move, offer: Offer) -> None:
        """Take note of something to try, at no loss on the way, and with nothing wrecked."""
        entry, total = walks.entry, after + 1 + offer.price
        if entry.gain < 0.0 or entry.wrecks or total >= self.price:
            return
        if entry.scene.first:
            total += self.novelty.repeated((move.action, *at, entry.scene.board.held))
        if total < self.price:
            self.price = total
            self.experiment = State(
                entry.scene, *at, after + 1, entry.gain, walks.state(at),
                move.action, offer.contact, offer.target,
            )  # fmt: skip

    def _contact(
        self,
        scene: SearchScene,
        at: Standing,
        move: Move,
        effect: ActionEffect | None,
        leads: tuple[int, ...],
    ) -> ExpectedContact:
        """Return what is expected of a contact; it is worked out once in a scene."""
        (place, body), cells = at, scene.board.cells
        target = leads[place]
        beyond = -1 if target == place else leads[target]
        key = (move.action, body, cells[target], EDGE if beyond < 0 else cells[beyond])
        found = scene.contacts.get(key)
        if found is None:
            assert effect is not None
            where = Aim(effect, target, beyond)
            found = scene.contacts[key] = self._expected(scene, at, move, where)
        return found

    def _expected(
        self, scene: SearchScene, at: Standing, move: Move, where: Aim
    ) -> ExpectedContact:
        standing = scene.board.standing(*at)
        context = context_of(standing, move.action, where, scene.since)
        expected = self.model.predict(context)
        gain = self._gain(expected.reward, expected.ends)
        idle = does_nothing(context.front, expected.effect) and not expected.ends and not gain
        costs = gain < 0.0 or (expected.ends and gain <= 0.0)
        price = self.novelty.price(context, expected) if self._tries else None
        number = self._numbers.setdefault(expected, len(self._numbers))
        return ExpectedContact(expected, gain, idle or (costs and expected.ends), price, number)

    def _may_put(self, scene: SearchScene, target: int) -> bool:
        """Say whether a plan may put a thing down at a place of a scene; few places are tried."""
        if target not in scene.puts and len(scene.puts) >= self.novelty.prices.puts:
            return False
        scene.puts.add(target)
        return True

    def _scene(self, board: Board) -> SearchScene | None:
        """Return the scene of a board, `None` if there are too many."""
        key = (board.cells, board.taken, board.held)
        found = self._scenes.get(key)
        if found is None and len(self._scenes) < self.model.thresholds.scenes:
            first = not self._scenes
            hope = sum(max(0.0, hope - self._step) for hope in self.hopes(board))
            found = SearchScene(board, hope, self.start, first)
            self._scenes[key] = found
        return found

    def _push(self, state: State, value: float) -> None:
        state.scene.reached[state.place, state.body] = value
        heapq.heappush(self._queue, (-(value + state.scene.hope), next(self._counter), state))
