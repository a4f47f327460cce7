"""Studies, run as from the command line."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from dsrl_agent.cli.main import main


def run(*arguments: str) -> int:
    """Run a command, and return its exit status."""
    with pytest.raises(SystemExit) as stopped:
        main(arguments)
    assert isinstance(stopped.value.code, int)
    return stopped.value.code


def records(folder: Path, kind: str) -> list[dict[str, Any]]:
    """Return the lines of a kind that a study logged."""
    lines = [json.loads(line) for line in (folder / "metrics.jsonl").read_text().splitlines()]
    return [line for line in lines if line["kind"] == kind]
