"""The files that show every setting: configs/*.yaml and docs/settings.md."""

from __future__ import annotations

import dataclasses
import importlib.util
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from dsrl_agent.config import TrainConfig, read_config
from dsrl_agent.config.reading import group_of, hints_of

ROOT = Path(__file__).parents[2]
HINTS = dict(hints_of(TrainConfig))


def dotted(values: Mapping[str, Any], prefix: str = "") -> set[str]:
    """Return the dotted names in a file; the keys within a setting's own mapping are left out."""
    names = set()
    for key, value in values.items():
        names.add(prefix + key)
        if group_of(HINTS[prefix + key]) is not None and value is not None:
            names |= dotted(value, f"{prefix}{key}.")
    return names


def test_the_default_config_names_every_setting_at_its_default() -> None:
    content = yaml.safe_load((ROOT / "configs" / "default.yaml").read_text(encoding="utf-8"))
    assert dotted(content) == dotted(dataclasses.asdict(TrainConfig()))
    assert read_config(TrainConfig, content) == TrainConfig()


@pytest.mark.parametrize(
    "path", sorted((ROOT / "configs").glob("*.yaml")), ids=lambda path: path.name
)
def test_every_config_is_read(path: Path) -> None:
    content = yaml.safe_load(path.read_text(encoding="utf-8"))
    settings = dataclasses.asdict(read_config(TrainConfig, content))
    for name in dotted(content):
        given, read = content, settings
        for part in name.split("."):
            given, read = given[part], read[part]
        if not isinstance(given, dict):
            assert yaml.safe_load(yaml.safe_dump(read)) == given, name


def test_the_generated_files_are_as_the_classes_say() -> None:
    script = ROOT / "benchmarks" / "settings.py"
    spec = importlib.util.spec_from_file_location("settings", script)
    assert spec is not None
    assert spec.loader is not None
    settings = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(settings)
    for name, text in settings.files().items():
        written = (ROOT / name).read_text(encoding="utf-8")
        assert written == text, "run python benchmarks/settings.py"
