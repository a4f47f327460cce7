"""Shortest tours: worked out by hand, and compared with all orders."""

from __future__ import annotations

from itertools import pairwise, permutations

from hypothesis import given
from hypothesis import strategies as st

from shapes_grid.tours import best_tour, shortest_tour

MOVES = ((0, -1), (0, 1), (-1, 0), (1, 0))  # left, right, up, down


def following_of(rows: int, cols: int) -> list[list[int]]:
    """Return where each move leads from each place; at the edge nowhere."""
    found = []
    for place in range(rows * cols):
        row, col = divmod(place, cols)
        ends = [(row + down, col + right) for down, right in MOVES]
        inside = [0 <= r < rows and 0 <= c < cols for r, c in ends]
        found.append(
            [r * cols + c if ok else place for (r, c), ok in zip(ends, inside, strict=True)]
        )
    return found


def tour(board: str) -> list[int] | None:
    """Return the tour on a board of a start, goods, walls and free cells."""
    lines = board.split()
    letters = "".join(lines)
    goods = [place for place, letter in enumerate(letters) if letter == "o"]
    free = [letter != "#" for letter in letters]
    return shortest_tour(letters.index("@"), goods, following_of(len(lines), len(lines[0])), free)


def test_the_nearer_end_of_a_line_comes_first() -> None:
    # Left first: 1 + 3 = 4 steps. Right first: 2 + 3 = 5.
    assert tour("o@.o") == [0, 1, 1, 1]


def test_a_wall_is_walked_around() -> None:
    assert tour("@#o ...") == [3, 1, 1, 2]


def test_what_lies_on_the_way_is_collected_without_a_detour() -> None:
    assert tour("@ooo") == [1, 1, 1]


def test_there_is_no_tour_where_something_is_shut_in() -> None:
    assert tour("@.#o o.##") is None


def best(board: str) -> list[int] | None:
    """Return the best walk on a board; goods are worth 1, an x costs 1 and an X costs 3."""
    lines = board.split()
    letters = "".join(lines)
    worth = [{"o": 1.0, "x": -1.0, "X": -3.0}.get(letter, 0.0) for letter in letters]
    free = [letter != "#" for letter in letters]
    return best_tour(letters.index("@"), worth, following_of(len(lines), len(lines[0])), free)


def test_a_bad_thing_is_touched_where_more_lies_behind() -> None:
    assert best("@xoo") == [1, 1, 1]  # 2 - 1 = 1
    assert best("@Xoo") == []  # 2 - 3 = -1


def test_a_bad_thing_that_pays_nothing_shortens_a_way_that_is_as_good() -> None:
    # Clean: 1 of 2 goods, in 5 steps. Through the x: both goods less 1, in 3 steps.
    assert best("@xoo ##.# ....") == [1, 1, 1]
    assert best("@xo. .##. ...o") is not None


def test_a_good_thing_that_is_shut_in_is_left() -> None:
    assert best("o@.Xo") == [0]


def test_many_things_are_not_planned_for() -> None:
    assert best("@" + "o" * 12) == [1] * 12
    assert best("@" + "o" * 13) is None


@given(st.integers(1, 4), st.integers(2, 5), st.data())
def test_no_order_is_shorter(rows: int, cols: int, data: st.DataObject) -> None:
    places = data.draw(st.permutations(range(rows * cols)))
    count = data.draw(st.integers(1, min(4, rows * cols - 1)))
    start, goods, walls = places[0], places[1 : 1 + count], places[1 + count : 3 + count]
    following, free = following_of(rows, cols), [place not in walls for place in range(rows * cols)]
    found = shortest_tour(start, goods, following, free)
    away = {place: _steps(place, following, free) for place in (start, *goods)}
    if any(good not in away[start] for good in goods):
        assert found is None
        return
    assert found is not None
    place, left = start, set(goods)
    for action in found:
        assert left
        place = following[place][action]
        assert free[place]
        left.discard(place)
    assert not left
    orders = ((start, *order) for order in permutations(goods))
    assert len(found) == min(sum(away[a][b] for a, b in pairwise(order)) for order in orders)


def _steps(start: int, following: list[list[int]], free: list[bool]) -> dict[int, int]:
    steps, edge = {start: 0}, [start]
    for place in edge:
        for target in following[place]:
            if free[target] and target not in steps:
                steps[target] = steps[place] + 1
                edge.append(target)
    return steps
