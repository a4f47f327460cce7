"""`dsrl symbols`: the thesis's Figure 1.4, and pictures that facts explain or do not explain."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from command_line import run
from PIL import Image

from dsrl_agent.cli.commands.symbols import doubts, lines_of
from dsrl_agent.perception.grid import Grid
from dsrl_agent.perception.stills.cells import StillSymbols
from dsrl_agent.runtime.envs import make_env
from dsrl_agent.types import Fact, Facts


def test_symbols_of_figure_1_4_are_table_1_1(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("symbols") == 0
    lines = capsys.readouterr().out.splitlines()
    # Up to the naming of types: one type at [0, 0], the other at [0, 1] and [1, 1].
    found = {tuple(line.split(maxsplit=1)) for line in lines[2:]}
    names = {place: number for number, place in found}
    assert names.keys() == {"[0, 0]", "[0, 1]", "[1, 1]"}
    assert names["[0, 1]"] == names["[1, 1]"] != names["[0, 0]"]


def test_a_board_is_read_alike_at_any_scale(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    answers = []
    for side in (7, 15, 31):
        world = {"agent": False, "cell": side, "border": [side, 0, 2, 3]}
        env = make_env("shapes_grid:ShapesGrid-v0", world)
        Image.fromarray(env.reset(seed=4)[0]).save(tmp_path / "a.png")
        env.close()
        assert run("symbols", str(tmp_path / "a.png")) == 0
        out, err = capsys.readouterr()
        assert f"cells of {side} x {side} pixels" in out
        assert "warning" not in err
        answers.append(out.splitlines()[1:])
    assert answers[0] == answers[1] == answers[2]
    assert len(answers[0]) > 5


def test_a_picture_without_things_is_an_error(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    Image.new("RGB", (40, 40), "teal").save(tmp_path / "a.png")
    assert run("symbols", str(tmp_path / "a.png")) == 2
    assert "Nothing stands out in these pictures" in capsys.readouterr().err


def test_a_picture_that_facts_do_not_explain_is_doubted() -> None:
    facts = [(Fact(1, 0, 0),), (Fact(-1, 0, 0), Fact(1, 1, 1))]
    grid = Grid((8, 8), (0, 0), (2, 2), (16, 16))
    found = StillSymbols(facts, grid, np.array([0.95, 0.4]))
    (doubt,) = doubts(("a.png", "b.png"), found, 0.9)
    assert doubt.startswith(
        "grid and facts explain 40% of what stands out in b.png (1 of 2 facts have no type), but "
        "facts can be trusted from 90% on. Give a picture of things on one floor"
    )


def test_things_much_less_like_their_types_are_doubts() -> None:
    facts = [(Fact(1, 0, 0), Fact(1, 1, 1)), (Fact(1, 0, 1),)]
    grid = Grid((8, 8), (0, 0), (2, 2), (16, 16))
    found = StillSymbols(facts, grid, np.ones(2), unlike=[(), (Fact(1, 0, 1),)])
    (doubt,) = doubts(("a.png", "b.png"), found, 0.9)
    assert doubt.startswith("what stands at [0, 1] in b.png is much less like its type than other")


def test_things_that_look_the_same_and_have_different_types_are_doubts() -> None:
    facts: list[Facts] = [(Fact(1, 0, 0), Fact(2, 1, 1))]
    grid = Grid((8, 8), (0, 0), (2, 2), (16, 16))
    found = StillSymbols(facts, grid, np.ones(1), told_apart=facts)
    (doubt,) = doubts(("a.png",), found, 0.9)
    assert doubt.startswith("some of what stands at [0, 0], [1, 1] in a.png looks the same, but")


def test_another_number_of_types_and_unclear_cells_are_doubts() -> None:
    facts: list[Facts] = [(Fact(1, 0, 0), Fact(2, 1, 1), Fact(-1, 0, 1))]
    grid = Grid((8, 8), (0, 0), (2, 2), (16, 16))
    found = StillSymbols(facts, grid, np.ones(1), alternatives=(3, 4), clear=False)
    cells, types = doubts(("a.png",), found, 0.9)
    assert cells.startswith("what stands out has no clear gaps between cells")
    assert types.startswith("2 types were found, but 3 or 4 would explain the things about as well")


@pytest.mark.parametrize("way", [Image.Resampling.NEAREST, Image.Resampling.BOX])
def test_a_shrunk_board_is_read_alike_or_doubted(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], way: Image.Resampling
) -> None:
    env = make_env(
        "shapes_grid:ShapesGrid-v0", {"agent": False, "cell": 13, "border": [5, 3, 4, 6]}
    )
    whole = Image.fromarray(env.reset(seed=4)[0])
    env.close()
    answers = []
    for factor in (1.0, 0.7):
        size = (round(whole.width * factor), round(whole.height * factor))
        whole.resize(size, way).save(tmp_path / "a.png")
        assert run("symbols", str(tmp_path / "a.png")) == 0
        out, err = capsys.readouterr()
        answers.append(out.splitlines()[1:])
    assert answers[0] == answers[1] or "may be wrong" in err


def test_shape_and_colour_are_shown_where_things_of_one_shape_have_several_colours() -> None:
    facts: list[Facts] = [(Fact(-1, 1, 0), Fact(1, 0, 0), Fact(1, 0, 1))]
    colours: list[Facts] = [(Fact(-1, 1, 0), Fact(1 + 0xFF, 0, 1), Fact(1 + 0xC82828, 0, 0))]
    grid = Grid((8, 8), (0, 0), (2, 2), (16, 16))
    found = StillSymbols(facts, grid, np.ones(1), colours=colours)
    assert list(lines_of(("a.png",), found)) == [
        "a.png: cells of 8 x 8 pixels",
        "  Shape  Colour   Location",
        "  ?      ?        [1, 0]",
        "  1      #c82828  [0, 0]",
        "  1      #0000ff  [0, 1]",
    ]
    same: list[Facts] = [(Fact(-1, 1, 0), Fact(5, 0, 0), Fact(5, 0, 1))]
    plain = list(lines_of(("a.png",), found._replace(colours=same)))
    assert plain[1:3] == ["  Type  Location", "  ?     [1, 0]"]


def test_that_no_picture_tells_shape_from_colour_is_said(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    frame = np.full((40, 40, 3), 30, np.uint8)
    for place, colour in (((2, 2), (200, 40, 40)), ((12, 12), (40, 200, 40))):
        frame[place[0] : place[0] + 6, place[1] : place[1] + 6] = colour
    Image.fromarray(frame).save(tmp_path / "a.png")
    assert run("symbols", str(tmp_path / "a.png")) == 0
    out, err = capsys.readouterr()
    assert out.splitlines()[1:] == [
        "  Shape  Colour   Location",
        "  1      #c82828  [0, 0]",
        "  1      #28c828  [1, 1]",
    ]
    assert "nothing in still pictures tells whether shape, colour or both make a type" in err
