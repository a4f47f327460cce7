"""Objects of unknown type off the grid, on frames put together by hand."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from blocks import BACKGROUND, GRID, PURSUIT, SMALL, frame
from numpy.testing import assert_array_equal

from dsrl_agent.back_end.encoder import Latents
from dsrl_agent.config.sights import OffGridThresholds
from dsrl_agent.perception.off_grid.matching_pursuit import MatchingPursuit
from dsrl_agent.perception.off_grid.novel_objects import (
    NovelObjects,
    erase,
    find_novel_objects,
    with_new_types,
)
from dsrl_agent.perception.off_grid.template_finder import TemplateFinder
from dsrl_agent.symbols import Codebook
from dsrl_agent.types import UNKNOWN, Floats, Floats32, Frame, Ints


class Reds:
    """Stands in for a back end: a spectrum is the mean of a window's red."""

    def encode(self, images: Floats32) -> Latents:
        mean = images[:, :1].mean(axis=(2, 3))[:, None, None]
        return Latents(mean, np.zeros_like(mean))


def reds_are_unknown(spectra: Floats) -> Ints:
    return np.where(spectra[:, 0] > 0.05, UNKNOWN, 1)


def novel_in(*frames: Frame) -> NovelObjects:
    finder, thresholds = TemplateFinder(PURSUIT, np.array([1, 2])), OffGridThresholds()
    return find_novel_objects(np.stack(frames), finder, Reds(), reds_are_unknown, thresholds)  # type: ignore[arg-type]


def test_an_isolated_blob_of_no_type_is_a_novel_object() -> None:
    novel = novel_in(frame((1, 9, 20)), frame((0, 4, 2), (1, 9, 20)))
    assert_array_equal(novel.blobs.frames, [1])
    assert_array_equal(novel.blobs.corners, [[4, 2]])
    types = np.zeros((2, 3, 4), np.int64)
    novel.put_into(types, GRID, np.array([UNKNOWN]))
    # The window's middle is at row 7 and column 5: that is in the first cell of both.
    assert np.argwhere(types).tolist() == [[1, 0, 0]]
    assert types[1, 0, 0] == UNKNOWN
    assert len(novel_in(frame()).spectra) == 0


def test_objects_beyond_the_grid_get_no_cell() -> None:
    novel = novel_in(frame((0, 0, 26)))
    assert_array_equal(novel.blobs.corners, [[0, 26]])
    types = np.zeros((1, 3, 3), np.int64)  # of a grid with a column less
    novel.put_into(types, replace(GRID, shape=(3, 3)), np.array([UNKNOWN]))
    assert not types.any()


def test_only_novel_objects_are_removed_from_a_frame() -> None:
    seen = np.stack([frame((1, 9, 20)), frame((0, 20, 2), (1, 4, 7))])
    novel = novel_in(*seen)
    assert_array_equal(novel.blobs.corners, [[19, 2]])  # its window goes beyond the frame
    assert_array_equal(erase(seen, novel.blobs), [seen[0], frame((1, 4, 7))])


def test_novel_objects_that_became_a_type_are_found_as_such() -> None:
    small = MatchingPursuit(BACKGROUND, SMALL[None])
    known = TemplateFinder(small, np.array([2]))
    codebook = Codebook(
        np.ones(1), np.zeros((4, 1)), np.ones((4, 1)), np.full(4, 0.25), np.array([0, 3, 1, 7])
    )
    novel = novel_in(frame((0, 4, 2)))
    more = with_new_types(known, novel, codebook, 3, np.array([7]))
    crowd = frame((0, 2, 3), (1, 2, 8))[None]
    assert_array_equal(known.types(crowd, GRID, codebook)[0, 0], [0, 1, 0, 0])
    assert_array_equal(more.types(crowd, GRID, codebook)[0, 0], [7, 1, 0, 0])
    assert with_new_types(known, novel, codebook, 3, np.array([UNKNOWN])) is known
