"""Readers of pictures of objects without a grid."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.testing import assert_array_equal

from dsrl_agent.errors import PerceptionError
from dsrl_agent.evaluation.object_metrics import foreground_ari, type_accuracy
from dsrl_agent.experiments.studies.drawn_objects import multi_dsprites, tetrominoes
from dsrl_agent.experiments.studies.object_readers import READERS, ColourAreas, FreeScenes


def test_areas_of_one_colour_are_tetrominoes() -> None:
    rng = np.random.default_rng(0)
    scenes = [tetrominoes(rng) for _ in range(60)]
    frames = np.stack([scene.frame for scene in scenes])
    reader = ColourAreas()
    reader.fit(frames, 0)
    seen, true = reader.read(frames), [scene.objects for scene in scenes]
    # Neighbours of one colour are one area, so not all are found.
    assert foreground_ari(seen, true) > 0.95
    assert type_accuracy(seen, true, [scene.shown for scene in scenes]) > 0.9


def test_a_shape_like_none_met_before_has_no_type() -> None:
    frame = np.zeros((1, 20, 20, 3), np.uint8)
    reader = ColourAreas()
    reader.fit(frame, 0)
    frame[0, 4:10, 4:16] = 200
    (seen,) = reader.read(frame)
    assert seen.types == (0,)
    assert_array_equal(seen.mask > 0, frame[0, :, :, 0] > 0)
    reader.fit(frame, 0)
    frame[0, 12:14, 4:8] = 100  # of the same proportions, in another size and colour
    assert [each.types for each in reader.read(frame)] == [(1, 1)]


def test_every_reader_reads_pictures_of_overlapping_objects() -> None:
    rng = np.random.default_rng(1)
    scenes = [multi_dsprites(rng, turned=False) for _ in range(6)]
    frames = np.stack([scene.frame for scene in scenes])
    for make in READERS.values():
        reader = make()
        reader.fit(frames, 0)
        seen = reader.read(frames)
        assert [each.mask.shape for each in seen] == [(64, 64)] * 6
        assert all(each.mask.max() <= len(each.types) for each in seen)


def test_scenes_tell_tetrominoes_and_their_types() -> None:
    rng = np.random.default_rng(8000)
    scenes = [tetrominoes(rng) for _ in range(140)]
    reader = FreeScenes()
    reader.fit(np.stack([scene.frame for scene in scenes[:120]]), 0)
    seen = reader.read(np.stack([scene.frame for scene in scenes[120:]]))
    true = [scene.objects for scene in scenes[120:]]
    assert foreground_ari(seen, true) > 0.95
    assert type_accuracy(seen, true, [scene.shown for scene in scenes[120:]]) > 0.95


def test_sprites_are_not_learned_from_pictures_in_which_no_object_stands_alone() -> None:
    frame = np.full((1, 20, 20, 3), 20, np.uint8)
    frame[0, :, 5:9] = 200
    with pytest.raises(PerceptionError, match="no object stands alone"):
        FreeScenes().fit(frame, 0)


def test_scenes_are_read_in_noise_on_floors_and_objects_that_are_shaded() -> None:
    rng = np.random.default_rng(8001)
    scenes = [multi_dsprites(rng, turned=False, shaded=True, noise=5.0) for _ in range(46)]
    reader = FreeScenes()
    reader.fit(np.stack([scene.frame for scene in scenes[:40]]), 0)
    seen = reader.read(np.stack([scene.frame for scene in scenes[40:]]))
    true = [scene.objects for scene in scenes[40:]]
    assert foreground_ari(seen, true) > 0.95
    assert type_accuracy(seen, true, [scene.shown for scene in scenes[40:]]) > 0.9
