"""Free memory, and the refusal of what does not fit."""

from __future__ import annotations

import pytest

from dsrl_agent.baselines.available import require_memory
from dsrl_agent.errors import ConfigError
from dsrl_agent.records.reading import free_memory


def test_four_fifths_of_free_memory_may_be_used() -> None:
    require_memory(80, 100, "It", "take less.")
    require_memory(10**18, None, "It", "take less.")  # nobody knows what is free
    with pytest.raises(ConfigError, match=r"It needs 8.1 GiB, but 10.0 GiB are free"):
        require_memory(int(8.1 * 2**30), 10 * 2**30, "It", "take less.")


def test_free_memory_is_a_number_of_bytes_where_the_system_gives_one() -> None:
    free = free_memory()
    assert free is None or free > 2**20
