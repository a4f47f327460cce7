"""The origin of a run: revision, versions and time."""

from __future__ import annotations

import importlib.metadata
import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from dsrl_agent.records.versions import describe_checkout, describe_origin, now


def git(folder: Path, *arguments: str) -> str:
    who = ["-c", "user.name=a", "-c", "user.email=a@example.com", "-c", "commit.gpgsign=false"]
    environment = {k: v for k, v in os.environ.items() if not k.startswith("GIT_")}
    command = ["git", *who, "-C", str(folder), *arguments]
    return subprocess.run(
        command, check=True, capture_output=True, text=True, env=environment
    ).stdout


@pytest.mark.skipif(shutil.which("git") is None, reason="needs git")
def test_the_revision_is_the_one_of_the_checkout_that_tracks_the_code(tmp_path: Path) -> None:
    code, installed = tmp_path / "code.py", tmp_path / ".venv" / "code.py"
    assert describe_checkout(code) is None  # no checkout
    git(tmp_path, "init", "--quiet")
    code.touch()
    assert describe_checkout(code) is None  # no commit
    git(tmp_path, "add", "code.py")
    git(tmp_path, "commit", "--quiet", "--no-verify", "--message", "one")
    revision = git(tmp_path, "rev-parse", "HEAD").strip()
    assert describe_checkout(code) == {"revision": revision, "dirty": False}
    code.write_text("changed")
    assert describe_checkout(code) == {"revision": revision, "dirty": True}
    installed.parent.mkdir()
    installed.touch()
    assert describe_checkout(installed) is None  # the checkout of something else


@pytest.mark.skipif(shutil.which("git") is None, reason="needs git")
def test_under_a_hook_of_another_repository_the_revision_is_that_of_the_code(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    code = tmp_path / "code.py"
    code.touch()
    git(tmp_path, "init", "--quiet")
    git(tmp_path, "add", "code.py")
    git(tmp_path, "commit", "--quiet", "--no-verify", "--message", "one")
    monkeypatch.setenv("GIT_DIR", str(tmp_path / "elsewhere"))  # as git tells its hooks
    revision = git(tmp_path, "rev-parse", "HEAD").strip()
    assert describe_checkout(code) == {"revision": revision, "dirty": False}


def test_without_git_there_is_no_revision(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    assert describe_checkout(Path(__file__)) is None


def test_the_time_is_iso_8601_in_utc() -> None:
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d.\d{3}\+00:00", now())


def test_optional_packages_are_listed_only_if_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    def version(package: str) -> str:
        if package != "numpy":
            raise importlib.metadata.PackageNotFoundError
        return "2.1"

    monkeypatch.setattr(importlib.metadata, "version", version)
    packages = describe_origin()["packages"]
    assert packages["numpy"] == "2.1"
    assert packages["torch"] is None
    assert "sb3-contrib" not in packages
