"""Write reasons as sentences."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby

import numpy as np

from dsrl_agent.explain.policy import Actions
from dsrl_agent.explain.reasons.counterfactual import Counterfactual
from dsrl_agent.explain.reasons.decisive_objects import DecisiveObjects
from dsrl_agent.explain.reasons.reasons import Reasons
from dsrl_agent.front_end.knowledge import Course
from dsrl_agent.records.type_names import NO_NAMES, TypeNames
from dsrl_agent.types import UNKNOWN, Fact, Floats

_SHOWN_STEPS = 12
_NAMED = 3  # objects named one by one
_PLACES = 6  # places of a type named one by one
_TABLE = 76  # characters of a line of a table
NOTHING = 5e-4
"""Values below are shown as 0.000, or as a dot."""


def reasons_in_words(reasons: Reasons, names: TypeNames = NO_NAMES) -> list[str]:
    """Return the reasons of a decision, a step of the chain a line; types have names."""
    table = _table(reasons, names) if reasons.agent is not None else []
    lines = [*scene_in_words(reasons), *table, *choice_in_words(reasons)]
    return [names.put_into(line) for line in lines]


def scene_in_words(reasons: Reasons) -> list[str]:
    """Return what the agent sees, the first steps of the chain of reasons, a line for each."""
    others = [fact for fact in reasons.facts if fact != reasons.agent]
    lines = [f"It sees {listed(_seen(others))}."]
    if reasons.agent is None:
        unseen = (
            "It does not see itself exactly once, so nothing is near or far: it acts at random."
        )
        return [*lines, unseen]
    at = f"[{reasons.agent.row}, {reasons.agent.col}]"
    return [*lines, f"It is the type {reasons.agent.type} at {at}. From there:"]


def _seen(facts: Sequence[Fact]) -> Iterator[str]:
    """Yield objects with their places; only their number where there are many of a type."""
    for number, alike in groupby(facts, key=lambda fact: fact.type):
        same = list(alike)
        if len(same) > _PLACES:
            yield f"{_kind(number)} at {len(same)} places"
        else:
            yield from map(_fact, same)


def choice_in_words(reasons: Reasons) -> list[str]:
    """Return the last steps of the chain of reasons, a line for each: choice, cause and course."""
    if reasons.agent is None:
        return []
    lines = [_choice(reasons)]
    if reasons.named is not None:
        lines.append(_named(reasons, reasons.named))
    if reasons.course is not None:
        lines.append(course_in_words(reasons, reasons.course))
    elif len(reasons.greedy) < len(reasons.actions):
        lines.append("It has no plan: it decides from step to step.")
    return [*lines, _otherwise(reasons, reasons.otherwise)]


def place_in_words(d_row: int, d_col: int) -> str:
    """Return a position relative to the agent, such as `2 right, 1 down`."""
    across = f"{abs(d_col)} {'right' if d_col > 0 else 'left'}" if d_col else ""
    along = f"{abs(d_row)} {'down' if d_row > 0 else 'up'}" if d_row else ""
    return ", ".join(part for part in (across, along) if part) or "here"


def _table(reasons: Reasons, names: TypeNames) -> list[str]:
    """Lay out each object's part in each action's value."""
    rows = [["", *reasons.actions]]
    speaking = [part for part in reasons.parts if not _is_silent(part.values)]
    alike = [part for part in speaking if _is_even(part.values)]
    gathered = alike if len(alike) > 1 else []
    for part in speaking:
        if part not in gathered and part.values is not None:
            name = f"{_kind(part.fact.type)}, {place_in_words(part.d_row, part.d_col)}"
            rows.append([names.put_into(name), *_numbers(part.values)])
    if gathered:
        together = np.sum([part.values for part in gathered if part.values is not None], axis=0)
        rows.append([f"{len(gathered)} with any action", *_numbers(together)])
    silent = len(reasons.parts) - len(speaking)
    if silent:
        rest = f"the other {silent}" if len(rows) > 1 else f"all {silent}"
        rows.append([rest, *["."] * len(reasons.actions)])
    if (abs(reasons.correction) > NOTHING).any():
        rows.append([reasons.correction_name, *_numbers(reasons.correction)])
    rows.append(["value of the action", *_numbers(reasons.values)])
    return _lined_up(rows)


def _is_silent(values: Floats | None) -> bool:
    return values is None or not bool((abs(values) > NOTHING).any())


def _is_even(values: Floats | None) -> bool:
    """Return whether all actions have the same value."""
    return values is None or bool(np.ptp(values) <= NOTHING)


def _lined_up(rows: Sequence[Sequence[str]]) -> list[str]:
    """Return rows of cells as lines; columns without room follow below, by the names again."""
    first, *widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    fitting = max(1, (_TABLE - first) // (2 + max(widths)))
    lines: list[str] = []
    for begin in range(0, len(widths), fitting):
        shown = widths[begin : begin + fitting]
        for name, *cells in rows:
            near = cells[begin : begin + fitting]
            numbers = [cell.rjust(width) for cell, width in zip(near, shown, strict=True)]
            lines.append("  " + "  ".join([name.ljust(first), *numbers]).rstrip())
    return lines


def _numbers(values: Floats) -> list[str]:
    return ["." if abs(value) < NOTHING else f"{value:+.3f}" for value in values]


def _choice(reasons: Reasons) -> str:
    best, worth = _alternatives(reasons, reasons.greedy), f"{reasons.values.max():+.3f}"
    if len(reasons.greedy) == len(reasons.actions):
        return f"All actions are worth {worth}: it takes one at random."
    if reasons.chosen not in reasons.greedy:
        return f"It takes {reasons.actions[reasons.chosen]}, which is not the best: it explores."
    if len(reasons.greedy) == 1:
        said = f"So it {_go(best)[1]} {best}: worth {worth}."
    else:
        taken = reasons.actions[reasons.chosen]
        said = f"So it {_go(best)[1]} {best} (worth {worth} alike): this time {taken}."
    if _only_steps_differ(reasons):
        these = "this one" if len(reasons.greedy) == 1 else "these"
        said += f" Every action leads to the same objects, and {these} in the fewest steps."
    if reasons.corrected:
        said += " Were the episode to begin here, it would choose otherwise."
    return said


def _only_steps_differ(reasons: Reasons) -> bool:
    """Return whether a planner gets the same objects by whichever action it begins with."""
    planned = reasons.course is not None and reasons.course.planned
    gets = [part.values for part in reasons.parts if not _is_silent(part.values)]
    return planned and bool(gets) and all(map(_is_even, gets)) and not _is_even(reasons.correction)


def _go(way: str) -> tuple[str, str]:
    """Return the verb for going a way, and the same of a third person; numbers are taken."""
    return ("take", "takes") if "action " in way else ("go", "goes")


def _named(reasons: Reasons, named: DecisiveObjects) -> str:
    if not named.objects:
        return "No object decides this: it would do the same without any."
    touched = {touch.fact for touch in reasons.course.touches} if reasons.course else set()
    first = sorted(named.objects, key=lambda fact: fact not in touched)  # as the plan needs them
    seen = [_seen_from(reasons, fact) for fact in first]
    more = len(seen) - _NAMED
    objects = listed(seen if more < 2 else [*seen[:_NAMED], f"{more} more"])
    these = "this one" if len(named.objects) == 1 else "these"
    if named.suffice and named.necessary:
        would = f"with no other object it would do the same, without {these} it would not"
        return f"Because of {objects}: {would}."
    if named.suffice:
        return f"Because of {objects}, but without, others would take their place."
    return f"No few objects decide this; together with others: {objects}."


def course_in_words(reasons: Reasons, course: Course) -> str:
    """Return a course that may be another than that of the decision as a sentence."""
    way = ", ".join(reasons.actions[action] for action in course.actions[:_SHOWN_STEPS])
    means = f"It {'plans' if course.planned else 'expects'} to {_go(way)[0]}"
    way += ", …" if len(course.actions) > _SHOWN_STEPS else ""
    if not course.touches:
        return f"{means} {way}, and to touch nothing."
    touches = listed(
        f"{_fact(touch.fact)} in step {touch.step} ({touch.reward:+.2f}"
        f"{'' if touch.known else ', a hope'})"
        for touch in course.touches
    )
    worth = "less the price of the steps" if course.planned else "as seen from now"
    return f"{means} {way}, and so to touch {touches}: {worth} {course.value:+.3f}."


def _otherwise(reasons: Reasons, other: Counterfactual | None) -> str:
    if other is None:
        return "No change of one fact would make it act otherwise."
    change = "not there" if other.becomes is None else f"{_kind(other.becomes)} instead"
    then = "all actions would be alike to it"
    if len(other.actions) < len(reasons.actions):
        way = _alternatives(reasons, other.actions)
        then = f"it would {_go(way)[0]} {way}"
    return f"If {_seen_from(reasons, other.fact)} were {change}, {then}."


def _alternatives(reasons: Reasons, actions: Actions) -> str:
    return " or ".join(reasons.actions[action] for action in sorted(actions))


def _seen_from(reasons: Reasons, fact: Fact) -> str:
    assert reasons.agent is not None
    place = place_in_words(fact.row - reasons.agent.row, fact.col - reasons.agent.col)
    kind = "unknown thing" if fact.type == UNKNOWN else f"type {fact.type}"
    return f"the {kind} at [{fact.row}, {fact.col}] ({place})"


def _fact(fact: Fact) -> str:
    return f"{_kind(fact.type)} at [{fact.row}, {fact.col}]"


def _kind(number: int) -> str:
    return "something unknown" if number == UNKNOWN else f"type {number}"


def capital(sentence: str) -> str:
    """Return a sentence with a capital letter in front."""
    return sentence[0].upper() + sentence[1:]


def listed(parts: Iterable[str]) -> str:
    """Return parts as in a sentence, with `and` before the last; `nothing` if there are none."""
    *most, last = list(parts) or ["nothing"]
    return f"{', '.join(most)} and {last}" if most else last
