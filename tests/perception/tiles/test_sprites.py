"""One sprite over two grounds, and one shape in two colours."""

from __future__ import annotations

import numpy as np
import pytest
from tile_worlds import HEADINGS, tile

from dsrl_agent.config.tiles import TilesThresholds
from dsrl_agent.perception.tiles.sprites import (
    differs,
    ground_swap_error,
    is_clear_match,
    same_shape,
    sprite_error,
)
from dsrl_agent.types import Floats

ROUNDING = 2.0
THRESHOLDS = TilesThresholds()


@pytest.mark.parametrize("ground", ["g", "~", "k", "d"])
@pytest.mark.parametrize("heading", HEADINGS)
def test_a_sprite_is_known_over_another_ground(heading: str, ground: str) -> None:
    plain, moved = tile(heading), tile(heading, ground).round()
    assert sprite_error(plain, tile("."), moved, tile(ground), ROUNDING) < 1.0


@pytest.mark.parametrize("other", "v<^")
def test_other_headings_are_other_sprites(other: str) -> None:
    shown = (tile(other, "g"), tile("g"))
    assert sprite_error(tile(">"), tile("."), *shown, ROUNDING) > 20.0


def test_a_sprite_of_the_colour_of_a_ground_is_known_over_it() -> None:
    # A bar of three pixels over black; over a ground that is red in the middle one is hidden.
    bar = np.zeros((1, 5, 3))
    bar[0, 1:4] = (255.0, 0.0, 0.0)
    ground = np.full((1, 5, 3), 90.0)
    ground[0, 2] = (255.0, 0.0, 0.0)
    shown = np.where(bar > 0, bar, ground)
    shown[0, 1:4] = (255.0, 0.0, 0.0)
    assert sprite_error(bar, np.zeros((1, 5, 3)), shown, ground, ROUNDING) == 0.0


def test_many_grounds_are_tried_at_once() -> None:
    grounds = np.stack([tile("#"), tile("g"), tile("~")])
    errors = ground_swap_error(tile(">"), tile("."), tile(">", "g"), grounds, ROUNDING)
    assert errors.shape == (3,)
    assert errors.argmin() == 1


def test_a_sprite_that_fills_its_cell_hides_every_ground() -> None:
    def plain(*colour: float) -> Floats:
        return np.full((2, 2, 3), colour)

    # Green over black cannot be half transparent: the sprite would be greener than 255. So yellow
    # is not green over red.
    green, black, red, yellow = (
        plain(0, 255, 0),
        plain(0, 0, 0),
        plain(255, 0, 0),
        plain(255, 255, 0),
    )
    assert float(ground_swap_error(green, black, green, red, ROUNDING)) == 0.0
    assert float(ground_swap_error(green, black, yellow, red, ROUNDING)) > 100.0


def test_a_match_is_clear_if_it_is_close_or_alone() -> None:
    def clear(*errors: float, bare: float = 40.0) -> bool:
        return is_clear_match(errors, bare, 0.0, THRESHOLDS)

    assert clear(3.0, 5.0)  # at most 4
    assert clear(35.0, 6.0)  # at most 8, and 4 x 6 < 35
    assert not clear(20.0, 6.0)
    assert clear(6.0)
    assert not clear(6.0, bare=20.0)  # no sprite is nearly as good
    assert not clear(3.0, bare=2.0)  # no sprite is better
    assert not clear()


def test_the_same_shape_comes_in_two_colours() -> None:
    assert _alike("k", "K")
    assert not _alike("k", "d")
    assert not _alike("k", "k")  # the same colour
    assert not _alike("#", "g")  # a cell of one colour has no shape


def _alike(first: str, second: str) -> bool:
    return same_shape(tile(first), tile(second), tile("."), ROUNDING, THRESHOLDS)


def test_pixels_differ_beyond_rounding() -> None:
    first, second = np.zeros((1, 2, 3)), np.array([[[0.0, 2.0, 0.0], [0.0, 0.0, 3.0]]])
    assert differs(first, second, ROUNDING).tolist() == [[False, True]]
