"""Learn a world that moves by itself, and choose actions by what is foreseen in it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

import numpy as np

from dsrl_agent.config import ForesightThresholds
from dsrl_agent.front_end.agency import Agency
from dsrl_agent.front_end.foresight.events import (
    ENDS,
    FLINGS,
    GAIN,
    TRIED,
    Events,
    Happening,
    Near,
    Occasion,
    near_of,
)
from dsrl_agent.front_end.foresight.gait import Gait
from dsrl_agent.front_end.foresight.planner import (
    Layer,
    Options,
    Stakes,
    action_values,
    lasting_values,
)
from dsrl_agent.front_end.foresight.shots import Shots, Throw
from dsrl_agent.front_end.foresight.tracks import (
    UNMOVED,
    Matching,
    Offset,
    Place,
    Track,
    far,
    ahead_of,
)
from dsrl_agent.front_end.foresight.walks import Walks
from dsrl_agent.front_end.foresight.watch import Watch
from dsrl_agent.types import EDGE, FREE, Facts, Floats, Shape, Transition, frozen


class Foresight:
    """What is learned of things that move, of the agent among them, and of what follows."""

    def __init__(self, num_actions: int, thresholds: ForesightThresholds) -> None:
        self._num_actions, self._thresholds = num_actions, thresholds
        self.walks, self.gait = Walks(thresholds), Gait(num_actions, thresholds)
        self.shots = Shots(thresholds)
        self.events: Events | None = None  # `None` until the size of the grid is known
        self._rewards: Counter[float] = Counter()
        self._landings: Counter[Place] = Counter()
        self._aimed: Counter[Place] = Counter()  # times that the agent went for each place
        self._hurt: dict[Place, list[float]] = {}  # by place gone to: ends, flings by things
        self._watches: dict[int, Watch] = {}  # by environment
        self._steps, self._gained = 0, 0.0
        self._touched, self._happened = 0, 0
        self._known: tuple[object, Options, Floats] | None = None  # what changes seldom

    # Learning.

    def observe(self, transition: Transition, agency: Agency) -> None:
        """Learn from a transition."""
        self._rewards[transition.reward] += 1
        if transition.shape is None or agency.self_type is None:
            return
        if self.events is None or self.events.shape != transition.shape:
            self.events = Events(transition.shape, self._thresholds)
        own, after = agency.find(transition.facts), agency.find(transition.next_facts)
        watch = self._watches.get(transition.env)
        if watch is None or transition.first or watch.facts != transition.facts:
            watch = self._watches[transition.env] = self.watch(transition.shape)
            watch.begin(transition.facts, own, agency.self_types)
        before = watch.copy()
        matching = watch.advance(transition.next_facts, after, agency.self_types)
        self._learn(before, watch, matching, transition)

    def watch(self, shape: Shape) -> Watch:
        """Return the memory of a new episode."""
        return Watch(shape, self._thresholds.ages, self._thresholds.rests)

    def _learn(
        self, before: Watch, after: Watch, matching: Matching, transition: Transition
    ) -> None:
        if before.place is None or before.labels is None or after.place is None:
            return
        labels, shape, action = before.labels, before.shape, transition.action
        still = self.walks.still(labels)
        expected = {
            track: self.walks.chances(track, ahead_of(track, still, shape))[0][0] or UNMOVED
            for track in before.tracks
            if track.type in self.walks.movers
        }
        # At an end things may be drawn anywhere.
        for track, step in () if transition.terminated else matching.steps:
            self.walks.observe(track, ahead_of(track, still, shape), step)
        aim = self._aim(before.place, action, before.rest, shape)
        offset = after.place[0] - before.place[0], after.place[1] - before.place[1]
        flung = offset not in {UNMOVED, *self.gait.steps.values()} and far(offset) > 1
        if flung:
            self._landings[after.place] += 1
        elif not transition.terminated:
            front = self._front(before.place, action, labels, shape)
            self.gait.observe(action, before.rest, front, offset)
        self._book(before, transition, expected, aim if flung else after.place, flung=flung)
        thrown = self.shots.observe(action, before.shot_rest, before.place, matching.new)
        after.threw(thrown)

    def _book(
        self,
        before: Watch,
        transition: Transition,
        expected: dict[Track, Offset],
        place: Place,
        *,
        flung: bool,
    ) -> None:
        """Book what happened in a step to a cause; `place` is where the agent went."""
        events, labels = self.events, before.labels
        if events is None or labels is None or before.place is None:
            return
        usual = max(self._rewards, key=lambda reward: self._rewards[reward])
        happening = Happening(transition.terminated, flung, transition.reward - usual)
        self._steps += 1
        self._gained += happening.gain
        self._aimed[self._aim(before.place, transition.action, before.rest, before.shape)] += 1
        near: list[Near] = []
        meetings = set()
        for track, step in expected.items():
            kind = (track.type, track.last, step)
            near.append(near_of(kind, place, track.place, step))
            to = (track.row + step[0], track.col + step[1])
            if step != UNMOVED and to in labels:
                meetings.add((track.type, labels[to]))
        number = before.place[0] * before.shape[1] + before.place[1]
        deed = (number, transition.action, min(before.rest, self.gait.rests()))
        events.observe(Occasion(deed, sorted(meetings), near), happening)
        hurt = self._hurt.setdefault(place, [0.0, 0.0, 0.0])
        hurt[0] += 1.0
        hurt[1] += happening.ended
        hurt[2] += happening.flung and not happening.gain
        if happening.any:
            self._happened += 1
            front = self._front(before.place, transition.action, labels, before.shape)
            self._touched += front not in (FREE, EDGE)

    def _aim(self, place: Place, action: int, rest: int, shape: Shape) -> Place:
        """Return the place that an action goes for."""
        step = self.gait.steps.get(action, UNMOVED) if rest >= self.gait.rests() else UNMOVED
        row, col = place[0] + step[0], place[1] + step[1]
        return (row, col) if 0 <= row < shape[0] and 0 <= col < shape[1] else place

    def _front(self, place: Place, action: int, labels: dict[Place, int], shape: Shape) -> int:
        """Return the content of the cell that an action goes for; things that move do not count."""
        step = self.gait.steps.get(action)
        if step is None:
            return FREE
        row, col = place[0] + step[0], place[1] + step[1]
        if not (0 <= row < shape[0] and 0 <= col < shape[1]):
            return EDGE
        found = labels.get((row, col), FREE)
        return FREE if found in self.walks.movers else found

    # Acting.

    @property
    def needed(self) -> bool:
        """Whether most of what happens does so without the agent's going for a thing."""
        least = self._thresholds.happenings
        apart = self._happened - self._touched
        enough = self._happened >= least and apart > self._thresholds.apart * self._happened
        return bool(self.walks.movers) and bool(self.gait.steps) and enough

    def follow(self, watch: Watch | None, facts: Facts, agency: Agency, shape: Shape) -> Watch:
        """Bring the memory of an episode up to date, or begin one."""
        own = agency.find(facts)
        if watch is None or watch.shape != shape:
            watch = self.watch(shape)
            watch.begin(facts, own, agency.self_types)
        elif watch.facts is not facts:
            matching = watch.advance(facts, own, agency.self_types)
            kinds = {throw.type for throw in self.shots.throws.values()}
            place, reach = watch.place, self._thresholds.throw_reach
            watch.threw(
                place is not None
                and any(
                    track.type in kinds
                    and far((track.row - place[0], track.col - place[1])) <= reach
                    for track in matching.new
                )
            )
        return watch

    def values(self, watch: Watch) -> Floats | None:
        """Return the value `[actions]` of each action, `None` where the agent was never seen."""
        if watch.place is None or watch.labels is None or self.events is None:
            return None
        stakes = self._stakes(watch.shape)
        options, lasting = self._lasting(watch, stakes)
        options = options._replace(aims=self._aims(watch))
        layers = self._layers(watch)
        place = watch.place[0] * watch.shape[1] + watch.place[1]
        rests, shot_rests = options.moved.shape[1], options.throws.shape[1]
        state = (min(watch.rest, rests) - 1, min(watch.shot_rest, shot_rests) - 1, place)
        return action_values(options, layers, lasting, stakes, state)

    def _stakes(self, shape: Shape) -> Stakes:
        patience = self._thresholds.patience
        rate = self._gained / max(1, self._steps)
        life = max(self._unit, rate / (1.0 - patience))
        row, col = max(self._landings, key=lambda at: (self._landings[at], at), default=(0, 0))
        return Stakes(patience, life, row * shape[1] + col)

    @property
    def _unit(self) -> float:
        """The highest gain of a step, 1 as long as there was none."""
        return self.events.best if self.events is not None and self.events.best > 0.0 else 1.0

    def _lasting(self, watch: Watch, stakes: Stakes) -> tuple[Options, Floats]:
        """Return the options without aims, and the value of each place in the long run.

        They are made anew now and then, and where something happened or the board has changed.
        """
        still = self.walks.still(watch.labels or {})
        due = self._steps // self._thresholds.refresh
        key = (watch.shape, due, self._happened, frozenset(still.items()))
        if self._known is None or self._known[0] != key:
            options = self._options(watch, self.gait.rests(), self.shots.rests())
            lasting = self._worth_of_places(watch.shape, options, stakes)
            self._known = key, options, lasting
        return self._known[1:]

    def _worth_of_places(self, shape: Shape, options: Options, stakes: Stakes) -> Floats:
        count = shape[0] * shape[1]
        ends, flings = np.zeros(count), np.zeros(count)
        for (row, col), (tried, ended, flung) in self._hurt.items():
            at = row * shape[1] + col
            ends[at] = ended / (tried + self._thresholds.doubt)
            flings[at] = flung / (tried + self._thresholds.doubt)
        layer = Layer(ends, flings, self._novelty(shape))
        return lasting_values(options, layer, stakes, self._thresholds.sweeps)

    def _novelty(self, shape: Shape) -> Floats:
        """Return what is hoped of places that the agent seldom went to, if nothing good is known."""
        found = np.zeros(shape)
        if self.events is None or self.events.best > 0.0:
            return found.ravel()
        found[:] = self._unit
        for place, count in self._aimed.items():
            if count >= self._thresholds.tries:
                found[place] = 0.0
        return found.ravel()

    def _layers(self, watch: Watch) -> list[Layer]:
        """Return what the things on the board do to the agent in each of the next steps."""
        events, labels, shape = self.events, watch.labels, watch.shape
        assert events is not None and labels is not None
        count, depth = shape[0] * shape[1], self._thresholds.layers
        found = [np.zeros((3, *shape)) for _ in range(depth)]
        still = self.walks.still(labels)
        for track in watch.tracks:
            if track.type not in self.walks.movers:
                continue
            for layer, guesses in zip(
                found, self.walks.foresee(track, still, shape, depth), strict=True
            ):
                for chance, at, step in guesses:
                    doing = events.map_of((at.type, at.last, step), self.gait.axes())
                    if doing is not None:
                        down, right = at.row, at.col
                        window = doing[:, down : down + shape[0], right : right + shape[1]]
                        layer += chance * window[:, ::-1, ::-1]
        novelty = self._novelty(shape)
        return [
            Layer(
                np.minimum(of[0].reshape(count), 1.0),
                np.minimum(of[1].reshape(count), 1.0),
                of[2].reshape(count) + novelty,
            )
            for of in found
        ]

    def _options(self, watch: Watch, rests: int, shot_rests: int) -> Options:
        shape, labels = watch.shape, watch.labels
        assert labels is not None
        count, actions = shape[0] * shape[1], self._num_actions
        moved = np.zeros((actions, rests, count, count))
        stays = np.zeros((actions, rests, count))
        for action in range(actions):
            for rest in range(rests):
                self._fill(moved[action, rest], stays[action, rest], action, rest + 1, watch)
        deeds = np.zeros((actions, rests, 3, count))
        assert self.events is not None
        for (place, action, rest), tally in self.events.deeds().items():
            if tally[ENDS] or tally[FLINGS] or tally[GAIN]:
                at = deeds[action, min(rest, rests) - 1]
                at[:, place] = tally[[ENDS, FLINGS, GAIN]] / (tally[TRIED] + self._thresholds.doubt)
        throws = np.zeros((actions, shot_rests))
        for action in self.shots.throws:
            throws[action] = [self.shots.chance(action, rest + 1) for rest in range(shot_rests)]
        return Options(moved, stays, deeds, throws, np.zeros((actions, count)))

    def _aims(self, watch: Watch) -> Floats:
        """Return what throws are worth, `[actions, n]`, from all places that the agent went to."""
        aims = np.zeros((self._num_actions, watch.shape[0] * watch.shape[1]))
        for action, throw in self.shots.throws.items():
            for place in self._aimed:
                number = place[0] * watch.shape[1] + place[1]
                aims[action, number] = self._aim_value(throw, place, watch)
        return aims

    def _fill(
        self, moved: Floats, stays: Floats, action: int, rest: int, watch: Watch
    ) -> None:
        """Fill in the chances of where an action leads from each place."""
        shape, labels = watch.shape, watch.labels or {}
        known: dict[int, dict[Offset, float]] = {}
        for number in range(len(stays)):
            place = divmod(number, shape[1])
            front = self._front(place, action, labels, shape)
            if front not in known:
                known[front] = self.gait.chances(action, rest, front)
            for offset, chance in known[front].items():
                row, col = place[0] + offset[0], place[1] + offset[1]
                inside = 0 <= row < shape[0] and 0 <= col < shape[1]
                if offset == UNMOVED or not inside:
                    stays[number] += chance
                else:
                    moved[number, row * shape[1] + col] += chance

    def _aim_value(self, throw: Throw, place: Place, watch: Watch) -> float:
        """Return what a throw from a place is worth: the gain of the first thing that it meets."""
        step, labels = self.walks.usual(throw.type), watch.labels or {}
        if step == UNMOVED or self.events is None:
            return 0.0
        row, col, worth = place[0] + throw.offset[0], place[1] + throw.offset[1], 1.0
        while 0 <= row < watch.shape[0] and 0 <= col < watch.shape[1]:
            gain = self.events.gain_of((throw.type, labels.get((row, col), FREE)))
            if gain:
                return worth * gain
            row, col, worth = row + step[0], col + step[1], worth * self._thresholds.patience
        return 0.0

    # Saving.

    def state(self) -> dict[str, Any]:
        """Return everything learned, JSON-able."""
        return {
            "walks": self.walks.state(),
            "gait": self.gait.state(),
            "shots": self.shots.state(),
            "events": None if self.events is None else self.events.state(),
            "rewards": list(self._rewards.items()),
            "landings": list(self._landings.items()),
            "aimed": list(self._aimed.items()),
            "hurt": list(self._hurt.items()),
            "watches": [[env, watch.state()] for env, watch in self._watches.items()],
            "counts": [self._steps, self._gained, self._touched, self._happened],
        }

    def load(self, state: Mapping[str, Any]) -> None:
        """Take what `state()` gave, after a round through JSON."""
        self.walks.load(state["walks"])
        self.gait.load(state["gait"])
        self.shots.load(state["shots"])
        if state["events"] is not None:
            self.events = Events(frozen(state["events"]["shape"]), self._thresholds)
            self.events.load(state["events"])
        self._rewards = Counter(dict(frozen(state["rewards"])))
        self._landings = Counter(dict(frozen(state["landings"])))
        self._aimed = Counter(dict(frozen(state["aimed"])))
        self._hurt = {frozen(place): list(counts) for place, counts in state["hurt"]}
        self._watches = {env: Watch.from_state(watch) for env, watch in state["watches"]}
        self._steps, self._gained, self._touched, self._happened = state["counts"]
        self._known = None
