"""`python -m shapes_grid`: output and refusals of each command."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from PIL import Image

from shapes_grid import IDS, ShapesGridEnv
from shapes_grid.__main__ import main


def test_list_names_every_world_and_what_it_changes(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["list"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in lines] == list(IDS)
    assert lines[0].split(maxsplit=1)[1] == "the defaults"
    assert "ShapesGrid-Noise-v0" in lines[10]
    assert lines[10].endswith("noise=0.1")


def test_show_prints_the_board_of_a_seed(capsys: pytest.CaptureFixture[str]) -> None:
    env = ShapesGridEnv(**IDS["ShapesGrid-Push-v0"], render_mode="ansi")
    for seed in (0, 1):
        env.reset(seed=seed)
        assert main(["show", "ShapesGrid-Push-v0", "--seed", str(seed)]) == 0
        assert capsys.readouterr().out == f"{env.render()}\n"


def test_an_unknown_world_is_refused_in_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["show", "ShapesGrid-Pusch-v0"]) == 2
    output = capsys.readouterr()
    assert output.out == ""
    assert output.err == (
        "shapes_grid: The world is 'ShapesGrid-Pusch-v0', but it must be a known id (did you mean "
        '"ShapesGrid-Push-v0"?).\n'
    )


@pytest.mark.slow
def test_a_gallery_that_cannot_be_written_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["gallery", str(tmp_path / "missing" / "worlds.png")]) == 2
    assert capsys.readouterr().err.startswith("shapes_grid: [Errno 2] No such file or directory")
    assert main(["gallery", str(tmp_path / "worlds.pong")]) == 2
    assert "Format 'pong' is not supported" in capsys.readouterr().err


def test_the_module_runs_as_a_command(tmp_path: Path) -> None:
    command = [sys.executable, "-W", "error", "-m", "shapes_grid", "gallery", "worlds.png"]
    run = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True)
    assert (run.returncode, run.stdout, run.stderr) == (0, "Wrote worlds.png\n", "")
    with Image.open(tmp_path / "worlds.png") as picture:
        assert picture.width == 8 * 1.5 * 150
