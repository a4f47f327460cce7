from __future__ import annotations

import numpy as np
import pytest

from dsrl_agent.perception.tiling.lines import distinct_lines, line_grids


def test_the_description_length_of_one_line() -> None:
    # 1 2 1 2 1 2: all 5 neighbours differ; that share is clipped to .999, of log2(2) = 1 bit.
    pixel = 0.999 - 0.999 * np.log2(0.999) - 0.001 * np.log2(0.001)
    line = np.array([[1, 2, 1, 2, 1, 2]], np.uint32)
    ((best, second),) = line_grids(line, range(2, 3), entry_bits=8.0)
    # Origin 0: one segment (1 2), three times. Origin 1: (2 1) twice, and two pixels left over.
    assert best[1:] == (2, 0)
    assert best.bits == pytest.approx(2 * pixel + 8)
    assert second[1:] == (2, 1)
    assert second.bits == pytest.approx(4 * pixel + 8)


def test_the_numbers_of_segments_cost_their_entropy() -> None:
    # (1 1) (2 2) (1 1) (1 1): 4 * H(1/4) = 3.245 bits.
    line = np.array([[1, 1, 2, 2, 1, 1, 1, 1]], np.uint32)
    share = 2 / 7  # two of the seven neighbours differ
    pixel = share - share * np.log2(share) - (1 - share) * np.log2(1 - share)
    ((best, _),) = line_grids(line, range(2, 3), entry_bits=0.0)
    numbers = 4 * (0.25 * 2 + 0.75 * np.log2(4 / 3))
    assert best[1:] == (2, 0)
    assert best.bits == pytest.approx(2 * 2 * pixel + numbers)


def test_a_pitch_of_one_pixel_has_one_origin() -> None:
    ((best, second),) = line_grids(np.array([[5, 6, 5]], np.uint32), range(1, 2), 1.0)
    assert best == second
    assert best.origin == 0


def test_equal_lines_count_once() -> None:
    lines = np.array([[1, 2], [3, 4], [1, 2], [5, 6]], np.uint32)
    assert sorted(distinct_lines(lines, 9).tolist()) == [[1, 2], [3, 4], [5, 6]]
    assert len(distinct_lines(lines, 2)) == 2
