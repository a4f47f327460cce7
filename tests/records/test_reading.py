"""Files of others: bounded before they are read, and strict."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from dsrl_agent.errors import CheckpointError
from dsrl_agent.records import RunFolder, checkpoint, load_checkpoint, reading, save_checkpoint
from dsrl_agent.records.metrics import Metrics
from dsrl_agent.records.reading import (
    free_memory,
    most_bytes,
    parsed_json,
    read_bounded,
    read_fitting,
)
from dsrl_agent.records.type_names import TypeNames


def test_a_file_is_read_up_to_its_bound(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"12345")
    assert read_bounded(tmp_path / "a", 5) == b"12345"
    with pytest.raises(ValueError, match="it has 5 bytes, but at most 4 are read"):
        read_bounded(tmp_path / "a", 4)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs pipes in the file system")
def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    for path in (tmp_path / "pipe", Path("/dev/zero"), tmp_path):
        with pytest.raises(ValueError, match="it is no plain file"):
            read_bounded(path, 10)


def test_a_file_whose_size_is_not_told_is_bounded_too() -> None:
    with pytest.raises(ValueError, match="it has more than the 3 bytes that are read"):
        read_bounded(Path("/proc/self/status"), 3)


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("[" * 100_000, "nested too deep"),
        ("[NaN]", "it holds NaN, which is no number of JSON"),
        ('{"a": -Infinity}', "it holds -Infinity"),
        ('{"a": 1, "b": 2, "a": 3}', "the key 'a' stands twice"),
        ("9" * 5000, "Exceeds the limit"),
        ("{", "Expecting"),
    ],
)
def test_json_that_is_not_strict_is_refused(text: str, fault: str) -> None:
    with pytest.raises(ValueError, match=fault):
        parsed_json(text.encode())


def test_json_is_read() -> None:
    assert parsed_json(b'{"a": [1, 2.5, null, {}]}') == {"a": [1, 2.5, None, {}]}


def test_a_sparse_file_larger_than_memory_is_not_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    most = most_bytes()
    if most is None or free_memory() is None:
        pytest.skip("free memory is not known here")
    folder = tmp_path / "one"
    save_checkpoint(folder, {}, {"a": 1})
    size = 2 * most
    with (folder / "big.safetensors").open("wb") as file:
        file.truncate(size)  # no block is taken on the disk
    manifest = (folder / "manifest.json").read_text()
    entry = f'"files": {{"big.safetensors": {{"bytes": {size}, "sha256": ""}}, '
    (folder / "manifest.json").write_text(manifest.replace('"files": {', entry))
    monkeypatch.setattr(checkpoint, "most_bytes", lambda: 3 * 2**29)
    with pytest.raises(CheckpointError, match=rf"{size / 2**30:.1f} GiB, but no .* 1.5 GiB fit"):
        load_checkpoint(folder)


def test_json_that_becomes_more_objects_than_memory_is_not_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    save_checkpoint(tmp_path / "one", {}, {"lists": 1000 * [[]]})
    size = (tmp_path / "one" / "data.json").stat().st_size
    monkeypatch.setattr(checkpoint, "most_bytes", lambda: 24 * size)
    assert load_checkpoint(tmp_path / "one").data["lists"] == 1000 * [[]]
    monkeypatch.setattr(checkpoint, "most_bytes", lambda: 24 * size - 1)
    with pytest.raises(CheckpointError, match="fit into free memory"):
        load_checkpoint(tmp_path / "one")


def test_a_file_is_read_if_it_fits_into_memory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "a").write_bytes(b"[[],[]]")
    monkeypatch.setattr(reading, "most_bytes", lambda: 7 * 24)
    assert read_fitting(tmp_path / "a") == b"[[],[]]"
    monkeypatch.setattr(reading, "most_bytes", lambda: 7)
    assert read_fitting(tmp_path / "a", weight=1) == b"[[],[]]"
    with pytest.raises(ValueError, match="it has 7 bytes, but at most 0 are read"):
        read_fitting(tmp_path / "a")
    monkeypatch.setattr(reading, "most_bytes", lambda: None)  # where memory is not known
    assert read_fitting(tmp_path / "a") == b"[[],[]]"


def test_files_of_a_run_folder_are_bounded_before_they_are_read(tmp_path: Path) -> None:
    run = RunFolder.create(tmp_path / "run", {}, 0)
    run.close()
    for name in ("config.yaml", "names.json", "metrics.jsonl"):
        with (tmp_path / "run" / name).open("wb") as file:
            file.truncate(2**43)  # 8 TiB, of which no block is taken on the disk
    with pytest.raises(CheckpointError, match=r"config.yaml cannot be parsed \(it has 8796093"):
        run.config()
    with pytest.raises(CheckpointError, match=r"holds no names of types \(it has 8796093"):
        TypeNames.read(tmp_path / "run")
    for read in (lambda: list(Metrics(tmp_path / "run").lines()), lambda: run.truncate_metrics(1)):
        with pytest.raises(CheckpointError, match=r"metrics.jsonl cannot be read \(it has 8796093"):
            read()


GROUP = "/sys/fs/cgroup"


@pytest.mark.parametrize(
    ("limit", "current", "available", "free"),
    [
        ("3000000", "1000000", "9000", 2_000_000),  # of the group: 3 MB, of which 1 are used
        ("max", "1000000", "9000", 9_216_000),  # of the machine
        ("90000000", "1000000", "9000", 9_216_000),  # the less of both
    ],
)
def test_free_memory_is_that_of_the_machine_or_of_its_group(
    limit: str, current: str, available: str, free: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    texts = {
        "/proc/meminfo": f"MemTotal: 99 kB\nMemAvailable:   {available} kB\nCached: 7 kB\n",
        f"{GROUP}/memory.max": f"{limit}\n",
        f"{GROUP}/memory.current": f"{current}\n",
    }
    monkeypatch.setattr(Path, "read_text", lambda path, *_, **__: texts[str(path)])
    assert free_memory() == free
    assert most_bytes() == int(0.4 * free)


def test_free_memory_is_told_by_pages_where_there_is_no_table_of_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def nothing(path: Path, *_: object, **__: object) -> str:
        if str(path).startswith(GROUP):
            raise OSError
        return "MemTotal: 99 kB\n"

    monkeypatch.setattr(Path, "read_text", nothing)
    pages = {"SC_AVPHYS_PAGES": 1000, "SC_PAGE_SIZE": 4096}
    monkeypatch.setattr(os, "sysconf", pages.__getitem__, raising=False)
    assert free_memory() == 4_096_000


@pytest.mark.parametrize("fault", [OSError, ValueError, AttributeError])
def test_free_memory_is_unknown_where_the_system_does_not_tell(
    fault: type[Exception], monkeypatch: pytest.MonkeyPatch
) -> None:
    def nothing(path: Path, *_: object, **__: object) -> str:
        raise fault if path.name == "meminfo" else OSError

    monkeypatch.setattr(Path, "read_text", nothing)
    assert free_memory() is None
    assert most_bytes() is None
