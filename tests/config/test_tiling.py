from __future__ import annotations

import pytest

from dsrl_agent.config.tiling import TilingThresholds
from dsrl_agent.errors import ConfigError


def test_a_pitch_has_at_least_one_pixel_and_shares_are_at_most_1() -> None:
    with pytest.raises(ConfigError, match=r"perception\.tiling\.least_pitch is 0"):
        TilingThresholds(least_pitch=0)
    with pytest.raises(ConfigError, match=r"perception\.tiling\.most_share is 1\.5"):
        TilingThresholds(most_share=1.5)
