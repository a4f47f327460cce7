"""Write tables into pages, between their marks."""

from __future__ import annotations

import runpy
from pathlib import Path

SCRIPT = Path(__file__).parents[2] / "benchmarks" / "readme.py"
PAGE = """Before.

<!-- benchmark: cost -->
| old |
<!-- end -->

Between.

<!-- benchmark: moved -->
| stays |
<!-- end -->
"""


def test_a_table_is_replaced_between_its_marks_alone() -> None:
    with_tables = runpy.run_path(str(SCRIPT))["with_tables"]
    text = with_tables(PAGE, {"cost": "| new |\n| 1 |", "unused": "| x |"})
    assert text == PAGE.replace("| old |", "| new |\n| 1 |")
