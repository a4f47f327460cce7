"""Keep the files of one training run: configuration, metrics and the newest checkpoint."""

from __future__ import annotations

import contextlib
import errno
import itertools
import os
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Self

import yaml
from numpy.typing import NDArray

from dsrl_agent.config.reading.strict_yaml import LONGEST, read_yaml
from dsrl_agent.errors import CheckpointError, ConfigError, StorageError
from dsrl_agent.records.checkpoint import save_checkpoint
from dsrl_agent.records.disk import disk
from dsrl_agent.records.files import replace, stale, storing, to_json, write_folder
from dsrl_agent.records.lock import FileLock
from dsrl_agent.records.metrics import Metrics, Value
from dsrl_agent.records.reading import read_bounded
from dsrl_agent.records.versions import describe_origin

_CONFIG, _VERSIONS = "config.yaml", "versions.json"
_INSIDE = "-inside"  # ends the name of a checkpoint from which no run can go on exactly
_CHECKPOINT = re.compile(rf"\d{{9,}}-\d+({_INSIDE})?")


class RunFolder:
    """The files of one training run; made by `create` or `open`.

    `config.yaml` and `versions.json` describe the run, `metrics.jsonl` and `tensorboard/` contain
    its metrics, and `checkpoints/` contains the newest checkpoint, and the newest one from which
    the run goes on bit for bit. Only one process at a time may write: it holds a lock until the
    folder is closed, or its process ends in whatever way.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._lock: FileLock | None = None
        self._metrics = Metrics(path)

    @classmethod
    def create(cls, path: Path, config: Mapping[str, Any], seed: int) -> RunFolder:
        """Make the folder of a new run and write its resolved config, versions and seed.

        The folder appears whole, and is locked.

        Raises:
            ConfigError: The folder exists or cannot be made, or the config has values other than
                numbers, texts, lists and mappings.
        """
        try:
            text = yaml.safe_dump(dict(config), sort_keys=False, allow_unicode=True)
        except yaml.YAMLError as error:
            raise ConfigError(
                f"The config cannot be written as YAML ({error}); "
                "give numbers, texts, lists and mappings alone."
            ) from error
        versions = to_json({"seed": seed, **describe_origin()})
        made = cls(path)
        try:
            made._make({_CONFIG: text.encode(), _VERSIONS: versions})
        except OSError as error:
            fault = f"cannot be made ({error.strerror})"
            if isinstance(error, FileExistsError):
                fault = "exists, and nothing is overwritten"
            raise ConfigError(
                f"The run folder {path} {fault}; name another folder by --run_dir."
            ) from error
        return made

    def _make(self, files: Mapping[str, bytes]) -> None:
        """Make the folder beside its place, and rename it."""
        if self.path.exists() or self.path.is_symlink():
            raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(self.path))

        def lock(partial: Path) -> None:
            self._lock = FileLock(partial / _VERSIONS)

        write_folder(self.path, files, lock)
        with contextlib.suppress(OSError):  # the folder is made
            disk().sync_folder(self.path.parent)

    @classmethod
    def create_numbered(cls, path: Path, config: Mapping[str, Any], seed: int) -> RunFolder:
        """Make the folder of a new run under a free name, with -2, -3, … if necessary.

        Raises:
            ConfigError: The folder cannot be made for another reason.
        """
        for number in itertools.count(1):
            numbered = path if number == 1 else path.with_name(f"{path.name}-{number}")
            try:
                return cls.create(numbered, config, seed)
            except ConfigError as error:
                if not isinstance(error.__cause__, FileExistsError):
                    raise
        raise AssertionError("counting does not end")

    @classmethod
    def open(cls, path: Path) -> RunFolder:
        """Open the folder of an earlier run to read; `claim` allows to write.

        Raises:
            CheckpointError: The folder is no run folder.
        """
        for name in (_CONFIG, _VERSIONS):
            if not is_file(path / name):
                newest = _newest_in(path)
                hint = "give a folder that a training run made."
                if newest is not None:
                    hint = f"the newest one in it is {newest}."
                raise CheckpointError(f"{path} is no run folder, for it has no {name}; {hint}")
        return cls(path)

    @staticmethod
    def is_at(path: Path) -> bool:
        """Return whether there is a run folder at a path."""
        return is_file(path / _CONFIG) and is_file(path / _VERSIONS)

    def claim(self) -> Self:
        """Lock the folder for this process, to write there.

        Raises:
            ConfigError: Another process writes there.
            StorageError: Nothing can be written there.
        """
        try:
            with storing(self.path):
                self._lock = FileLock(self.path / _VERSIONS)
        except StorageError as error:
            if not isinstance(error.__cause__, BlockingIOError):
                raise
            raise ConfigError(
                f"The run folder {self.path} is in use by another process; wait until that is "
                "done, or stop it."
            ) from error
        return self

    def config(self) -> dict[str, Any]:
        """Return the config of the run.

        Raises:
            CheckpointError: `config.yaml` is damaged.
        """
        file = self.path / _CONFIG
        try:
            config = read_yaml(read_bounded(file, LONGEST).decode())
        except (yaml.YAMLError, ValueError, OSError) as error:
            line = " ".join(str(error).split())
            raise CheckpointError(f"{file} cannot be parsed ({line}); restore it.") from error
        if not isinstance(config, dict):
            raise CheckpointError(f"{file} holds no mapping of settings; restore it.")
        return config

    def log(self, kind: str, step: int, values: Mapping[str, Value]) -> None:
        """Append a line to `metrics.jsonl`, see `Metrics.log`."""
        self._metrics.log(kind, step, values)

    def has_logged(self, kind: str, step: int) -> bool:
        """Return whether a line of this kind and step is among the metrics."""
        return self._metrics.has_logged(kind, step)

    def logged(self, kind: str) -> Iterator[Mapping[str, Any]]:
        """Yield the lines of a kind among the metrics, see `Metrics.lines`."""
        return (values for values in self._metrics.lines() if values.get("kind") == kind)

    def truncate_metrics(self, step: int) -> None:
        """Drop the metrics after a step, see `Metrics.truncate`."""
        self._metrics.truncate(step)

    def put(self, name: str, content: bytes) -> Path:
        """Write a file of any name, such as a picture, and return its path."""
        file = self.path / name
        with storing(file):
            replace(file, content)
        return file

    def save(
        self,
        step: int,
        arrays: Mapping[str, Mapping[str, NDArray[Any]]],
        data: Mapping[str, Any],
        *,
        exact: bool = True,
    ) -> None:
        """Write the checkpoint of a step as `save_checkpoint` does, then delete the older ones.

        The folder is `checkpoints/<step>-<serial>`, and ends in `-inside` if the run cannot go on
        bit for bit from there; the newest exact one is then kept beside it. The serial number grows
        with each save, so a step can be saved again. The highest number always belongs to a
        complete checkpoint.

        Raises:
            StorageError: The checkpoint cannot be written. The older ones stay.
        """
        if step < 0:
            raise ValueError(f"step is {step}, but must be at least 0.")
        older = self._checkpoints()
        serial = _serial(older[-1]) + 1 if older else 0
        name = f"{step:09d}-{serial}{'' if exact else _INSIDE}"
        folder = self.path / "checkpoints" / name
        with storing(folder):
            save_checkpoint(folder, arrays, data)
        kept = None if exact else self.resumable()
        with contextlib.suppress(OSError):  # done is done; what is left now goes the next time
            for path in (*older, *stale(folder.with_name("*"))):
                if path != kept:
                    disk().remove(path)

    def latest(self) -> Path | None:
        """Return the folder of the newest checkpoint, or None if there is none yet."""
        found = self._checkpoints()
        return found[-1] if found else None

    def resumable(self) -> Path | None:
        """Return the folder of the newest checkpoint from which the run goes on bit for bit."""
        found = [path for path in self._checkpoints() if not path.name.endswith(_INSIDE)]
        return found[-1] if found else None

    def close(self) -> None:
        """Close the open files; the next call of `log` opens them again."""
        self._metrics.close()

    def __enter__(self) -> RunFolder:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
        if self._lock is not None:
            self._lock.close()
            self._lock = None

    def _checkpoints(self) -> list[Path]:
        """Return the folders of checkpoints, the newest last."""
        found = (self.path / "checkpoints").glob("*")
        return sorted((path for path in found if _CHECKPOINT.fullmatch(path.name)), key=_serial)


def _serial(checkpoint: Path) -> int:
    return int(checkpoint.name.split("-")[1])


def _newest_in(path: Path) -> Path | None:
    """Return the newest run folder in a folder; there is none where nothing can be listed."""
    try:
        inside = [file.parent for file in path.glob(f"*/{_CONFIG}")]
        return max(inside, key=lambda run: run.stat().st_mtime, default=None)
    except OSError:  # for instance a name that is too long
        return None


def steps_of(checkpoint: Path) -> int:
    """Return the environment steps after which a run's checkpoint was written, by its name."""
    return int(checkpoint.name.split("-")[0])


def is_file(path: Path) -> bool:
    """Return whether a path names a plain file; false for a path that cannot be one."""
    try:
        return path.is_file()
    except OSError:  # for instance a name that is too long
        return False
