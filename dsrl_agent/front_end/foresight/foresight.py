"""Choose actions by what is foreseen in a world that moves by itself."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from dsrl_agent.front_end.foresight.aims import aims_of
from dsrl_agent.front_end.foresight.events import Events, Kind
from dsrl_agent.front_end.foresight.learner import MotionLearner
from dsrl_agent.front_end.foresight.options import deeds_of, moves_of
from dsrl_agent.front_end.foresight.planner import (
    Options,
    Stakes,
    TimeLayer,
    action_values,
    lasting_values,
)
from dsrl_agent.front_end.foresight.tracks import Place
from dsrl_agent.front_end.foresight.walks import Guess
from dsrl_agent.front_end.foresight.watch import Watch
from dsrl_agent.types import Floats, Shape


class Foresight(MotionLearner):
    """Values the agent's actions among things that move, on what was learned of them."""

    _known: tuple[object, Options, Floats] | None = None  # what changes seldom

    def load(self, state: Mapping[str, Any]) -> None:
        """Take what `state()` gave, after a round through JSON."""
        super().load(state)
        self._known = None

    def values(self, watch: Watch) -> Floats | None:
        """Return the value `[actions]` of each action, `None` where the agent was never seen."""
        events = self.events
        if watch.place is None or events is None or events.shape != watch.shape:
            return None
        stakes = self._stakes(watch.shape)
        options, lasting = self._lasting(watch, events, stakes)
        place = watch.place[0] * watch.shape[1] + watch.place[1]
        rests, shot_rests = options.moves.shape[1], options.throws.shape[1]
        state = (min(watch.rest, rests) - 1, min(watch.shot_rest, shot_rests) - 1, place)
        return action_values(options, self._layers(watch, events), lasting, stakes, state)

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

    def _lasting(self, watch: Watch, events: Events, stakes: Stakes) -> tuple[Options, Floats]:
        """Return the options without aims, and the value of each place in the long run.

        They are made anew now and then, and where something happened or the board has changed.
        """
        still = self.walks.still(watch.labels)
        due = self._steps // self._thresholds.refresh
        key = (watch.shape, due, self._happened, frozenset(still.items()))
        if self._known is None or self._known[0] != key:
            options = self._options(still, events)
            lasting = self._worth_of_places(watch.shape, options, stakes)
            self._known = key, options, lasting
        return self._known[1:]

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

    def _layers(self, watch: Watch, events: Events) -> list[TimeLayer]:
        """Return what the things on the board do to the agent in each of the next steps."""
        still, depth = self.walks.still(watch.labels), self._thresholds.layers
        doings = np.zeros((depth, 3, *watch.shape))
        done = _Doings(events, self.gait.axes())
        for track in watch.tracks:
            if track.type in self.walks.movers and track.type in events.concern:
                foreseen = self.walks.foresee(track, still, events.shape, depth)
                for layer, guesses in zip(doings, foreseen, strict=True):
                    done.add(layer, guesses)
        doings[:, :2] = np.minimum(doings[:, :2], 1.0)
        flat = doings.reshape(depth, 3, -1)
        novelty = self._novelty(watch.shape)
        aims = aims_of(
            list(self.shots.throws.values()), self.walks, events, watch, depth,
            self._num_actions, self._thresholds.patience,
        )  # fmt: skip
        return [
            TimeLayer(ends, flings, gains + novelty, aim)
            for (ends, flings, gains), aim in zip(flat, aims, strict=True)
        ]


class _Doings:
    """What each kind of thing does to the agent, laid out by the place that the agent goes to."""

    def __init__(self, events: Events, axes: tuple[bool, bool]) -> None:
        self._events, self._axes = events, axes
        self._maps: dict[Kind, Floats | None] = {}

    def add(self, layer: Floats, guesses: Sequence[Guess]) -> None:
        """Add to a layer, `[3, rows, columns]`, what a thing does wherever the agent goes."""
        rows, cols = self._events.shape
        for chance, at, step in guesses:
            kind = at.type, at.last, step
            if kind not in self._maps:
                doing = self._events.map_of(kind, self._axes)
                # The offset to the thing falls as the agent's row and column grow.
                self._maps[kind] = None if doing is None else doing[:, ::-1, ::-1].copy()
            doing = self._maps[kind]
            if doing is not None:
                row, col = rows - 1 - at.row, cols - 1 - at.col
                layer += chance * doing[:, row : row + rows, col : col + cols]
