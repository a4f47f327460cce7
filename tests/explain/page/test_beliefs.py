"""Views of beliefs: a card for each type, and a row for each rule."""

from __future__ import annotations

from typing import Any

import pytest
from inspected import agent_of

from dsrl_agent.explain.beliefs.beliefs import beliefs
from dsrl_agent.explain.page.beliefs import BeliefView, belief_view
from dsrl_agent.records.type_names import TypeNames

pytestmark = pytest.mark.usefixtures("one_thread")
NAMES = TypeNames({1: "hero"})


def viewed(kind: Any) -> BeliefView:
    agent = agent_of(kind)
    return belief_view(agent, beliefs(agent.front_end, agent.perception.known), NAMES)


def test_a_table_has_sentences_about_each_type_and_no_rules() -> None:
    view = viewed("relational")
    assert [card.number for card in view.types] == [1, 2, 3]
    assert [card.own for card in view.types] == [True, False, False]
    assert (view.types[0].name, view.types[1].name) == ("hero", "type 2")
    assert all(card.picture and card.picture.startswith("data:image/png") for card in view.types)
    for card in view.types[1:]:
        assert card.touched > 0
        assert f"{card.touched} of {card.touched} times" in card.lines[0]
    assert view.rules == ()
    assert view.sentences[0].startswith("It is the object of type hero. Its actions move it")
    assert view.sentences[-1].startswith("Its table (relational) has ")


def test_rules_are_rows_with_their_counts() -> None:
    view = viewed("rules")
    assert all(card.lines == () for card in view.types)
    about = [rule.sentence for rule in view.rules]
    assert any(sentence.startswith("Touching type 2: ") for sentence in about)
    for rule in view.rules:
        assert 0 < rule.times <= rule.cases
        assert 0 < rule.confidence < rule.times / rule.cases + 1e-9
    assert view.sentences[-1].startswith("It plans on its rules (rules)")
