"""Write figures as PNG and SVG bytes."""

from __future__ import annotations

import io

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from PIL import Image

from dsrl_agent.experiments.report.figure import PALETTE, SIZE, Plot, ink, png_of


def draw(axes: Axes) -> None:
    axes.plot([0, 1], [0, 1], color=PALETTE[0])
    axes.text(0, 0, "here", color=ink())


PLOT = Plot("line", "A <line>", "A line (`fast`)", draw)


def test_a_png_is_white_and_holds_neither_a_date_nor_a_version() -> None:
    picture = Image.open(io.BytesIO(PLOT.png()))
    assert picture.size == tuple(int(144 * inches) for inches in SIZE)
    assert picture.convert("RGB").getpixel((0, 0)) == (255, 255, 255)
    assert set(picture.info) <= {"dpi"}


def test_the_same_figure_gives_the_same_bytes() -> None:
    assert PLOT.png() == PLOT.png()
    assert PLOT.svg() == PLOT.svg()
    assert PLOT.inline_svg() == PLOT.inline_svg()


def test_an_svg_file_has_colours_and_no_date() -> None:
    text = PLOT.svg().decode()
    assert "dc:date" not in text
    assert "#1c1f23" in text  # of text
    assert "#010203" not in text  # stands for the page's colour of text


def test_an_svg_in_a_page_takes_its_colours_and_has_ids_of_its_own() -> None:
    text = PLOT.inline_svg()
    assert text.startswith('<svg role="img" aria-label="A &lt;line&gt;"')
    assert "currentColor" in text
    assert "var(--rule)" in text
    assert 'id="line-figure_1"' in text
    assert "<metadata>" not in text
    head = text[: text.index(">")]
    assert " width=" not in head
    assert " height=" not in head


def test_a_figure_of_any_kind_is_written_with_its_own_resolution() -> None:
    figure = Figure(figsize=(2, 1), dpi=50)
    figure.subplots().plot([0, 1], [1, 0])
    picture = Image.open(io.BytesIO(png_of(figure)))
    assert picture.size == (100, 50)
    assert "Software" not in picture.info
    assert np.asarray(Image.open(io.BytesIO(png_of(figure, dpi=10)))).shape[:2] == (10, 20)
