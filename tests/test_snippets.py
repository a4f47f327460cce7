"""README.md and docs/: their Python runs from top to bottom, their command lines are accepted."""

from __future__ import annotations

import re
import shlex
from argparse import ArgumentError
from pathlib import Path
from typing import Any

import pytest

from dsrl_agent.cli.main import _build_parser, _named_command
from dsrl_agent.cli.spelling import spelled
from dsrl_agent.config import front_end
from dsrl_agent.errors import ConfigError
from dsrl_agent.front_end import registry

ROOT = Path(__file__).parents[1]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]

in_a_checkout = pytest.mark.skipif(
    not (ROOT / "dsrl_agent").is_dir(), reason="the package is tested away from its checkout"
)

_BLOCK = re.compile(r"^```python\n(.*?)^```$", re.DOTALL | re.MULTILINE)
_FENCE = re.compile(r"^```\n(.*?)^```$", re.DOTALL | re.MULTILINE)
_COMMAND = re.compile(r"^(?:python -m pip .*&& )?dsrl ([^#>\n]*)", re.MULTILINE)


def snippets(page: Path) -> list[str]:
    """Return a page's blocks of Python, each at its own line numbers."""
    text = page.read_text(encoding="utf-8")
    found = _BLOCK.finditer(text)
    return ["\n" * text.count("\n", 0, one.start(1)) + one.group(1) for one in found]


def run(page: Path) -> None:
    """Run a page's blocks one after the other, as a reader does."""
    namespace: dict[str, Any] = {}
    for block in snippets(page):
        exec(compile(block, str(page), "exec"), namespace)


@pytest.fixture
def registered(monkeypatch: pytest.MonkeyPatch) -> None:
    """Forget afterwards the kinds that a page registers: other tests share this process."""
    monkeypatch.setattr(registry, "_FACTORIES", dict(registry._FACTORIES))
    monkeypatch.setattr(front_end, "_KINDS", list(front_end._KINDS))


@in_a_checkout
@pytest.mark.slow
@pytest.mark.usefixtures("one_thread", "registered")
@pytest.mark.filterwarnings("default")  # those that a reader sees, such as a missing Monitor
@pytest.mark.parametrize(
    "page", [page for page in PAGES if snippets(page)], ids=lambda page: page.name
)
def test_the_snippets_of_a_page_run(
    page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    run(page)


def test_a_snippet_that_fails_tells_its_line(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("# One\n\n```python\na = 1\n```\n\n```python\nassert a == 2\n```\n", "utf-8")
    with pytest.raises(AssertionError) as caught:
        run(page)
    assert caught.traceback[-1].lineno == 7  # counted from 0: line 8 of the page


def commands(page: Path) -> list[str]:
    """Return the arguments of the lines of a page's blocks that call `dsrl`."""
    fences = _FENCE.findall(page.read_text(encoding="utf-8"))
    joined = "\n".join(fences).replace("\\\n", " ")
    return [found.strip() for found in _COMMAND.findall(joined)]


def parse(words: list[str]) -> None:
    """Parse a command line as `dsrl` does."""
    path, named = _named_command(words)
    if named is not None:
        words = [*path, *spelled(named.options, words[len(path) :])]
    _build_parser(words).parse_args(words, defaults=False)


COMMANDS = [(page.name, command) for page in PAGES for command in commands(page)]


@in_a_checkout
@pytest.mark.parametrize(("page", "command"), COMMANDS, ids=lambda one: one)
def test_a_command_line_is_accepted(
    page: str, command: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(ROOT)
    try:
        parse(shlex.split(command))
    except SystemExit as printed:  # as --print_config and --help do
        assert printed.code == 0  # noqa: PT017


def test_the_pages_have_commands_and_the_check_refuses_wrong_ones() -> None:
    assert len(COMMANDS) >= 40
    with pytest.raises(ArgumentError):
        parse(["train", "--no_such_option", "1"])
    with pytest.raises(ConfigError):
        parse(["no_such_command"])
