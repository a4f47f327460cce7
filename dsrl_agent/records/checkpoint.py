"""Save and load checkpoints: folders of safetensors and JSON, refused if incomplete or altered."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from textwrap import shorten
from typing import Any, NamedTuple

import numpy as np
import safetensors
import safetensors.numpy
from numpy.typing import NDArray

from dsrl_agent.checks import plain, printed, shown
from dsrl_agent.errors import CheckpointError, ConfigError
from dsrl_agent.records.disk import disk
from dsrl_agent.records.files import to_json, write_folder
from dsrl_agent.records.reading import JSON_WEIGHT, most_bytes, parsed_json, read_bounded

_FORMAT, _VERSION = "dsrl-agent", 2
_MANIFEST, _DATA, _SUFFIX = "manifest.json", "data.json", ".safetensors"
_MOST_MANIFEST = 2**20  # bytes of a manifest; one of ours has some 2,000
_STORED = "biuf"  # kinds of arrays in files: booleans and real numbers
_SHOWN = 200  # characters of a parser's error
_REMEDY = "use another checkpoint or train again."


class Checkpoint(NamedTuple):
    """The content of a checkpoint: groups of named arrays, and JSON data."""

    arrays: dict[str, dict[str, NDArray[Any]]]
    data: dict[str, Any]


def save_checkpoint(
    folder: Path, arrays: Mapping[str, Mapping[str, NDArray[Any]]], data: Mapping[str, Any]
) -> None:
    """Write a checkpoint such that it exists whole or not at all; make missing parents.

    Each group of named arrays becomes `<group>.safetensors`, and data become `data.json`. JSON
    turns tuples into lists, and all keys into text.

    Raises:
        CheckpointError: The folder exists.
        ValueError: The name of a group cannot name a file, or JSON does not hold the data.
    """
    if folder.exists():
        raise CheckpointError(f"{folder} exists and is not overwritten; save to another folder.")
    files = {f"{_checked(group)}{_SUFFIX}": _to_bytes(part) for group, part in arrays.items()}
    files[_DATA] = to_json(data)
    listing = {name: {"bytes": len(part), "sha256": _sha256(part)} for name, part in files.items()}
    manifest = {"format": _FORMAT, "version": _VERSION, "files": listing}
    write_folder(folder, {**files, _MANIFEST: to_json(manifest)})
    disk().sync_folder(folder.parent)


def require_storable(
    name: str, arrays: Mapping[str, Mapping[str, NDArray[Any]]], state: Mapping[str, Any]
) -> None:
    """Refuse a part of an agent that could not be saved, before anything is learned.

    Raises:
        ConfigError: The message has the name of the part, and what a file cannot hold.
    """
    try:
        plain(dict(state))
    except TypeError as error:
        raise ConfigError(
            f"The state of {name} holds {error}, which a file cannot hold; let state() return text,"
            " numbers, lists, and dicts with text as keys."
        ) from error
    for group, own in arrays.items():
        _checked(group)
        for key, array in own.items():
            if not isinstance(array, np.ndarray) or array.dtype.kind not in _STORED:
                raise ConfigError(
                    f"The arrays of {name} hold {shown(array)} at {group!r}, {key!r}, which a file "
                    "cannot hold; let arrays() return arrays of numbers."
                )


def load_checkpoint(folder: Path) -> Checkpoint:
    """Verify and read a checkpoint.

    Raises:
        CheckpointError: The checkpoint is missing, of another format or version, or altered.
    """
    try:
        return _loaded(folder)
    except OSError as error:
        raise CheckpointError(
            f"{folder} cannot be read ({error.strerror or error}); check the path."
        ) from error


def _loaded(folder: Path) -> Checkpoint:
    if not folder.is_dir():
        raise CheckpointError(
            f"There is no checkpoint folder {printed(str(folder))}; check the path."
        )
    listing = _read_manifest(folder)
    present = {path.name for path in folder.iterdir() if not path.name.startswith(".")}
    if foreign := sorted(present - {*listing, _MANIFEST}):
        raise CheckpointError(
            f"{folder} holds {foreign[0]}, which its manifest does not list: a checkpoint holds "
            "nothing but its own files; move that file elsewhere."
        )
    _require_sizes(folder, listing)
    arrays, data = dict[str, dict[str, NDArray[Any]]](), None
    for name, entry in listing.items():
        content = _read_listed(folder / name, entry)
        if name == _DATA:
            data = _parsed(folder / name, content, parsed_json)
        else:
            group = name.removesuffix(_SUFFIX)
            arrays[group] = _parsed(folder / name, content, safetensors.numpy.load)
    if not isinstance(data, dict):
        raise CheckpointError(f"{folder} has no {_DATA} that holds a JSON object; {_REMEDY}")
    return Checkpoint(arrays, data)


def _parsed(file: Path, content: bytes, parse: Callable[[bytes], Any]) -> Any:
    try:
        return parse(content)
    except Exception as error:  # a file may hold anything
        raise CheckpointError(
            f"{file} cannot be parsed ({shorten(str(error), _SHOWN)}) although it is what its "
            f"manifest lists, so it was not written by dsrl-agent; {_REMEDY}"
        ) from error


def _require_sizes(folder: Path, listing: Mapping[str, Mapping[str, Any]]) -> None:
    """Refuse files that are not of their listed sizes, or too large for memory, before reading."""
    for name, entry in listing.items():
        file = folder / name
        if not file.is_file():
            raise CheckpointError(f"{file} is missing, but its manifest lists it; {_REMEDY}")
        size = file.stat().st_size
        if size != entry["bytes"]:
            raise CheckpointError(
                f"{file} is truncated or overwritten: it has {size} bytes of the "
                f"{entry['bytes']} that were saved; {_REMEDY}"
            )
    weights = {_DATA: JSON_WEIGHT}
    total = sum(entry["bytes"] * weights.get(name, 1) for name, entry in listing.items())
    most = most_bytes()
    if most is not None and total > most:
        raise CheckpointError(
            f"{folder} takes {total / 2**30:.1f} GiB, but no more than {most / 2**30:.1f} GiB fit "
            "into free memory; end other programs, or use a larger machine."
        )


def _checked(group: str) -> str:
    if not re.fullmatch(r"\w[\w-]*", group):
        raise ValueError(
            f"{group!r} cannot name a group of arrays, for it becomes the name of a file; "
            "use letters, digits, _ and -."
        )
    return group


def _to_bytes(arrays: Mapping[str, NDArray[Any]]) -> bytes:
    # np.ascontiguousarray would turn a scalar array into a vector.
    return safetensors.numpy.save({k: np.asarray(v, order="C") for k, v in arrays.items()})


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _read_manifest(folder: Path) -> dict[str, dict[str, Any]]:
    """Return the checked entry of each listed file."""
    file = folder / _MANIFEST
    if not file.is_file():
        raise CheckpointError(
            f"{folder} has no {_MANIFEST}, so it is not a checkpoint of dsrl-agent; "
            "give a folder below checkpoints/ of a run."
        )
    try:
        manifest = parsed_json(read_bounded(file, _MOST_MANIFEST))
        kind, version = manifest["format"], manifest["version"]
    except (ValueError, KeyError, TypeError) as error:
        raise CheckpointError(f"{file} cannot be read ({error!r}); {_REMEDY}") from error
    if kind != _FORMAT:
        raise CheckpointError(
            f"{folder} is of format {kind!r}, but only {_FORMAT!r} can be loaded; {_REMEDY}"
        )
    if version != _VERSION:
        raise CheckpointError(
            f"{folder} is of version {version!r}, but this dsrl-agent loads version {_VERSION}; "
            "load it by the dsrl-agent that wrote it, which the run's versions.json names."
        )
    listing = manifest.get("files")
    if not isinstance(listing, dict) or not all(map(_well_formed, listing.items())):
        raise CheckpointError(f"{file} does not list files by name, bytes and sha256; {_REMEDY}")
    return listing


def _well_formed(item: tuple[str, Any]) -> bool:
    name, entry = item
    plain = Path(name).name == name and not name.startswith(".")  # stays in the folder
    if not plain or not isinstance(entry, dict):
        return False
    size, digest = entry.get("bytes"), entry.get("sha256")
    return isinstance(digest, str) and type(size) is int and size >= 0


def _read_listed(file: Path, entry: Mapping[str, Any]) -> bytes:
    try:
        content = read_bounded(file, entry["bytes"])
    except ValueError as error:
        raise CheckpointError(f"{file} changed while it was read ({error}); {_REMEDY}") from error
    if _sha256(content) != entry["sha256"]:
        raise CheckpointError(
            f"{file} was altered after it was saved: its SHA-256 is not the manifest's; {_REMEDY}"
        )
    return content
