"""The page of an episode: well formed, complete, alone, and working in a real browser."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from inspected import ENV, WORLD, agent_of, film_of
from pages import (
    asked_in_browser,
    faults_of,
    needs_chromium,
    needs_node,
    scripts_of,
    syntax_error,
)

from dsrl_agent.explain.page import Shown, write_page
from dsrl_agent.explain.page.steps import step_views
from dsrl_agent.explain.page.write import page
from dsrl_agent.records.type_names import TypeNames
from dsrl_agent.runtime.envs import make_env

pytestmark = pytest.mark.usefixtures("one_thread")

SHOWN = Shown("a <run>", "worlds & more", 0, 1, 6)
NAMES = TypeNames({2: '<b>"bad"</b>'})
KINDS = ("relational", "rules", "flat", "srl_cs", "garnelo2016")


@cache
def page_of(kind: Any, sight: str = "things") -> str:
    agent, film = agent_of(kind, sight), film_of(kind, sight)
    return page(agent, film, list(step_views(agent, film.moments, NAMES, 10**9)), SHOWN, NAMES)


@pytest.mark.parametrize("kind", KINDS)
def test_a_page_is_well_formed_and_loads_nothing(kind: str) -> None:
    assert faults_of(page_of(kind)) == []
    assert faults_of(page_of(kind, "spectra")) == []


def test_the_check_of_pages_finds_faults() -> None:
    bad = '<p id="a"><b></p><i id="a"><img src="https://example.org/x.png">'
    assert faults_of(bad) == [
        "</p> at (1, 13)",
        "p",
        "i",
        "id a twice",
        "https://example.org/x.png",
    ]


@pytest.mark.parametrize("kind", KINDS)
def test_a_page_has_each_step_with_its_reasons(kind: str) -> None:
    text, film = page_of(kind), film_of(kind)
    assert re.findall(r'<article class="step" id="step-(\d+)"', text) == [
        str(moment.number) for moment in film.moments
    ]
    articles = text.split("<article")[1:]
    for article, moment in zip(articles, film.moments, strict=True):
        if moment.why is not None:
            assert f"it goes for <em>{moment.why.actions[moment.why.chosen]}</em>" in article
            assert article.count('<li class="otherwise">') == 1
        assert article.count('<g class="box') == len(moment.facts)


def test_all_text_is_escaped() -> None:
    text = page_of("rules")
    assert "<b>" not in text
    assert "&lt;b&gt;&#34;bad&#34;&lt;/b&gt;" in text
    assert "<title>Inside the run a &lt;run&gt;</title>" in text
    assert "worlds &amp; more" in text


def test_tables_are_drawn_and_rules_are_listed() -> None:
    assert page_of("relational").count('<svg class="map"') == 2
    assert 'class="rules"' not in page_of("relational")
    assert page_of("rules").count('<svg class="map"') == 0
    assert 'class="rules"' in page_of("rules")


def test_a_page_is_written_and_its_size_is_small(tmp_path: Path) -> None:
    env = make_env(ENV, {**WORLD, "split": "test"})
    out = tmp_path / "new" / "page.html"
    told: list[int] = []
    write_page(agent_of(), env, SHOWN, NAMES, out, lambda step, total: told.append(step))
    assert out.read_text(encoding="utf-8").startswith("<!doctype html>")
    assert out.stat().st_size < 300_000
    assert told == list(range(6))


@needs_node
def test_scripts_have_no_syntax_error(tmp_path: Path) -> None:
    (script,) = scripts_of(page_of("rules"))
    assert syntax_error(script, tmp_path) == ""
    assert "SyntaxError" in syntax_error(script + "}", tmp_path)


STATE = """[...page.querySelectorAll(".step")]
    .filter((step) => view.getComputedStyle(step).display !== "none").map((step) => step.id)"""


@needs_chromium
@pytest.mark.slow
def test_the_slider_the_buttons_and_the_keys_move_through_the_episode(tmp_path: Path) -> None:
    script = f"""
    const seen = [];
    const note = () => seen.push(({STATE}).join());
    const slider = page.getElementById("slider");
    note();
    page.getElementById("forth").click(); note();
    slider.value = 3; slider.dispatchEvent(new view.Event("input")); note();
    press("ArrowRight"); note();
    press("End"); note();
    press("Home"); note();
    page.getElementById("back").click(); note();
    page.querySelector("[data-layer=facts]").click();
    const facts = view.getComputedStyle(page.querySelector(".step.now .facts")).display;
    say([seen, facts, page.getElementById("where").textContent, slider.max]);
    """
    seen, facts, where, last = asked_in_browser(page_of("rules"), script, tmp_path)
    assert last == str(len(film_of("rules").moments) - 1)
    assert seen == [f"step-{n}" for n in (0, 1, 3, 4, last, 0, 0)]
    assert facts == "none"
    assert where.startswith(f"step 0 of {last}: ")


@needs_chromium
@pytest.mark.slow
def test_playing_goes_on_to_the_end_and_stops(tmp_path: Path) -> None:
    script = f"""
    page.getElementById("speed").value = "150";
    press(" ");
    view.setTimeout(() => say([{STATE}, page.getElementById("play").textContent]), 2500);
    """
    seen, label = asked_in_browser(page_of("rules"), script, tmp_path)
    assert seen == [f"step-{len(film_of('rules').moments) - 1}"]
    assert label == "Play"


@needs_chromium
@pytest.mark.slow
@pytest.mark.parametrize("width", [390, 820, 1400, 1920])
def test_a_page_is_no_wider_than_its_window(width: int, tmp_path: Path) -> None:
    script = """say([page.documentElement.scrollWidth, view.innerWidth,
    [...page.querySelectorAll(".controls button")].filter((b) => b.offsetHeight < 44).length]);"""
    scrolled, inner, small = asked_in_browser(page_of("relational"), script, tmp_path, width)
    assert inner == width
    assert scrolled <= width
    assert small == 0  # buttons are large enough for a thumb
