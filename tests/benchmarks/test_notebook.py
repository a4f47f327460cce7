"""Pages as notebooks."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from benchmarks.notebook import main, notebook_of

LESSON = Path(__file__).parents[2] / "docs" / "lesson.md"


def test_code_and_text_become_cells_in_order() -> None:
    code, text = "\n\n```python\n{}\n```\n\n", "```\nno code\n```"
    page = "# One\n\ntext" + code.format("a = 1\nb = 2") + text + code.format("c = 3")
    cells = json.loads(notebook_of(page))["cells"]
    assert [(cell["cell_type"], "".join(cell["source"])) for cell in cells] == [
        ("markdown", "# One\n\ntext"),
        ("code", "a = 1\nb = 2"),
        ("markdown", "```\nno code\n```"),
        ("code", "c = 3"),
    ]
    assert len({cell["id"] for cell in cells}) == 4
    assert all(("outputs" in cell) == (cell["cell_type"] == "code") for cell in cells)


def test_the_command_writes_beside_the_page(tmp_path: Path) -> None:
    (tmp_path / "page.md").write_text("# One\n", encoding="utf-8")
    main([str(tmp_path / "page.md")])
    assert json.loads((tmp_path / "page.ipynb").read_text(encoding="utf-8"))["nbformat"] == 4


@pytest.mark.skipif(not LESSON.is_file(), reason="the pages are not beside the tests")
def test_the_lesson_is_the_same_as_a_notebook() -> None:
    notebook = LESSON.with_suffix(".ipynb").read_text(encoding="utf-8")
    assert notebook == notebook_of(LESSON.read_text(encoding="utf-8"))
