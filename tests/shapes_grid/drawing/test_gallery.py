"""The picture of many worlds."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from PIL import Image

from shapes_grid import IDS, ShapesGridEnv
from shapes_grid.drawing.gallery import save_gallery


def test_the_gallery_shows_each_world_in_a_place_of_its_own(tmp_path: Path) -> None:
    path = tmp_path / "worlds.png"
    names = ["ShapesGrid-v0", "ShapesGrid-Texture-v0", "ShapesGrid-Toy-v0"]
    save_gallery(path, {name: ShapesGridEnv(**IDS[name]).reset(seed=1)[0] for name in names})
    with Image.open(path) as picture:
        shown = np.asarray(picture.convert("RGB")).astype(int)
    # Worlds are dark and differ; the empty places of the row are white.
    columns = np.array_split(shown, 8, axis=1)
    dark = [(column.min(2) < 100).mean() for column in columns]
    assert all(share > 0.3 for share in dark[:3])
    assert all(share == 0 for share in dark[3:])
    assert not np.array_equal(columns[0], columns[1])
