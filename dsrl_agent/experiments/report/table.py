"""Hold a table of text and write it as Markdown or as aligned text; `page` writes HTML."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Table:
    """A table of text cells. Text between backquotes is code."""

    head: Sequence[str]  # names of the columns
    rows: Sequence[Sequence[str]]  # cells, as many in each row as there are columns
    name: str = ""  # A short name, for links
    title: str = ""  # the heading above the table
    note: str = ""  # A paragraph below the table that says how to read it
    stacked: bool = False  # whether a narrow screen shows the cells of a row one below the other
    wraps: bool = False  # whether cells hold sentences that may break over lines; figures may not

    def markdown(self) -> str:
        """Return the table as Markdown, without its title and note."""
        lines = [self.head, ["---"] * len(self.head), *self.rows]
        return "\n".join("| " + " | ".join(cells) + " |" for cells in lines)

    def aligned(self, left: int = 1) -> str:
        """Return the table as text in columns, the first `left` of them aligned to the left.

        All other columns hold numbers and are aligned to the right.
        """
        widths = [max(map(len, column)) for column in zip(self.head, *self.rows, strict=True)]
        lines = [_aligned(cells, widths, left) for cells in (self.head, *self.rows)]
        rule = "-" * (sum(widths) + 2 * (len(widths) - 1))
        return "\n".join([lines[0], rule, *lines[1:]])


def markdown(tables: Iterable[Table]) -> str:
    """Return tables with their titles and notes as one Markdown text."""
    parts = [f"## {table.title}\n\n{table.markdown()}\n\n{table.note}".rstrip() for table in tables]
    return "\n\n".join(parts) + "\n"


def _aligned(cells: Sequence[str], widths: Sequence[int], left: int) -> str:
    padded = [cell.rjust(width) for cell, width in zip(cells, widths, strict=True)]
    padded[:left] = [cell.ljust(width) for cell, width in zip(cells[:left], widths, strict=False)]
    return "  ".join(padded).rstrip()
