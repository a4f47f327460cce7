"""Plots of beliefs are PNG pictures of the expected shape."""

from __future__ import annotations

from io import BytesIO

import numpy as np
import pytest
from PIL import Image
from tables import BAD, GOOD, WALL, written

from dsrl_agent.explain.plots import table_picture, types_picture


def size_of(png: bytes) -> tuple[int, int]:
    with Image.open(BytesIO(png)) as picture:
        assert picture.format == "PNG"
        return picture.size


def test_types_stand_side_by_side() -> None:
    pictures = {number: np.full((9, 9, 3), 40 * number, np.uint8) for number in (1, 2, 3)}
    one, three = (
        size_of(types_picture({n: pictures[n] for n in numbers}, frozenset({1})))
        for numbers in ((1,), (1, 2, 3))
    )
    assert three[0] > 2 * one[0]
    assert three[1] == one[1]


@pytest.mark.parametrize(("number", "wide"), [(GOOD, True), (BAD, False), (WALL, False)])
def test_a_table_is_drawn_as_far_as_its_entries_reach(number: int, wide: bool) -> None:
    # Type 1 has an entry 3 columns away and none above; type 2 reaches 1 cell, type 3 has none.
    width, height = size_of(table_picture(written().knowledge(), number))
    assert (width > 1.5 * height) is wide
