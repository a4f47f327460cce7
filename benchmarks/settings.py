"""Write configs/default.yaml and docs/settings.md from the settings' classes.

Run it from the repository's root after a change of settings: `python benchmarks/settings.py`.
A test compares both files with what is written here. New groups are found by themselves.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_type_hints

import yaml

from dsrl_agent.config import TrainConfig
from dsrl_agent.config.reading import group_of
from dsrl_agent.config.reading.meanings import meanings, summary

_HEAD = """# Settings

All settings of `dsrl train`. `python benchmarks/settings.py` writes this page and
`configs/default.yaml` from the classes in `dsrl_agent/config/`. Give a setting on the command line
as `--group.setting value`, or in a YAML file for `--config`.
"""
_TABLE = "| setting | default | meaning |\n|---|---|---|"


def default_yaml() -> str:
    """Return the text of configs/default.yaml."""
    settings = dataclasses.asdict(TrainConfig())
    text: str = yaml.safe_dump(settings, sort_keys=False)
    return f"# Every setting of dsrl train at its default.\n{text}"


def page() -> str:
    """Return the text of docs/settings.md: one table for each group."""
    return "\n\n".join([_HEAD.rstrip(), *_sections(TrainConfig, TrainConfig(), "")]) + "\n"


def _sections(config: type[Any], default: Any, name: str) -> Iterator[str]:
    """Yield the section of a class of settings and those of the groups in it."""
    hints, texts = get_type_hints(config), meanings(config)
    rows, groups = [], []
    for setting in dataclasses.fields(config):
        value = getattr(default, setting.name)
        dotted = f"{name}.{setting.name}".lstrip(".")
        group = group_of(hints[setting.name])
        if group is not None and value is not None:
            groups.append((group, value, dotted))
        else:
            meaning = texts[setting.name].replace("|", "\\|")
            rows.append(f"| `{setting.name}` | `{_shown(value)}` | {meaning} |")
    title = f"## `{name}`" if name else "## The run"
    if rows:
        yield "\n\n".join([title, summary(config), "\n".join([_TABLE, *rows])])
    for group, value, dotted in groups:
        yield from _sections(group, value, dotted)


def _shown(value: Any) -> str:
    """Return a default as it stands in YAML."""
    text: str = yaml.safe_dump(value, default_flow_style=True, width=1000)
    return text.removesuffix("\n").removesuffix("\n...")


def files() -> dict[str, str]:
    """Return the text of each file by its path from the repository's root."""
    return {"configs/default.yaml": default_yaml(), "docs/settings.md": page()}


if __name__ == "__main__":
    for name, text in files().items():
        (Path(__file__).parent.parent / name).write_text(text, encoding="utf-8")
