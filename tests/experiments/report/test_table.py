"""Write a table as Markdown and as aligned text."""

from __future__ import annotations

from dsrl_agent.experiments.report.table import Table, markdown

TABLE = Table(["name", "ms"], [["a", "1.50"], ["longer", "12"]], title="Times", note="Medians.")


def test_a_table_in_markdown_has_a_rule_below_its_head() -> None:
    assert TABLE.markdown().splitlines() == [
        "| name | ms |",
        "| --- | --- |",
        "| a | 1.50 |",
        "| longer | 12 |",
    ]


def test_aligned_text_has_names_to_the_left_and_numbers_to_the_right() -> None:
    assert TABLE.aligned().splitlines() == [
        "name      ms",
        "------------",
        "a       1.50",
        "longer    12",
    ]


def test_aligned_text_ends_without_blanks() -> None:
    assert TABLE.aligned(left=2).splitlines()[0] == "name    ms"
    assert TABLE.aligned(left=2).splitlines()[1] == "-" * 12


def test_tables_in_one_text_have_titles_and_notes() -> None:
    bare = Table(["x"], [["1"]], title="Bare")
    assert markdown([TABLE, bare]) == (
        f"## Times\n\n{TABLE.markdown()}\n\nMedians.\n\n## Bare\n\n| x |\n| --- |\n| 1 |\n"
    )
