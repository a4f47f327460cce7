"""Act on rules: follow plans, weigh chances, and try what is not known."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

import numpy as np

from dsrl_agent.config import FrontEndConfig
from dsrl_agent.front_end.agency import ActionEffects, Agency
from dsrl_agent.front_end.knowledge import Course, Situation
from dsrl_agent.front_end.relations import Valuation, valuation_of
from dsrl_agent.front_end.rules.beliefs.model import ContactModel
from dsrl_agent.front_end.rules.board import Board
from dsrl_agent.front_end.rules.episode import RulesEpisode
from dsrl_agent.front_end.rules.planning.chance import (
    ChancePlanner,
    ChanceScene,
    Goal,
    goal_of,
    hazards_on,
)
from dsrl_agent.front_end.rules.planning.novelty import Novelty, Puzzle
from dsrl_agent.front_end.rules.planning.planner import Plan, Planner
from dsrl_agent.front_end.rules.planning.prospect import Prospect, foresee
from dsrl_agent.front_end.rules.reading import ReadingErrors
from dsrl_agent.front_end.rules.tracking import TrackedScene
from dsrl_agent.front_end.rules.understanding import Understanding
from dsrl_agent.types import FREE, Fact, Facts, Floats, Shape


class RulesActor:
    """Chooses actions on the beliefs of `rules`; what learns them is built on it."""

    num_actions: int
    config: FrontEndConfig
    understanding: Understanding
    agency: Agency  # finds the agent
    model: ContactModel  # the rules and rewards believed
    errors: ReadingErrors  # the rate of reading errors
    _surprised: int  # the model's step of the last contact that differed from expectation
    _tries: Counter[tuple[int, int]]  # tries of each (type of the agent, action)
    _puzzles: Counter[Puzzle]  # tries of actions of unknown reach

    @property
    def effects(self) -> ActionEffects:
        """What each action reaches as each appearance of the agent, as last understood."""
        return self.understanding.effects

    def begin(self, shape: Shape | None = None) -> RulesEpisode:
        """Return the memory of a new episode on a grid of this many rows and columns."""
        return RulesEpisode(TrackedScene(shape))

    def values(self, facts: Facts, episode: RulesEpisode | None = None) -> Valuation:
        """Return the return expected of each action, and each object's part in it.

        The world's own reward of a plain step is left out. The correction is minus the price of the
        steps: plans of equal return differ by their length.
        """
        values = np.zeros(self.num_actions)
        board, foreseen = self.board(facts, episode), self._watched(facts, episode)
        if board is None or foreseen is not None:
            return valuation_of(values if foreseen is None else foreseen, {})
        parts, planner = dict[Fact, Floats](), self._planner(episode)
        for action in range(self.num_actions):
            plan = planner.plan_from(board, action)
            values[action] = plan.value
            for touch in plan.touches:
                worth = touch.reward - self.model.step_reward
                parts.setdefault(touch.fact, np.zeros(self.num_actions))[action] += worth
        return valuation_of(values, parts)

    def board(self, facts: Facts, episode: RulesEpisode | None = None) -> Board | None:
        """Return the scene believed in where these facts are seen, `None` without an agent."""
        if episode is not None and episode.facts == facts:
            return episode.scene.board
        followed = self.begin() if episode is None else episode.copy()
        self._follow(facts, followed)
        return followed.scene.board

    def plan_from(self, board: Board, action: int, episode: RulesEpisode | None = None) -> Plan:
        """Return the best plan that begins with an action."""
        return self._planner(episode).plan_from(board, action)

    def course(self, facts: Facts, episode: RulesEpisode, action: int) -> Course | None:
        """Return the plan that begins with an action, `None` without an agent or where foreseen."""
        board = self.board(facts, episode)
        if board is None or self._watched(facts, episode) is not None:
            return None
        plan = self.plan_from(board, action, episode)
        return Course(plan.actions, plan.touches, planned=True, value=plan.value)

    def situation(self, facts: Facts, episode: RulesEpisode) -> Situation | None:
        """Return the scene believed in where these facts are seen, `None` without an agent."""
        board = self.board(facts, episode)
        if board is None:
            return None
        cells = ((place, of) for place, of in enumerate(board.cells) if of != FREE)
        seen = [Fact(of, *divmod(place, board.shape[1])) for place, of in cells]
        own = Fact(board.body, *divmod(board.place, board.shape[1]))
        start = episode.scene.start
        return Situation(tuple(sorted([*seen, own])), board.taken, board.held, start)

    def chance_rules(self) -> str:
        """Return why the choice is not that of the best plan on rules; empty where it is."""
        understood = self.understanding
        if understood.foresight is not None and understood.foresight.needed:
            return "it foresees by chances where things go that move by themselves"
        if understood.slips:
            return "the ground is slippery, so it weighs where its steps may lead"
        walking = [of for of in understood.movers.types if self.model.worth(of) <= 0.0]
        if walking:
            types = ", ".join(map(str, sorted(walking)))
            return f"it weighs the risk of meeting what walks by itself (type {types})"
        return ""

    def _choose(self, episode: RulesEpisode, rng: np.random.Generator) -> int:
        foreseen = self._foreseen(episode)
        if foreseen is not None:
            best = np.flatnonzero(foreseen >= foreseen.max() - self.config.chance.settled)
            return int(rng.choice(best))
        board = episode.scene.board
        if board is None or not self.effects:
            return int(rng.integers(self.num_actions))
        untried = self._untried(board, episode.tries)
        if untried:
            return int(untried[rng.integers(len(untried))])
        hazards = hazards_on(board, self.understanding.movers.types, self.model)
        if hazards or self.understanding.slips:
            return self._choose_among_chances(board, hazards, episode, rng)
        done, plan = episode.done, episode.plan
        goes_on = 0 < done < len(plan.actions) and episode.surprised == self._surprised
        if not goes_on or plan.boards[done - 1] != board:
            self._plan(board, episode, rng)
        if episode.plan.actions:
            episode.done += 1
            return episode.plan.actions[episode.done - 1]
        return self._idle(board, episode, rng)

    def _foreseen(self, episode: RulesEpisode) -> Floats | None:
        """Return the value of each action in a world that moves by itself, `None` in others."""
        foresight, board = self.understanding.foresight, episode.scene.board
        if foresight is None or not foresight.needed or board is None or episode.facts is None:
            return None
        facts, shape = episode.facts, board.shape
        episode.watch = foresight.follow(episode.watch, facts, self.understanding.agency, shape)
        return foresight.values(episode.watch)

    def _watched(self, facts: Facts, episode: RulesEpisode | None) -> Floats | None:
        """Return what `_foreseen` gave or would give where these facts are seen."""
        foresight, agency = self.understanding.foresight, self.understanding.agency
        board = None if episode is None else episode.scene.board
        if foresight is None or not foresight.needed or board is None or episode is None:
            return None
        watch = episode.watch
        if watch is None or watch.facts != facts:
            follows = None if watch is None else watch.copy()
            watch = foresight.follow(follows, facts, agency, board.shape)
        return foresight.values(watch)

    def _plan(self, board: Board, episode: RulesEpisode, rng: np.random.Generator) -> None:
        """Make a new plan, unless none was found in this scene before."""
        scene = (board.cells, board.taken, board.held, self._surprised)
        episode.done, episode.surprised = 0, self._surprised
        if episode.hopeless == scene:
            episode.plan = Plan()
            return
        episode.plan = self._planner(episode, rng).choose(board)
        # What was refused holds at a place alone, so from another there may be a way.
        searched = not episode.plan.actions and not episode.refused
        episode.hopeless = scene if searched else None

    def _choose_among_chances(
        self,
        board: Board,
        hazards: frozenset[int],
        episode: RulesEpisode,
        rng: np.random.Generator,
    ) -> int:
        """Choose an action where things walk or the ground is slippery."""
        static = board._replace(cells=tuple(FREE if c in hazards else c for c in board.cells))
        key = (static.cells, static.taken, static.held, hazards, self._surprised)
        if episode.careful is None or episode.careful_key != key:
            episode.careful_key, episode.plan, episode.done = key, Plan(), 0
            episode.careful = None
            if self.understanding.slips:
                episode.careful = self._careful(static, hazards, episode)
            # Plans know one way of each action. On ice they are made only to find what to try.
            if episode.careful is None or not episode.careful.promises(board):
                episode.plan = self._planner(episode, rng).choose(static)
                goal = goal_of(episode.plan, static)
                episode.careful = self._careful(static, hazards, episode, goal)
        order = [int(action) for action in rng.permutation(self.num_actions)]
        action = episode.careful.choose(board, order, self._walking(board, hazards, episode))
        if (board.place, board.body, action) == episode.careful.goal:
            episode.careful = None  # the next goal is another
        return action

    def _walking(
        self, board: Board, hazards: frozenset[int], episode: RulesEpisode
    ) -> Floats | None:
        """Return where what walks will be by its latest steps, `None` where these are not known."""
        foresight, facts = self.understanding.foresight, episode.facts
        if foresight is None or not hazards or facts is None:
            return None
        episode.watch = foresight.follow(episode.watch, facts, self.agency, board.shape)
        return foresight.places(episode.watch, hazards, self.config.chance.layers + 1)

    def _careful(
        self,
        static: Board,
        hazards: frozenset[int],
        episode: RulesEpisode,
        goal: Goal | None = None,
    ) -> ChancePlanner:
        return ChancePlanner(
            self.model, self.effects, self.understanding.chances(hazards), self.config.chance,
            ChanceScene(static, episode.scene.start, goal, episode.plan.value), self.num_actions,
        )  # fmt: skip

    def _untried(self, board: Board, tries: Mapping[tuple[int, int], int]) -> list[int]:
        """Return the actions whose effect on the agent is not known, of these the least tried."""
        unknown = self.understanding.unknown(board.body)
        if not unknown or self.understanding.turns:
            return []  # plans find out what actions reach, where that may help
        fewest: dict[int, int] = {}
        for action in unknown:
            tried = self._tries[board.body, action] + tries.get((board.body, action), 0)
            if tried < self.config.rules.idle_tries:
                fewest[action] = tried
        least = min(fewest.values(), default=0)
        return [action for action, tried in fewest.items() if tried == least]

    def _idle(self, board: Board, episode: RulesEpisode, rng: np.random.Generator) -> int:
        """Draw an action that is not expected to cost anything.

        Where it was never seen what the agent stands on, one that leads off is drawn: what is there
        may be what is missing.
        """
        planner = self._planner(episode)
        safe, least = [], self.model.step_reward
        for action in range(self.num_actions):
            after, expected = planner.after(board, action)
            if expected is None or (expected.reward >= least and not expected.ends):
                safe.append((action, after.place != board.place))
        off = [action for action, leads_off in safe if leads_off and episode.scene.unseen]
        choices = off or [action for action, _ in safe] or list(range(self.num_actions))
        return int(choices[rng.integers(len(choices))])

    def _planner(
        self, episode: RulesEpisode | None, rng: np.random.Generator | None = None
    ) -> Planner:
        # Of equal plans the first found is taken, so the order of the actions is drawn.
        order = range(self.num_actions) if rng is None else rng.permutation(self.num_actions)
        actions = [int(action) for action in order]
        if episode is None:
            return Planner(self.model, self.effects, actions)
        prices, idle = self.config.exploration, self.understanding.idle
        novelty = Novelty(self.model, prices, self._puzzles, episode.deeds, idle)
        scene, refused = episode.scene, episode.refused
        return Planner(self.model, self.effects, actions, refused, scene.start, novelty)

    def _prospect(self, scene: TrackedScene) -> Prospect:
        """Return what is foreseen of plans that begin in a scene, without what walks in it."""
        board = scene.board
        foresight = self.understanding.foresight
        # Without an agent no plan leads to anything; what moves by itself is never known for good.
        if board is None or (foresight is not None and foresight.needed):
            return Prospect(misses=True, tries=False)
        hazards = hazards_on(board, self.understanding.movers.types, self.model)
        static = board._replace(cells=tuple(FREE if c in hazards else c for c in board.cells))
        prices, idle = self.config.exploration, self.understanding.idle
        novelty = Novelty(self.model, prices, self._puzzles, idle=idle, fresh=True)
        actions = range(self.num_actions)
        planner = Planner(self.model, self.effects, actions, start=scene.start, novelty=novelty)
        return foresee(planner, static)

    def _follow(self, facts: Facts, episode: RulesEpisode) -> None:
        """Bring an episode's scene up to date."""
        before = episode.scene.board
        if episode.facts is None or before is None:
            episode.scene.begin(facts, self.agency, self.understanding.verbs)
            return
        senses = self.understanding.senses(self.errors, self.model.staying)
        if episode.scene.glide(episode.action, facts, senses):
            return
        # A copy: the errors seen while acting are counted when the transition is learned.
        senses.errors = self.errors.copy()
        episode.scene.advance(episode.action, facts, senses)
        after = episode.scene.board
        if after is None or _changed(before, after):
            episode.refused = frozenset()
        elif after.place == before.place and not self.understanding.slips:
            self._refuse(before, after, episode)

    def _refuse(self, before: Board, after: Board, episode: RulesEpisode) -> None:
        """Take note of an action that did not do what was expected.

        It may have changed the agent's looks all the same, as of one that looks where it would go.
        """
        expected, contact = self._planner(episode).after(before, episode.action)
        failed = expected.place != after.place or _changed(expected, after)
        failed = failed or before == after != expected
        if contact is not None and failed and after.body in (before.body, expected.body):
            looks = {before.body, after.body}
            episode.refused |= {(before.place, look, episode.action) for look in looks}


def _changed(before: Board, after: Board) -> bool:
    """Say whether things in a scene, or things taken, are others than before."""
    return before.cells != after.cells or before.taken != after.taken or before.held != after.held
