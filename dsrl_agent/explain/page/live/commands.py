"""Carry out what a page asks of a session, and answer in words."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from dsrl_agent.errors import ConfigError
from dsrl_agent.explain.page.live.edits import BoardView, Edit
from dsrl_agent.explain.page.live.session import LiveSession, WhatIf
from dsrl_agent.explain.page.overlay import called_by
from dsrl_agent.explain.policy import Actions
from dsrl_agent.explain.reasons.course import course_of
from dsrl_agent.explain.reasons.reasons import Reasons
from dsrl_agent.explain.words.reasons_text import choice_in_words, course_in_words
from dsrl_agent.records.type_names import TypeNames

Answer = list[str]
"""Sentences; types have their names."""


def carry_out(session: LiveSession, command: Mapping[str, Any]) -> Answer:
    """Carry out a command `{"do": name, ...}`, and return what there is to say of it.

    Raises:
        ConfigError: There is no such command, or it cannot be carried out.
    """
    do = command.get("do")
    if not isinstance(do, str) or do not in COMMANDS:
        raise ConfigError(f"{do!r} is no command; there are {', '.join(COMMANDS)}.")
    said = COMMANDS[do](session, command)
    return [session.names.put_into(line) for line in said]


def _step(session: LiveSession, command: Mapping[str, Any]) -> Answer:
    action = command.get("action")
    if action is not None and type(action) is not int:
        raise ConfigError(f"action is {action!r}, but it must be a whole number.")
    decided = session.decision
    session.step(action)
    who = "It went" if action is None else "By hand it went"
    name = decided.why.actions[decided.action if action is None else action]
    return [f"{who} {name}: reward {session.point.reward:+z.2f}."]


def _back(session: LiveSession, command: Mapping[str, Any]) -> Answer:
    session.back()
    return ["Back to before the last step or edit."]


def _new(session: LiveSession, command: Mapping[str, Any]) -> Answer:
    session.new_world()
    return [f"Another world: episode {session.episode + 1}."]


def _edit(session: LiveSession, command: Mapping[str, Any]) -> Answer:
    edit = Edit.read(_part(command, "edit"))
    before, words = session.decision, _in_words(session.point.board, edit, session.names, False)
    session.edit(edit)
    return [f"{words}. {_compared(before.why, session.decision.why, past=True)}"]


def _what_if(session: LiveSession, command: Mapping[str, Any]) -> Answer:
    edit = Edit.read(_part(command, "edit"))
    words = _in_words(session.point.board, edit, session.names, True)
    return what_if_in_words(session.what_if(edit), words)


def what_if_in_words(found: WhatIf, words: str) -> Answer:
    """Return the answer to a question such as `If the circle were not there`."""
    then = found.then.why
    return [f"{words}, {_compared(found.now.why, then, past=False)}", *choice_in_words(then)]


def _why_not(session: LiveSession, command: Mapping[str, Any]) -> Answer:
    action, why = command.get("action"), session.decision.why
    if type(action) is not int or not 0 <= action < len(why.actions):
        raise ConfigError(
            f"action is {action!r}, but it must be one of 0 to {len(why.actions) - 1}."
        )
    name, worth = why.actions[action], f"{why.values[action]:+.3f}"
    if action in why.greedy:
        return [f"It might as well go {name}: that is worth {worth}, as much as any action."]
    less = why.values.max() - why.values[action]
    said = [f"Going {name} is worth {worth}: {less:.3f} less than {_named(why, why.greedy)}."]
    shape = session.agent.perception.shape_of(session.point.board.frame)
    front_end, memory = session.agent.front_end, session.decision.memory
    course = course_of(front_end, why.facts, action, shape, memory)
    return said if course is None else [*said, f"From there: {course_in_words(why, course)}"]


def _revise(session: LiveSession, command: Mapping[str, Any]) -> Answer:
    before = session.decision.why
    session.revise(str(command.get("key")), str(command.get("name")), command.get("value"))
    changed = _compared(before, session.decision.why, past=True)
    return [f"It believes so now, until the server stops. {changed}"]


def _restore(session: LiveSession, command: Mapping[str, Any]) -> Answer:
    session.restore()
    return ["It believes again what it has learned."]


COMMANDS: dict[str, Callable[[LiveSession, Mapping[str, Any]], Answer]] = {
    "step": _step,
    "back": _back,
    "new": _new,
    "edit": _edit,
    "what_if": _what_if,
    "why_not": _why_not,
    "revise": _revise,
    "restore": _restore,
}
"""By name, what a page may ask for."""


def _part(command: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    part = command.get(name)
    if not isinstance(part, Mapping):
        raise ConfigError(f"The command {command.get('do')} lacks {name!r}.")
    return part


def _compared(before: Reasons, after: Reasons, *, past: bool) -> str:
    """Say what the action is now, or would be, and whether it is another."""
    best = _named(after, after.greedy)
    worth = f"worth {after.values.max():+.3f}"
    if len(after.greedy) == len(after.actions):
        return f"{'All' if past else 'all'} actions {'are' if past else 'would be'} alike to it."
    if after.greedy == before.greedy:
        return f"{'It still goes' if past else 'it would still go'} {best} ({worth})."
    instead = _named(before, before.greedy)
    return f"{'Now it goes' if past else 'it would go'} {best} ({worth}) instead of {instead}."


def _named(why: Reasons, actions: Actions) -> str:
    return " or ".join(why.actions[action] for action in sorted(actions))


def _in_words(board: BoardView, edit: Edit, names: TypeNames, imagined: bool) -> str:
    """Return an edit as a beginning of a sentence."""
    at = f"[{edit.place[0]}, {edit.place[1]}]"
    fact = board.stands().get(edit.place)
    thing = "what stands" if fact is None else f"the {called_by(fact.type, names)}"
    were, has = ("were", "If ") if imagined else ("is", "")
    what = f"type {edit.what}" if edit.what.isdecimal() else edit.what
    said = {
        "remove": f"{thing} at {at} {were} not there" if imagined else f"{thing} at {at} is gone",
        "put": f"a {what} {were} at {at}",
        "move": f"{thing} from {at} {were} at {list(edit.to or ())}",
        "colour": f"{thing} at {at} {were} of another colour",
    }[edit.do]
    said = names.put_into(said)
    return has + said if imagined else said[0].upper() + said[1:]
