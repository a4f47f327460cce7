"""Entries of tables revised by hand."""

from __future__ import annotations

import json

import numpy as np
import pytest
from drawings import LEFT, RIGHT, film, round_trip, scene, tabular

from dsrl_agent.front_end import TabularFrontEnd
from dsrl_agent.front_end.rules.tracking import TrackedScene
from dsrl_agent.front_end.tabular.contact_table import AffairsKey, ContactTable
from dsrl_agent.front_end.tabular.revision import action_words, contact_entries, revise_contact
from dsrl_agent.types import FREE


def taught(kind: str) -> TabularFrontEnd:
    front_end = tabular(kind)
    for transition in (*round_trip(), *film("+x", (RIGHT, 1.0, ".+"))):
        front_end.learn(transition, np.random.default_rng(0))
    return front_end


def test_actions_of_the_same_name_are_told_apart() -> None:
    assert action_words(taught("flat")) == ["left", "right", "up", "down"]
    assert action_words(tabular("flat")) == ["action 0", "action 1", "action 2", "action 3"]


def test_each_table_names_the_entries_that_bear_on_a_scene() -> None:
    facts = scene("x+x")
    says = {
        kind: [belief.says for belief in taught(kind).revisable(facts, taught(kind).begin())]  # type: ignore[attr-defined]
        for kind in ("flat", "srl_cs", "relational")
    }
    sides = [f"type 1, +0 rows and {side} columns from it" for side in ("-1", "+1")]
    assert says == {"flat": ["this scene"], "srl_cs": sides, "relational": ["stepping on type 1"]}


def test_an_entry_of_a_table_is_revised_and_nothing_else() -> None:
    front_end = taught("srl_cs")
    before = {key: row.copy() for key, row in front_end.table.items()}
    front_end.revise(json.dumps([1, 0, 1]), "left", 2.5)
    assert front_end.table[1, 0, 1][LEFT] == 2.5
    front_end.table[1, 0, 1][LEFT] = before[1, 0, 1][LEFT]
    assert {key: row.tolist() for key, row in front_end.table.items()} == {
        key: row.tolist() for key, row in before.items()
    }


def test_an_unknown_action_is_refused() -> None:
    with pytest.raises(KeyError):
        taught("srl_cs").revise(json.dumps([1, 0, 1]), "north", 2.5)


def test_contacts_in_sight_are_revised_for_all_moving_actions() -> None:
    front_end = tabular("relational")
    table, followed = ContactTable(4, front_end.config), TrackedScene((1, 3))
    assert contact_entries(followed, table, 4) == []  # no scene
    agency = taught("flat").agency
    followed.begin(scene("o+x"), agency)
    entries = contact_entries(followed, table, 4)
    assert [entry.key for entry in entries] == [(FREE, (), (), 1), (FREE, (), (), 2)]
    assert np.isnan(entries[0].values).all()
    revise_contact(table, entries[0].key, RIGHT, 2.0)
    assert table.value(AffairsKey(FREE, (), (), 1), RIGHT) == 2.0
