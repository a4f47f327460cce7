"""MNIST's files: what is read, what is refused, what is fetched."""

from __future__ import annotations

import gzip
import hashlib
import struct
from pathlib import Path

import numpy as np
import pytest
from numpy.testing import assert_array_equal

from dsrl_agent.errors import ConfigError, DataError
from dsrl_agent.experiments.studies import mnist
from dsrl_agent.experiments.studies.autoencoders import load_or_download

IMAGES = np.arange(2 * 28 * 28, dtype=np.int64).reshape(2, 28, 28).astype(np.uint8)
LABELS = np.array([3, 9], np.uint8)


def idx(array: np.ndarray) -> bytes:
    """Write an array as the format's page has it: two zeros, kind 8, axes, lengths, values."""
    header = bytes([0, 0, 8, array.ndim]) + struct.pack(f">{array.ndim}I", *array.shape)
    return header + array.tobytes()


@pytest.fixture
def files(monkeypatch: pytest.MonkeyPatch) -> dict[str, bytes]:
    """Return four small files that stand in for MNIST's, with their sums in place of its."""
    content = {
        name: idx(IMAGES if "images" in name else LABELS)
        for name in (
            "train-images-idx3-ubyte",
            "train-labels-idx1-ubyte",
            "t10k-images-idx3-ubyte",
            "t10k-labels-idx1-ubyte",
        )
    }
    sums = {name: hashlib.md5(part).hexdigest() for name, part in content.items()}
    monkeypatch.setattr(mnist, "MD5", sums)
    return content


def put(folder: Path, files: dict[str, bytes], *, zipped: bool) -> Path:
    for name, content in files.items():
        path = folder / (f"{name}.gz" if zipped else name)
        path.write_bytes(gzip.compress(content) if zipped else content)
    return folder


@pytest.mark.parametrize("zipped", [False, True])
def test_a_folder_is_read_zipped_or_not(
    tmp_path: Path, files: dict[str, bytes], zipped: bool
) -> None:
    data = mnist.load_mnist(put(tmp_path, files, zipped=zipped))
    assert_array_equal(data.train_images, IMAGES)
    assert_array_equal(data.test_images, IMAGES)
    assert_array_equal(data.test_labels, [3, 9])
    assert data.train_labels.dtype == np.int64


def test_another_file_is_refused_by_its_sum(tmp_path: Path, files: dict[str, bytes]) -> None:
    put(tmp_path, files, zipped=False)
    (tmp_path / "t10k-labels-idx1-ubyte").write_bytes(files["t10k-labels-idx1-ubyte"][:-1])
    with pytest.raises(DataError, match=r"MD5 sum .* but MNIST's has"):
        mnist.load_mnist(tmp_path)


def test_a_torn_archive_and_a_missing_file_are_named(
    tmp_path: Path, files: dict[str, bytes]
) -> None:
    put(tmp_path, files, zipped=True)
    torn = tmp_path / "train-images-idx3-ubyte.gz"
    torn.write_bytes(torn.read_bytes()[:-9])
    with pytest.raises(DataError, match=r"train-images-idx3-ubyte\.gz cannot be read"):
        mnist.load_mnist(tmp_path)
    torn.unlink()
    with pytest.raises(DataError, match="has no train-images-idx3-ubyte and no"):
        mnist.load_mnist(tmp_path)


@pytest.mark.parametrize(
    ("content", "rule"),
    [
        (b"\0\0\x0d\1" + bytes(8), "no IDX file of unsigned bytes"),
        (b"\0\0", "no IDX file of unsigned bytes"),
        (b"\0\0\x08\2\0\0", "ends within its header"),
        (idx(LABELS)[:-1], r"should hold \(2,\) values, but it holds 1"),
    ],
)
def test_what_is_no_idx_file_is_refused(content: bytes, rule: str) -> None:
    with pytest.raises(DataError, match=rule):
        mnist.parse_idx(content)


def test_the_second_mirror_helps_and_only_what_is_missing_is_fetched(
    tmp_path: Path, files: dict[str, bytes]
) -> None:
    (tmp_path / "train-labels-idx1-ubyte").write_bytes(files["train-labels-idx1-ubyte"])
    asked = []

    def fetch(url: str) -> bytes:
        asked.append(url)
        if url.startswith(mnist.MIRRORS[0]):
            raise OSError("gone")
        return gzip.compress(files[url.rpartition("/")[2].removesuffix(".gz")])

    mnist.download_mnist(tmp_path, fetch)
    names = ["train-images-idx3-ubyte", "t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte"]
    assert asked == [mirror + f"{name}.gz" for name in names for mirror in mnist.MIRRORS]
    assert_array_equal(mnist.load_mnist(tmp_path).test_images, IMAGES)


def test_a_mirrors_other_file_is_not_kept(tmp_path: Path, files: dict[str, bytes]) -> None:
    with pytest.raises(DataError, match=r"from any mirror .* is another file"):
        mnist.download_mnist(tmp_path / "new", lambda _: gzip.compress(b"sorry"))
    assert not (tmp_path / "new").exists()


def test_without_data_and_without_leave_nothing_is_fetched() -> None:
    with pytest.raises(ConfigError, match="give --data FOLDER"):
        load_or_download(None, download=False)
