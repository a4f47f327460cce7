"""Reading facts by place, and the rate of reading errors."""

from __future__ import annotations

from drawings import TYPES, acquainted, scene

from dsrl_agent.front_end.rules.reading import ReadingErrors, read_facts

AGENT, X, O = (TYPES[letter] for letter in "+xo")  # noqa: E741


def test_the_error_rate_has_a_prior_and_a_threshold() -> None:
    assert ReadingErrors().noise == 0.001  # 0.2 / 200
    assert not ReadingErrors().frequent
    assert ReadingErrors(800.0, 9.8).noise == 0.01  # (9.8 + 0.2) / 1000
    assert not ReadingErrors(800.0, 9.8).frequent
    assert ReadingErrors(800.0, 9.9).frequent


def test_copies_of_error_rates_count_on_their_own() -> None:
    errors = ReadingErrors(800.0, 9.8)
    copied = errors.copy()
    assert copied == errors
    copied.errors += 1.0
    assert errors.errors == 9.8


def test_things_and_agent_are_read_by_place() -> None:
    # Of 2 rows and 4 columns: the second place of the second row is 5.
    assert read_facts(scene("+..x", ".o.."), acquainted(), (2, 4), {}) == ({3: X, 5: O}, {0: AGENT})


def test_what_is_as_it_was_is_the_same_object() -> None:
    last = {5: O, 3: X}
    read = read_facts(scene("+..x", ".o.."), acquainted(), (2, 4), last)
    assert read is not None
    assert read[0] is last


def test_facts_beyond_the_grid_are_not_read() -> None:
    for shape in ((1, 4), (2, 3)):
        assert read_facts(scene("+..x", ".o.."), acquainted(), shape, {}) is None
