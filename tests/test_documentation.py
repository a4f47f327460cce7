"""README.md and docs/: links and paths that exist, the two commands, and a short first page."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
README = ROOT / "README.md"
PAGES = [README, *sorted((ROOT / "docs").glob("*.md"))]
LINKING = [
    *PAGES,
    *sorted((ROOT / "docs" / "reference").glob("*.md")),
    *(ROOT / f"{name}.md" for name in ("CHANGELOG", "CONTRIBUTING", "SECURITY")),
]
COMMANDS = ('python -m pip install -e ".[test]" && dsrl train', "python -m pytest")

_FENCE = re.compile(r"^```.*?^```$", re.DOTALL | re.MULTILINE)
_LINK = re.compile(r"\]\(([^)\s]+)\)")
_HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)
_PATH = re.compile(r"`((?:dsrl_agent|envs|configs|benchmarks|tests|docs)/[^`\s]*)`")

pytestmark = pytest.mark.skipif(
    not (ROOT / "dsrl_agent").is_dir(), reason="the package is tested away from its checkout"
)


def text_of(page: Path) -> str:
    """Return a page without its blocks of code."""
    return _FENCE.sub("", page.read_text(encoding="utf-8"))


def anchors(page: Path) -> set[str]:
    """Return the anchors that GitHub gives to a page's headings."""
    headings = _HEADING.findall(text_of(page))
    return {re.sub(r"[^\w\- ]", "", name.lower()).replace(" ", "-") for name in headings}


def missing_links(page: Path) -> list[str]:
    """Return the relative links of a page whose file or heading does not exist."""
    missing = []
    for link in _LINK.findall(text_of(page)):
        if "://" in link:
            continue
        name, _, anchor = link.partition("#")
        target = page.parent / name if name else page
        if not target.exists() or (anchor and anchor not in anchors(target)):
            missing.append(link)
    return missing


def missing_paths(page: Path) -> list[str]:
    """Return the paths of the repository that a page names in backquotes and that do not exist."""
    return [path for path in _PATH.findall(text_of(page)) if not any(ROOT.glob(path.rstrip("/")))]


@pytest.mark.parametrize("page", LINKING, ids=lambda page: page.name)
def test_every_relative_link_leads_to_a_file_and_a_heading(page: Path) -> None:
    assert missing_links(page) == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_path_of_the_repository_exists(page: Path) -> None:
    assert missing_paths(page) == []


def test_the_checks_find_what_is_missing(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text(
        "# One page\n[a](#one-page) [b](#two) [c](no.md) [d](https://e.org/f.md)\n"
        "`dsrl_agent/nothing.py`, `dsrl_agent/types.py`, `configs/`\n"
        "```\n[e](code.md) `docs/none.md`\n```\n",
        encoding="utf-8",
    )
    assert missing_links(page) == ["#two", "no.md"]
    assert missing_paths(page) == ["dsrl_agent/nothing.py"]


def test_where_is_x_names_a_path_in_every_row() -> None:
    page = ROOT / "docs" / "how_it_works.md"
    table = page.read_text(encoding="utf-8").split("## Where is X?")[1].split("\n## ")[0]
    rows = [line for line in table.splitlines() if line.startswith("|")][2:]
    assert len(rows) >= 15
    assert [row for row in rows if not _PATH.search(row)] == []


def test_the_readme_gives_the_two_commands_at_line_starts() -> None:
    lines = README.read_text(encoding="utf-8").splitlines()
    for command in COMMANDS:
        assert any(line.split("#")[0].rstrip() == command for line in lines)


def test_the_readme_is_short() -> None:
    assert len(README.read_text(encoding="utf-8").splitlines()) <= 200


def test_every_written_page_links_the_glossary() -> None:
    written = [page for page in PAGES if page.name not in ("glossary.md", "settings.md")]
    assert [p.name for p in written if "glossary.md" not in p.read_text(encoding="utf-8")] == []
