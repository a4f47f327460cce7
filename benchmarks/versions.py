"""Run the fast tests with the lowest or the newest versions of every dependency.

    python -m benchmarks.versions lowest
    python -m benchmarks.versions newest --folder /tmp/newest --workers 2

The versions are those that `pyproject.toml` allows for the package and its extra `test`; packages
that these need in turn are as new as they may be. A virtual environment is made in the folder and
stays there; pip must reach a registry. Another Python than the running one is not tried. The exit
status is that of pytest.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import subprocess
import sys
import tempfile
import tomllib
import venv
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
_REQUIREMENT = re.compile(r"([A-Za-z0-9._-]+)(?:\[[^\]]*\])?\s*(.*)")


def requirements(project: Mapping[str, Any]) -> list[str]:
    """Return what a project and its tests need."""
    return [*project["dependencies"], *project["optional-dependencies"]["test"]]


def lowest(needed: Sequence[str]) -> list[str]:
    """Return a constraint `name==version` with the lower bound of each requirement that has one."""
    constraints = []
    for requirement in needed:
        found = _REQUIREMENT.fullmatch(requirement)
        bounds = found.group(2).split(",") if found else []
        versions = [bound.strip()[2:] for bound in bounds if bound.strip().startswith(">=")]
        if found and versions:
            constraints.append(f"{found.group(1)}=={versions[0]}")
    return constraints


def installed(folder: Path, constraints: Sequence[str]) -> Path:
    """Make an environment with the package and its tests' needs; return its interpreter."""
    venv.create(folder, with_pip=True, clear=True)
    python = folder / "bin" / "python"
    limits = folder / "constraints.txt"
    limits.write_text("".join(f"{line}\n" for line in constraints), encoding="utf-8")
    pip = [str(python), "-m", "pip", "install", "-q"]
    subprocess.run([*pip, "-e", f"{ROOT}[test]", "-c", str(limits)], check=True)
    return python


def versions(python: Path, needed: Sequence[str]) -> list[str]:
    """Return `name version` of each requirement in an environment."""
    command = [str(python), "-m", "pip", "list", "--format", "json"]
    listed = json.loads(subprocess.run(command, capture_output=True, check=True).stdout)
    have = {_plain(each["name"]): each["version"] for each in listed}
    names = [found.group(1) for each in needed if (found := _REQUIREMENT.fullmatch(each))]
    return [f"{name} {have.get(_plain(name), 'is not there')}" for name in names]


def _plain(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def tested(python: Path, workers: str, paths: Sequence[str]) -> int:
    """Run the fast tests in an environment and return pytest's exit status."""
    command = [str(python), "-m", "pytest", "-q", "-m", "not slow", "-n", workers, *paths]
    env = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    return subprocess.run(command, cwd=ROOT, env=env, check=False).returncode


def main() -> None:
    """Make the environment, print its versions, run the tests."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else None)
    parser.add_argument("which", choices=["lowest", "newest"])
    parser.add_argument("--folder", type=Path, help="where the environment goes; it stays there")
    parser.add_argument("--workers", default="auto", help="of pytest-xdist")
    parser.add_argument("paths", nargs="*", help="tests; all by default")
    options = parser.parse_args()
    folder = options.folder or Path(tempfile.mkdtemp(prefix=f"{options.which}-"))
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    needed = requirements(project)
    python = installed(folder, lowest(needed) if options.which == "lowest" else [])
    shown = "\n".join(versions(python, needed))
    sys.stdout.write(f"Python {sys.version.split()[0]} in {folder}\n{shown}\n")
    sys.stdout.flush()
    sys.exit(tested(python, options.workers, options.paths))


if __name__ == "__main__":
    main()
