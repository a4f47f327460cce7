"""Describe the origin of a run: versions, revision of the code, time and command."""

from __future__ import annotations

import importlib.metadata
import os
import platform
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

_PACKAGES = (
    "dsrl-agent",
    "gymnasium",
    "numpy",
    "torch",
    "scipy",
    "scikit-learn",
    "stable-baselines3",
)
_EXTRAS = ("sb3-contrib",)  # listed only if installed


def now() -> str:
    """Return the time as ISO 8601 text, UTC."""
    return datetime.now(UTC).isoformat(timespec="milliseconds")


def describe_origin() -> dict[str, Any]:
    """Return start time, command, versions and revision, fit for JSON."""
    found = {name: _version(name) for name in (*_PACKAGES, *_EXTRAS)}
    return {
        "started": now(),
        "argv": list(sys.argv),
        "python": platform.python_version(),
        "platform": platform.platform(),
        "packages": {name: of for name, of in found.items() if of or name in _PACKAGES},
        "git": describe_checkout(Path(__file__)),
    }


def describe_checkout(file: Path) -> dict[str, Any] | None:
    """Return `{"revision": ..., "dirty": ...}` of the checkout that tracks a file.

    `dirty` is true with uncommitted changes. The result is None if no checkout tracks the file, as
    in an installed wheel, even inside another checkout.
    """
    revision = _git(file.parent, "rev-parse", "HEAD")
    if revision is None or not _git(file.parent, "ls-tree", "HEAD", file.name):
        return None
    return {"revision": revision, "dirty": bool(_git(file.parent, "status", "--porcelain"))}


def _git(folder: Path, *arguments: str) -> str | None:
    # Under a git hook, variables such as GIT_DIR would point to the hook's repository.
    environment = {k: v for k, v in os.environ.items() if not k.startswith("GIT_")}
    command = ["git", "--no-optional-locks", "-C", str(folder), *arguments]
    try:
        done = subprocess.run(
            command, capture_output=True, text=True, timeout=10, env=environment, check=True
        )
    except (OSError, subprocess.SubprocessError):
        return None
    return done.stdout.strip()


def _version(package: str) -> str | None:
    try:
        return importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError:
        return None
