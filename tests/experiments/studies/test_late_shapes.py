"""`dsrl study living`: a shape that comes late."""

from __future__ import annotations

from pathlib import Path

import pytest
from command_line import run
from studies import records

from dsrl_agent.errors import ConfigError
from dsrl_agent.experiments.studies.late_shapes import LateShape, results_table, study
from dsrl_agent.experiments.studies.options import LivingOptions

pytestmark = pytest.mark.usefixtures("one_thread")


@pytest.mark.slow
def test_a_late_shape_is_found_in_the_study(tmp_path: Path) -> None:
    out = tmp_path / "living"
    assert run("study", "living", "--quick=true", "--sight=cells", f"--out={out}") == 0
    (found,) = records(out, "living")
    assert (found["sight"], found["off_grid"]) == ("cells", False)
    assert found["unknown"] == 1.0
    assert found["sightings"] <= 10
    assert found["exact"] == found["old_exact"] == found["undisturbed"] == 1.0
    assert "| 0 | star | 1.00 | 1 of 1 |" in (out / "README.md").read_text()


def test_an_unknown_sight_is_refused_before_anything_is_run(tmp_path: Path) -> None:
    out = tmp_path / "living"
    with pytest.raises(ConfigError, match=r"perception.sight is 'cels' \(did you mean cells\?\)"):
        study(LivingOptions(sight="cels", out=str(out)))
    assert not out.exists()


def shown(**other: float) -> LateShape:
    figures = {"unknown": 1.0, "sightings": 4.0, "exact": 1.0, "old_exact": 1.0, "undisturbed": 1.0}
    return LateShape(**{**figures, **other})


def test_the_table_has_medians_and_means_over_agents() -> None:
    found = [shown(), shown(unknown=0.5, sightings=float("inf"), exact=0.5, undisturbed=0.9)]
    text = results_table([(0.1, "star", each) for each in [found[0], *found]])
    assert text.rows == [["0.1", "star", "0.83", "2 of 3", "4", "0.833", "1.000", "0.967"]]
    missed = results_table([(0.1, "star", found[1])] * 2)
    assert missed.rows[0][3:5] == ["0 of 2", "never"]


def test_the_options_have_five_agents_of_four_shapes() -> None:
    options = LivingOptions()
    assert (options.seeds, options.shapes) == (5, ["star", "square", "triangle", "ring"])
