"""Value the scenes of a front end with tables by imagined walks."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np

from dsrl_agent.front_end.relations import ROUNDING, extent
from dsrl_agent.front_end.tabular.dyna import Imagined, imagine, imagine_together, swept
from dsrl_agent.front_end.tabular.openings import openings
from dsrl_agent.front_end.tabular.q_learning import TabularEpisode, TabularFrontEnd
from dsrl_agent.types import Fact, Facts, Shape


class WalkingFrontEnd(TabularFrontEnd):
    """A tabular learner that imagines walks from its values of stepping on each type."""

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
        known = kept.imagined
        same = known is not None and kept.version == self.version and kept.objects == objects
        shape = kept.shape if same and _inside(agent, kept.shape) else extent(facts, kept.shape)
        assert shape is not None
        place = agent.row * shape[1] + agent.col
        if known is None or not same or known.shape != shape:
            known = imagine(shape, objects, *self._rules())
            kept.objects, kept.version, kept.imagined = objects, self.version, known
            kept.opened = {}
        if not objects or max(known.values[place].tolist()) > 0.0:
            return known, place
        if place not in kept.opened:
            kept.opened[place] = self._opened(known, place, objects)
        return kept.opened[place], place

    def _imagined_together(
        self,
        agents: Sequence[Fact],
        scenes: Sequence[Facts],
        episodes: Sequence[TabularEpisode],
    ) -> list[tuple[Imagined, int]]:
        """Return what `_imagined` returns for scenes of several episodes."""
        stale: dict[Shape, list[TabularEpisode]] = {}  # by the shape of their grid
        for agent, facts, kept in zip(agents, scenes, episodes, strict=True):
            objects, shape = (
                tuple(fact for fact in facts if fact != agent),
                extent(facts, kept.shape),
            )
            same = kept.version == self.version and kept.objects == objects
            if kept.imagined is None or not same or kept.imagined.shape != shape:
                kept.objects = objects
                stale.setdefault(shape, []).append(kept)
        for shape, those in stale.items():
            found = imagine_together(shape, [kept.objects for kept in those], *self._rules())
            for kept, imagined in zip(those, found, strict=True):
                kept.version, kept.imagined, kept.opened = self.version, imagined, {}
        parts = zip(agents, scenes, episodes, strict=True)
        return [self._imagined(agent, facts, kept) for agent, facts, kept in parts]

    def _rules(
        self,
    ) -> tuple[Mapping[int, tuple[int, int]], int, Callable[[int, int], float], float, float]:
        """Return what `imagine` takes beside a scene."""
        moves = self.agency.moves()

        def worth(number: int, action: int) -> float:
            known = self._worth(number, action, moves[action])
            return 0.0 if known is None else known

        return moves, self.num_actions, worth, self.config.discount, self.config.dyna.settled

    def _opened(self, scene: Imagined, place: int, objects: Facts) -> Imagined:
        """Return a scene in which bad things are worth what is behind them as well."""
        given = self._gifts()
        rewards = {f.row * scene.shape[1] + f.col: given.get(f.type, 0.0) for f in objects}
        lacks = max(rewards.values()) <= 0.0
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


def _inside(agent: Fact, shape: Shape | None) -> bool:
    """Say whether the agent is seen within a grid, if that is known; all else was before."""
    return shape is not None and agent.row < shape[0] and agent.col < shape[1]
