"""The part of the program that is the same for every agent: clingo reads it without complaint."""

from __future__ import annotations

import importlib.util

import pytest

from dsrl_agent.explain.logic.planning_text import ANALOGIES, PLANNING


@pytest.mark.parametrize("text", [PLANNING, ANALOGIES])
def test_a_line_is_no_longer_than_a_page_is_wide(text: str) -> None:
    assert max(map(len, text.splitlines())) <= 100


@pytest.mark.skipif(importlib.util.find_spec("clingo") is None, reason="needs clingo")
def test_it_is_a_program() -> None:
    import clingo

    control = clingo.Control(["--warn=none", "-c", "horizon=1"])
    control.add("base", [], f"{PLANNING}{ANALOGIES} action(wait). grid(1,1).")
    control.ground([("base", [])])
    assert control.solve().satisfiable
