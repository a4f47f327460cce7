"""Say in a few lines what an inspection found, and name likely causes of what looks wrong."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Iterator
from typing import NamedTuple

import numpy as np

from dsrl_agent.agent.inspection import FactFigures, FrameFigures, Inspection, Offset
from dsrl_agent.config import AgentConfig, InspectionThresholds
from dsrl_agent.perception.tiling.tiling import Tiling

_DIRECTIONS = {(0, -1): "left", (0, 1): "right", (-1, 0): "up", (1, 0): "down"}
_NAMED = slice(4)  # of the types, offsets or rewards in a line


class Finding(NamedTuple):
    """Something that looks wrong."""

    cause: str  # what it is and what probably causes it
    remedy: str  # the setting or wrapper to try

    def __str__(self) -> str:
        return f"{self.cause}; {self.remedy}."


def describe(found: Inspection) -> list[str]:
    """Return what an inspection found, a line for each subject."""
    frames, facts = found.frames, found.facts
    lines = [
        f"play:    {_steps(found)}, {frames.distinct} different frames, "
        f"terminated {_times(found.ends)}; rewards {_rewards(found)}",
        f"grid:    {_grid(frames)}",
    ]
    if facts is None:
        why = "nothing was found to see" if _cells_save_nothing(frames.tiling) else found.complaint
        return [*lines, f"sight:   {why or 'nothing was learned yet'}"]
    own = _numbers(facts.agent)
    agent = f"the agent is type {own}, seen once in {facts.alone:.0%} of frames"
    kinds = f"{len(facts.types)} types; {agent if own else 'no type responds to the actions'}"
    lines += [f"kinds:   {kinds}", f"actions: {_actions(frames, facts)}"]
    if facts.strangers:
        named = list(facts.strangers.items())[_NAMED]
        moving = ", ".join(f"type {number} in {share:.0%}" for number, share in named)
        lines.append(f"others:  what changes far from the agent: {moving} of steps")
    return [*lines, f"sense:   {facts.explained:.0%} of steps are explained"]


def told(found: Inspection, config: AgentConfig) -> Inspection:
    """Return an inspection that shows as the lines of `describe`, with a warning per finding."""
    warnings = (f"warning: {each}" for each in findings(found, config))
    return dataclasses.replace(found, said="\n".join([*describe(found), *warnings]))


def findings(found: Inspection, config: AgentConfig) -> list[Finding]:
    """Return what looks wrong, the likeliest cause first; nothing if all is well."""
    return [*_in_play(found, config), *map(_unread, found.unread)]


def _in_play(found: Inspection, config: AgentConfig) -> list[Finding]:
    """Return what looks wrong in the frames and facts of an inspection."""
    limits, facts = config.inspection, found.facts
    causes = list(_in_frames(found.frames, limits, nothing_seen=facts is None))
    if facts is None:
        return causes or [Finding("The sight in use found nothing to see", _OTHER_SIGHT)]
    causes += [*_of_the_grid(found.frames, facts, config), *_of_the_agent(facts, limits)]
    causes += [*_of_the_ends(facts, limits), *_of_the_fruits(facts, limits)]
    if facts.explained >= config.perception.explained:
        return causes
    causes += _in_facts(facts, limits)
    if causes:
        return causes
    explained = f"Only {facts.explained:.0%} of steps are explained"
    return [Finding(f"{explained}, for no reason that is known", _MORE_STEPS)]


def _unread(name: str) -> Finding:
    """Return that a part of the observations, such as a goal in words, is not read."""
    return Finding(
        f"What is told as {name!r} changes from episode to episode and is not read, though it may "
        "decide what is good",
        "draw it in every frame with a wrapper (--env.wrappers)",
    )


_MORE_STEPS = "try more steps (--inspection.steps, or --perception.frames in training)"
_OTHER_SIGHT = f"{_MORE_STEPS}, or another sight (--perception.sight)"


def _in_frames(
    frames: FrameFigures, limits: InspectionThresholds, *, nothing_seen: bool
) -> Iterator[Finding]:
    """Yield what frames and actions alone show to be wrong."""
    if not any(action.changes for action in frames.actions):
        yield Finding(
            "No action ever changed the frame: what the actions do is hidden, or takes more steps",
            f"{_MORE_STEPS}, or show it with a wrapper (--env.wrappers)",
        )
        return
    if frames.restless > limits.restless:
        share = f"{frames.restless:.0%} of pixels change in an ordinary step"
        if frames.step_levels < limits.noise_levels:
            yield Finding(
                f"{share}, by some {frames.step_levels:.0f} grey levels: the frames are noisy",
                "smooth them with a wrapper (--env.wrappers), or try --perception.sight off_grid",
            )
        else:
            yield Finding(
                f"{share}: the view scrolls, or the ground is animated",
                "show the whole world from a fixed place (--env.kwargs, --env.wrappers)",
            )
    if nothing_seen and _cells_save_nothing(frames.tiling):
        yield Finding(
            "This world does not seem to be drawn on a grid, which the agent needs: cut into "
            f"cells, its frames take {frames.tiling.share:.1f} times the bits that they take pixel "
            "by pixel",
            "if it has equal cells, show them larger or without what lies over them "
            "(--env.kwargs, --env.wrappers); if it has none, no setting helps",
        )
    elif frames.tiling.grid is None:
        yield Finding(
            "The frames show no clear grid of equal cells (the line grid: has the figures)",
            "try --perception.sight off_grid, or another size of frames (--env.door.source, "
            "--env.door.cell, --env.wrappers)",
        )


def _cells_save_nothing(tiling: Tiling) -> bool:
    """Return whether no cut into cells makes the frames shorter to describe."""
    return tiling.grid is None and tiling.bits_without > 0.0 and tiling.share >= 1.0


def _of_the_grid(
    frames: FrameFigures, facts: FactFigures, config: AgentConfig
) -> Iterator[Finding]:
    """Yield a disagreement about the grid between sight and the description length."""
    shown, used = frames.tiling.grid, facts.grid
    if shown is None or used is None or min(used.pitch) < config.perception.tiling.least_pitch:
        return  # a sight off the grid counts in pixels
    lines = [tuple(np.mod(grid.origin, shown.pitch).tolist()) for grid in (shown, used)]
    if shown.pitch != used.pitch or lines[0] != lines[1]:
        yield Finding(
            f"The sight in use works on cells of {used.pitch[0]} x {used.pitch[1]} pixels from "
            f"{used.origin}, but the frames recur in cells of {shown.pitch[0]} x {shown.pitch[1]} "
            f"from {shown.origin}",
            _OTHER_SIGHT,
        )


def _of_the_agent(facts: FactFigures, limits: InspectionThresholds) -> Iterator[Finding]:
    """Yield what is wrong with the agent's facts."""
    if not facts.agent:
        yield Finding(
            "No type responds to the actions: the agent is not seen, or hardly ever moved",
            f"{_MORE_STEPS}, or show the agent more clearly with a wrapper (--env.wrappers)",
        )
    elif facts.missing > 1 - limits.alone:
        yield Finding(
            f"The agent is not seen in {facts.missing:.0%} of frames: it is hidden, leaves the "
            "view, or one of its looks is taken for something else",
            f"{_MORE_STEPS}, or show the agent in every frame with a wrapper (--env.wrappers)",
        )
    elif facts.alone < limits.alone:
        share = 1 - facts.alone - facts.missing
        yield Finding(
            f"Several agents are seen in {share:.0%} of frames: something looks like the agent",
            f"{_MORE_STEPS}, or draw it in another way with a wrapper (--env.wrappers)",
        )
    elif not facts.moves:
        yield Finding(
            f"No action takes type {_numbers(facts.agent)} from cell to cell: it may not be the "
            "agent, or the agent does not move in cells",
            _OTHER_SIGHT,
        )


def _of_the_ends(facts: FactFigures, limits: InspectionThresholds) -> Iterator[Finding]:
    """Yield that episodes end well or not where all that is seen is alike."""
    ends = facts.ends
    if ends.times >= limits.ends and ends.undecided > limits.undecided:
        yield Finding(
            f"Of {ends.times} ends of episodes that looked alike before, {ends.odd} turned out "
            "otherwise than the rest: what decides may not be in the picture, such as a mission in "
            "words or something seen earlier",
            "show it in every frame with a wrapper (--env.wrappers)",
        )


def _of_the_fruits(facts: FactFigures, limits: InspectionThresholds) -> Iterator[Finding]:
    """Yield that the agent's own episodes bring nothing good."""
    episodes, good = facts.fruits
    if episodes >= limits.episodes and good < limits.fruitful * episodes:
        few = f"Only {good}" if good else "None"
        yield Finding(
            f"{few} of the agent's latest {episodes} episodes brought more than plain steps do: it "
            "does not know what is good, or does not get there",
            "train it longer; what else is named here may be the cause",
        )


def _in_facts(facts: FactFigures, limits: InspectionThresholds) -> Iterator[Finding]:
    """Yield what facts show to be wrong, where too little is explained."""
    if len(facts.types) >= limits.types:
        yield Finding(
            f"{len(facts.types)} types are many: cells do not recur, so the grid is wrong, or "
            "pictures are larger than a cell or animated",
            "look at the grid above; try --perception.sight off_grid or --env.door.cell",
        )
    far = {number: share for number, share in facts.strangers.items() if share > limits.strangers}
    if far:
        yield Finding(
            f"Type {_numbers(far)} changes far from the agent: it moves by itself, or is misread",
            "things that move are planned for only where the front end learns their steps "
            "(--front_end.kind rules)",
        )


def _steps(found: Inspection) -> str:
    """Return how many steps were taken, and how many of them at random."""
    steps, chosen = found.frames.steps, 0 if found.facts is None else found.facts.chosen
    if not chosen:
        return f"{steps} random steps"
    return f"{steps} steps{f', {steps - chosen} of them random' if chosen < steps else ''}"


def _grid(frames: FrameFigures) -> str:
    tiling = frames.tiling
    grid = tiling.grid or tiling.best
    if grid is None:
        return f"none. {tiling.complaint}"
    shape = f"{grid.shape[0]} x {grid.shape[1]} cells of {grid.pitch[0]} x {grid.pitch[1]} pixels"
    place = f"the first at row {grid.origin[0]}, column {grid.origin[1]}"
    if tiling.grid is None:
        return f"none. {tiling.complaint} The best would be {shape}."
    if grid != grid.whole():
        place += ", what is beside them left out"
    saved = f"saves {tiling.bits_without - tiling.bits:,.0f} bits ({1 - tiling.share:.0%})"
    other = f"another grid needs {tiling.sharpness:.1f} times the bits"
    return f"{shape}, {place}; {saved}{f', {other}' if np.isfinite(tiling.bits_second) else ''}"


def _actions(frames: FrameFigures, facts: FactFigures) -> str:
    parts = (_action(number, frames, facts) for number in range(len(frames.actions)))
    return ", ".join(f"{number} {part}" for number, part in enumerate(parts))


def _action(number: int, frames: FrameFigures, facts: FactFigures) -> str:
    tried = frames.actions[number]
    moves, reached = facts.moves.get(number), facts.reached.get(number)
    if moves:
        return _offsets(moves)
    if number in facts.turns:
        return "turns the agent"
    if reached:
        return f"changes the cell {_offsets(dict(reached.most_common(_NAMED.stop)))} of the agent"
    if tried.changes:
        return f"changes {tried.changes} of {tried.tries} frames"
    return f"changes nothing ({tried.tries} times)"


def _offsets(offsets: Iterable[Offset]) -> str:
    """Return displacements in words."""
    return "/".join(_DIRECTIONS.get(offset, f"{offset}") for offset in sorted(offsets))


def _times(count: int) -> str:
    return {0: "never", 1: "once"}.get(count, f"{count} times")


def _rewards(found: Inspection) -> str:
    most = sorted(found.rewards.items(), key=lambda item: -item[1])[_NAMED]
    shown = ", ".join(f"{reward:g} ({count})" for reward, count in most)
    return shown + (", ..." if len(found.rewards) > _NAMED.stop else "")


def _numbers(types: Iterable[int]) -> str:
    numbers = sorted(types)
    return ", ".join(map(str, numbers[_NAMED])) + (", ..." if len(numbers) > _NAMED.stop else "")
