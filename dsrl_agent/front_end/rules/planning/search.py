"""Search for the contacts worth making: A* over scenes and the agent's places in them.

A state is a scene with the agent's place and type. The optimistic bound of A* (Hart, Nilsson &
Raphael 1968) is the reward of all good things that are left, less the steps that they take at
least. A scene is walked through in one go, the nearest places first, from each place at which it
is come upon. Every contact that may teach something has a price beside its distance, so the same
search finds the cheapest thing to try.
"""

from __future__ import annotations

import heapq
import itertools
import math
from dataclasses import dataclass

from dsrl_agent.front_end.rules.beliefs.model import ContactModel
from dsrl_agent.front_end.rules.board import Board, steps
from dsrl_agent.front_end.rules.contact import Aim, applied, looks_after
from dsrl_agent.front_end.rules.planning.expected import ExpectedContacts
from dsrl_agent.front_end.rules.planning.hopes import Hope, Hopes
from dsrl_agent.front_end.rules.planning.novelty import Novelty
from dsrl_agent.front_end.rules.planning.states import (
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
from dsrl_agent.types import FREE, HELD

_SAME = 1e-9  # rounding: values, in units, that differ by less are equal


@dataclass
class Search:
    """A search from one scene, run when it is made."""

    model: ContactModel
    moves: Moves
    novelty: Novelty
    hopes: Hopes
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
        self._contacts = ExpectedContacts(self.model, self.novelty)
        self._step = self.model.thresholds.step_price
        self._plain = self.model.plain
        self._fenced = {under for under, _, _ in self.moves.closed}
        self._counter = itertools.count()
        self._left = self.novelty.prices.states
        # With a move, a state is still in the scene before, and what follows is put off.
        self._queue: list[tuple[float, int, State, Move | None]] = []
        self._scenes: dict[tuple[tuple[int, ...], object, int], SearchScene] = {}
        hope = self.hopes.of(self.board)
        self._nearest = hope.goods > self.model.thresholds.exact_goods
        # Where the nearest good thing is fetched first: the best end, for where nothing is fetched.
        self._end: State | None = None
        self._end_value = 0.0
        first = self._scene(self.board)
        if first is not None:
            self._push(State(first, self.board.place, self.board.body), 0.0, math.inf)
            self._run()
        if self.best is None:
            self.best, self.value = self._end, self._end_value

    def _run(self) -> None:
        while self._queue and self._left > 0:
            bound, _, found, move = heapq.heappop(self._queue)
            if self._is_over(-bound, found.steps) or self._found_nearest:
                return
            state = found if move is None else self._arrived(found, move)
            if state is not None and (
                state.value(self._step) >= state.scene.reached[state.place, state.body]
            ):
                self._flood(Walks(state))

    def _arrived(self, found: State, move: Move) -> State | None:
        """Take a state that was put off into its scene, unless it was reached at no less value."""
        assert found.parent is not None
        assert found.contact is not None
        at = (found.parent.place, found.parent.body)
        scene = self._following(found.scene, at, move, found.contact)
        value, there = found.value(self._step), (found.place, found.body)
        if scene is None or value <= scene.reached.get(there, -math.inf) + _SAME:
            return None
        if found.contact.gain > 0.0 and found.parent.has_gained(scene, found.target):
            return None
        scene.reached[there] = value
        return found._replace(scene=scene)

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

    def _leads_on(self, bound: float, gain: float, left: Hope) -> bool:
        """Say whether a better plan, or something to try at no loss, may follow a state."""
        return bound > self.value + _SAME or (self._tries and gain + left.whole >= 0.0)

    def _flood(self, walks: Walks) -> None:
        """Walk from a state to all places of its scene, the nearest first, and meet what is met."""
        entry, scene = walks.entry, walks.entry.scene
        self._contacts.share(scene)
        after, frontier = entry.steps, [(entry.place, entry.body)]
        while frontier and self._left > 0:
            bound = entry.gain - self._step * after + scene.hope.most
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
                if target < 0 or (
                    cells[place] in fenced and self.moves.holds_up(cells[place], move)
                ):
                    continue
                if not going or cells[target] not in plain:
                    contact = self._contacts.of(scene, at, move, effect, leads, tries=self._tries)
                    if contact.price is not None or not contact.idle:
                        self._meet(walks, at, after, move, contact)
                    continue
                there = (target, body if effect is None else effect.type)
            if value > reached.get(there, -math.inf) + _SAME:
                reached[there] = value
                walks.came[there] = at, action
                following.append(there)

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
            contact = self._contacts.of(scene, at, move, guess, leads, tries=self._tries)
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
        left = None if self._tries else self._left_after(scene, target, move, contact)
        if left is not None:
            walks.met.add(met)
            self._put_off(walks, at, after, move, contact, left)
            return
        front = scene.board.cells[target]
        lands = scene.landing(at, move, effect)
        if not contact.expected.ends and (lands >= 0 or not effect.flung):
            if effect.becomes == HELD and not scene.may_put(target, self.novelty.prices.puts):
                return
            following = self._following(scene, at, move, contact)
            if following is not None:
                if contact.gain > 0.0 and walks.entry.has_gained(following, target):
                    return  # what pays again and again is planned for once
                scene, over = following, False
                tries = self._try_scene(walks, at, after, move, contact, following)
                body = looks_after(effect, move.effect.type, body, flies=lands >= 0)
                place = lands if lands >= 0 else place
        if effect.enters and self.moves.is_alike(move, effect) and not tries:
            walks.met.add(met)
        gain = walks.entry.gain + contact.gain
        value = gain - self._step * (after + 1)
        ends_first = self._nearest and contact.expected.ends
        better = value > (self._end_value if ends_first else self.value) + _SAME
        bound = value + self.hopes.at(scene.hope, scene.board.shape, place)
        goes_on = (
            not over
            and value > scene.reached.get((place, body), -math.inf) + _SAME
            and self._leads_on(bound, gain, scene.hope)
        )
        if better or goes_on:
            wrecks = walks.entry.wrecks or self.moves.wrecks(front, move, effect)
            found = State(
                scene, place, body, after + 1, gain, walks.state(at), move.action, contact,
                target, wrecks,
            )  # fmt: skip
            if better and ends_first:
                self._end, self._end_value = found, value
            elif better:
                self.best, self.value = found, value
            if goes_on:
                self._push(found, value, bound)

    def _left_after(
        self, scene: SearchScene, target: int, move: Move, contact: ExpectedContact
    ) -> Hope | None:
        """Return the hope of the scene after a contact, `None` where it must be looked at first."""
        hope, effect = scene.hope, contact.expected.effect
        if not hope.places or contact.expected.ends or not self.moves.is_alike(move, effect):
            return None
        if not effect.enters or effect.becomes != FREE:
            return None
        return self.hopes.without(hope, scene.board.shape, target)

    def _put_off(
        self, walks: Walks, at: Standing, after: int, move: Move, contact: ExpectedContact,
        left: Hope,
    ) -> None:  # fmt: skip
        """Follow a contact that takes a thing away; most scenes after one are never looked at."""
        assert move.leads is not None
        assert move.effect is not None
        target, scene, effect = move.leads[at[0]], walks.entry.scene, contact.expected.effect
        body = looks_after(effect, move.effect.type, -1, flies=False)
        gain = walks.entry.gain + contact.gain
        value = gain - self._step * (after + 1)
        bound = value + self.hopes.at(left, scene.board.shape, target)
        goes_on = self._leads_on(bound, gain, left)
        if goes_on or value > self.value + _SAME:
            found = State(
                scene, target, body, after + 1, gain, walks.state(at), move.action, contact,
                target, walks.entry.wrecks,
            )  # fmt: skip
            if value > self.value + _SAME:
                self.best, self.value = found, value
            if goes_on:
                heapq.heappush(self._queue, (-bound, next(self._counter), found, move))

    def _try_scene(
        self, walks: Walks, at: Standing, after: int, move: Move, contact: ExpectedContact,
        following: SearchScene,
    ) -> bool:  # fmt: skip
        """Take note of a scene that follows as something to try; say whether it is."""
        price = self.novelty.scene(following.board, following.since) if self._tries else None
        if price is None or contact.gain < 0.0:
            return False
        assert move.leads is not None
        target = move.leads[at[0]]
        front = walks.entry.scene.board.cells[target]
        if self.moves.wrecks(front, move, contact.expected.effect):
            return False
        self._try(walks, at, after, move, Offer(price, target, contact))
        return True

    def _following(
        self, scene: SearchScene, at: Standing, move: Move, contact: ExpectedContact
    ) -> SearchScene | None:
        """Return the scene after a contact, worked out once for all ways to come upon it."""
        place, effect = at[0], contact.expected.effect
        assert move.leads is not None
        assert move.effect is not None
        target = move.leads[place]
        by = None if self.moves.is_alike(move, effect) else (move.action, *at)
        key = (target, contact.number, by)
        if key not in scene.after:
            where = Aim(move.effect, target, -1 if target == place else move.leads[target])
            standing = scene.board.standing(*at)
            board = applied(standing, where, effect, move.action, self.model.verbs)
            scene.after[key] = self._scene(board)
        return scene.after[key]

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

    def _scene(self, board: Board) -> SearchScene | None:
        """Return the scene of a board, `None` if there are too many."""
        key = (board.cells, board.taken, board.held)
        found = self._scenes.get(key)
        if found is None and len(self._scenes) < self.model.thresholds.scenes:
            first = not self._scenes
            found = SearchScene(board, self.hopes.of(board), self.start, first)
            self._scenes[key] = found
        return found

    def _push(self, state: State, value: float, bound: float) -> None:
        state.scene.reached[state.place, state.body] = value
        heapq.heappush(self._queue, (-bound, next(self._counter), state, None))
