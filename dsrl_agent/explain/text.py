"""Write beliefs and reasons as sentences."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from dsrl_agent.explain.beliefs.beliefs import Beliefs, Promise, SelfBelief, TypeBelief
from dsrl_agent.explain.beliefs.contacts import ContactOutcome, ContactStatistics, at_least, percent
from dsrl_agent.explain.policy import Actions
from dsrl_agent.explain.reasons.counterfactual import Counterfactual
from dsrl_agent.explain.reasons.decisive_objects import DecisiveObjects
from dsrl_agent.explain.reasons.reasons import Reasons
from dsrl_agent.front_end.knowledge import Course, RuleBelief
from dsrl_agent.records.type_names import NO_NAMES, TypeNames
from dsrl_agent.types import Fact, Floats

_SHOWN_DISTANCES, _SHOWN_STEPS = 4, 12
_NAMED = 3  # objects named one by one
NOTHING = 5e-4
"""Values below are shown as 0.000, or as a dot."""


def beliefs_in_words(beliefs: Beliefs) -> list[str]:
    """Return an agent's beliefs, a sentence a line."""
    lines = moves_in_words(beliefs.moves)
    for of_type in [] if beliefs.rules else beliefs.types:  # rules hold more
        lines += type_in_words(of_type)
    lines += [_rule_in_words(rule) for rule in beliefs.rules]
    return [*lines, store_in_words(beliefs)]


def store_in_words(beliefs: Beliefs) -> str:
    """Return a sentence about the size of the table or the number of rules."""
    first = f"It plans on its rules ({beliefs.kind})"
    if beliefs.table is not None:
        entries, value_bytes = beliefs.table
        first = f"Its table ({beliefs.kind}) has {entries} entries, {value_bytes:,} bytes of values"
    return f"{first}; counts are of the last {beliefs.remembered} steps."


def _rule_in_words(belief: RuleBelief) -> str:
    share = percent(at_least(belief.rule.times, belief.rule.cases))
    sure = "" if belief.firm else "; not sure yet"
    return f"{capital(belief.sentence)}, so in at least {share} of cases{sure}."


def moves_in_words(moves: SelfBelief) -> list[str]:
    """Return an agent's belief about itself, a sentence a line."""
    if moves.type is None:
        return ["It does not know yet which object it is."]
    own = f"It is the object of type {moves.type}"
    if len({number for number, *_ in moves.motions}) < 2:
        moved = [
            f"{action} ({moves.names[action]}) by {rows:+d} rows and {cols:+d} columns"
            for _, action, rows, cols, _ in moves.motions
            if (rows, cols) != (0, 0)
        ]
        return [f"{own}. Its actions move it: {'; '.join(moved or ['none was seen to'])}."]
    done: dict[int, list[str]] = {}
    for number, action, rows, cols, after in moves.motions:
        by = f" moves it by {rows:+d} rows and {cols:+d} columns" if (rows, cols) != (0, 0) else ""
        to = f" turns it into type {after}" if after != number else ""
        if by or to:
            both = " and" if by and to else ""
            done.setdefault(number, []).append(f"action {action}{by}{both}{to}")
    appearances = [f"  As type {number}: {'; '.join(how)}." for number, how in done.items()]
    return [f"{own}, or of a type that this turns into.", *appearances]


def reasons_in_words(reasons: Reasons, names: TypeNames = NO_NAMES) -> list[str]:
    """Return the reasons of a decision, a step of the chain a line; types have names."""
    table = _table(reasons, names) if reasons.agent is not None else []
    lines = [*scene_in_words(reasons), *table, *choice_in_words(reasons)]
    return [names.put_into(line) for line in lines]


def scene_in_words(reasons: Reasons) -> list[str]:
    """Return what the agent sees, the first steps of the chain of reasons, a line for each."""
    others = [fact for fact in reasons.facts if fact != reasons.agent]
    lines = ["It sees " + _listed(_fact(fact) for fact in others) + "."]
    if reasons.agent is None:
        unseen = (
            "It does not see itself exactly once, so nothing is near or far: it acts at random."
        )
        return [*lines, unseen]
    at = f"[{reasons.agent.row}, {reasons.agent.col}]"
    return [*lines, f"It is the type {reasons.agent.type} at {at}. From there:"]


def choice_in_words(reasons: Reasons) -> list[str]:
    """Return the last steps of the chain of reasons, a line for each: choice, cause and course."""
    if reasons.agent is None:
        return []
    lines = [_choice(reasons)]
    if reasons.named is not None:
        lines.append(_named(reasons, reasons.named))
    if reasons.course is not None:
        lines.append(course_in_words(reasons, reasons.course))
    return [*lines, _otherwise(reasons, reasons.otherwise)]


def place_in_words(d_row: int, d_col: int) -> str:
    """Return a position relative to the agent, such as `2 right, 1 down`."""
    across = f"{abs(d_col)} {'right' if d_col > 0 else 'left'}" if d_col else ""
    along = f"{abs(d_row)} {'down' if d_row > 0 else 'up'}" if d_row else ""
    return ", ".join(part for part in (across, along) if part) or "here"


def contact_in_words(contact: ContactStatistics) -> str:
    """Return the results of touching a type, such as `-1.00, it vanishes, 41 of 41 times`."""
    reward = f"{contact.reward:+.2f}"
    if contact.most - contact.least >= NOTHING:
        reward += f" on average ({contact.least:+.2f} to {contact.most:+.2f})"
    said = (
        f"touching type {contact.type}: {reward}, {_outcome(contact.outcome)}, {contact.times} of "
        f"{contact.of} times (so in at least {percent(contact.confidence)} of cases)"
    )
    return said + (f", and {contact.ended} times the episode ended" if contact.ended else "")


def _outcome(outcome: ContactOutcome) -> str:
    fates = {
        "vanishes": "it vanishes",
        "moves on": "it moves on",
        "stays": "it stays and is in the way",
        "becomes another": f"it becomes type {outcome.becomes}",
        "is out of sight": "it is seen no more",
    }
    said = fates[outcome.fate]
    if outcome.fate in ("becomes another", "is out of sight") and not outcome.entered:
        said += " and the agent stays where it was"
    return said


def type_in_words(belief: TypeBelief) -> list[str]:
    """Return an agent's belief about a type, a sentence a line."""
    if belief.contact is not None:
        first = contact_in_words(belief.contact)
    elif belief.touched:
        first = f"touching type {belief.type}: {belief.touched} times, but none of late"
    else:
        first = f"touching type {belief.type}: never done"
    if belief.touched > (0 if belief.contact is None else belief.contact.of):
        first += f"; these are the touches that it remembers, of {belief.touched:,} in all"
    lines = [f"{capital(first)}."]
    if belief.promises:
        places = sum(promise.places for promise in belief.promises)
        lines.append(
            f"  Its table knows type {belief.type} at {places} places around it, from "
            f"{belief.updates} remembered steps: {_promises(belief.promises)}."
        )
    return lines


def _promises(promises: Sequence[Promise]) -> str:
    """Say the best and worst values at the nearest distances."""
    shown = promises[:_SHOWN_DISTANCES]
    sides = [
        ("the best action is worth", [(p.distance, p.best) for p in shown if p.best > NOTHING]),
        ("the worst action costs", [(p.distance, p.worst) for p in shown if p.worst < -NOTHING]),
    ]
    said = []
    for side, known in sides:
        values = ", ".join(f"{value:+.2f} at distance {distance}" for distance, value in known)
        said += [f"{side} {values}"] if known else []
    return "; ".join(said) or "no action is worth more or less than another"


def _table(reasons: Reasons, names: TypeNames) -> list[str]:
    """Lay out each object's part in each action's value."""
    rows = [["", *reasons.actions]]
    for part in reasons.parts:
        if part.values is not None and (abs(part.values) > NOTHING).any():
            name = f"type {part.fact.type}, {place_in_words(part.d_row, part.d_col)}"
            rows.append([names.put_into(name), *_numbers(part.values)])
    silent = len(reasons.parts) - len(rows) + 1
    if silent:
        rest = f"the other {silent}" if len(rows) > 1 else f"all {silent}"
        rows.append([rest, *["."] * len(reasons.actions)])
    if (abs(reasons.correction) > NOTHING).any():
        rows.append([reasons.correction_name, *_numbers(reasons.correction)])
    rows.append(["value of the action", *_numbers(reasons.values)])
    first, *widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = []
    for name, *cells in rows:
        numbers = [cell.rjust(width) for cell, width in zip(cells, widths, strict=True)]
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
        said = f"So it goes {best}: worth {worth}."
    else:
        taken = reasons.actions[reasons.chosen]
        said = f"So it goes {best} (worth {worth} alike), and takes {taken}."
    if reasons.corrected:
        said += " Were the episode to begin here, it would choose otherwise."
    return said


def _named(reasons: Reasons, named: DecisiveObjects) -> str:
    if not named.objects:
        return "No object decides this: it would do the same without any."
    seen = [_seen_from(reasons, fact) for fact in named.objects]
    more = len(seen) - _NAMED
    objects = _listed(seen if more < 2 else [*seen[:_NAMED], f"{more} more"])
    it = "it" if len(named.objects) == 1 else "them"
    if named.suffice and named.necessary:
        would = f"with no other object it would do the same, without {it} it would not"
        return f"Because of {objects}: {would}."
    if named.suffice:
        return f"Because of {objects}, but without, others would take their place."
    return f"No few objects decide this; together with others: {objects}."


def course_in_words(reasons: Reasons, course: Course) -> str:
    """Return a course that may be another than that of the decision as a sentence."""
    means = "It plans to go" if course.planned else "It expects to go"
    way = ", ".join(reasons.actions[action] for action in course.actions[:_SHOWN_STEPS])
    way += ", …" if len(course.actions) > _SHOWN_STEPS else ""
    if not course.touches:
        return f"{means} {way}, and to touch nothing."
    touches = _listed(
        f"{_fact(touch.fact)} in step {touch.step} ({touch.reward:+.2f}"
        f"{'' if touch.known else ', a hope'})"
        for touch in course.touches
    )
    worth = "less the price of the steps" if course.planned else "as seen from now"
    return f"{means} {way}, and so to touch {touches}: {worth} {course.value:+.3f}."


def _otherwise(reasons: Reasons, other: Counterfactual | None) -> str:
    if other is None:
        return "No change of one fact would make it act otherwise."
    change = "not there" if other.becomes is None else f"of type {other.becomes}"
    then = "all actions would be alike to it"
    if len(other.actions) < len(reasons.actions):
        then = f"it would go {_alternatives(reasons, other.actions)}"
    return f"If {_seen_from(reasons, other.fact)} were {change}, {then}."


def _alternatives(reasons: Reasons, actions: Actions) -> str:
    return " or ".join(reasons.actions[action] for action in sorted(actions))


def _seen_from(reasons: Reasons, fact: Fact) -> str:
    assert reasons.agent is not None
    place = place_in_words(fact.row - reasons.agent.row, fact.col - reasons.agent.col)
    return f"the type {fact.type} at [{fact.row}, {fact.col}] ({place})"


def _fact(fact: Fact) -> str:
    return f"type {fact.type} at [{fact.row}, {fact.col}]"


def capital(sentence: str) -> str:
    """Return a sentence with a capital letter in front."""
    return sentence[0].upper() + sentence[1:]


def _listed(parts: Iterable[str]) -> str:
    *most, last = list(parts) or ["nothing"]
    return f"{', '.join(most)} and {last}" if most else last
