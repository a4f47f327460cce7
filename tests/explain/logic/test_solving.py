"""Refuse to run a program without clingo."""

from __future__ import annotations

import pytest

from dsrl_agent.errors import ConfigError
from dsrl_agent.explain.logic import greedy_actions, solving


def test_a_missing_clingo_is_refused_with_its_remedy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(solving, "clingo_is_there", lambda: False)
    with pytest.raises(ConfigError, match=r'pip install "dsrl-agent\[logic\]"'):
        greedy_actions("", [])
