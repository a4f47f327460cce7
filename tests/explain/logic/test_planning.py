"""Write rules as a logic program: effects, rules with their gains, and conditions."""

from __future__ import annotations

from drawings import LEFT, RIGHT, film, taught_rules

from dsrl_agent.explain.logic.planning import HORIZON, rules_program
from dsrl_agent.front_end import RulesFrontEnd
from dsrl_agent.front_end.knowledge import RulePlans


def written(front_end: RulesFrontEnd) -> list[str]:
    knowledge = front_end.knowledge()
    assert isinstance(knowledge.choice, RulePlans)
    return list(rules_program(knowledge, knowledge.choice, ["left", "right", "up", "down"]))


def test_rules_are_written_with_their_gains() -> None:
    front_end = taught_rules(
        film("+x", (RIGHT, 1.0, ".+")),
        film("k+d", (RIGHT, 0.0, "k+d"), (LEFT, 0.0, "+.d"), (RIGHT, 0.0, ".+d"),
             (RIGHT, 0.0, "..+")),
    )  # fmt: skip
    lines = written(front_end)
    assert "motion(0,right,0,1,0)." in lines
    rules = [line for line in lines if line.startswith(("rule(", "condition("))]
    assert rules == [
        "rule(0,going,empty,yes,empty,kept,0,no). % 5 of 5 times",
        "rule(1,going,1,yes,empty,kept,10000,no). % 1 of 1 times",
        "rule(2,going,5,yes,empty,kept,0,no). % 1 of 1 times",
        "rule(3,going,6,yes,empty,kept,0,no). % 1 of 1 times",
        "condition(3,carried,5,yes).",
        "rule(4,going,6,no,6,kept,0,no). % 1 of 1 times",
        "condition(4,carried,5,no).",
        "rule(5,going,edge,no,edge,kept,0,no). % 0 of 0 times",  # never met
    ]
    assert "hope(10000). % of what was never met" in lines
    assert "price(100). % of a step" in lines
    assert f"#const horizon = {HORIZON}." in lines


def test_changes_elsewhere_are_written() -> None:
    pressed = film("+s.g g...", (RIGHT, 0.0, ".+.. ...."))
    assert "remote(1,9,empty)." in written(taught_rules(pressed))
