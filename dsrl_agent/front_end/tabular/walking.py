"""Value the scenes of a front end with tables by imagined walks."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from dsrl_agent.config import FrontEndConfig
from dsrl_agent.front_end.relations import ROUNDING, extent
from dsrl_agent.front_end.tabular.q_learning import (
    TabularEpisode,
    TabularFrontEnd,
    WalkRules,
)
from dsrl_agent.front_end.tabular.walks.dyna import Imagined, imagine, imagine_together, swept
from dsrl_agent.front_end.tabular.walks.ground import Ground
from dsrl_agent.front_end.tabular.walks.openings import openings
from dsrl_agent.types import Fact, Facts, Shape, Transition


class WalkingFrontEnd(TabularFrontEnd):
    """A tabular learner that imagines walks from its values of stepping on each type.

    Walks lead over types that are entered without effect, unless their tables promise something.
    """

    def __init__(self, num_actions: int, config: FrontEndConfig) -> None:
        super().__init__(num_actions, config)
        self.ground = Ground(config.rewards)

    def inherit(self, child: int, parent: int) -> None:
        """Let a type that was split off another begin with the knowledge of that type."""
        super().inherit(child, parent)
        self.ground.inherit(child, parent)

    def state(self) -> dict[str, Any]:
        """Return everything learned, JSON-able."""
        return {**super().state(), "ground": self.ground.state()}

    def load(self, state: dict[str, Any]) -> None:
        """Take what `state()` gave, after a round through JSON, of this or an older version."""
        super().load(state)
        self.ground = Ground(self.config.rewards)
        if "ground" in state:
            self.ground.load(state["ground"])

    def _count(self, touched: Fact | None, transition: Transition) -> None:
        super()._count(touched, transition)
        if touched is None:
            self.ground.walked(transition.reward)
        else:
            usual = self.ground.is_usual(transition.reward)
            self.ground.entered(touched.type, idle=usual and not transition.terminated)

    def _relearn(self) -> None:
        self.ground = Ground(self.config.rewards)
        super()._relearn()

    def _walked_over(self, worths: Mapping[tuple[int, int], float]) -> frozenset[int]:
        """Return the types that walks lead over; `worths` are as in `WalkRules`."""
        promising = {number for (number, _), worth in worths.items() if worth > 0.0}
        return self.ground.plain - promising

    def _worth(self, number: int, action: int, move: tuple[int, int]) -> float | None:
        """Return the value of stepping on a type by an action, `None` if nothing is known."""
        row = self.table.get((number, *move))
        if row is not None:
            return float(row[action])
        touch = self.touches.get(number)  # never from this side, but perhaps from another
        return None if touch is None else touch.reward / touch.times

    def _imagined(
        self, agent: Fact, facts: Facts, episode: TabularEpisode | None
    ) -> tuple[Imagined, int]:
        """Return the values of a scene's places, and the place of the agent.

        Where nothing good is in reach of the agent, ways lead through bad things.
        """
        kept = TabularEpisode() if episode is None else episode
        objects = tuple([fact for fact in facts if fact != agent])
        known, same = kept.imagined, kept.objects == objects
        current = known is not None and same and kept.version == self.version
        shape = _shape_of(kept, agent, facts, same=current)
        if known is None or not current or known.shape != shape:
            rules = self._rules([objects])
            if known is None or not same or known.shape != shape or kept.rules != rules:
                standing = _standing(objects, rules)
                known = imagine(shape, standing, *self._as_imagined(rules))
            kept.keep(objects, known, rules, self.version)
        return self._ways(agent, kept, known)

    def _imagined_together(
        self,
        agents: Sequence[Fact],
        scenes: Sequence[Facts],
        episodes: Sequence[TabularEpisode],
    ) -> list[tuple[Imagined, int]]:
        """Return what `_imagined` returns for scenes of several episodes."""
        rules = self._rules(scenes)
        stale: dict[Shape, list[tuple[Facts, TabularEpisode]]] = {}  # by the shape of their grid
        for agent, facts, kept in zip(agents, scenes, episodes, strict=True):
            objects = tuple([fact for fact in facts if fact != agent])
            known, same = kept.imagined, kept.objects == objects
            shape = _shape_of(kept, agent, facts, same=same)
            same = same and known is not None and known.shape == shape
            if known is None or not same or (kept.version != self.version and kept.rules != rules):
                stale.setdefault(shape, []).append((objects, kept))
            elif kept.version != self.version:
                kept.keep(objects, known, rules, self.version)
        for shape, those in stale.items():
            standing = [_standing(objects, rules) for objects, _ in those]
            found = imagine_together(shape, standing, *self._as_imagined(rules))
            for (objects, kept), imagined in zip(those, found, strict=True):
                kept.keep(objects, imagined, rules, self.version)
        ways = []
        for agent, kept in zip(agents, episodes, strict=True):
            assert kept.imagined is not None
            ways.append(self._ways(agent, kept, kept.imagined))
        return ways

    def _ways(self, agent: Fact, kept: TabularEpisode, known: Imagined) -> tuple[Imagined, int]:
        """Return the values of the kept scene's places, and the place of the agent."""
        place = agent.row * known.shape[1] + agent.col
        if not kept.objects or max(known.values[place].tolist()) > 0.0:
            return known, place
        if place not in kept.opened:
            standing = _standing(kept.objects, kept.rules)
            kept.opened[place] = self._opened(known, place, standing)
        return kept.opened[place], place

    def _rules(self, scenes: Sequence[Facts]) -> WalkRules:
        """Return what walks among the things of some scenes follow from."""
        moves = self.agency.moves()
        types = sorted({fact.type for objects in scenes for fact in objects})
        known = {
            (number, action): self._worth(number, action, move)
            for number in types
            for action, move in moves.items()
        }
        worths = {key: worth or 0.0 for key, worth in known.items()}
        return WalkRules(moves, worths, self._walked_over(worths))

    def _as_imagined(
        self, rules: WalkRules
    ) -> tuple[Mapping[int, tuple[int, int]], int, Callable[[int, int], float], float, float]:
        """Return what `imagine` takes beside a scene."""
        config = self.config

        def worth(number: int, action: int) -> float:
            return rules.worths[number, action]

        return rules.moves, self.num_actions, worth, config.discount, config.dyna.settled

    def _opened(self, scene: Imagined, place: int, objects: Facts) -> Imagined:
        """Return a scene in which bad things are worth what is behind them as well."""
        given = self._gifts()
        rewards = {f.row * scene.shape[1] + f.col: given.get(f.type, 0.0) for f in objects}
        lacks = max(rewards.values(), default=0.0) <= 0.0  # all that stands may be walked over
        found = {} if lacks else openings(place, rewards, scene.following.tolist())
        if not found:
            return scene
        behind = np.zeros(len(scene.values))
        behind[list(found)] = list(found.values())
        more = np.where(scene.touches, behind.take(scene.following), 0.0)
        both = scene.rewards + more
        pays = both > ROUNDING * more  # a loss made good is no gain
        opened = scene._replace(rewards=np.where(pays, both, scene.rewards))
        return swept(opened, self.config.discount, self.config.dyna.settled)

    def _gifts(self) -> dict[int, float]:
        """Return the mean reward of touching each type."""
        return {number: touch.reward / touch.times for number, touch in self.touches.items()}


def _standing(objects: Facts, rules: WalkRules | None) -> Facts:
    """Return the objects that stand in the way of walks."""
    if rules is None or not rules.plain:
        return objects
    return tuple([fact for fact in objects if fact.type not in rules.plain])


def _shape_of(kept: TabularEpisode, agent: Fact, facts: Facts, *, same: bool) -> Shape:
    """Return the rows and columns of a scene; in the `same` one as before only the agent moves."""
    shape, known = kept.shape, kept.imagined
    if same and known is not None and shape == known.shape:  # so all objects are inside
        rows, cols = known.shape
        if agent.row < rows and agent.col < cols:
            return known.shape
    return extent(facts, shape)
