"""Runs that are killed, or whose disk fails, at every operation on files: nothing is lost."""

from __future__ import annotations

import errno
import json
import os
from pathlib import Path
from typing import Any

import pytest
from equality import assert_equal
from failing_disks import FailingDisk, KilledError

from dsrl_agent import DSRL
from dsrl_agent.config import EnvConfig, EvaluationConfig, FrontEndConfig, TrainConfig
from dsrl_agent.errors import ConfigError, DSRLError, StorageError
from dsrl_agent.experiments.run import training
from dsrl_agent.perception.protocol import FixedPerception
from dsrl_agent.records import RunFolder, metrics
from dsrl_agent.records.disk import use
from dsrl_agent.types import Fact, Facts, Frame, Shape

ERRORS = (errno.ENOSPC, errno.EIO, errno.EACCES)


class Brightest(FixedPerception):
    """Sees one thing: the cell of 10 pixels with the most ink."""

    known = [1]  # noqa: RUF012

    def __init__(self, *_: Any) -> None:
        """Take what the agent's own perception takes."""

    def facts(self, frames: Frame) -> list[Facts]:
        rows, cols = self.shape_of(frames[0])
        cells = frames.reshape(len(frames), rows, 10, cols, 10, 3).sum(axis=(2, 4, 5))
        places = (divmod(int(cell.argmax()), cols) for cell in cells)
        return [(Fact(1, *place),) for place in places]

    def shape_of(self, frame: Frame) -> Shape:
        return frame.shape[0] // 10, frame.shape[1] // 10


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let runs see by a trifle, and write no copies for TensorBoard."""
    monkeypatch.setattr("dsrl_agent.agent.dsrl.Perception", Brightest)
    monkeypatch.setattr(metrics.Metrics, "_show", lambda *_: None)


def config(path: Path) -> TrainConfig:
    return TrainConfig(
        front_end=FrontEndConfig(kind="relational"),
        env=EnvConfig(kwargs={"step_limit": 9}),
        total_timesteps=31,
        checkpoint_every=10,
        evaluation=EvaluationConfig(episodes=1, steps=5),
        run_dir=str(path),
        progress=False,
    )


def trained(path: Path) -> training.TrainingOutcome:
    return training.train(config(path))


def gone_on(path: Path) -> training.TrainingOutcome:
    """Go on with a run as a user would: resume it, or begin anew where there is none yet."""
    return training.resume(path, config(path)) if path.exists() else trained(path)


def lines(path: Path) -> list[Any]:
    found = [json.loads(line) for line in (path / "metrics.jsonl").read_text().splitlines()]
    return [{k: v for k, v in line.items() if k not in ("time", "seconds")} for line in found]


def assert_same(path: Path, agent: DSRL, whole: training.TrainingOutcome) -> None:
    (arrays, data), (other_arrays, other_data) = agent.checkpoint(), whole.agent.checkpoint()
    assert json.loads(json.dumps(data)) == json.loads(json.dumps(other_data))
    assert_equal(arrays, other_arrays)
    assert lines(path) == lines(whole.path)


@pytest.fixture
def whole(tmp_path: Path) -> tuple[training.TrainingOutcome, int]:
    """Return an undisturbed run and the number of its operations."""
    counting = FailingDisk()
    with use(counting):
        outcome = trained(tmp_path / "whole")
    assert len(counting.done) > 40
    return outcome, len(counting.done)


def test_a_kill_at_any_operation_loses_nothing(
    tmp_path: Path, whole: tuple[training.TrainingOutcome, int]
) -> None:
    outcome, count = whole
    for at in range(count):
        path = tmp_path / str(at)
        with use(FailingDisk(at)), pytest.raises(KilledError):
            trained(path)
        if path.exists() and RunFolder.open(path).has_logged("evaluation", 31):
            with pytest.raises(ConfigError, match="has taken all its 31 steps"):
                gone_on(path)
            agent = DSRL.load(path)
        else:
            agent = gone_on(path).agent
        assert_same(path, agent, outcome)
        assert not list(path.rglob(".*partial*"))


# In turn at every operation; the slow ones leave no operation and no error out.
@pytest.mark.parametrize(
    "first", [0, pytest.param(1, marks=pytest.mark.slow), pytest.param(2, marks=pytest.mark.slow)]
)
def test_a_disk_that_fails_at_any_operation_is_told_in_one_line(
    tmp_path: Path, whole: tuple[training.TrainingOutcome, int], first: int
) -> None:
    outcome, count = whole
    for at in range(count):
        path = tmp_path / f"a run {at}"
        number = ERRORS[(at + first) % len(ERRORS)]
        error: DSRLError | None = None
        try:
            with use(FailingDisk(at, number)):
                agent = trained(path).agent
        except (ConfigError, StorageError) as caught:
            error = caught
        if error is not None:
            assert os.strerror(number) in str(error)
            assert "\n" not in str(error)
            if path.exists():
                assert f"go on with: dsrl train --resume '{path}'" in str(error)
            assert not list(tmp_path.rglob(".*partial*"))
            agent = gone_on(path).agent
        assert_same(path, agent, outcome)
