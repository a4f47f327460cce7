"""Checkpoints: whole or absent, verified, never overwritten."""

from __future__ import annotations

import hashlib
import json
import math
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.testing import assert_array_equal

from dsrl_agent.errors import CheckpointError, ConfigError
from dsrl_agent.records import checkpoint, load_checkpoint, save_checkpoint
from dsrl_agent.records.checkpoint import require_storable
from dsrl_agent.records.reading import JSON_WEIGHT, read_bounded

ARRAYS = {
    "back_end": {
        "transposed": np.arange(6, dtype=np.float32).reshape(2, 3).T,
        "scalar": np.array(2.5),
        "empty": np.zeros((0, 3), bool),
    },
    "front_end": {"table": np.arange(4, dtype=np.int64)},
    "nothing": {},
}
DATA = {"step": 7, "names": ["ö", "b"], "state": 1 << 100, "a": None}


def assert_whole(folder: Path) -> None:
    arrays, data = load_checkpoint(folder)
    assert data == DATA
    assert list(data) == list(DATA)
    assert arrays.keys() == ARRAYS.keys()
    for group, expected in ARRAYS.items():
        assert arrays[group].keys() == expected.keys()
        for name, array in expected.items():
            assert_array_equal(arrays[group][name], array, strict=True)


@pytest.fixture
def saved(tmp_path: Path) -> Path:
    folder = tmp_path / "deep" / "one"
    save_checkpoint(folder, ARRAYS, DATA)
    return folder


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_a_checkpoint_comes_back_as_it_was(saved: Path) -> None:
    assert_whole(saved)
    groups = [f"{group}.safetensors" for group in ARRAYS]
    assert names(saved) == sorted([*groups, "data.json", "manifest.json"])
    assert names(saved.parent) == ["one"]
    assert (saved / "data.json").read_text("utf-8").startswith('{\n "step": 7,\n "names": [')


def test_loaded_arrays_can_be_written_to_and_are_not_the_file(saved: Path) -> None:
    load_checkpoint(saved).arrays["front_end"]["table"][:] = 0
    assert_whole(saved)


def test_the_manifest_tells_sizes_and_sums(saved: Path) -> None:
    manifest = json.loads((saved / "manifest.json").read_bytes())
    assert (manifest["format"], manifest["version"]) == ("dsrl-agent", 2)
    for name, entry in manifest["files"].items():
        content = (saved / name).read_bytes()
        sha256 = hashlib.sha256(content).hexdigest()
        assert entry == {"bytes": len(content), "sha256": sha256}


def test_an_existing_folder_is_not_overwritten(saved: Path) -> None:
    with pytest.raises(CheckpointError, match="one exists and is not overwritten; save to another"):
        save_checkpoint(saved, {}, {})
    assert_whole(saved)
    (saved.parent / "empty").mkdir()  # which a rename would silently replace
    with pytest.raises(CheckpointError, match="empty exists and is not overwritten"):
        save_checkpoint(saved.parent / "empty", {}, {})


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_a_number_that_json_has_not_is_refused(tmp_path: Path, value: float) -> None:
    with pytest.raises(ConfigError, match=r"hold the number -?\w+ at \['score'\]\[0\], which"):
        save_checkpoint(tmp_path / "one", ARRAYS, {"score": [value]})
    assert names(tmp_path) == []


@pytest.mark.parametrize(
    ("arrays", "state", "fault"),
    [
        ({}, {"own": {1, 2}}, r"state of mine holds a set at \['own'\], which a file cannot hold"),
        ({}, {"a": [{"b": b"x"}]}, r"holds a bytes at \['a'\]\[0\]\['b'\]"),
        ({}, {"a": {1: 2}}, r"holds a dict with keys that are no text at \['a'\]"),
        (
            {"net": {"w": np.array(["x"])}},
            {},
            r"hold array\(\['x'\], .* at 'net', 'w', which",
        ),
        ({"net": {"w": [1.0]}}, {}, r"hold \[1.0\] at 'net', 'w'"),
    ],
)
def test_a_part_that_could_not_be_saved_is_refused_before_it_learns(
    arrays: Any, state: Any, fault: str
) -> None:
    with pytest.raises(ConfigError, match=fault):
        require_storable("mine", arrays, state)


def test_a_part_that_can_be_saved_is_not_refused(tmp_path: Path) -> None:
    state = {"own": np.int64(3), "more": (1, [None, True, "ö"]), "most": {"a": 0.5}}
    require_storable("mine", ARRAYS, state)
    save_checkpoint(tmp_path / "one", ARRAYS, state)
    stored = load_checkpoint(tmp_path / "one").data
    assert stored == {"own": 3, "more": [1, [None, True, "ö"]], "most": {"a": 0.5}}


@pytest.mark.parametrize("group", ["", "../x", "a/b", ".hidden", "a.b", "-x"])
def test_a_group_that_cannot_name_a_file_is_refused(tmp_path: Path, group: str) -> None:
    with pytest.raises(ValueError, match=r"cannot name a group of arrays.*use letters, digits"):
        save_checkpoint(tmp_path / "one", {group: {}}, {})
    assert names(tmp_path) == []


@pytest.mark.parametrize("call", ["fsync", "replace"])
def test_a_failure_at_any_call_leaves_nothing_or_everything(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, call: str
) -> None:
    original = getattr(os, call)
    outcomes = []
    for fatal in range(20):
        calls = 0

        def failing(*arguments: Any, fatal: int = fatal) -> Any:
            nonlocal calls
            calls += 1
            if calls == fatal + 1:
                raise OSError(28, "No space left on device")
            return original(*arguments)

        folder = tmp_path / f"{fatal}"
        with monkeypatch.context() as patch:
            patch.setattr(os, call, failing)
            try:
                save_checkpoint(folder, ARRAYS, DATA)
                outcomes.append("saved")
            except OSError:
                outcomes.append("whole" if folder.exists() else "absent")
        if folder.exists():
            assert_whole(folder)
            shutil.rmtree(folder)
        assert names(tmp_path) == []
        if outcomes[-1] == "saved":
            break
    # Three groups, data and manifest, their folder; then the folder above, after the rename.
    expected = 6 * ["absent"] + ["whole"] if call == "fsync" else ["absent"]
    assert outcomes == [*expected, "saved"]


def change_manifest(folder: Path, **fields: Any) -> None:
    file = folder / "manifest.json"
    file.write_text(json.dumps({**json.loads(file.read_text()), **fields}))


def list_as(folder: Path, name: str, content: bytes) -> None:
    """Write a file and have the manifest vouch for it."""
    (folder / name).write_bytes(content)
    files = json.loads((folder / "manifest.json").read_text())["files"]
    files[name] = {"bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()}
    change_manifest(folder, files=files)


def flip_a_bit(file: Path) -> None:
    content = bytearray(file.read_bytes())
    content[-1] ^= 1
    file.write_bytes(content)


DAMAGES: dict[str, tuple[Callable[[Path], Any], str]] = {
    "gone": (shutil.rmtree, r"There is no checkpoint folder .*one; check the path"),
    "no manifest": (
        lambda f: (f / "manifest.json").unlink(),
        r"one has no manifest.json, so it is not a checkpoint of dsrl-agent; give a folder below",
    ),
    "manifest is no JSON": (
        lambda f: (f / "manifest.json").write_text("{"),
        r"manifest.json cannot be read \(JSONDecodeError.*use another checkpoint or train again",
    ),
    "manifest is no text": (
        lambda f: (f / "manifest.json").write_bytes(b"\xff\xfe\xfd"),
        r"manifest.json cannot be read \(UnicodeDecodeError",
    ),
    "manifest is a list": (
        lambda f: (f / "manifest.json").write_text("[]"),
        r"manifest.json cannot be read \(TypeError",
    ),
    "manifest without format": (
        lambda f: (f / "manifest.json").write_text("{}"),
        r"manifest.json cannot be read \(KeyError\('format'\)\)",
    ),
    "other format": (
        lambda f: change_manifest(f, format="other"),
        r"one is of format 'other', but only 'dsrl-agent' can be loaded",
    ),
    "other version": (
        lambda f: change_manifest(f, version=1),
        r"one is of version 1, but this dsrl-agent loads version 2; load it by the dsrl-agent that",
    ),
    "files is a list": (
        lambda f: change_manifest(f, files=["data.json"]),
        r"manifest.json does not list files by name, bytes and sha256",
    ),
    "file leads elsewhere": (
        lambda f: change_manifest(f, files={"../x": {"bytes": 1, "sha256": ""}}),
        r"manifest.json does not list files by name, bytes and sha256",
    ),
    "missing": (
        lambda f: (f / "front_end.safetensors").unlink(),
        r"front_end.safetensors is missing, but its manifest lists it",
    ),
    "truncated": (
        lambda f: os.truncate(f / "front_end.safetensors", 50),
        r"truncated or overwritten: it has 50 bytes of the \d+ that were saved",
    ),
    "altered": (
        lambda f: flip_a_bit(f / "front_end.safetensors"),
        r"front_end.safetensors was altered after it was saved: its SHA-256 is not the manifest's",
    ),
    "foreign": (
        lambda f: (f / "model.pkl").touch(),
        r"one holds model.pkl, which its manifest does not list.*move that file elsewhere",
    ),
    "no safetensors": (
        lambda f: list_as(f, "front_end.safetensors", b"abc"),
        r"front_end.safetensors cannot be parsed \(.*so it was not written by dsrl-agent",
    ),
    "no JSON": (
        lambda f: list_as(f, "data.json", b"[1,"),
        r"data.json cannot be parsed \(.*so it was not written by dsrl-agent",
    ),
    "data is a list": (
        lambda f: list_as(f, "data.json", b"[1]"),
        r"one has no data.json that holds a JSON object",
    ),
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_checkpoint_is_refused(saved: Path, damage: str) -> None:
    do, message = DAMAGES[damage]
    do(saved)
    with pytest.raises(CheckpointError, match=message) as caught:
        load_checkpoint(saved)
    assert "\n" not in str(caught.value)


def test_hidden_files_are_ignored(saved: Path) -> None:
    (saved / ".DS_Store").touch()
    assert_whole(saved)


@pytest.mark.parametrize(
    "entry",
    [
        {"bytes": -1, "sha256": ""},
        {"bytes": True, "sha256": ""},
        {"bytes": "3", "sha256": ""},
        {"bytes": 3, "sha256": 3},
        {"bytes": 3},
        [3, ""],
    ],
)
def test_an_entry_of_the_manifest_that_says_no_size_or_sum_is_refused(
    saved: Path, entry: Any
) -> None:
    change_manifest(saved, files={"data.json": entry})
    with pytest.raises(CheckpointError, match="does not list files by name, bytes and sha256"):
        load_checkpoint(saved)


def test_a_hidden_file_cannot_be_listed(saved: Path) -> None:
    list_as(saved, ".data.json", b"{}")
    with pytest.raises(CheckpointError, match="does not list files by name, bytes and sha256"):
        load_checkpoint(saved)


def test_an_empty_file_is_of_a_size_that_can_be_listed(saved: Path) -> None:
    list_as(saved, "front_end.safetensors", b"")
    with pytest.raises(CheckpointError, match=r"front_end.safetensors cannot be parsed \("):
        load_checkpoint(saved)


def test_a_manifest_is_read_up_to_one_mebibyte(saved: Path) -> None:
    file = saved / "manifest.json"
    text = file.read_bytes()
    file.write_bytes(text + b" " * (2**20 - len(text)))
    assert_whole(saved)
    file.write_bytes(file.read_bytes() + b" ")
    with pytest.raises(CheckpointError, match=r"1048577 bytes, but at most 1048576 are read"):
        load_checkpoint(saved)


def test_what_a_parser_says_is_cut(saved: Path) -> None:
    list_as(saved, "data.json", b'{"%b": 1, "%b": 2}' % (b"a " * 5000, b"a " * 5000))
    with pytest.raises(CheckpointError, match=r"\(the key 'a a .* \[...\]\)") as caught:
        load_checkpoint(saved)
    assert len(str(caught.value)) < 500 + len(str(saved))


def test_a_checkpoint_that_just_fits_into_memory_is_loaded(
    saved: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = json.loads((saved / "manifest.json").read_text())["files"]
    total = sum(entry["bytes"] for entry in files.values())
    total += (JSON_WEIGHT - 1) * files["data.json"]["bytes"]  # parsed JSON takes more
    monkeypatch.setattr(checkpoint, "most_bytes", lambda: total)
    assert_whole(saved)
    monkeypatch.setattr(checkpoint, "most_bytes", lambda: total - 1)
    with pytest.raises(CheckpointError, match=r"takes 0\.0 GiB, but no more than 0\.0 GiB"):
        load_checkpoint(saved)


def test_a_folder_that_the_system_does_not_list_is_an_error_with_the_cause(
    saved: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(_: Path) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "iterdir", refused)
    with pytest.raises(CheckpointError, match=r"one cannot be read \(Permission denied\); check"):
        load_checkpoint(saved)


def test_a_file_that_grows_while_it_is_read_is_refused(
    saved: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def grown(file: Path, limit: int) -> bytes:
        if file.name == "data.json":
            file.write_bytes(file.read_bytes() + b" ")
        return read_bounded(file, limit)

    monkeypatch.setattr(checkpoint, "read_bounded", grown)
    with pytest.raises(CheckpointError, match=r"data.json changed while it was read \(it has"):
        load_checkpoint(saved)
