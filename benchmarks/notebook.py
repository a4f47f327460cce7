"""Write a page of docs/ as a notebook: `python benchmarks/notebook.py docs/lesson.md`.

Blocks of Python become cells of code, all else becomes cells of text. A test compares the
committed notebook with its page.
"""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path
from typing import Any

_BLOCK = re.compile(r"^```python\n(.*?)^```$", re.DOTALL | re.MULTILINE)
_KERNEL = {"display_name": "Python 3", "language": "python", "name": "python3"}


def notebook_of(page: str) -> str:
    """Return a page in Markdown as a notebook (nbformat 4.5), in JSON.

    >>> [cell["cell_type"] for cell in json.loads(notebook_of("# A\\n"))["cells"]]
    ['markdown']
    """
    parts = [part.strip("\n") for part in _BLOCK.split(page)]
    kinds = ("markdown", "code")
    cells = [_cell(kinds[n % 2], n, part) for n, part in enumerate(parts) if part]
    whole = {
        "cells": cells,
        "metadata": {"kernelspec": _KERNEL},
        "nbformat": 4,
        "nbformat_minor": 5,
    }
    return json.dumps(whole, indent=1, ensure_ascii=False) + "\n"


def main(arguments: list[str]) -> None:
    """Write each page's notebook beside it."""
    for path in map(Path, arguments):
        notebook = notebook_of(path.read_text(encoding="utf-8"))
        path.with_suffix(".ipynb").write_text(notebook, encoding="utf-8")


def _cell(kind: str, number: int, source: str) -> dict[str, Any]:
    run: dict[str, Any] = {"execution_count": None, "outputs": []} if kind == "code" else {}
    lines = source.splitlines(keepends=True)
    return {"cell_type": kind, "id": f"cell-{number}", "metadata": {}, "source": lines, **run}


if __name__ == "__main__":
    main(sys.argv[1:])
