"""Time fits and stages: counted multiplications, converged curves, and the command."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import torch
from numpy.testing import assert_allclose

from dsrl_agent.cli.main import main
from dsrl_agent.experiments.studies import speed

pytestmark = pytest.mark.usefixtures("one_thread")


def records(folder: Path, kind: str) -> list[dict[str, Any]]:
    lines = [json.loads(line) for line in (folder / "metrics.jsonl").read_text().splitlines()]
    return [line for line in lines if line["kind"] == kind]


def test_multiplications_are_counted_as_on_paper() -> None:
    network = torch.nn.Sequential(
        torch.nn.Conv2d(1, 2, 3),  # 18 weights at 3 x 3 places of 2 images
        torch.nn.ConvTranspose2d(2, 3, 2, 2),  # 24 weights at the same places
    )
    counted = speed.macs(network, lambda: network(torch.zeros(2, 1, 5, 5)))
    assert counted == 18 * 9 * 2 + 24 * 9 * 2
    network(torch.zeros(2, 1, 5, 5))  # nothing counts any more
    plain, image = speed.plain_convolution(1_000_000, 4, torch.device("cpu"))
    assert_allclose(speed.macs(torch.nn.Sequential(plain), lambda: plain(image)), 1e6, rtol=0.1)


def test_a_fit_has_converged_within_a_hundredth_of_the_best() -> None:
    curve = speed.Curve([25, 50, 75, 100], [1.0, 2.0, 3.0, 4.0], [200, 101.5, 101, 100])
    assert curve.converged(100.0) == 2  # 101 is within one percent of it, 101.5 is not
    assert curve.converged(99.0) is None


def test_speed_measures_a_fit_and_every_stage(tmp_path: Path) -> None:
    out = tmp_path / "speed"
    quick = ["--seeds=1", "--longer=1", "--repeats=1", "--back_end.steps=50"]
    with pytest.raises(SystemExit) as stopped:
        main(["study", "speed", *quick, f"--out={out}"])
    assert stopped.value.code == 0
    (fit,) = records(out, "fit")
    assert 0 < fit["converged_seconds"] <= fit["seconds"]
    assert fit["best_loss"] <= fit["loss"]
    assert {record["task"] for record in records(out, "sight")} >= {"2. encode", "3. classify"}
    training = {record["task"]: record for record in records(out, "training")}
    assert len(training) == 3
    assert training["plain convolution"]["ratio"] == 1.0
    assert "| plain convolution |" in (out / "README.md").read_text()
