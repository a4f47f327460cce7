"""Draw matplotlib figures in one style and palette, and write them as PNG or SVG bytes.

The same figure gives the same bytes: files hold neither a date nor a version.
"""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from dataclasses import dataclass
from html import escape
from typing import Any

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.figure import Figure

PALETTE = (
    "#2a78d6", "#d9682b", "#1f9d78", "#c0479a", "#8c6fd1", "#b08a1e", "#d0413f", "#4f8a3c",
    "#5b7f95", "#a5673f", "#e39bb5", "#6fb7c9",
)  # fmt: skip
"""Colours of curves and bars, in the order in which they are given out."""
SIZE = (4.4, 3.4)
"""Width and height of a plot in inches: one to one on a phone."""
_INK, _RULE = "#010203", "#040506"  # stand for the page's colours of text and of rules
_ON_WHITE = {_INK: "#1c1f23", _RULE: "#c5cad1"}
_PNG_DPI = 144
_METADATA = {"png": {"Software": None}, "svg": {"Date": None}}
_STYLE: dict[Any, Any] = {
    "svg.fonttype": "none",
    "font.family": "sans-serif",
    "font.size": 9,
    "axes.axisbelow": True,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.edgecolor": _RULE,
    "axes.labelcolor": _INK,
    "text.color": _INK,
    "xtick.color": _INK,
    "ytick.color": _INK,
    "grid.color": _RULE,
    "grid.alpha": 0.5,
    "grid.linewidth": 0.6,
    "svg.hashsalt": "dsrl",
}


@dataclass(frozen=True)
class Plot:
    """A figure of one panel that is drawn anew for each format."""

    name: str  # name of its file, without an ending
    title: str  # what it shows, for readers who cannot see it
    caption: str  # the text above it in a page
    draw: Callable[[Axes], None]  # draws on the axes that it is given, in the style of the reports
    height: float = SIZE[1]  # height in inches

    def inline_svg(self) -> str:
        """Return an SVG element for a page: text and rules take the page's colours."""
        text = self._bytes("svg").decode()
        text = text[text.index("<svg") :]
        text = re.sub(r"<metadata>.*?</metadata>", "", text, flags=re.DOTALL)
        # Ids must be unique in the page, which holds several plots.
        text = re.sub(r'(id="|url\(#|href="#)', rf"\g<1>{self.name}-", text)
        text = text.replace(_INK, "currentColor").replace(_RULE, "var(--rule)")
        for size in ("width", "height"):
            text = re.sub(rf'(<svg[^>]*?) {size}="[^"]*"', r"\1", text, count=1)
        return text.replace("<svg", f'<svg role="img" aria-label="{escape(self.title)}"', 1)

    def png(self) -> bytes:
        """Return a PNG file on white."""
        return self._bytes("png", facecolor="white", dpi=_PNG_DPI)

    def svg(self) -> bytes:
        """Return an SVG file on white."""
        text = self._bytes("svg", facecolor="white").decode()
        for stand_in, colour in _ON_WHITE.items():
            text = text.replace(stand_in, colour)
        return text.encode()

    def _bytes(self, kind: str, **options: Any) -> bytes:
        style = dict(_STYLE)
        if kind == "png":
            style = {name: _ON_WHITE.get(str(value), value) for name, value in style.items()}
        with mpl.rc_context(style):
            figure = Figure(figsize=(SIZE[0], self.height), layout="constrained")
            self.draw(figure.subplots())
            return _saved(figure, kind, transparent="facecolor" not in options, **options)


def png_of(figure: Figure, **options: Any) -> bytes:
    """Return a figure as the bytes of a PNG file; `options` are those of `savefig`."""
    return _saved(figure, "png", **options)


def ink() -> str:
    """Return the colour of text in the style that is drawn in."""
    return str(mpl.rcParams["text.color"])


def _saved(figure: Figure, kind: str, **options: Any) -> bytes:
    buffer = io.BytesIO()
    figure.savefig(buffer, format=kind, metadata=_METADATA[kind], **options)
    return buffer.getvalue()
