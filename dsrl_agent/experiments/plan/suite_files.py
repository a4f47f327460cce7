"""Read suites from YAML files. Nothing in a file executes, and an unknown key is an error."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from dsrl_agent.config.reading.strict_yaml import read_yaml
from dsrl_agent.errors import ConfigError
from dsrl_agent.experiments.plan.report_rules import ReportRules
from dsrl_agent.experiments.plan.suite import (
    Block,
    Contestant,
    Suite,
    World,
    WorldChange,
    current_kind,
    hint,
)

_PACKED = Path(__file__).parent / "suites"
_CHECKED_OUT = Path(__file__).parents[3] / "configs" / "benchmark"
FOLDER = _PACKED if _PACKED.is_dir() else _CHECKED_OUT
"""Folder of the suites that come with the package; a wheel holds those of the checkout."""
_CONTESTANTS = "contestants.yaml"


def suite_names(folder: Path = FOLDER) -> list[str]:
    """Return the names of the suites in a folder."""
    return sorted(path.stem for path in folder.glob("*.yaml") if path.name != _CONTESTANTS)


def read_suites(name: str, folder: Path = FOLDER) -> list[Suite]:
    """Read a suite, or all suites that a collection names: `suites: [fast, ...]`.

    Raises:
        ConfigError: There is no such suite, or a value in it breaks its rule.
    """
    file = folder / f"{name}.yaml"
    values = _load(file) if file.is_file() else {}
    if "suites" not in values:
        return [read_suite(name, folder)]
    _require_keys(values, ("suites",), str(file))
    return [read_suite(str(one), folder) for one in values["suites"]]


def read_suite(name: str, folder: Path = FOLDER) -> Suite:
    """Read `<folder>/<name>.yaml`, with the shared contestants of its folder.

    Raises:
        ConfigError: There is no such suite, or a value in it breaks its rule.
    """
    file = folder / f"{name}.yaml"
    if not file.is_file():
        names = suite_names(folder)
        known = f"it must be one of {', '.join(names)}" if names else f"{folder} holds no suites"
        raise ConfigError(f"--suite is {name!r}, but {known}; --configs names their folder.")
    shared = _load(folder / _CONTESTANTS) if (folder / _CONTESTANTS).is_file() else {}
    values = _load(file)
    _require_keys(values, ("question", "worlds", "contestants", "runs", "report"), str(file))
    contestants = {**shared, **values.get("contestants", {})}
    try:
        _report_rules(values)
        worlds = {k: _record(World, one, f"worlds.{k}") for k, one in values["worlds"].items()}
        return Suite(
            name=name,
            question=str(values.get("question", "")),
            worlds=worlds,
            contestants={key: _contestant(key, one) for key, one in contestants.items()},
            blocks=tuple(_block(block, f"runs[{i}]") for i, block in enumerate(values["runs"])),
        )
    except ConfigError as error:
        raise ConfigError(f"{file}: {error}") from error
    except (KeyError, TypeError, AttributeError) as error:
        raise ConfigError(
            f"{file} lacks something or holds it in another shape ({type(error).__name__}: "
            f"{error}); compare it with the suites beside it."
        ) from error


def read_report_rules(name: str, folder: Path = FOLDER) -> ReportRules:
    """Read how the report uses a suite; by default where the folder has no such suite.

    Raises:
        ConfigError: The rules break a rule of their own.
    """
    file = folder / f"{name}.yaml"
    return _report_rules(_load(file)) if file.is_file() else ReportRules()


def _report_rules(values: Mapping[str, Any]) -> ReportRules:
    rules: ReportRules = _record(ReportRules, _with_tuples(values.get("report", {})), "report")
    return rules


def _contestant(name: str, values: Mapping[str, Any]) -> Contestant:
    _require_keys(values, ("kind", "settings"), f"contestants.{name}")
    kind: Any = current_kind(values["kind"])  # a `Contestant` checks it
    return Contestant(name, kind, values.get("settings", {}))


def _block(values: Mapping[str, Any], where: str) -> Block:
    _require_keys(values, [f.name for f in dataclasses.fields(Block)], where)
    given = _with_tuples(values)
    if isinstance(given.get("train"), str):
        given["train"] = (given["train"],)
    if given.get("then") is not None:
        given["then"] = _record(WorldChange, given["then"], f"{where}.then")
    return Block(**given)


def _with_tuples(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: tuple(v) if isinstance(v, list) else v for name, v in values.items()}


def _record(kind: Any, values: Mapping[str, Any], where: str) -> Any:
    _require_keys(values, [f.name for f in dataclasses.fields(kind)], where)
    try:
        return kind(**values)
    except ConfigError as error:
        raise ConfigError(f"{where}: {error}") from error


def _require_keys(values: Mapping[str, Any], known: Any, where: str) -> None:
    if not isinstance(values, Mapping):
        raise ConfigError(f"{where} is {values!r}, but it must be a mapping.")
    for name in values:
        if name not in known:
            raise ConfigError(f"{where}.{name} is no setting; {hint(name, known)}")


def _load(file: Path) -> dict[str, Any]:
    try:
        values = read_yaml(file.read_text(encoding="utf-8"))
    except (OSError, yaml.YAMLError, UnicodeDecodeError) as error:
        raise ConfigError(f"{file} cannot be read: {' '.join(str(error).split())}") from error
    if not isinstance(values, dict):
        raise ConfigError(f"{file} holds {type(values).__name__}, but it must hold a mapping.")
    return values
