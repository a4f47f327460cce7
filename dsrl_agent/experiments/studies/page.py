"""A study's page: a short Markdown text with tables and pictures, in the run folder."""

from __future__ import annotations

import dataclasses
import io
from collections.abc import Collection, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, TypeVar

from matplotlib.figure import Figure

from dsrl_agent.errors import CheckpointError, ConfigError
from dsrl_agent.records import RunFolder

_FILE = "README.md"
Options = TypeVar("Options", bound=Any)


def study_folder(name: str, options: Any, seed: int = 0) -> RunFolder:
    """Make a study's run folder: the one its options name, or a new one under runs/."""
    described = {"study": name, **dataclasses.asdict(options)}
    if options.out is not None:
        return RunFolder.create(Path(options.out), described, seed)
    path = Path(f"runs/study-{name}-{datetime.now():%Y%m%d-%H%M%S}")
    return RunFolder.create_numbered(path, described, seed)


def resumed_study(
    name: str, options: Options, changeable: Collection[str]
) -> tuple[RunFolder, Options]:
    """Return the folder of a stopped study, and its options with what may have changed since.

    Args:
        name: The study.
        options: As given now: `resume` names the folder.
        changeable: Names of options that need not be what they were.

    Raises:
        CheckpointError: The folder is no run of this study.
        ConfigError: Another option is given than the run has.
    """
    folder = RunFolder.open(Path(options.resume))
    stored = folder.config()
    if stored.pop("study", None) != name:
        raise CheckpointError(
            f"{folder.path} is no run of this study; name one that `dsrl study {name}` made."
        )
    usual = {field.name: field.default for field in dataclasses.fields(options)}
    given = {k: v for k, v in dataclasses.asdict(options).items() if v != usual[k]}
    del given["resume"]
    for option, value in given.items():
        if option not in changeable and value != stored.get(option):
            raise ConfigError(
                f"{option} is {value!r}, but the run {folder.path} has {stored.get(option)!r}, "
                "which cannot be changed with --resume; leave it out, or begin another run."
            )
    changed = {option: given[option] for option in changeable if option in given}
    return folder, type(options)(**{**stored, **changed})


class Page:
    """Gathers what a study has to say; `write` puts it into the run folder.

    Args:
        folder: The run folder. Pictures are written at once.
        title: The page's heading.
    """

    def __init__(self, folder: RunFolder, title: str) -> None:
        self._folder = folder
        self._parts = [f"# {title}"]

    def say(self, text: str) -> None:
        """Add a paragraph, or a table."""
        self._parts.append(text)

    def show(self, name: str, caption: str, figure: Figure) -> None:
        """Add a picture as `<name>.png`."""
        self._folder.put(f"{name}.png", png_of(figure))
        self._parts.append(f"![{caption}]({name}.png)\n\n{caption}")

    def write(self) -> str:
        """Write the page, and return what the command prints: its text and where
        it stands with its pictures.
        """
        self._folder.put(_FILE, ("\n\n".join(self._parts) + "\n").encode())
        told = [part for part in self._parts if not part.startswith("![")]
        return "\n\n".join([*told, f"With pictures: {self._folder.path / _FILE}"])


def table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Return a Markdown table."""
    lines = [heads, ["---"] * len(heads), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def png_of(figure: Figure) -> bytes:
    """Return a figure as the bytes of a PNG file, the same for the same figure."""
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png", metadata={"Software": None})
    return buffer.getvalue()
