"""Read MNIST from its IDX files (LeCun, Cortes and Burges), checked by their canonical MD5 sums.

The four files may be gzipped or not. Missing ones can be downloaded from the usual mirrors.
"""

from __future__ import annotations

import gzip
import hashlib
import struct
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple
from urllib.request import urlopen

import numpy as np

from dsrl_agent.errors import DataError
from dsrl_agent.records.files import replace
from dsrl_agent.types import Frame, Ints

MIRRORS = (
    "https://ossci-datasets.s3.amazonaws.com/mnist/",
    "https://storage.googleapis.com/cvdf-datasets/mnist/",
)
MD5 = {
    "train-images-idx3-ubyte": "6bbc9ace898e44ae57da46a324031adb",
    "train-labels-idx1-ubyte": "a25bea736e30d166cdddb491f175f624",
    "t10k-images-idx3-ubyte": "2646ac647ad5339dbf082846283269ea",
    "t10k-labels-idx1-ubyte": "27ae3e4e09519cfbb04c329615203637",
}
"""MD5 sums of the uncompressed files, as mirrors compress differently."""
_CUT_OFF_SECONDS = 30.0  # without an answer, after which the next mirror is tried

Opener = Callable[[str], bytes]
"""Fetches a URL, or raises OSError."""


class Mnist(NamedTuple):
    """The whole data set.

    Attributes:
        train_images: `uint8 [60000, 28, 28]`, 0 is black.
        train_labels: `int64 [60000]`, 0-9.
        test_images: `uint8 [10000, 28, 28]`.
        test_labels: `int64 [10000]`.
    """

    train_images: Frame
    train_labels: Ints
    test_images: Frame
    test_labels: Ints


def load_mnist(folder: Path) -> Mnist:
    """Read the four IDX files of a folder, each uncompressed or as `<name>.gz`.

    Raises:
        DataError: One is missing, damaged or not MNIST's.
    """
    arrays = [parse_idx(_read(folder, name)) for name in MD5]
    train_images, train_labels, test_images, test_labels = arrays
    return Mnist(
        train_images, train_labels.astype(np.int64), test_images, test_labels.astype(np.int64)
    )


def download_mnist(folder: Path, fetch: Opener | None = None) -> None:
    """Download those of the four files that a folder lacks, and discard files that are not MNIST's.

    Args:
        folder: Receives the files as `<name>.gz`; it is created if it does not exist.
        fetch: Fetches a URL; by default over the network.

    Raises:
        DataError: No mirror has a file.
    """
    for name in MD5:
        if _find(folder, name) is None:
            content = _from_mirrors(f"{name}.gz", MD5[name], fetch or _fetch)
            folder.mkdir(parents=True, exist_ok=True)
            replace(folder / f"{name}.gz", content)


def _from_mirrors(file: str, md5: str, fetch: Opener) -> bytes:
    failures = []
    for mirror in MIRRORS:
        try:
            content = fetch(mirror + file)
            if hashlib.md5(gzip.decompress(content)).hexdigest() == md5:
                return content
            failures.append(f"{mirror}: its {file} is another file")
        except (OSError, EOFError, zlib.error) as error:
            failures.append(f"{mirror}: {error}")
    raise DataError(
        f"{file} could not be had from any mirror ({'; '.join(failures)}); put MNIST's four IDX "
        "files into a folder yourself and name it by --data."
    )


def _fetch(url: str) -> bytes:
    with urlopen(url, timeout=_CUT_OFF_SECONDS) as answer:
        return bytes(answer.read())


def _find(folder: Path, name: str) -> Path | None:
    for path in (folder / name, folder / f"{name}.gz"):
        if path.is_file():
            return path
    return None


def _read(folder: Path, name: str) -> bytes:
    path = _find(folder, name)
    if path is None:
        raise DataError(
            f"The folder {folder} has no {name} and no {name}.gz, but it must hold MNIST's four "
            "IDX files; name another by --data, or give --download true."
        )
    try:
        content = path.read_bytes()
        if path.suffix == ".gz":
            content = gzip.decompress(content)
    except (OSError, EOFError, zlib.error) as error:
        raise DataError(f"{path} cannot be read ({error}); get the file anew.") from error
    found = hashlib.md5(content).hexdigest()
    if found != MD5[name]:
        raise DataError(
            f"The content of {path} has the MD5 sum {found}, but MNIST's has {MD5[name]}; "
            "get the file anew."
        )
    return content


def parse_idx(content: bytes) -> Frame:
    """Return the array of an IDX file of unsigned bytes.

    The file begins with two zeros, the data type (8 is unsigned byte) and the number of axes. The
    axes' lengths follow, big-endian, and the values, the last axis fastest.

    Raises:
        DataError: The content is no such file, or a part of one.
    """
    if len(content) < 4 or content[:3] != b"\0\0\x08":
        raise DataError("This is no IDX file of unsigned bytes: its first bytes are others.")
    axes = content[3]
    start = 4 + 4 * axes
    if len(content) < start:
        raise DataError(f"This IDX file of {len(content)} bytes ends within its header.")
    shape = struct.unpack(f">{axes}I", content[4:start])
    values = np.frombuffer(content, np.uint8, offset=start)
    if values.size != np.prod(shape, dtype=np.int64):
        raise DataError(f"This IDX file should hold {shape} values, but it holds {values.size}.")
    return values.reshape(shape)
