"""Render pages from templates."""

from __future__ import annotations

from typing import Any

import pytest
from jinja2 import UndefinedError

from dsrl_agent.experiments.report.films import Strip
from dsrl_agent.experiments.report.page import render
from dsrl_agent.experiments.report.table import Table

EMPTY: dict[str, Any] = {
    "summary": None,
    "first": [],
    "plots": [],
    "strips": [],
    "rest": [],
    "suites": [],
}


def test_cells_are_escaped_and_verdicts_have_a_class() -> None:
    table = Table(
        ["name", "verdict", "why"],
        [["<i>", "does not hold", '`x` is "low"']],
        name="claims",
        title="Claims",
        stacked=True,
        wraps=True,
    )
    text = render("benchmark.html.jinja", title="A <b>", **{**EMPTY, "first": [table]})
    assert "<h1>A &lt;b&gt;</h1>" in text
    assert '<h2 id="claims">Claims</h2>' in text
    assert '<th scope="row">&lt;i&gt;</th>' in text
    assert '<td class="verdict does-not-hold" data-head="verdict">does not hold</td>' in text
    assert '<td data-head="why"><code>x</code> is &#34;low&#34;</td>' in text


def test_cells_of_figures_do_not_wrap() -> None:
    table = Table(["name", "ms"], [["a", "1.5"]], name="cost", title="Cost", note="Of `one`.")
    text = render("benchmark.html.jinja", title="T", **{**EMPTY, "rest": [table]})
    assert '<td class="figure">1.5</td>' in text
    assert '<p class="note">Of <code>one</code>.</p>' in text


def test_films_hold_their_frames_and_returns() -> None:
    strip = Strip(
        contestant="ours <b>",
        steps=1000,
        frames=2,
        width=5,
        height=4,
        png="AAAA",
        returns=[0, 0.5],
    )
    text = render("benchmark.html.jinja", title="T", **{**EMPTY, "strips": [strip]})
    assert '<div class="film" data-frames="2" data-returns="[0, 0.5]">' in text
    assert "aspect-ratio:5/4;background-size:200% 100%" in text
    assert "<b>ours &lt;b&gt;</b><small>after 1,000 steps</small>" in text


def test_the_commands_name_all_suites() -> None:
    text = render("benchmark.html.jinja", title="T", **{**EMPTY, "suites": ["fast", "cost"]})
    assert "dsrl benchmark --report runs/fast runs/cost --out runs/report</pre>" in text
    assert "<pre>" not in render("benchmark.html.jinja", title="T", **EMPTY)


def test_a_missing_value_is_an_error() -> None:
    with pytest.raises(UndefinedError, match="suites"):
        render(
            "benchmark.html.jinja", title="T", summary=None, first=[], plots=[], strips=[], rest=[]
        )
