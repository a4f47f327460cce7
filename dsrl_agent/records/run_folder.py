"""Keep the files of one training run: configuration, metrics and the newest checkpoint."""

from __future__ import annotations

import itertools
import json
import math
import numbers
import re
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

import yaml
from numpy.typing import NDArray

from dsrl_agent.errors import CheckpointError, ConfigError
from dsrl_agent.records.checkpoint import save_checkpoint
from dsrl_agent.records.files import replace, stale, to_json, write
from dsrl_agent.records.versions import describe_origin, now

if TYPE_CHECKING:
    from dsrl_agent.records.scalars import ScalarWriter

Value = float | int | str | None

_CONFIG, _VERSIONS = "config.yaml", "versions.json"
_CHECKPOINT = re.compile(r"\d{9,}-\d+")


class RunFolder:
    """The files of one training run; made by `create` or `open`.

    `config.yaml` and `versions.json` describe the run, `metrics.jsonl` and `tensorboard/` contain
    its metrics, and `checkpoints/` contains the newest checkpoint. Only one process at a time may
    write.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._metrics: IO[bytes] | None = None
        self._tensorboard: ScalarWriter | None = None
        self._purge_step: int | None = None

    @classmethod
    def create(cls, path: Path, config: Mapping[str, Any], seed: int) -> RunFolder:
        """Make the folder of a new run and write its resolved config, versions and seed.

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
        try:
            path.mkdir(parents=True)
        except OSError as error:
            fault = f"cannot be made ({error.strerror})"
            if isinstance(error, FileExistsError):
                fault = "exists, and nothing is overwritten"
            raise ConfigError(
                f"The run folder {path} {fault}; name another folder by --run_dir."
            ) from error
        write(path / _CONFIG, text.encode())
        write(path / _VERSIONS, to_json({"seed": seed, **describe_origin()}))
        return cls(path)

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
        """Open the folder of an earlier run.

        Raises:
            CheckpointError: The folder is no run folder.
        """
        for name in (_CONFIG, _VERSIONS):
            if not (path / name).is_file():
                raise CheckpointError(
                    f"{path} is no run folder, for it has no {name}; "
                    "give a folder that a training run made."
                )
        return cls(path)

    def config(self) -> dict[str, Any]:
        """Return the config of the run.

        Raises:
            CheckpointError: `config.yaml` is damaged.
        """
        file = self.path / _CONFIG
        try:
            config = yaml.safe_load(file.read_text(encoding="utf-8"))
        except (yaml.YAMLError, ValueError) as error:
            raise CheckpointError(f"{file} cannot be parsed ({error}); restore it.") from error
        if not isinstance(config, dict):
            raise CheckpointError(f"{file} holds no mapping of settings; restore it.")
        return config

    def log(self, kind: str, step: int, values: Mapping[str, Value]) -> None:
        """Append a line to `metrics.jsonl`; numbers go to TensorBoard as well, as `kind/name`.

        NaN and infinities, which JSON lacks, are written as the texts "nan", "inf" and "-inf".

        Raises:
            TypeError: A value is neither a number, a text nor None.
            ValueError: A value has the name of a field of every line.
        """
        if taken := {"kind", "step", "time"} & set(values):
            raise ValueError(f"No value may be named {min(taken)!r}, a field of every line.")
        plain = {name: _plain(name, value) for name, value in values.items()}
        line = {"kind": kind, "step": int(step), "time": now()}
        line |= {name: _finite_or_text(value) for name, value in plain.items()}
        text = json.dumps(line, ensure_ascii=False, allow_nan=False)
        if self._metrics is None:
            self._metrics = _open_lines(self._metrics_file)
        self._metrics.write(text.encode() + b"\n")
        self._metrics.flush()
        if self._tensorboard is None:
            from dsrl_agent.records.scalars import ScalarWriter  # takes half a second

            self._tensorboard = ScalarWriter(self.path / "tensorboard", self._purge_step)
        for name, value in plain.items():
            if isinstance(value, int | float):
                self._tensorboard.add(f"{kind}/{name}", value, step)

    def put(self, name: str, content: bytes) -> Path:
        """Write a file of any name, such as a picture, and return its path."""
        file = self.path / name
        replace(file, content)
        return file

    def truncate_metrics(self, step: int) -> None:
        """Drop the metrics after a step, before a run resumes there and logs them again.

        Raises:
            CheckpointError: A line other than a torn last one cannot be parsed.
        """
        self.close()
        self._purge_step = step + 1  # TensorBoard hides older events from this step on
        file = self._metrics_file
        if not file.exists():
            return
        kept = []
        for number, line in enumerate(file.read_bytes().splitlines(keepends=True), 1):
            if not line.endswith(b"\n"):
                break  # torn by a kill
            try:
                if json.loads(line)["step"] <= step:
                    kept.append(line)
            except (ValueError, KeyError, TypeError) as error:
                raise CheckpointError(
                    f"Line {number} of {file} is no line of metrics ({error!r}); "
                    "remove the line and resume again."
                ) from error
        for path in stale(file):
            path.unlink()
        replace(file, b"".join(kept))

    def save(
        self, step: int, arrays: Mapping[str, Mapping[str, NDArray[Any]]], data: Mapping[str, Any]
    ) -> None:
        """Write the checkpoint of a step as `save_checkpoint` does, then delete the older ones.

        The folder is `checkpoints/<step>-<serial>`. The serial number grows with each save, so a
        step can be saved again. The highest number always belongs to a complete checkpoint.
        """
        if step < 0:
            raise ValueError(f"step is {step}, but must be at least 0.")
        older = self._checkpoints()
        serial = _serial(older[-1]) + 1 if older else 0
        folder = self.path / "checkpoints" / f"{step:09d}-{serial}"
        save_checkpoint(folder, arrays, data)
        for path in (*older, *stale(folder.with_name("*"))):
            shutil.rmtree(path, ignore_errors=True)

    def latest(self) -> Path | None:
        """Return the folder of the newest checkpoint, or None if there is none yet."""
        found = self._checkpoints()
        return found[-1] if found else None

    def close(self) -> None:
        """Close the open files; the next call of `log` opens them again."""
        if self._metrics is not None:
            self._metrics.close()
            self._metrics = None
        if self._tensorboard is not None:
            self._tensorboard.close()
            self._tensorboard = None

    def __enter__(self) -> RunFolder:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def _metrics_file(self) -> Path:
        return self.path / "metrics.jsonl"

    def _checkpoints(self) -> list[Path]:
        """Return the folders of checkpoints, the newest last."""
        found = (self.path / "checkpoints").glob("*")
        return sorted((path for path in found if _CHECKPOINT.fullmatch(path.name)), key=_serial)


def _serial(checkpoint: Path) -> int:
    return int(checkpoint.name.split("-")[1])


def _plain(name: str, value: object) -> Value:
    """Return a value as a Python number, text or None, as JSON takes no NumPy numbers."""
    if value is None or isinstance(value, str | bool):
        return value
    if isinstance(value, numbers.Integral):
        return int(value)
    if isinstance(value, numbers.Real):
        return float(value)
    raise TypeError(
        f"The value {name!r} is a {type(value).__name__}, but must be a number, a text or None."
    )


def _finite_or_text(value: Value) -> Value:
    return str(value) if isinstance(value, float) and not math.isfinite(value) else value


def _open_lines(path: Path) -> IO[bytes]:
    """Open a file of lines for appending, and cut off a last line torn by a kill."""
    file = path.open("ab+")
    file.seek(0)
    content = file.read()
    file.truncate(content.rfind(b"\n") + 1)
    return file
