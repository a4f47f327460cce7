"""What is behind bad things, on boards drawn by hand."""

from __future__ import annotations

from dsrl_agent.front_end.tabular.walks.openings import openings

REWARD = {"x": 1.0, "o": -1.0, "#": 0.0}


def opened(*rows: str) -> dict[int, float]:
    """Return the openings of a board; @ is the agent, and places count row by row."""
    width, text = len(rows[0]), "".join(rows)
    rewards = {place: REWARD[letter] for place, letter in enumerate(text) if letter in REWARD}
    following = [
        [
            (row + d_row) * width + col + d_col
            for d_row, d_col in ((-1, 0), (1, 0), (0, -1), (0, 1))
            if 0 <= row + d_row < len(rows) and 0 <= col + d_col < width
        ]
        for row in range(len(rows))
        for col in range(width)
    ]
    return openings(text.index("@"), rewards, following)


def test_good_things_behind_a_bad_one_count_together() -> None:
    assert opened("@o.x", ".oxx") == {1: 3.0, 5: 3.0}


def test_each_bad_thing_opens_its_own_side() -> None:
    assert opened("xo@ox", "oo.ox") == {1: 1.0, 3: 2.0, 8: 2.0}  # the one at 6 opens nothing


def test_walls_and_further_bad_things_stay_closed() -> None:
    assert opened("@o.#x") == {}
    assert opened("@o.ox") == {}
    assert opened("@.#x") == {}


def test_what_is_in_reach_anyway_is_no_gain() -> None:
    assert opened("@x", "ox", "..") == {}
