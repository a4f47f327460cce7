"""Write the page of a study, a Markdown text with tables and pictures, in its run folder."""

from __future__ import annotations

import dataclasses
from collections.abc import Collection
from datetime import datetime
from pathlib import Path
from typing import Any, TypeVar

from matplotlib.figure import Figure

from dsrl_agent.errors import CheckpointError, ConfigError
from dsrl_agent.experiments.report.figure import png_of
from dsrl_agent.experiments.report.table import Table
from dsrl_agent.records import RunFolder

_FILE = "README.md"
Options = TypeVar("Options", bound=Any)


def study_folder(name: str, options: Any, seed: int = 0) -> RunFolder:
    """Make the run folder of a study: the folder in `options.out`, or a new one in runs/."""
    described = {"study": name, **dataclasses.asdict(options)}
    if options.out is not None:
        return RunFolder.create(Path(options.out), described, seed)
    path = Path(f"runs/study-{name}-{datetime.now():%Y%m%d-%H%M%S}")
    return RunFolder.create_numbered(path, described, seed)


def resumed_study(
    name: str, options: Options, changeable: Collection[str]
) -> tuple[RunFolder, Options]:
    """Return the folder of a stopped study and its options, with changed options replaced.

    `options` are those given now, and `resume` names the folder; the `changeable` ones may differ
    from those of the run.

    Raises:
        CheckpointError: The folder holds no run of this study.
        ConfigError: An option differs from that of the run and is not changeable.
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
    return folder.claim(), type(options)(**{**stored, **changed})


def opened_study(
    name: str, options: Options, more: Collection[str], now: Collection[str]
) -> tuple[RunFolder | None, Options]:
    """Return the folder of the study to resume, or `None`, and the options to run it with.

    The options in `more` may differ from those of the run. So may those in `now`, which are always
    as given now, also where that is the default.

    Raises:
        CheckpointError: The folder holds no run of this study.
        ConfigError: Another option differs from that of the run.
    """
    if options.resume is None:
        return None, options
    given = {option: getattr(options, option) for option in now}
    folder, stored = resumed_study(name, options, (*more, *now))
    return folder, dataclasses.replace(stored, **given)


class Page:
    """Gathers the text, tables and pictures of a study; `write` puts them into the run folder.

    Pictures are written at once. The title is the heading of the page.
    """

    def __init__(self, folder: RunFolder, title: str) -> None:
        self._folder = folder
        self._parts = [f"# {title}"]

    def say(self, part: str | Table) -> None:
        """Add a paragraph, or a table."""
        self._parts.append(part if isinstance(part, str) else part.markdown())

    def show(self, name: str, caption: str, figure: Figure) -> None:
        """Add a picture as `<name>.png`."""
        self._folder.put(f"{name}.png", png_of(figure))
        self._parts.append(f"![{caption}]({name}.png)\n\n{caption}")

    def write(self) -> str:
        """Write the page as Markdown; return it without pictures and with its file's path."""
        self._folder.put(_FILE, ("\n\n".join(self._parts) + "\n").encode())
        text = [part for part in self._parts if not part.startswith("![")]
        return "\n\n".join([*text, f"With pictures: {self._folder.path / _FILE}"])
