from __future__ import annotations

from collections import Counter

import numpy as np
import pytest
from numpy.typing import NDArray

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


def test_segments_are_counted_as_if_each_were_looked_up() -> None:
    # Of 2 colours short segments come again everywhere, long ones nowhere; the last line has one
    # of 20 pixels twice, whose origins agree for a pitch of 20 alone.
    rng = np.random.default_rng(0)
    lines = rng.integers(0, 2, (6, 60)).astype(np.uint32)
    lines[5, 27:47] = lines[5, 7:27]
    for best, second in line_grids(lines, range(1, 31), entry_bits=8.0):
        costs = [_cost(lines, best.pitch, origin) for origin in range(best.pitch)]
        assert best.bits == pytest.approx(min(costs))
        assert best.bits == pytest.approx(costs[best.origin])
        assert second.bits == pytest.approx(sorted(costs)[min(1, best.pitch - 1)])


def _cost(lines: NDArray[np.uint32], pitch: int, origin: int) -> float:
    changed = float((lines[:, 1:] != lines[:, :-1]).mean())
    pixel = -changed * np.log2(changed) - (1 - changed) * np.log2(1 - changed) + changed
    starts = range(origin, lines.shape[1] + 1 - pitch, pitch)
    segments = [line[start : start + pitch].tobytes() for line in lines for start in starts]
    times = np.array(list(Counter(segments).values()))
    numbers = -(times * np.log2(times / len(segments))).sum()
    left_over = lines.size - len(segments) * pitch
    return float(len(times) * (pitch * pixel + 8.0) + numbers + left_over * pixel)


def test_equal_lines_count_once() -> None:
    lines = np.array([[1, 2], [3, 4], [1, 2], [5, 6]], np.uint32)
    assert sorted(distinct_lines(lines, 9, 4).tolist()) == [[1, 2], [3, 4], [5, 6]]
    assert len(distinct_lines(lines, 2, 4)) == 2


def test_lines_are_compared_from_the_first_to_the_last() -> None:
    lines = np.array([[1], [2], [3], [4], [5]], np.uint32)
    assert sorted(distinct_lines(lines, 9, 3).ravel().tolist()) == [1, 3, 5]
