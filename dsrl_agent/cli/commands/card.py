"""Run `dsrl card`: write a model card and a folder that is ready for a model hub."""

from __future__ import annotations

import shutil
from collections.abc import Mapping, Set
from pathlib import Path
from typing import Any

from dsrl_agent.cli.options import CardOptions
from dsrl_agent.errors import CheckpointError, ConfigError
from dsrl_agent.experiments.run.training import load_run
from dsrl_agent.explain.card import Origin, card
from dsrl_agent.records import RunFolder
from dsrl_agent.records.files import write_at
from dsrl_agent.records.reading import parsed_json, read_fitting
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
    run = RunFolder.open(folder)
    settings, file = run.config(), folder / "versions.json"
    try:
        versions: Mapping[str, Any] = parsed_json(read_fitting(file))
    except ValueError as error:
        raise CheckpointError(f"{file} cannot be parsed ({error}); restore it.") from error
    env = str(settings.get("env", {}).get("id", "?"))
    return Origin(folder.resolve().name, env, settings, versions, _last_evaluation(run))


def _last_evaluation(run: RunFolder) -> dict[str, float]:
    """Return the figures of the last evaluation; older runs have a line for each actor."""
    found: dict[str, float] = {}
    for values in run.logged("evaluation"):
        figures = {name: v for name, v in values.items() if name not in ("kind", "step", "time")}
        found |= {name: v for name, v in figures.items() if isinstance(v, int | float)}
    return found
