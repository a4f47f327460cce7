"""Write a whole report into a folder."""

from __future__ import annotations

from html.parser import HTMLParser
from pathlib import Path

from benchmark_runs import AGENT, DQN, lines

from dsrl_agent.experiments.report.figure import Plot
from dsrl_agent.experiments.report.write import _arranged, write_report


class _Loads(HTMLParser):
    """Notes what a page would fetch, and which tags are left open."""

    def __init__(self) -> None:
        super().__init__()
        self.fetched: list[str] = []
        self.ids: list[str] = []
        self.links: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        for name, value in attrs:
            if name in ("src", "href", "xlink:href") and not (value or "").startswith(
                ("#", "data:")
            ):
                self.fetched.append(f"{tag} {value}")
            if tag == "a" and name == "href":
                self.links.append(value or "")
            if name == "id":
                self.ids.append(value or "")


def test_the_page_needs_nothing_beside_it(tmp_path: Path) -> None:
    film = {"kind": "film", "test": "mixed", "steps": 100, "episode_seed": 3, "acts": [0, 1, 3]}
    runs = [
        lines("fast", "ours <b>", AGENT, 0, {100: 10}, more=[film]),
        lines("fast", "DQN", DQN, 0, {100: 1, 1000: 4}, more=[film]),
    ]
    file = tmp_path / "results.jsonl"
    file.write_bytes(b"".join(runs))
    page = write_report([file], tmp_path / "report").page
    text = page.read_text(encoding="utf-8")
    loads = _Loads()
    loads.feed(text)
    assert loads.fetched == []
    assert "url(http" not in text
    assert len(loads.ids) == len(set(loads.ids))
    assert "ours &lt;b&gt;" in text  # names are text, whatever they hold
    assert "ours <b>" not in text
    assert text.count('class="film"') == 2
    assert 'data-frames="4"' in text
    names = {path.name for path in page.parent.iterdir()}
    assert names >= {"tables.md", "learning.png", "learning.svg", "profile.png"}
    # The contents name every part, and what they name is there; the summary comes before all.
    targets = {link.removeprefix("#") for link in loads.links}
    assert targets >= {"claims", "comparisons", "plots", "played", "headline", "reproduce"}
    assert targets <= set(loads.ids)
    assert loads.ids.index("summary") == 0
    assert 'tabindex="0" role="region"' in text
    again = write_report([file], tmp_path / "again").page
    assert again.read_bytes() == page.read_bytes()


def test_the_tallest_plot_follows_the_first() -> None:
    heights = {"a": 3.0, "b": 3.0, "c": 9.0, "d": 4.0}
    made = [Plot(name, "", "", lambda axes: None, height) for name, height in heights.items()]
    assert [plot.name for plot in _arranged(made)] == ["a", "c", "b", "d"]
    assert _arranged([]) == []
    assert _arranged(made[:1]) == made[:1]
