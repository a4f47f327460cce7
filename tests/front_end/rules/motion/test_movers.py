"""Types that walk by themselves: told from those that stand and from reading errors."""

from __future__ import annotations

import json
from typing import Any

import pytest
from drawings import RIGHT, TYPES, acquainted, step

from dsrl_agent.front_end.rules.motion.movers import Movers

X, O = TYPES["x"], TYPES["o"]  # noqa: E741


def watched(*pairs: tuple[str, str]) -> Movers:
    movers = Movers()
    for before, after in pairs:
        movers.observe(step(before, RIGHT, 0.0, after), acquainted())
    return movers


def test_a_type_that_steps_away_from_the_agent_walks() -> None:
    movers = watched(("+..x. o....", "+...x o...."), ("+...x o....", "+.... o..x."))
    assert movers.types == {X}  # the second step leads across a corner
    assert movers.steps(X) == {(0, 1): 0.5, (1, -1): 0.5}
    assert movers.steps(O) == {(0, 0): 1.0}


def test_what_the_agent_may_have_touched_tells_nothing() -> None:
    pushed = ("+x...", ".+x..")
    assert watched(pushed, pushed).types == frozenset()


def test_few_steps_among_many_stays_are_reading_errors() -> None:
    stays, steps = ("+..x.", "+..x."), ("+..x.", "+...x")
    assert watched(steps, steps, *8 * [stays]).types == {X}  # 2 of 10
    assert watched(steps, steps, *28 * [stays]).types == frozenset()  # 2 of 30, less than 0.1


def test_counts_are_saved_and_loaded() -> None:
    movers, loaded = watched(("+..x.", "+...x"), ("+...x", "+..x.")), Movers()
    loaded.load(json.loads(json.dumps(movers.state())))
    assert loaded.types == movers.types == {X}
    assert loaded.steps(X) == pytest.approx({(0, 1): 0.5, (0, -1): 0.5})


@pytest.mark.parametrize("spoiled", [None, "x", 1.5, {"a": 1}, [1, 2, 3], True])
@pytest.mark.parametrize("place", range(4))
def test_stored_steps_that_are_no_counts_are_refused(place: int, spoiled: Any) -> None:
    stored: list[Any] = [2, 0, 1, 5]
    with pytest.raises(ValueError, match="is no whole number"):
        Movers().load([[*stored[:place], spoiled, *stored[place + 1 :]]])
