"""Check pages in HTML: their tags, what they load, and their scripts in a real browser."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

CHROMIUM = shutil.which("chromium") or shutil.which("google-chrome")
NODE = shutil.which("node")

needs_chromium = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium is installed")
needs_node = pytest.mark.skipif(NODE is None, reason="no Node.js is installed")

_EMPTY = {"meta", "link", "img", "input", "br", "hr"}
_LOADED = re.compile(r"""(?:src|href)=["'](?!data:|#)([^"']*)|url\((?!data:|#)([^)]*)""")
_HARNESS = """<!doctype html><title></title><iframe id="inner" style="border:0"></iframe><script>
const inner = document.getElementById("inner");
const faults = [];
inner.style.width = "WIDTHpx"; inner.style.height = "900px";
inner.addEventListener("load", () => {
  const page = inner.contentDocument, view = inner.contentWindow;
  const press = (key) =>
    page.body.dispatchEvent(new view.KeyboardEvent("keydown", {key, bubbles: true}));
  const say = (value) => { document.title = JSON.stringify(value); };
  try { SCRIPT } catch (error) { say({error: String(error)}); }
});
inner.srcdoc = PAGE;
</script>"""


class _Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.ids: list[str] = []
        self.faults: list[str] = []

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.ids += [value for name, value in attributes if name == "id" and value]
        if tag not in _EMPTY:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.ids += [value for name, value in attributes if name == "id" and value]

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open.pop() != tag:
            self.faults.append(f"</{tag}> at {self.getpos()}")


def faults_of(page: str) -> list[str]:
    """Return tags that are not closed in order, ids given twice, and all that a page loads."""
    tags = _Tags()
    tags.feed(page)
    twice = sorted({one for one in tags.ids if tags.ids.count(one) > 1})
    loaded = [a or b for a, b in _LOADED.findall(page)]
    return [*tags.faults, *tags.open, *(f"id {one} twice" for one in twice), *loaded]


def scripts_of(page: str) -> list[str]:
    """Return the scripts of a page."""
    return re.findall(r"<script>(.*?)</script>", page, re.DOTALL)


def syntax_error(script: str, folder: Path) -> str:
    """Return what Node.js says against the syntax of a script; nothing if all is well."""
    assert NODE is not None
    file = folder / "script.js"
    file.write_text(script, encoding="utf-8")
    return subprocess.run([NODE, "--check", str(file)], capture_output=True, text=True).stderr


def asked_in_browser(page: str, script: str, folder: Path, width: int = 1280) -> Any:
    """Run a script on a page in headless Chromium, and return what it says.

    The script has the page's document as `page`, its window as `view`, `press(key)` and
    `say(value)`.

    Raises:
        AssertionError: The console shows an error.
    """
    assert CHROMIUM is not None
    # "</script" within the text would end the harness's own script.
    text = json.dumps(page).replace("</", "<\\/")
    harness = _HARNESS.replace("WIDTH", str(width)).replace("SCRIPT", script)
    file = folder / "harness.html"
    file.write_text(harness.replace("PAGE", text), encoding="utf-8")
    options = ["--headless=new", "--no-sandbox", "--disable-gpu", "--virtual-time-budget=4000"]
    options += [f"--user-data-dir={folder / 'profile'}", "--enable-logging=stderr", "--dump-dom"]
    done = subprocess.run(
        [CHROMIUM, *options, "--window-size=2000,1000", file.as_uri()],
        capture_output=True, text=True, timeout=60, check=True,
    )  # fmt: skip
    assert [line for line in done.stderr.splitlines() if ":CONSOLE:" in line] == []
    found = re.search(r"<title>(.*?)</title>", done.stdout, re.DOTALL)
    assert found is not None
    assert found[1], "the page never loaded"
    return json.loads(found[1].replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&"))
