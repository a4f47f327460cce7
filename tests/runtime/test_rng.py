"""Random streams: one seed, many names, none of which shifts another."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest
from numpy.testing import assert_array_equal

from dsrl_agent.errors import CheckpointError, ConfigError
from dsrl_agent.runtime.rng import Streams


def draw(streams: Streams, name: str, count: int = 8) -> list[int]:
    return [int(value) for value in streams.get(name).integers(1 << 40, size=count)]


def test_the_same_seed_draws_the_same_and_another_seed_draws_otherwise() -> None:
    assert draw(Streams(3), "explore") == draw(Streams(3), "explore")
    assert draw(Streams(3), "explore") != draw(Streams(4), "explore")
    assert draw(Streams(3), "explore") != draw(Streams(3), "env")


def test_the_derivation_is_fixed() -> None:
    # crc32(b"explore") is 1223399770: a changed derivation would change every published run.
    expected = np.random.default_rng(np.random.SeedSequence([3, 1223399770]))
    assert draw(Streams(3), "explore") == expected.integers(1 << 40, size=8).tolist()


def test_a_name_always_gives_the_same_generator() -> None:
    streams = Streams(0)
    assert streams.get("a") is streams.get("a")
    assert draw(streams, "a", 4) + draw(streams, "a", 4) == draw(Streams(0), "a", 8)


def test_adding_a_stream_shifts_no_other() -> None:
    alone, among = Streams(5), Streams(5)
    first = draw(among, "new before")
    together = draw(among, "env", 4)
    draw(among, "new between")
    among.seed_for("env", 0)
    together += draw(among, "env", 4)
    assert together == draw(alone, "env", 8)
    assert first == draw(Streams(5), "new before")


def test_episode_seeds_depend_on_seed_name_and_number_alone() -> None:
    streams = Streams(7)
    seeds = [streams.seed_for("env", index) for index in range(1000)]
    draw(streams, "env")
    assert [streams.seed_for("env", index) for index in range(999, -1, -1)] == seeds[::-1]
    assert len(set(seeds)) == 1000
    assert 0 <= min(seeds) < 1 << 28  # all 31 bits are in use
    assert 3 << 29 < max(seeds) < 1 << 31
    assert seeds != [Streams(7).seed_for("test", index) for index in range(1000)]
    assert seeds != [Streams(8).seed_for("env", index) for index in range(1000)]


def test_the_first_episode_seed_is_not_the_one_of_the_stream_itself() -> None:
    sequence = np.random.SeedSequence([7, 4081402617])  # crc32(b"env")
    assert draw(Streams(7), "env", 1)[0] == np.random.default_rng(sequence).integers(1 << 40)
    assert Streams(7).seed_for("env", 0) != sequence.generate_state(1)[0] >> 1


def test_the_state_goes_through_json_and_back() -> None:
    streams = Streams(np.int64(9))  # type: ignore[arg-type]
    draw(streams, "env", 3)
    streams.get("explore").integers(10, size=1, dtype=np.uint32)  # leaves half a word behind
    text = json.dumps(streams.state())
    expected = [draw(streams, name) for name in ("env", "explore", "later")]

    fresh = Streams(9)
    fresh.restore(json.loads(text))
    assert json.dumps(fresh.state()) == text
    assert [draw(fresh, name) for name in ("env", "explore", "later")] == expected

    held = streams.get("env")  # goes back in place, and so does what did not exist at that time
    streams.restore(json.loads(text))
    assert streams.get("env") is held
    assert [draw(streams, name) for name in ("env", "explore", "later")] == expected


def test_the_state_is_a_copy() -> None:
    streams = Streams(1)
    streams.get("env")
    state = streams.state()
    before = json.dumps(state)
    draw(streams, "env")
    assert json.dumps(state) == before
    streams.restore(state)
    draw(streams, "env")
    assert json.dumps(state) == before


@pytest.mark.parametrize("seed", [-1, 1.0, "1", None, True, np.int64(-2)])
def test_a_seed_that_is_no_integer_of_at_least_zero_is_refused(seed: Any) -> None:
    with pytest.raises(ConfigError, match=r"seed is .*, but must be an integer of at least 0"):
        Streams(seed)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"seed": 2}, "of seed 2, these of seed 1; resume with the seed"),
        ({"streams": [1]}, r"are \[1\], but must map names to states"),
        ({"streams": {"env": {}}}, "state of the random stream 'env' cannot be set"),
        ({"streams": {"env": None}}, "state of the random stream 'env' cannot be set"),
    ],
)
def test_a_damaged_state_is_refused_and_changes_nothing(
    change: dict[str, Any], message: str
) -> None:
    streams, untouched = Streams(1), Streams(1)
    for one in (streams, untouched):
        draw(one, "early", 3)
    good = Streams(1)
    good.get("early")
    state = good.state()
    if "streams" in change and isinstance(change["streams"], dict):
        change = {"streams": {**state["streams"], **change["streams"]}}
    with pytest.raises(CheckpointError, match=message):
        streams.restore({**state, **change})
    assert streams.state() == untouched.state()
    assert_array_equal(draw(streams, "early"), draw(untouched, "early"))
