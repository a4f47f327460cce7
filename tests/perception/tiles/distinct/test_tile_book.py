"""Distinct tiles without noise, and the tile in each cell."""

from __future__ import annotations

import numpy as np
import pytest
from tile_worlds import PITCH, draw, noisy, tile, walk

from dsrl_agent.config.tiles import TilesThresholds
from dsrl_agent.perception.grid import Grid
from dsrl_agent.perception.tiles.distinct.tile_book import (
    TileBook,
    exact_book,
    sorted_book,
    squared_errors,
)
from dsrl_agent.types import UNKNOWN, Frame, Ints


def _tiles(letters: str) -> Frame:
    return np.stack([tile(letter).round().astype(np.uint8) for letter in letters])


def _book(letters: str, noise: float = 0.0) -> TileBook:
    ones = np.ones(len(letters), np.int64)
    return TileBook(_tiles(letters).astype(np.float64), ones, noise, TilesThresholds())


def test_each_distinct_tile_is_collected_once_the_commonest_first() -> None:
    play = walk(["#####", "#>..#", "#####"], steps=60)
    book, found = exact_book(play.footage, play.grid, TilesThresholds())
    letters = "".join(play.boards)
    assert len(book.tiles) == len(set(letters)) == 6
    assert np.array_equal(book.tiles[:2], _tiles("#.").astype(np.float64))
    named = {int(number): letter for number, letter in zip(found.ravel(), letters, strict=True)}
    assert "".join(named[int(number)] for number in found.ravel()) == letters


def test_tiles_are_found_and_others_are_unknown() -> None:
    assert _book("#.k").find(_tiles(".k#K")).tolist() == [1, 2, 0, UNKNOWN]


def test_a_cell_that_stays_keeps_its_tile() -> None:
    frames = np.stack([draw(["#k"]), draw(["#k"]), draw(["#."])])
    grid = Grid(PITCH, (0, 0), (1, 2), (PITCH[0], 2 * PITCH[1]))
    assert _book("#.k").find_in(frames, grid).tolist() == [[0, 2], [0, 2], [0, 1]]


def test_a_cell_that_stays_from_call_to_call_keeps_its_tile(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    book, looked = _book("#.k"), list[int]()
    find = TileBook.find

    def counted(own: TileBook, tiles: Frame) -> Ints:
        looked.append(len(tiles))
        return find(own, tiles)

    monkeypatch.setattr(TileBook, "find", counted)
    grid = Grid(PITCH, (0, 0), (1, 2), (PITCH[0], 2 * PITCH[1]))
    seen = [book.find_in(draw([board])[None], grid).tolist() for board in ("#k", "#~", "#~", ".~")]
    assert seen == [[[0, 2]], [[0, UNKNOWN]], [[0, UNKNOWN]], [[1, UNKNOWN]]]
    assert looked == [2, 1, 0, 1]
    book.add(_tiles("~")[0])  # now it is known
    assert book.find_in(draw([".~"])[None], grid).tolist() == [[1, 3]]


def test_a_frame_of_one_cell_that_is_drawn_into_is_looked_at_anew() -> None:
    book, frames = _book("#k"), draw(["#"])[None].copy()
    grid = Grid(PITCH, (0, 0), (1, 1), PITCH)
    assert book.find_in(frames, grid).tolist() == [[0]]
    frames[0] = draw(["k"])
    assert book.find_in(frames, grid).tolist() == [[1]]


def test_an_added_tile_is_known() -> None:
    book = _book("#.")
    book.add(_tiles("k")[0])
    assert book.find(_tiles("k.")).tolist() == [2, 1]
    assert book.counts.tolist() == [1, 1, 1]


@pytest.mark.parametrize("deviation", [2.0, 8.0])
def test_noisy_tiles_are_found_by_likelihood(deviation: float) -> None:
    book = _book("#.k>", noise=deviation)
    shown = noisy(_tiles(">k.#K~" * 20), deviation)
    assert book.find(shown).tolist() == [3, 2, 1, 0, UNKNOWN, UNKNOWN] * 20


def test_single_precision_finds_what_double_precision_does(monkeypatch: pytest.MonkeyPatch) -> None:
    book, shown = _book("#.k>", noise=4.0), noisy(_tiles(">k.#K~" * 40), 4.0)
    quick = book.find(shown).tolist()
    monkeypatch.setattr(TileBook, "_found_by_likelihood", lambda *_: None)
    assert quick == book.find(shown).tolist()


def test_a_tile_known_exactly_is_found_though_another_is_nearer() -> None:
    shown = _tiles("k")
    means = np.concatenate([shown + 0.4, shown.astype(np.float64)])  # the first is rounded to it
    means[1, 0, 0, 0] += 0.6  # 0.36 / 144 away; the first 0.16
    book = TileBook(means, np.ones(2, np.int64), 1.0, TilesThresholds())
    assert book.find(shown).tolist() == [0]


def test_of_equal_tiles_the_first_is_found() -> None:
    book = _book("##.", noise=2.0)
    assert book.find(noisy(_tiles("#.#"), 2.0)).tolist() == [0, 2, 0]


def test_the_limit_of_errors_is_five_deviations_of_a_chi_squared_mean() -> None:
    # 6 x 8 x 3 = 144 values: 4 * 2 * (1 + 5 * sqrt(2 / 144)) + 1 / 4 = 12.964
    limit = _book("#", noise=2.0).error_limits(np.array([2.0]))
    assert limit.tolist() == pytest.approx([12.964], abs=1e-3)


def test_squared_errors_are_means_over_values() -> None:
    tiles, means = np.array([[1.0, 2.0]]), np.array([[1.0, 2.0], [3.0, 5.0]])
    assert squared_errors(tiles, means).tolist() == [[0.0, 6.5]]  # (4 + 9) / 2


def test_a_sorted_book_has_the_commonest_tiles_first() -> None:
    book, found = sorted_book(_book("#.k"), np.array([[2, 2, 1]]))
    assert np.array_equal(book.tiles, _tiles("k.#").astype(np.float64))
    assert found.tolist() == [[0, 0, 1]]
