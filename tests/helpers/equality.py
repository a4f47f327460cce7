"""Compare nested records bit for bit."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.testing import assert_array_equal


def assert_equal(one: Any, other: Any, path: str = "") -> None:
    """Require the same keys, types and values at every depth; `path` names the place in errors."""
    assert type(one) is type(other), path
    if isinstance(one, dict):
        assert one.keys() == other.keys(), path
        for name in one:
            assert_equal(one[name], other[name], f"{path}.{name}")
    elif isinstance(one, np.ndarray) and one.dtype != object:
        assert_array_equal(one, other, err_msg=path, strict=True)
    elif isinstance(one, list | tuple | np.ndarray):
        assert len(one) == len(other), path
        for index, (a, b) in enumerate(zip(one, other, strict=True)):
            assert_equal(a, b, f"{path}[{index}]")
    else:
        assert one == other, path
