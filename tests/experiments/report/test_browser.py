"""The report in a real browser; skipped where there is no Chromium."""

from __future__ import annotations

import html
import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from benchmark_runs import AGENT, DQN, lines

from dsrl_agent.experiments.report.write import write_report

NAMES = ("chromium", "chromium-browser", "google-chrome")
CHROMIUM = next((path for name in NAMES if (path := shutil.which(name))), None)
# Films show a step each .35 seconds, and these have four.
MEASURE = """<script>addEventListener("load", () => {
  const shown = [...document.querySelectorAll("main figure svg, main .film")];
  const told = () => [...document.querySelectorAll(".film span")].map(one => one.textContent);
  const first = told();
  document.getElementById("play").click();
  setTimeout(() => parent.postMessage({
    wide: document.documentElement.scrollWidth, window: innerWidth,
    figures: shown.map(one => one.getBoundingClientRect()).map(r => [r.left, r.width, r.height]),
    paper: getComputedStyle(document.body).backgroundColor,
    ink: getComputedStyle(document.body).color,
    drawn: getComputedStyle(document.querySelector("figure svg text")).fill,
    first: first, last: told(), button: document.getElementById("play").textContent,
  }, "*"), 2500);
});</script></body>"""
# Chromium's own windows are not as narrow as a phone's; a frame within one is.
FRAME = """<iframe src="report.html" style="border: 0; height: 2000px; width: {width}px"></iframe>
<script>addEventListener("message", e => document.body.dataset.measured = JSON.stringify(e.data))
</script>"""


@pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not installed")
@pytest.mark.parametrize(("width", "dark"), [(390, True), (1280, False)])
def test_the_report_shows_its_figures_plays_and_has_no_errors(
    width: int, dark: bool, tmp_path: Path
) -> None:
    film = {"kind": "film", "test": "mixed", "steps": 100, "episode_seed": 3, "acts": [0, 1, 3]}
    runs = [
        lines("fast", who, kind, seed, {100: 2, 1000: last}, more=[film] if seed == 0 else [])
        for who, kind, last in (("ours", AGENT, 10), ("DQN", DQN, 4))
        for seed in (0, 1)
    ]
    file = tmp_path / "results.jsonl"
    file.write_bytes(b"".join(runs))
    page = write_report([file], tmp_path / "report").page
    page.write_text(page.read_text(encoding="utf-8").replace("</body>", MEASURE), encoding="utf-8")
    frame = page.with_name("frame.html")
    frame.write_text(FRAME.format(width=width))
    assert CHROMIUM is not None
    told = subprocess.run(
        [
            CHROMIUM, "--headless=new", "--no-sandbox", "--disable-gpu", "--hide-scrollbars",
            "--enable-logging=stderr", f"--user-data-dir={tmp_path / 'profile'}",
            "--window-size=1400,2100", "--virtual-time-budget=6000", "--dump-dom",
            f"--blink-settings=preferredColorScheme={0 if dark else 1}",
            frame.as_uri(),
        ],
        capture_output=True, text=True, timeout=120, check=True,
    )  # fmt: skip
    assert "CONSOLE" not in told.stderr
    found = re.search(r'data-measured="([^"]*)"', told.stdout)
    assert found is not None
    measured = json.loads(html.unescape(found[1]))
    assert measured["window"] == width
    assert measured["wide"] <= measured["window"]  # nothing is cut off, nothing scrolls sideways
    assert len(measured["figures"]) == 4  # two plots, two films
    for left, wide, high in measured["figures"]:
        assert left >= 0
        assert wide > 50
        assert high > 30
        assert left + wide <= measured["window"]
    assert all(text.startswith("step 0, return 0") for text in measured["first"])
    assert all(re.fullmatch(r"step 3, return -?\d+, over", text) for text in measured["last"])
    assert measured["button"] == "Play"  # it stopped at the end
    paper, ink, drawn = (_lightness(measured[name]) for name in ("paper", "ink", "drawn"))
    assert drawn == ink  # plots take the page's colours
    assert (ink - paper if dark else paper - ink) > 180


def _lightness(colour: str) -> float:
    """Return the mean of a colour's channels, 0-255."""
    channels = [int(one) for one in re.findall(r"\d+", colour)][:3]
    return sum(channels) / 3
