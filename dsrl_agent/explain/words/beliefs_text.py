"""Write beliefs as sentences."""

from __future__ import annotations

from collections.abc import Sequence

from dsrl_agent.explain.beliefs.beliefs import Beliefs, Promise, SelfBelief, TypeBelief
from dsrl_agent.explain.beliefs.contacts import ContactOutcome, ContactStatistics, at_least, percent
from dsrl_agent.explain.words.reasons_text import NOTHING, capital, listed, place_in_words
from dsrl_agent.front_end.knowledge import RuleBelief

_SHOWN_DISTANCES = 4


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
    acts = [_acts_in_words(moves.acts)] if moves.acts else []
    if len({number for number, *_ in moves.motions}) < 2:
        moved = [
            f"{action} {_way_in_words(rows, cols)}"
            for _, action, rows, cols, _ in moves.motions
            if (rows, cols) != (0, 0)
        ]
        said = f"{own}. Its actions move it: {', '.join(moved or ['none was seen to'])}."
        return [said, *acts]
    actions = sorted({action for _, action, *_ in moves.motions})
    lines = [_action_in_words(action, moves) for action in actions]
    return [f"{own}, or of a type that this turns into.", *filter(None, lines), *acts]


def _action_in_words(action: int, moves: SelfBelief) -> str:
    """Say what an action does to each appearance of the agent; nothing if it does nothing."""
    own = [motion for motion in moves.motions if motion[1] == action]
    moved = [
        f"type {number} {_way_in_words(rows, cols)}"
        for number, _, rows, cols, _ in own
        if (rows, cols) != (0, 0)
    ]
    turned = [f"type {motion[0]} into type {motion[4]}" for motion in own if motion[0] != motion[4]]
    done = [f"moves {listed(moved)}"] if moved else []
    done += [f"turns {listed(turned)}"] if turned else []
    return f"  Action {action} {' and '.join(done)}." if done else ""


def _acts_in_words(actions: Sequence[int]) -> str:
    several = len(actions) > 1
    return (
        f"  Action{'s' if several else ''} {listed(map(str, actions))} "
        f"{'were' if several else 'was'} not seen to move it: what "
        f"{'they do, they do' if several else 'it does, it does'} to the cell in front."
    )


def _way_in_words(rows: int, cols: int) -> str:
    """Return a displacement, such as `left`, or `by +2 rows and +0 columns`."""
    if abs(rows) + abs(cols) == 1:
        return place_in_words(rows, cols).partition(" ")[2]
    return f"by {rows:+d} rows and {cols:+d} columns"


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
