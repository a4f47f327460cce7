"""Lay out what is believed: the types with their pictures and counts, rules, and sentences."""

from __future__ import annotations

from typing import NamedTuple

from dsrl_agent.agent.dsrl import DSRL
from dsrl_agent.explain.beliefs.beliefs import Beliefs
from dsrl_agent.explain.beliefs.contacts import at_least
from dsrl_agent.explain.page.overlay import colour_of
from dsrl_agent.explain.words.beliefs_text import moves_in_words, store_in_words, type_in_words
from dsrl_agent.explain.words.reasons_text import capital
from dsrl_agent.records.pages import png_address
from dsrl_agent.records.type_names import NO_NAMES, TypeNames


class TypeCard(NamedTuple):
    """A type: its picture, its name and what is known of touching it."""

    number: int
    name: str
    colour: str  # class of its colour
    picture: str | None  # address of its picture
    own: bool  # whether it shows the agent
    touched: int  # touches in the agent's life, as far as they are counted
    lines: tuple[str, ...]  # what is believed of it; empty where rules say it


class RuleRow(NamedTuple):
    """A rule with its counts."""

    sentence: str
    times: int  # samples in which it held
    cases: int  # samples in which its conditions held
    confidence: float  # the lower end of the share in which it holds
    firm: bool  # whether enough touches agree to act on it


class BeliefView(NamedTuple):
    """What a page shows of an agent's beliefs."""

    types: tuple[TypeCard, ...]
    unnamed: int | None  # the first type, other than the agent's own, that has no name
    rules: tuple[RuleRow, ...]
    sentences: tuple[str, ...]


def belief_view(agent: DSRL, believed: Beliefs, names: TypeNames) -> BeliefView:
    """Return an agent's beliefs as a page shows them."""
    pictures, own = agent.perception.pictures(), agent.front_end.agency.self_types
    found = {belief.type: belief for belief in believed.types}
    cards = []
    for number in agent.perception.known:
        belief = found.get(number)
        picture = pictures.get(number)
        lines = [] if belief is None or believed.rules else type_in_words(belief)
        card = TypeCard(
            number=number,
            name=names.of(number),
            colour=colour_of(number, own),
            picture=None if picture is None else png_address(picture),
            own=number in own,
            touched=_touches(number, believed),
            lines=tuple(names.put_into(line).strip() for line in lines),
        )
        cards.append(card)
    said = [*moves_in_words(believed.moves), store_in_words(believed)]
    sentences = tuple(names.put_into(line).strip() for line in said)
    unnamed = (one.number for one in cards if not one.own and one.name == NO_NAMES.of(one.number))
    return BeliefView(tuple(cards), next(unnamed, None), tuple(_rules(believed, names)), sentences)


def _touches(number: int, believed: Beliefs) -> int:
    """Return the touches of a type; rules may rest on more than the steps remembered."""
    ruled = sum(each.rule.cases for each in believed.rules if each.rule.front == number)
    return max([ruled, *(each.touched for each in believed.types if each.type == number)])


def _rules(believed: Beliefs, names: TypeNames) -> list[RuleRow]:
    return [
        RuleRow(
            sentence=capital(names.put_into(each.sentence)),
            times=each.rule.times,
            cases=each.rule.cases,
            confidence=at_least(each.rule.times, each.rule.cases),
            firm=each.firm,
        )
        for each in believed.rules
    ]
