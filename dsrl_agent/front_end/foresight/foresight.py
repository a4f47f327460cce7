"""Choose actions by what is foreseen in a world that moves by itself."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Any, NamedTuple

import numpy as np

from dsrl_agent.front_end.foresight.aims import aims_of
from dsrl_agent.front_end.foresight.events import Events, Kind
from dsrl_agent.front_end.foresight.learner import MotionLearner
from dsrl_agent.front_end.foresight.options import deeds_of, moves_of
from dsrl_agent.front_end.foresight.planner import (
    Options,
    ReachedPlaces,
    Stakes,
    TimeLayer,
    action_values,
    ground_of,
    lasting_values,
)
from dsrl_agent.front_end.foresight.tracks import Place, ThingTrack
from dsrl_agent.front_end.foresight.walks import Future, Outlook, ThingWalks
from dsrl_agent.front_end.foresight.watch import Watch
from dsrl_agent.types import Floats, Ints, Shape


class Foresight(MotionLearner):
    """Values the agent's actions among things that move, on what was learned of them."""

    _known: _Known | None = None  # what changes seldom
    _doings: _Doings | None = None  # what each thing does, as long as nothing is learned

    def __getstate__(self) -> dict[str, Any]:
        """Leave out of copies what is worked out anew, see `ThingWalks`."""
        return {**self.__dict__, "_doings": None}

    def load(self, state: Mapping[str, Any]) -> None:
        """Take what `state()` gave, after a round through JSON."""
        super().load(state)
        self._known = self._doings = None

    def values(self, watch: Watch) -> Floats | None:
        """Return the value `[actions]` of each action, `None` where the agent was never seen."""
        events = self.events
        if watch.place is None or events is None or events.shape != watch.shape:
            return None
        stakes = self._stakes(watch.shape)
        known = self._lasting(watch, events, stakes)
        place = watch.place[0] * watch.shape[1] + watch.place[1]
        rests, shot_rests = known.options.moves.shape[1], known.options.throws.shape[1]
        state = (min(watch.rest, rests) - 1, min(watch.shot_rest, shot_rests) - 1, place)
        if place not in known.grounds:  # where nothing was flung, no landing is known
            landing = stakes.landing if self._landings else place
            known.grounds[place] = ground_of(known.options, place, landing)
        ground = known.grounds[place]
        layers = self._layers(watch, events, known.still, ground.places)
        return action_values(known.options, layers, known.lasting, stakes, state, ground)

    def places(self, watch: Watch, types: Collection[int], layers: int) -> Floats:
        """Return `[layers, n]`: the chances that a thing of these types is at each place.

        The first layer is for now, the others are for after each of the next steps.
        """
        self.walks.go_on(self.walks.still(watch.labels), watch.shape)
        tracks = [track for track in watch.tracks if track.type in types]
        size = watch.shape[0] * watch.shape[1]
        if not tracks:
            return np.zeros((layers, size))
        spread = self.walks.spread(tracks, layers)
        found = np.bincount(spread.numbers, spread.chances, layers * size)
        return np.minimum(found, 1.0).reshape(layers, size)

    def _stakes(self, shape: Shape) -> Stakes:
        """Return what values are made of; a life is worth what it earns in the long run."""
        patience = self._thresholds.patience
        rate = self._gained / max(1, self._steps)
        life = max(self._unit, rate / max(1.0 - patience, self._thresholds.settled))
        row, col = max(self._landings, key=lambda at: (self._landings[at], at), default=(0, 0))
        return Stakes(patience, life, row * shape[1] + col, self._thresholds.settled)

    @property
    def _unit(self) -> float:
        """The highest gain of a step, 1 as long as there was none."""
        return self.events.best if self.events is not None and self.events.best > 0.0 else 1.0

    def _lasting(self, watch: Watch, events: Events, stakes: Stakes) -> _Known:
        """Return the options without aims, and the value of each place in the long run.

        They are made anew now and then, and where something happened or the board has changed.
        """
        still = self.walks.still(watch.labels)
        due = self._steps // self._thresholds.refresh
        key = (watch.shape, due, self._happened, still)
        if self._known is None or self._known.key != key:
            options = self._options(still, events)
            lasting = self._worth_of_places(watch.shape, options, stakes)
            self._known = _Known(key, still, options, lasting, {})
        return self._known

    def _options(self, still: Mapping[Place, int], events: Events) -> Options:
        """Return the agent's actions on a board; `still` holds the things that do not move."""
        rests = self.gait.rests()
        leads, moves = moves_of(self.gait, still, events.shape)
        deeds = deeds_of(events, self._num_actions, rests, self._thresholds.doubt)
        throws = np.zeros((self._num_actions, self.shots.rests()))
        for action in self.shots.throws:
            for rest in range(throws.shape[1]):
                throws[action, rest] = self.shots.chance(action, rest + 1)
        return Options(leads, moves, deeds, throws)

    def _worth_of_places(self, shape: Shape, options: Options, stakes: Stakes) -> Floats:
        """Return the value of each place where things are met there as often as so far."""
        hurt = np.zeros((2, *shape))
        for place, (tried, ended, flung) in self._hurt.items():
            hurt[:, *place] = np.array([ended, flung]) / (tried + self._thresholds.doubt)
        ends, flings = hurt.reshape(2, -1)
        aims = np.zeros((self._num_actions, len(ends)))
        layer = TimeLayer(ends, flings, self._novelty(shape), aims)
        return lasting_values(options, layer, stakes, self._thresholds.sweeps)

    def _novelty(self, shape: Shape) -> Floats:
        """Return what is hoped of places seldom gone to, as long as nothing good is known."""
        found = np.zeros(shape)
        if self.events is None or self.events.best <= 0.0:
            found[:] = self._unit
            for place, count in self._aimed.items():
                if count >= self._thresholds.tries:
                    found[place] = 0.0
        return found.ravel()

    def _layers(
        self, watch: Watch, events: Events, still: Mapping[Place, int], places: Ints
    ) -> TimeLayer:
        """Return what the things on the board do to the agent in each of the next steps.

        That is worked out for the places that it may come to.
        """
        walks, depth = self.walks, self._thresholds.layers
        aims: Floats = np.zeros((depth, self._num_actions, watch.shape[0] * watch.shape[1]))
        throws, patience = self.shots.throws.values(), self._thresholds.patience
        worths = aims_of(throws, walks, events, watch, places, depth, patience)
        for action, worth in worths.items():
            aims[:, action, places] = worth
        walks.go_on(still, watch.shape)
        key = events, events.version, self.gait.axes(), places.tobytes()
        if self._doings is None or self._doings.key != key:
            self._doings = _Doings(key, events, self.gait.axes(), depth, places)
        movers = walks.movers & events.concern
        doings = self._doings.of(walks, [at for at in watch.tracks if at.type in movers])
        ends, flings, gains = doings.swapaxes(0, 1)
        return TimeLayer(
            np.minimum(ends, 1.0), np.minimum(flings, 1.0), gains + self._novelty(watch.shape), aims
        )


class _Known(NamedTuple):
    """What changes seldom."""

    key: object  # what it follows from
    still: Mapping[Place, int]  # the things that do not move
    options: Options
    lasting: Floats  # the value of each place in the long run
    grounds: dict[int, ReachedPlaces]  # by the agent's place, where it may come to


class _Doings:
    """What things do to the agent over some steps, laid out by the place that it goes to.

    Of `places` alone anything is told. What was worked out is kept; `key` is what it holds for.
    """

    def __init__(
        self, key: object, events: Events, axes: tuple[bool, bool], depth: int, places: Ints
    ) -> None:
        self.key = key
        reached = np.zeros(events.shape, np.bool_)
        reached.flat[places] = True
        self._reached = reached
        self._events, self._axes, self._depth = events, axes, depth
        self._maps: dict[Kind, Floats | None] = {}
        self._laid: dict[tuple[Kind, int, int], _Amounts] = {}
        self._at: dict[Outlook, _Amounts] = {}
        self._of: dict[Future, _FutureDoings] = {}
        self._version = -1  # of what is foreseen

    def of(self, walks: ThingWalks, tracks: Iterable[ThingTrack]) -> Floats:
        """Return `[steps, 3, n]`: chances of ends and of flings, and gains, of all together."""
        rows, cols = self._events.shape
        if walks.version != self._version:
            self._at, self._of, self._version = {}, {}, walks.version
        parts, steps, chances = list[_Amounts](), list[int](), list[float]()
        for track in tracks:
            future, now = walks.foresee(track, self._depth)
            course = self._of.get(future)
            if course is None:
                course = self._of[future] = _FutureDoings([], [], [], [0])
            self._bring_up_to(course, future, now + self._depth)
            chosen = slice(course.starts[now], course.starts[now + self._depth])
            parts += course.parts[chosen]
            chances += course.chances[chosen]
            steps += [layer - now for layer in course.layers[chosen]]
        size = self._depth * 3 * rows * cols
        if not parts:
            return np.zeros((self._depth, 3, rows * cols))
        counts = [len(part.cells) for part in parts]
        amounts: Floats = np.concatenate([part.amounts for part in parts])
        cells: Ints = np.concatenate([part.cells for part in parts])
        cells += np.repeat(np.array(steps) * (3 * rows * cols), counts)
        # In this order, one by one.
        summed = np.bincount(cells, np.repeat(chances, counts) * amounts, size)
        return np.asarray(summed, np.float64).reshape(self._depth, 3, rows * cols)

    def _bring_up_to(self, course: _FutureDoings, future: Future, end: int) -> None:
        """Work out what a thing does up to a layer of its future."""
        for layer in range(len(course.starts) - 1, end):
            for chance, at in future.guesses(layer):
                amounts = self._at.get(at) or self._lay(at)
                if amounts is not _NOTHING:
                    course.parts.append(amounts)
                    course.chances.append(chance)
                    course.layers.append(layer)
            course.starts.append(len(course.parts))

    def _lay(self, at: Outlook) -> _Amounts:
        """Return what a thing does from its place in a step, wherever the agent goes."""
        of = at.manner.of
        where = (of.type, of.last, at.step), *divmod(at.cell, self._events.shape[1])
        if where not in self._laid:
            self._laid[where] = self._counted(*where)
        found = self._at[at] = self._laid[where]
        return found

    def _counted(self, kind: Kind, at_row: int, at_col: int) -> _Amounts:
        if kind not in self._maps:
            doing = self._events.map_of(kind, self._axes)
            # The offset to the thing falls as the agent's row and column grow.
            self._maps[kind] = None if doing is None else doing[:, ::-1, ::-1]
        doing = self._maps[kind]
        if doing is None:
            return _NOTHING
        rows, cols = self._events.shape
        row, col = rows - 1 - at_row, cols - 1 - at_col
        laid = (doing[:, row : row + rows, col : col + cols] * self._reached).ravel()
        cells = np.flatnonzero(laid)
        return _Amounts(cells, laid[cells]) if len(cells) else _NOTHING


class _Amounts(NamedTuple):
    """Amounts other than 0 in an array, by the numbers of its cells."""

    cells: Ints
    amounts: Floats


_NOTHING = _Amounts(np.zeros(0, np.int64), np.zeros(0))


class _FutureDoings(NamedTuple):
    """What a thing does in its future, from each guess that does anything."""

    parts: list[_Amounts]
    chances: list[float]  # of the guesses
    layers: list[int]  # of the guesses
    starts: list[int]  # by layer, where its guesses begin among them
