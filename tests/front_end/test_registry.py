"""Make front ends by kind: every kind that settings may name has a factory."""

from __future__ import annotations

import pytest

from dsrl_agent.config import FrontEndConfig, front_end_kinds
from dsrl_agent.errors import ConfigError
from dsrl_agent.front_end.registry import make_front_end, register
from dsrl_agent.front_end.rules.front_end import RulesFrontEnd
from dsrl_agent.front_end.tabular.relational_q import RelationalQ
from dsrl_agent.front_end.tabular.variants import SRLCS, FlatQ, GarneloQ


def test_every_kind_is_made_by_its_name() -> None:
    made = {kind: make_front_end(2, FrontEndConfig(kind=kind)) for kind in front_end_kinds()}
    assert {kind: front_end.kind for kind, front_end in made.items()} == {k: k for k in made}
    assert {kind: type(front_end) for kind, front_end in made.items()} == {
        "relational": RelationalQ,
        "rules": RulesFrontEnd,
        "srl_cs": SRLCS,
        "garnelo2016": GarneloQ,
        "flat": FlatQ,
    }


def test_the_old_word_makes_garnelos_front_end() -> None:
    assert isinstance(make_front_end(2, FrontEndConfig(kind="dsrl")), GarneloQ)


def test_a_kind_is_registered_once() -> None:
    with pytest.raises(ConfigError, match="A front end of kind 'flat' is registered already"):
        register("flat", FlatQ)
