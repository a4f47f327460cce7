"""Files beside the code: citation, contribution guide, container; the version in one place."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml

import dsrl_agent

ROOT = Path(__file__).parents[1]

pytestmark = pytest.mark.skipif(
    not (ROOT / "dsrl_agent").is_dir(), reason="the package is tested away from its checkout"
)


def text_of(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def test_the_citation_is_of_this_version_and_names_the_works_it_follows() -> None:
    citation = yaml.safe_load(text_of("CITATION.cff"))
    assert {"cff-version", "title", "message", "authors", "license"} <= citation.keys()
    assert citation["version"] == dsrl_agent.__version__
    names = [
        author["family-names"] for work in citation["references"] for author in work["authors"]
    ]
    assert {"Sherburn", "Garnelo", "Shanahan"} <= set(names)


def test_the_version_stands_in_one_place_and_heads_the_changelog() -> None:
    assert 'dynamic = ["version"]' in text_of("pyproject.toml")
    newest = re.search(r"^## (\S+)", text_of("CHANGELOG.md"), re.MULTILINE)
    assert newest is not None
    assert newest[1] == dsrl_agent.__version__


def test_the_container_runs_the_two_commands_of_the_readme() -> None:
    container, readme = text_of("Dockerfile"), text_of("README.md")
    assert 'pip install -e ".[test]" && dsrl train' in readme
    assert 'pip install --no-cache-dir -e ".[test]"' in container
    assert 'CMD ["dsrl", "train"]' in container
    torch = re.search(r'^ +("torch\S+"),$', text_of("pyproject.toml"), re.MULTILINE)
    assert torch is not None
    assert torch[1] in container  # the same versions, from the index for CPUs
    assert ".git" in text_of(".dockerignore").splitlines()


def test_links_and_paths_of_the_contribution_guide_exist() -> None:
    guide = text_of("CONTRIBUTING.md")
    links = [link.split("#")[0] for link in re.findall(r"\]\(([^)]+)\)", guide)]
    assert links
    assert [link for link in links if not (ROOT / link).exists()] == []
