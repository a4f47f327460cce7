"""Lines of pixels that are shown several times."""

from __future__ import annotations

import numpy as np
from numpy.testing import assert_array_equal

from dsrl_agent.config.tiling import StillGridThresholds
from dsrl_agent.perception.stills.scales.repeated import RepeatedLines

DEFAULTS = StillGridThresholds()


def test_lines_are_found_that_show_each_one_there_was() -> None:
    before = np.random.default_rng(0).integers(0, 256, (60, 1, 5, 3)).astype(np.uint8)
    numbers = np.arange(90) * 2 // 3  # 0, 0, 1, 2, 2, 3, ...
    found = RepeatedLines.searched(before[numbers], DEFAULTS)
    assert found is not None
    assert found.count == 60
    assert_array_equal(numbers[found.shown], np.arange(60))
    assert RepeatedLines.searched(before, DEFAULTS) is None


def test_a_number_of_lines_may_be_given() -> None:
    before = np.random.default_rng(0).integers(0, 256, (4, 1, 5, 3)).astype(np.uint8)
    after = before.repeat(2, axis=0)
    found = RepeatedLines.of_number(after, 4)
    assert found is not None
    lines = after.reshape(8, -1)
    assert_array_equal(found.restored(lines), before.reshape(4, -1))
    # Of 5 lines, row 1 or 3 would show one again that differs.
    assert RepeatedLines.of_number(after, 5) is None
