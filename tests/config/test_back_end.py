"""Settings of the back end: values that just fit and those that just do not."""

from __future__ import annotations

import math
from typing import Any, get_args

import pytest
from setting_rules import OPEN_UNIT, assert_number, assert_whole

from dsrl_agent.config.back_end import BackEndConfig, BackEndKind
from dsrl_agent.errors import ConfigError


@pytest.mark.parametrize("name", ["latents", "width", "batch_places", "steps", "refit_steps"])
def test_counts_are_at_least_1(name: str) -> None:
    assert_whole(f"back_end.{name}", 1)


def test_numbers() -> None:
    assert_number("back_end.beta", [0.0, 1e6], [-1e-9], "at least 0 and finite.")
    assert_number("back_end.learning_rate", [1e-9, 1.0], [0.0, -1.0, 1.001], OPEN_UNIT)


def test_the_message_has_field_value_and_rule() -> None:
    with pytest.raises(ConfigError, match=r"^back_end\.beta is inf, but it must be at least 0 and"):
        BackEndConfig(beta=math.inf)


def test_a_kind_is_one_of_those_that_can_be_made() -> None:
    kinds = get_args(BackEndKind)
    assert [BackEndConfig(kind=kind).kind for kind in kinds] == list(kinds)
    assert BackEndConfig().kind == "compositor"
    other: Any = "gan"
    with pytest.raises(ConfigError) as refused:
        BackEndConfig(kind=other)
    assert str(refused.value).startswith(
        "back_end.kind is 'gan', but it must be one of compositor, vae, autoencoder, pca, "
    )
