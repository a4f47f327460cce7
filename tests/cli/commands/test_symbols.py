"""`dsrl symbols`: the thesis's Figure 1.4 and pictures of one size."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from command_line import run
from PIL import Image

from dsrl_agent.cli.commands.symbols import read_pictures
from dsrl_agent.errors import ObservationError


def picture(path: Path, side: int) -> str:
    Image.new("RGB", (side, 20), (10, 20, 30)).save(path)
    return str(path)


def test_pictures_of_one_size_become_frames(tmp_path: Path) -> None:
    names = [picture(tmp_path / "a.png", 30), picture(tmp_path / "b.png", 30)]
    frames = read_pictures(names)
    assert frames.shape == (2, 20, 30, 3)
    assert frames.dtype == np.uint8
    assert frames[1, 5, 5].tolist() == [10, 20, 30]


def test_pictures_of_two_sizes_are_refused(tmp_path: Path) -> None:
    names = [picture(tmp_path / "a.png", 30), picture(tmp_path / "b.png", 31)]
    with pytest.raises(ObservationError, match=r"is 20 x 31, but .* is 20 x 30; give pictures of"):
        read_pictures(names)


@pytest.mark.slow
def test_symbols_of_figure_1_4_are_table_1_1(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("symbols") == 0
    lines = capsys.readouterr().out.splitlines()
    # Up to the naming of types: one type at [0, 0], the other at [0, 1] and [1, 1].
    found = {tuple(line.split(maxsplit=1)) for line in lines[2:]}
    names = {place: number for number, place in found}
    assert names.keys() == {"[0, 0]", "[0, 1]", "[1, 1]"}
    assert names["[0, 1]"] == names["[1, 1]"] != names["[0, 0]"]
