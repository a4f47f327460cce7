"""Heat maps of a table that was written by hand."""

from __future__ import annotations

import pytest
from inspected import agent_of
from tables import BAD, GOOD, SELF, written

from dsrl_agent.explain.page.heat_maps import heat_maps

ACTIONS = ["left", "right", "up", "down"]

pytestmark = pytest.mark.usefixtures("one_thread")


def test_each_type_of_object_has_a_map_around_the_agent() -> None:
    maps = heat_maps(written().knowledge(), [SELF, GOOD, BAD], ACTIONS)
    assert [each.number for each in maps] == [GOOD, BAD]
    for each in maps:
        assert each.middle == (each.cols // 2, each.rows // 2)
        assert all(0 <= one.col < each.cols and 0 <= one.row < each.rows for one in each.squares)


def test_shares_marks_and_titles_say_what_the_table_holds() -> None:
    good, bad = heat_maps(written().knowledge(), [SELF, GOOD, BAD], ACTIONS)
    right, *_ = [
        one for one in good.squares if (one.col, one.row) == (good.middle[0] + 1, good.middle[1])
    ]
    assert (right.share, right.marks) == (1.0, "→")
    assert right.title.startswith("+0 rows, +1 columns: left +0.000, right +1.000")
    assert {one.marks for one in bad.squares if one.share < 0} == {"\N{MULTIPLICATION SIGN}"}


def test_a_front_end_of_rules_has_no_maps() -> None:
    agent = agent_of("rules")
    names = ["left", "right", "up", "down"]
    assert heat_maps(agent.front_end.knowledge(), agent.perception.known, names) == []
