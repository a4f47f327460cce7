"""Texts of a results file that try to be more than text on the page."""

from __future__ import annotations

import json
import xml.dom.minidom
from collections import Counter
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from benchmark_runs import AGENT, DQN, lines
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dsrl_agent.errors import CheckpointError
from dsrl_agent.experiments.analysis.results import read_results
from dsrl_agent.experiments.report.plots import plots
from dsrl_agent.experiments.report.tables import tables
from dsrl_agent.experiments.report.write import _page

HOSTILE = (
    "<script>alert(1)</script>\"'><img src=x onerror=y> `a` $\\frac{ | &amp; %s {{7*7}} --> ]]>"
)
CANNOT = {"kind": "cannot", "test": "mixed", "steps": 100, "in": "mixed", "why": "small"}
FIELDS = ("ours", "DQN", "mixed", "fast", "How?", "2", "small")


class _Tags(HTMLParser):
    """Counts the elements of a page with the names of their attributes, and keeps its text."""

    def __init__(self) -> None:
        super().__init__()
        self.found: Counter[tuple[str, ...]] = Counter()
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found[tag, *(name for name, _ in attrs)] += 1

    def handle_data(self, data: str) -> None:
        self.text += data


def results_with(folder: Path, old: str, new: str) -> Any:
    people = (("ours", AGENT), ("DQN", DQN))
    runs = [lines("fast", name, who, 0, {100: 9}, more=[CANNOT]) for name, who in people]
    text = b"".join(runs).decode().replace(json.dumps(old), json.dumps(new))
    (folder / "results.jsonl").write_text(text)
    return read_results([folder / "results.jsonl"])


def tags(page: str) -> _Tags:
    parser = _Tags()
    parser.feed(page)
    parser.close()
    return parser


def names(page: str) -> set[str]:
    """Return the names of the elements of a page, and of their attributes."""
    return {name for each in tags(page).found for name in each}


@pytest.mark.parametrize("field", FIELDS)
def test_hostile_text_adds_no_element_and_no_attribute(field: str, tmp_path: Path) -> None:
    new = HOSTILE
    if field == "fast":  # the name of a file
        new = new.replace("/", "").replace(":", "").replace("\\", "")
    pages = []
    for text in ("so", new):
        results = results_with(tmp_path, field, text)
        pages.append(_page(results, tables(results), plots(results)))
    plain, hostile = pages
    assert names(hostile) <= {*names(plain), "code"}  # backquotes mark code
    scripts = [tags(page).found["script",] for page in pages]
    assert scripts[0] == scripts[1]


@pytest.mark.parametrize("field", ["ours", "DQN"])
def test_plots_draw_hostile_names_as_they_are(field: str, tmp_path: Path) -> None:
    for plot in plots(results_with(tmp_path, field, HOSTILE)):
        for svg in (plot.svg().decode(), plot.inline_svg()):
            drawn = xml.dom.minidom.parseString(svg)
            assert not drawn.getElementsByTagName("script")
            assert not drawn.getElementsByTagName("img")


@settings(
    max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    text=st.text(st.sampled_from("<>&\"'`$\\{}%ab/ |=-"), min_size=1, max_size=40),
    field=st.sampled_from(FIELDS),
)
def test_any_text_of_a_file_stays_text(text: str, field: str, tmp_path: Path) -> None:
    plain = results_with(tmp_path, field, "so")
    try:
        results = results_with(tmp_path, field, text)
    except CheckpointError as error:  # no name of a file, or a name of two contestants
        assert "\n" not in str(error)  # noqa: PT017
        return
    before, after = (_page(made, tables(made), []) for made in (plain, results))
    assert names(after) <= {*names(before), "code"}
