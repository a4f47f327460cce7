"""Hold a running agent at a board: step, go back, edit the board, revise beliefs, ask."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any, NamedTuple

import gymnasium as gym
import numpy as np

from dsrl_agent.agent.dsrl import DSRL
from dsrl_agent.errors import ConfigError
from dsrl_agent.explain.page.live.edits import BoardEditing, BoardView, Edit, Thing
from dsrl_agent.explain.page.live.facts_editing import FactEditing
from dsrl_agent.explain.page.live.painting import PixelEditing, worn
from dsrl_agent.explain.page.live.world import LiveWorld
from dsrl_agent.explain.page.live.world_editing import WorldEditing
from dsrl_agent.explain.page.overlay import LEAST_SIDE
from dsrl_agent.explain.reasons.reasons import Reasons, reasons
from dsrl_agent.front_end import Episode
from dsrl_agent.front_end.revision import (
    RevisableBelief,
    note_action,
    revisable_beliefs,
    revise_belief,
)
from dsrl_agent.records.type_names import TypeNames
from dsrl_agent.runtime.rng import Streams
from dsrl_agent.types import Frame

_END, _TIME = "finished", "out of time"


class LivePoint(NamedTuple):
    """A point of the session that one can go back to."""

    number: int  # steps of the episode before it
    board: BoardView
    mark: object  # leads the world back here
    # the memory with which the agent decides here, `None` at the start; what it holds is carried
    # over to a new one where `fresh`, as the board was edited
    memory: Episode | None
    fresh: bool
    reward: float  # of the step that led here
    total: float  # the return so far
    ended: str  # how the episode ended, in words; empty while it goes on


class LiveDecision(NamedTuple):
    """The agent's decision at a point."""

    action: int
    memory: Episode  # of the episode, after the decision
    why: Reasons


class WhatIf(NamedTuple):
    """The decision on a board that is only imagined."""

    edit: Edit
    now: LiveDecision
    then: LiveDecision


class LiveSession:
    """A running agent at a board. Nothing is saved.

    Args:
        agent: The agent; its front end is changed by revisions.
        env: The environment, with the worlds of the agent's play.
        seed: Decides the worlds and how ties are broken.
        names: Names of types.
    """

    def __init__(self, agent: DSRL, env: gym.Env[Any, Any], seed: int, names: TypeNames) -> None:
        self.agent, self.names = agent, names
        self.world = LiveWorld(env)
        self.episode = 0
        self.revisions = 0  # number of changes of the beliefs so far
        self._streams = Streams(seed)
        self._learned = json.dumps(agent.front_end.state())
        self._points: list[LivePoint] = []
        frame = self.world.begin(self._streams.seed_for("play", 0))
        self.ways = self._ways_of_editing(frame)
        self._begin(frame)

    # What there is to see.

    @property
    def point(self) -> LivePoint:
        """The present point."""
        return self._points[-1]

    @property
    def steps_back(self) -> int:
        """How often one can go back."""
        return len(self._points) - 1

    @property
    def said(self) -> str:
        """What edits are made on, in words."""
        return self.ways[0].said

    @property
    def things(self) -> tuple[Thing, ...]:
        """What can be put on the board."""
        return self.ways[0].things()

    @property
    def colours(self) -> tuple[str, ...]:
        """The colours that things can be given, as `#rrggbb`."""
        return next((way.colours for way in self.ways if way.colours), ())

    @property
    def revisable(self) -> tuple[RevisableBelief, ...]:
        """The beliefs that bear on the present board and can be revised."""
        facts, memory = self.point.board.facts, self.decision.memory
        return revisable_beliefs(self.agent.front_end, facts, memory)

    # What one can do.

    def new_world(self) -> None:
        """Begin the next episode."""
        self.episode += 1
        self._begin(self.world.begin(self._streams.seed_for("play", self.episode)))

    def step(self, action: int | None = None) -> None:
        """Let the agent take its action, or another one.

        Raises:
            ConfigError: The episode is over, or there is no such action.
        """
        point, decided = self.point, self.decision
        if point.ended:
            raise ConfigError(f"The episode is over ({point.ended}); go back, or begin another.")
        if action is not None and not 0 <= action < self.agent.num_actions:
            raise ConfigError(
                f"There is no action {action}; give 0 to {self.agent.num_actions - 1}."
            )
        memory, fresh = decided.memory, False
        if action is not None and action != decided.action:
            fresh = not note_action(memory := memory.copy(), action)
        done = self.world.step(decided.action if action is None else action)
        ended = _END if done.terminated else _TIME if done.truncated else ""
        board = self._board(done.frame, point.board)
        total = point.total + done.reward
        mark = self.world.mark()
        self._go(LivePoint(point.number + 1, board, mark, memory, fresh, done.reward, total, ended))

    def back(self) -> None:
        """Go back to before the last step or edit.

        Raises:
            ConfigError: There is none.
        """
        if not self.steps_back:
            raise ConfigError("This is the beginning; there is nothing to go back to.")
        left = self._points.pop()
        if isinstance(left.mark, dict) or left.mark != self.point.mark:
            self.world.back_to(self.point.mark)
        self.decision = self._decided(self.point)

    def edit(self, edit: Edit) -> None:
        """Edit the board.

        Raises:
            ConfigError: The edit cannot be made.
        """
        board, memory = self._edited(edit), self.decision.memory
        mark = self.world.mark()
        edited = self.point._replace(board=board, mark=mark, memory=memory, fresh=True, ended="")
        self._go(edited)

    def what_if(self, edit: Edit) -> WhatIf:
        """Return the decision on the board after an edit, which is not made.

        Raises:
            ConfigError: The edit cannot be made.
        """
        point = self.point
        try:
            board = self._edited(edit)
        finally:
            if isinstance(point.mark, dict):  # other worlds are not touched by edits
                self.world.back_to(point.mark)
        memory = self.decision.memory
        then = self._decided(point._replace(board=board, memory=memory, fresh=True))
        return WhatIf(edit, self.decision, then)

    def revise(self, key: str, name: str, value: object) -> None:
        """Revise a belief that bears on the present board, and decide anew.

        Raises:
            ConfigError: There is no such belief, or it takes no such value.
        """
        belief = next((belief for belief in self.revisable if belief.key == key), None)
        if belief is None:
            raise ConfigError(f"There is no belief {key!r} on this board.")
        revise_belief(self.agent.front_end, belief, name, value)
        self._decide_anew()

    def restore(self) -> None:
        """Take back all revisions."""
        self.agent.front_end.load(json.loads(self._learned))
        self._decide_anew()

    # Internals.

    def _begin(self, frame: Frame) -> None:
        self._points = []
        board = self._board(frame, None)
        self._go(LivePoint(0, board, self.world.mark(), None, True, 0.0, 0.0, ""))

    def _go(self, point: LivePoint) -> None:
        self.decision = self._decided(point)
        self._points.append(point)

    def _decide_anew(self) -> None:
        """Decide by other beliefs: plans and values remembered rest on the old ones."""
        self.revisions += 1
        self._points = [point._replace(fresh=True) for point in self._points]
        self.decision = self._decided(self.point)

    def _decided(self, point: LivePoint) -> LiveDecision:
        front_end, board = self.agent.front_end, point.board
        shape = self.agent.perception.shape_of(board.frame)
        if point.memory is None or point.fresh:
            memory = front_end.begin(shape)
            if point.memory is not None:
                memory.carry_over(point.memory)
        else:
            memory = point.memory.copy()
        # By a generator of its own, so that the same point is decided alike whenever it is seen.
        rng = np.random.default_rng(self._streams.seed_for("live", point.number))
        action = front_end.decide(board.facts, memory, rng, 0.0)
        known = self.agent.perception.known
        why = reasons(front_end, board.facts, known, shape=shape, episode=memory, chosen=action)
        return LiveDecision(action, memory, why)

    def _board(self, own: Frame, before: BoardView | None) -> BoardView:
        """Return the board that a new frame shows; painted cells stay where they last."""
        lattice = self.ways[0].lattice(own)
        painted = () if before is None or before.lattice != lattice else before.painted
        frame, painted = worn(own, lattice, painted)
        found = self.agent.perception.grid
        grid = None if found is None else found.fitted(*frame.shape[:2])
        board = BoardView(own, frame, self.agent.facts(frame), painted, lattice, grid)
        for way in self.ways:
            if isinstance(way, PixelEditing):
                way.learn(own, board.facts)
        return board

    def _edited(self, edit: Edit) -> BoardView:
        point = self.point
        if point.ended and (point.ended == _TIME or not isinstance(point.mark, dict)):
            raise ConfigError(f"The episode is over ({point.ended}); go back a step to edit.")
        way = next((way for way in self.ways if way.takes(edit)), None)
        if way is None:
            raise ConfigError(f"Nothing on this board can be edited so: {edit.do}.")
        return way.edited(point.board, edit)

    def _ways_of_editing(self, frame: Frame) -> Sequence[BoardEditing]:
        """Return the ways of editing boards, the first that can do it is taken.

        All name cells by the lattice of the first.
        """
        grid = self.agent.perception.grid
        ways: list[BoardEditing] = []
        world = WorldEditing(self.world, self.agent.facts)
        if self.world.editor is not None and world.fits(frame):
            ways.append(world)
        if grid is not None and min(grid.pitch) >= LEAST_SIDE:
            ways.append(PixelEditing(self.agent, self.names))
        return ways or [FactEditing(self.agent, self.names)]
