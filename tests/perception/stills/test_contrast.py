from __future__ import annotations

import numpy as np

from dsrl_agent.config.tiling import StillGridThresholds
from dsrl_agent.perception.stills.contrast import contrast_profiles, floor_of, profiles_of_each

DEFAULTS = StillGridThresholds()


def test_the_profiles_of_one_object() -> None:
    # 2 x 3 pixels that differ by 10 in each channel, of 10 x 10: 300 * 3 / 10 in 2 rows,
    # 300 * 2 / 10 in 3 columns.
    frames = np.full((1, 10, 10, 3), 50, np.uint8)
    frames[0, 4:6, 2:5] = 60
    rows, columns = contrast_profiles(frames, DEFAULTS)
    assert rows.tolist() == [0.0] * 4 + [90.0] * 2 + [0.0] * 4
    assert columns.tolist() == [0.0] * 2 + [60.0] * 3 + [0.0] * 5


def test_a_floor_with_a_texture_is_no_contrast() -> None:
    rng = np.random.default_rng(0)
    frames = np.repeat(rng.integers(40, 70, (1, 12, 12, 3), np.uint8), 8, axis=0)
    frames[:6, 5:8, 5:8] = 255  # in six of eight pictures
    rows, columns = contrast_profiles(frames, DEFAULTS)
    assert np.flatnonzero(rows).tolist() == np.flatnonzero(columns).tolist() == [5, 6, 7]


def test_the_level_of_noise_is_taken_off() -> None:
    noise = np.random.default_rng(1).normal(100, 10, (8, 40, 40, 3)).astype(np.uint8)
    noise[:, 16:24, 16:24] += 100  # in every picture
    rows, _ = contrast_profiles(noise, DEFAULTS)
    assert rows[16:24].min() > 20 * np.median(rows[:14])


def test_things_at_the_edge_are_no_texture() -> None:
    frames = np.full((8, 20, 20, 3), 50, np.uint8)
    for number, frame in enumerate(frames):
        frame[:6] = 100 + 15 * number  # over a quarter of the edge, in another colour each time
        frame[8:12, 8:12] = 200 - 10 * number
    assert (floor_of(frames, DEFAULTS) == 50).all()


def test_each_picture_has_profiles_of_its_own() -> None:
    frames = np.full((3, 10, 10, 3), 50, np.uint8)
    frames[0, 4:6, 2:5] = 60
    frames[1, 7, 1:9] = 60  # nothing stands in the third picture
    rows, columns = profiles_of_each(frames, DEFAULTS)
    assert [np.flatnonzero(each).tolist() for each in rows] == [[4, 5], [7]]
    assert [np.flatnonzero(each).tolist() for each in columns] == [[2, 3, 4], [*range(1, 9)]]
