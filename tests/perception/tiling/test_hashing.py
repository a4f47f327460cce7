from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_array_equal

from dsrl_agent.perception.tiling.hashing import (
    RectangleHashes,
    between,
    colour_codes,
    column_powers,
    inverse_column_powers,
    mixed,
    prefix_sums,
)


def test_a_colour_is_a_number_below_2_to_the_24() -> None:
    # 1 * 65536 + 2 * 256 + 3 = 66051
    assert colour_codes(np.array([[1, 2, 3], [255, 255, 255]], np.uint8)).tolist() == [
        66051,
        2**24 - 1,
    ]


def test_powers_and_their_inverses_cancel() -> None:
    assert (column_powers(9) * inverse_column_powers(9) == 1).all()


def test_sums_within_rectangles() -> None:
    # 1 2 3 | rows 0-1 and 1-2, columns 0-2 and 2-3: 1 + 2, 3, 4 + 5, 6
    # 4 5 6 |
    values = np.array([[[1], [2], [3]], [[4], [5], [6]]])
    sums = prefix_sums(values, np.int32)
    assert between(sums, np.array([0, 1, 2]), np.array([0, 2, 3]))[:, :, 0].tolist() == [
        [3, 3],
        [9, 6],
    ]


def test_weighed_sums_of_more_values_than_are_worked_on_at_once() -> None:
    # All pixels are 1 in the first picture and 2 in the second, in columns of the weights 0 to 299.
    values = np.array([1, 2]) * np.ones((120, 300, 1), np.int64)
    sums = prefix_sums(values, np.int64, np.tile(np.arange(300), (120, 1)))
    assert sums[120, 300].tolist() == [120 * 44850, 120 * 89700]
    assert sums[119, 2].tolist() == [119, 238]


def test_codes_are_mixed_alike_wherever_they_stand() -> None:
    codes = np.random.default_rng(0).integers(0, 2**24, (3, 40000), np.uint32)
    assert_array_equal(mixed(codes)[2, -5:], mixed(codes[2, -5:]))


@given(st.integers(0, 2**32 - 1), st.integers(0, 5), st.integers(0, 5))
def test_equal_pictures_have_equal_hashes_wherever_they_stand(
    seed: int, row: int, col: int
) -> None:
    rng = np.random.default_rng(seed)
    codes = rng.integers(0, 2**24, (2, 9, 10), np.uint32)
    picture = rng.integers(0, 2**24, (4, 5), np.uint32)
    codes[0, 0:4, 0:5] = picture
    codes[1, row : row + 4, col : col + 5] = picture
    hashes = RectangleHashes.of(mixed(codes.transpose(1, 2, 0)))
    first = hashes.between(np.array([0, 4]), np.array([0, 5]))[..., 0]
    second = hashes.between(np.array([row, row + 4]), np.array([col, col + 5]))[..., 1]
    assert_array_equal(first, second)


def test_pictures_that_differ_in_one_pixel_have_other_hashes() -> None:
    codes = np.zeros((2, 3, 3), np.uint32)
    codes[1, 2, 1] = 1
    whole = RectangleHashes.of(mixed(codes.transpose(1, 2, 0))).between(
        np.array([0, 3]), np.array([0, 3])
    )
    assert whole[0, 0, 0] != whole[0, 0, 1]
