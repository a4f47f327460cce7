"""Write the page of a study, and open the folder of a stopped one."""

from __future__ import annotations

from pathlib import Path

import pytest
from matplotlib.figure import Figure

from dsrl_agent.errors import CheckpointError, ConfigError
from dsrl_agent.experiments.report.table import Table
from dsrl_agent.experiments.studies.options import LivingOptions, ScalingOptions, SpeedOptions
from dsrl_agent.experiments.studies.page import Page, opened_study, resumed_study, study_folder


def test_a_page_holds_text_tables_and_pictures_in_order(tmp_path: Path) -> None:
    out = tmp_path / "run"
    with study_folder("speed", SpeedOptions(out=str(out))) as folder:
        page = Page(folder, "Speed")
        page.say("First.")
        page.show("line", "A line.", Figure(figsize=(1, 1)))
        page.say(Table(["x"], [["1"]]))
        printed = page.write()
    table = "| x |\n| --- |\n| 1 |"
    assert (out / "README.md").read_text() == (
        f"# Speed\n\nFirst.\n\n![A line.](line.png)\n\nA line.\n\n{table}\n"
    )
    assert (out / "line.png").read_bytes().startswith(b"\x89PNG")
    # The command prints the page without its pictures.
    assert printed == f"# Speed\n\nFirst.\n\n{table}\n\nWith pictures: {out / 'README.md'}"


def test_a_study_without_a_folder_makes_one_in_runs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with study_folder("speed", SpeedOptions()) as folder:
        assert folder.path.parent == Path("runs")
        assert folder.path.name.startswith("study-speed-")


def test_a_resumed_study_keeps_its_options_but_for_changeable_ones(tmp_path: Path) -> None:
    out = tmp_path / "run"
    with study_folder("scaling", ScalingOptions(["4 types"], seeds=1, out=str(out))):
        pass
    given = ScalingOptions(seeds=3, resume=str(out))
    folder, options = resumed_study("scaling", given, changeable=("seeds",))
    assert folder.path == out
    assert (options.rungs, options.seeds) == (["4 types"], 3)
    with pytest.raises(ConfigError, match=r"seeds is 3, but the run .* has 1, which cannot be"):
        resumed_study("scaling", given, changeable=())


def test_options_of_now_are_those_given_even_where_they_are_the_default(tmp_path: Path) -> None:
    out = tmp_path / "run"
    options = ScalingOptions(["4 types"], seeds=1, jobs=2, device="cpu", out=str(out))
    assert opened_study("scaling", options, ("seeds",), now=("jobs", "device")) == (None, options)
    with study_folder("scaling", options):
        pass
    given = ScalingOptions(seeds=3, resume=str(out))
    folder, kept = opened_study("scaling", given, ("seeds",), now=("jobs", "device"))
    assert folder is not None
    assert folder.path == out
    assert (kept.rungs, kept.seeds, kept.jobs, kept.device) == (["4 types"], 3, 1, "auto")


def test_a_folder_of_another_study_is_refused(tmp_path: Path) -> None:
    out = tmp_path / "run"
    with study_folder("living", LivingOptions(out=str(out))):
        pass
    with pytest.raises(CheckpointError, match="name one that `dsrl study scaling` made"):
        resumed_study("scaling", ScalingOptions(resume=str(out)), changeable=())
