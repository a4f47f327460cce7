"""Commands run in drawn worlds, and how they end."""

from __future__ import annotations

import signal
import sys
from pathlib import Path

import pytest

from benchmarks import soak
from benchmarks.soak import OTHERS, Draw, TooSlowError, draw, measure, run_command
from shapes_grid.ids import IDS


def test_a_seed_draws_one_agent_and_its_world() -> None:
    assert draw(4) == draw(4)
    drawn = [draw(seed) for seed in range(300)]
    assert {each.env_id.removeprefix("shapes_grid:") for each in drawn} == {*IDS, *OTHERS}
    assert {each.front_end for each in drawn} == set(soak.FRONT_ENDS)
    assert 100 < sum(each.setting is not None for each in drawn) < 200


@pytest.mark.parametrize(
    ("raised", "verdict"),
    [
        (SystemExit(0), "done"),
        (SystemExit(2), "told"),
        (ValueError("max() arg is an empty sequence"), "crash"),
        (TooSlowError(), "slow"),
    ],
)
def test_a_command_ends_in_one_of_four_ways(
    raised: BaseException, verdict: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def command(arguments: list[str]) -> None:
        sys.stdout.write(f"dsrl: a word {arguments[0]}\n")
        raise raised

    monkeypatch.setattr(soak, "dsrl", command)
    found, said = run_command(["name"], 60)
    assert found == verdict
    assert ("dsrl: a word name" if verdict in ("done", "told") else str(raised)) in said
    assert signal.alarm(0) == 0


def test_a_signal_that_stops_a_command_stops_all(monkeypatch: pytest.MonkeyPatch) -> None:
    def command(_: list[str]) -> None:
        raise SystemExit(143)

    monkeypatch.setattr(soak, "dsrl", command)
    with pytest.raises(KeyboardInterrupt):
        run_command(["name"], 60)
    assert signal.alarm(0) == 0


def test_a_run_that_was_not_made_is_not_looked_at(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(soak, "COMMANDS", ("explain {run}",))
    for kwargs, verdicts in (({}, ["done", "done"]), ({"rows": -1}, ["told"])):
        drawn = Draw(1, "shapes_grid:ShapesGrid-v0", kwargs, "rules", 60, None, {})
        folder = tmp_path / str(len(verdicts))
        assert [each["verdict"] for each in measure(drawn, folder, 120)] == verdicts
