"""Remember a running episode: the scene, the plan and the tries of `rules`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from dsrl_agent.front_end.foresight.watch import Watch
from dsrl_agent.front_end.protocol import altered
from dsrl_agent.front_end.rules.planning.chance import ChancePlanner
from dsrl_agent.front_end.rules.planning.novelty import Deed
from dsrl_agent.front_end.rules.planning.planner import Plan
from dsrl_agent.front_end.rules.planning.states import Refused
from dsrl_agent.front_end.rules.tracking import TrackedScene
from dsrl_agent.types import Facts, Transition


def begins(transition: Transition, before: Transition | None) -> bool:
    """Say whether an episode begins with a transition, which follows on another.

    Episodes are cut where types may have changed, as when perception was fitted. What was learned
    from before is in the present types then; if the same is seen, the episode goes on.
    """
    if before is None or before.terminated or before.next_facts != transition.facts:
        return before is None or transition.first
    return False


@dataclass
class RulesEpisode:
    """The memory of an episode: the scene so far, and the agent's plan in it."""

    scene: TrackedScene  # the scene as believed
    facts: Facts | None = None  # the facts last decided on
    action: int = -1  # the action decided
    plan: Plan = field(default_factory=Plan)  # the plan that the agent follows
    done: int = 0  # number of the plan's actions that are done
    surprised: int = -1  # the front end's last step of surprise when the plan was made
    hopeless: object = None  # the scene and the beliefs in which no plan was found
    # the actions that did not have the expected effect
    refused: frozenset[Refused] = frozenset()
    # number of tries of each (type of the agent, action)
    tries: dict[tuple[int, int], int] = field(default_factory=dict)
    careful: ChancePlanner | None = None  # values among things that walk, or on slippery ground
    careful_key: object = None  # the circumstances in which they hold
    deeds: dict[Deed, int] = field(default_factory=dict)  # what was done where, and how often
    watch: Watch | None = None  # the tracks of things, where the world moves by itself

    def copy(self) -> RulesEpisode:
        """Return a copy that shares nothing that changes."""
        watch = None if self.watch is None else self.watch.copy()
        tries, deeds = self.tries.copy(), self.deeds.copy()
        return altered(self, scene=self.scene.copy(), tries=tries, deeds=deeds, watch=watch)

    def note(self, action: int) -> None:
        """Note an action that is taken now."""
        self.action, board = action, self.scene.board
        if board is not None:
            tried, deed = (board.body, action), (action, board.place, board.body, board.held)
            self.tries[tried] = self.tries.get(tried, 0) + 1
            self.deeds[deed] = self.deeds.get(deed, 0) + 1

    def took(self, action: int) -> None:
        """Note that another action was taken than the one decided; the plan is dropped."""
        self.action, self.plan, self.done = action, Plan(), 0

    def carry_over(self, earlier: RulesEpisode) -> bool:
        """Take over the things taken in an earlier episode; return whether there are any."""
        return self.scene.carry_over(earlier.scene)


def scenes_state(scenes: Mapping[int, TrackedScene]) -> dict[str, Any]:
    """Return the scenes of environments for a checkpoint, JSON-able; the first has its old name."""
    others = {env: scene for env, scene in sorted(scenes.items()) if env}
    state = {"scene": scenes.get(0, TrackedScene()).state()}
    return state | ({"scenes": [[e, each.state()] for e, each in others.items()]} if others else {})


def scenes_from(state: Mapping[str, Any]) -> dict[int, TrackedScene]:
    """Take what `scenes_state` gave, after a round through JSON."""
    stored = [[0, state["scene"]], *state.get("scenes", ())]
    return {int(env): TrackedScene.from_state(each) for env, each in stored}
