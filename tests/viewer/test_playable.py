"""Environments that can be played by hand: pictures and keys."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from stairs import Stairs, registered_stairs

from dsrl_agent.errors import ConfigError
from dsrl_agent.viewer.playable import keys_of, name_of, playable_env


@pytest.fixture(autouse=True)
def _fresh() -> Iterator[None]:
    with registered_stairs():
        yield


def test_a_playable_environment_renders_pictures() -> None:
    env = playable_env("tests/Stairs-v0", {"top": 5, "render_mode": "human"})
    assert (env.render_mode, env.get_wrapper_attr("top")) == ("rgb_array", 5)


@pytest.mark.parametrize(
    ("given", "codes"),
    [
        ({(1073741904,): 2, ("A",): 3}, {(1073741904,): 2, (97,): 3}),
        ({"wd": 2, ("a", "s"): 3}, {(119, 100): 2, (97, 115): 3}),
        ({(32, 97): np.int64(3)}, {(32, 97): 3}),
    ],
)
def test_keys_are_codes_or_letters(given: Any, codes: dict[tuple[int, ...], int]) -> None:
    env = Stairs(get_keys_to_action=lambda: given)
    assert keys_of(env) == {frozenset(keys): action for keys, action in codes.items()}


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({}, r"returns {}, but it must be a dict .* with one entry at least"),
        ([97], r"returns \[97\], but it must be a dict"),
        ({97: 2}, r"names the keys 97, but it must be a tuple"),
        ({(): 2}, r"names the keys \(\), but it must be a tuple"),
        ({("left",): 2}, r"names the keys \('left',\), but it must be a tuple"),
        ({(97,): 0}, r"names the action 0, but it must be one of Discrete\(2, start=2\)"),
    ],
)
def test_invalid_keys_are_refused(given: Any, message: str) -> None:
    with pytest.raises(ConfigError, match=r"get_keys_to_action\(\) of Stairs " + message):
        keys_of(Stairs(get_keys_to_action=lambda: given))


def test_an_environment_has_its_id_or_its_class_for_a_name() -> None:
    assert name_of(Stairs()) == "Stairs"
    assert name_of(playable_env("tests/Stairs-v0", {})) == "tests/Stairs-v0"


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("Shapeless", r"has the render modes \['ansi'\], but it must have 'rgb_array'"),
        ("Steered", r"action space of 'tests/Steered-v0' is Box.*must be Discrete"),
    ],
)
def test_an_environment_without_pictures_or_numbered_actions_is_refused(
    name: str, message: str
) -> None:
    with pytest.raises(ConfigError, match=message):
        playable_env(f"tests/{name}-v0", {})
