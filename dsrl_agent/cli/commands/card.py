"""Run `dsrl card`: write a model card and a folder that is ready for a model hub."""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping, Set
from pathlib import Path
from typing import Any

from dsrl_agent.cli.options import CardOptions
from dsrl_agent.errors import ConfigError
from dsrl_agent.experiments.run.training import load_run
from dsrl_agent.explain.card import Origin, card
from dsrl_agent.records import RunFolder
from dsrl_agent.records.files import write_at
from dsrl_agent.records.type_names import TypeNames

_COPIED = ("config.yaml", "versions.json", "names.json", "inspect.html")  # those that there are


def run(options: CardOptions, given: Set[str]) -> int:
    """Write the folder, and say where it is.

    Raises:
        ConfigError: The folder is there already.
    """
    folder = Path(options.run)
    agent, _ = load_run(folder, options.device)
    out = Path(options.out) if options.out else folder / "card"
    if out.exists():
        raise ConfigError(f"--out is {out}, which exists, and nothing is overwritten.")
    origin = read_origin(folder)
    write_at(out / "README.md", card(agent, origin, TypeNames.read(folder)).encode())
    agent.save(out / "agent")
    for name in _COPIED:
        if (folder / name).is_file():
            shutil.copyfile(folder / name, out / name)
    print(f"Wrote {out}: README.md is the card, agent/ the agent")
    return 0


def read_origin(folder: Path) -> Origin:
    """Return where the agent of a run folder comes from.

    Raises:
        CheckpointError: It is no run folder, or a file of it is damaged.
    """
    settings = RunFolder.open(folder).config()
    versions: Mapping[str, Any] = json.loads((folder / "versions.json").read_bytes())
    env = str(settings.get("env", {}).get("id", "?"))
    return Origin(folder.resolve().name, env, settings, versions, _last_evaluation(folder))


def _last_evaluation(folder: Path) -> dict[str, float]:
    """Return the figures of the last evaluation; older runs have a line for each actor."""
    found: dict[str, float] = {}
    file = folder / "metrics.jsonl"
    for line in file.read_text(encoding="utf-8").splitlines() if file.is_file() else ():
        values = json.loads(line)
        if values["kind"] == "evaluation":
            figures = {
                name: v for name, v in values.items() if name not in ("kind", "step", "time")
            }
            found |= {name: v for name, v in figures.items() if isinstance(v, int | float)}
    return found
