"""Learn how a world moves by itself, how the agent moves in it, and what follows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

from dsrl_agent.config import ForesightThresholds, FrontEndConfig
from dsrl_agent.front_end.agency import Agency
from dsrl_agent.front_end.foresight.events import Deed, Events, Happening, Occasion, near_of
from dsrl_agent.front_end.foresight.gait import Gait
from dsrl_agent.front_end.foresight.options import front_at
from dsrl_agent.front_end.foresight.shots import Shots
from dsrl_agent.front_end.foresight.tracks import (
    Matching,
    Offset,
    Place,
    ThingTrack,
    ahead_of,
    far,
)
from dsrl_agent.front_end.foresight.walks import ThingWalks
from dsrl_agent.front_end.foresight.watch import Watch
from dsrl_agent.front_end.usual import RewardCounts
from dsrl_agent.types import EDGE, FREE, UNMOVED, Facts, Shape, Transition, frozen


class MotionLearner:
    """Learns the steps of things and of the agent, what the agent throws, and what events follow.

    Attributes:
        walks: The steps of things.
        gait: The steps of the agent.
        shots: The things that the agent throws.
        events: What ended episodes, flung the agent and gave rewards; `None` until the size of the
            grid is known.
    """

    def __init__(
        self,
        num_actions: int,
        thresholds: ForesightThresholds,
        rewards: int = FrontEndConfig.rewards,
    ) -> None:
        self._num_actions, self._thresholds = num_actions, thresholds
        self.walks, self.gait = ThingWalks(thresholds), Gait(num_actions, thresholds)
        self.shots = Shots(thresholds)
        self.events: Events | None = None
        self._rewards = RewardCounts(rewards)
        self._landings: Counter[Place] = Counter()
        self._aimed: Counter[Place] = Counter()  # times that the agent went for each place
        self._hurt: dict[Place, list[float]] = {}  # by place gone to: ends, flings by things
        self._watches: dict[int, Watch] = {}  # by environment
        self._steps, self._gained = 0, 0.0  # steps learned from, and their gain
        # steps in which anything happened, and those of them in which the agent went for a thing
        self._happened, self._touched = 0, 0

    # Learning.

    def observe(self, transition: Transition, agency: Agency) -> None:
        """Learn from a transition."""
        self._rewards.add(transition.reward)
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
        if before.place is None or after.place is None:
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
        expected: dict[ThingTrack, Offset],
        place: Place,
        *,
        flung: bool,
    ) -> None:
        """Book what happened in a step to a cause; `place` is where the agent went."""
        events, labels = self.events, before.labels
        if events is None or before.place is None:
            return
        gain = transition.reward - self._rewards.usual
        happening = Happening(transition.terminated, flung, gain)
        self._steps += 1
        self._gained += happening.gain
        self._aimed[self._aim(before.place, transition.action, before.rest, before.shape)] += 1
        number = before.place[0] * before.shape[1] + before.place[1]
        deed = (number, transition.action, min(before.rest, self.gait.rests()))
        events.observe(_occasion(deed, expected, place, labels), happening)
        hurt = self._hurt.setdefault(place, [0.0, 0.0, 0.0])
        hurt[0] += 1.0
        hurt[1] += happening.ended
        hurt[2] += happening.flung and not happening.gain
        if happening.any:
            self._happened += 1
            step = self.gait.steps.get(transition.action)
            front = front_at(before.place, step, labels, before.shape)
            self._touched += front not in (FREE, EDGE)

    def _aim(self, place: Place, action: int, rest: int, shape: Shape) -> Place:
        """Return the place that an action goes for."""
        step = self.gait.steps.get(action, UNMOVED) if rest >= self.gait.rests() else UNMOVED
        row, col = place[0] + step[0], place[1] + step[1]
        return (row, col) if 0 <= row < shape[0] and 0 <= col < shape[1] else place

    def _front(self, place: Place, action: int, labels: dict[Place, int], shape: Shape) -> int:
        """Return the content of the cell that an action goes for; things that move do not count."""
        found = front_at(place, self.gait.steps.get(action), labels, shape)
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
            return watch
        matching = watch.advance(facts, own, agency.self_types)
        watch.threw(self.shots.thrown(watch.place, matching.new))
        return watch

    # Saving.

    def state(self) -> dict[str, Any]:
        """Return everything learned, JSON-able."""
        return {
            "walks": self.walks.state(),
            "gait": self.gait.state(),
            "shots": self.shots.state(),
            "events": None if self.events is None else self.events.state(),
            "rewards": self._rewards.state(),
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
        self._rewards.load(dict(frozen(state["rewards"])))
        self._landings = Counter(dict(frozen(state["landings"])))
        self._aimed = Counter(dict(frozen(state["aimed"])))
        self._hurt = {frozen(place): list(counts) for place, counts in state["hurt"]}
        self._watches = {env: Watch.from_state(watch) for env, watch in state["watches"]}
        self._steps, self._gained, self._touched, self._happened = state["counts"]


def _occasion(
    deed: Deed, expected: Mapping[ThingTrack, Offset], place: Place, labels: Mapping[Place, int]
) -> Occasion:
    """Return all causes that a step may have; `expected` are the steps of things that move."""
    near, meetings = [], set()
    for track, step in expected.items():
        near.append(near_of((track.type, track.last, step), place, track.place, step))
        for way in {step, track.last} - {UNMOVED}:  # what turns it away is met as well
            to = (track.row + way[0], track.col + way[1])
            if to in labels:
                meetings.add((track.type, labels[to]))
    return Occasion(deed, sorted(meetings), near)
