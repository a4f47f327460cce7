"""Refuse to run a program without clingo."""

from __future__ import annotations

import pytest

from dsrl_agent.errors import ConfigError
from dsrl_agent.explain.logic import greedy_actions, solving


def test_without_clingo_it_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(solving, "clingo_is_there", lambda: False)
    with pytest.raises(ConfigError, match=r'pip install "dsrl-agent\[logic\]"'):
        greedy_actions("", [])
