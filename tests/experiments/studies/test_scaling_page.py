"""Write the page of the scaling study from hand-made records."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from dsrl_agent.experiments.report.table import Table
from dsrl_agent.experiments.studies.scaling import read_records
from dsrl_agent.experiments.studies.scaling_page import compared, plot, scaling_page, tables
from dsrl_agent.records import RunFolder

ROOT = Path(__file__).parents[3]


def record(back_end: str, rung: str, exact: float, **more: object) -> dict[str, Any]:
    """Return a record of one seed that reaches every target but, perhaps, that of `exact`."""
    figures = dict.fromkeys(("precision", "recall", "f1", "ari", "v_measure"), 1.0)
    return {"back_end": back_end, "rung": rung, "exact": exact, **figures, **more}


RECORDS = [
    record("pixels", "4 types", 1.0, location_error=0.25, types_found=4, types_true=4, seconds=2.0),
    record("pixels", "4 types", 0.5, location_error=0.75, types_found=5, types_true=4, seconds=4.0),
    record("pca", "4 types", 0.9),
]


def test_each_back_end_has_a_heading_and_a_table() -> None:
    pixels_heading, pixels, pca_heading, pca = tables(RECORDS)
    assert isinstance(pixels_heading, str)
    assert pixels_heading.startswith("## ")
    assert isinstance(pca_heading, str)
    assert isinstance(pixels, Table)
    assert isinstance(pca, Table)
    # Means of 1 and .5, .25 and .75, 4 and 5, 2 and 4; one of two reaches .99 of exact frames.
    assert pixels.rows == [
        ["4 types", "1.000", "1.000", "1.000", "0.50", "1.000", "1.000", "0.750", "4.5/4", "0.500",
         "1 of 2", "3.0"]
    ]  # fmt: skip
    assert list(pca.rows[0][-5:]) == ["0.900", "-", "0.900", "0 of 1", "-"]


def test_rungs_of_several_back_ends_are_compared_in_one_map() -> None:
    assert compared(RECORDS) == ["4 types"]
    assert compared(RECORDS[:2]) == []
    axes = plot(RECORDS).axes[0]
    assert [text.get_text() for text in axes.texts] == ["0.75", "0.90"]


def test_the_page_has_a_picture_where_back_ends_are_compared(tmp_path: Path) -> None:
    for name, records, pictures in (("one", RECORDS[:2], 0), ("two", RECORDS, 1)):
        with RunFolder.create(tmp_path / name, {}, 0) as folder:
            scaling_page(folder, records, 60).write()
        text = (tmp_path / name / "README.md").read_text()
        assert text.startswith("# How far sight carries\n\n## ")
        assert "of up to 60 frames of random play each" in text
        assert text.count("](scaling.png)") == pictures


def test_the_documented_tables_are_those_of_the_committed_records() -> None:
    page = ROOT / "docs" / "scaling.md"
    if not page.is_file():
        pytest.skip(f"{page} is not here: the package is tested away from its checkout")
    text = page.read_text(encoding="utf-8")
    records = read_records(ROOT / "benchmarks" / "results" / "scaling.jsonl")
    for part in tables(records):
        if isinstance(part, Table):
            assert part.markdown() in text
