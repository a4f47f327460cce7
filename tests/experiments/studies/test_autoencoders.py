"""`dsrl study autoencoders`: scores, pictures, and resuming."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from command_line import run
from studies import records

from dsrl_agent.errors import ConfigError
from dsrl_agent.experiments.studies import autoencoders
from dsrl_agent.experiments.studies.autoencoders import load_or_download, setting_of
from dsrl_agent.experiments.studies.mnist import Mnist
from dsrl_agent.experiments.studies.options import AutoencodersOptions

pytestmark = pytest.mark.usefixtures("one_thread")


def test_autoencoders_write_scores_and_pictures_and_go_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    images = np.zeros((40, 28, 28), np.uint8)
    images[:, 5:20, 12:15] = 255
    labels = np.zeros(40, np.int64)
    data = Mnist(images, labels, images, labels)
    monkeypatch.setattr(autoencoders, "load_or_download", lambda *_: data)
    out = tmp_path / "run"
    assert run("study", "autoencoders", f"--out={out}") == 0
    printed = capsys.readouterr().out
    assert "71.94 (Table 2.1)" in printed
    assert "64.89 (Table 2.2)" in printed
    scores = {k: v for record in records(out, "score") for k, v in record.items()}
    for kind in ("fully_connected", "fully_convolutional"):
        assert (out / f"{kind}.png").read_bytes().startswith(b"\x89PNG")
        assert scores[f"{kind}_validation"] == records(out, kind)[-1]["validation"]
    assert len(records(out, "fully_connected")) == 8
    # All epochs are done: going on trains nothing and writes the same page again.
    page = (out / "README.md").read_text()
    (out / "README.md").unlink()
    assert run("study", "autoencoders", f"--resume={out}") == 0
    assert (out / "README.md").read_text() == page
    assert len(records(out, "fully_connected")) == 8


def test_another_studys_run_cannot_be_gone_on_with(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("study", "losses", f"--out={tmp_path / 'losses'}") == 0
    assert run("study", "autoencoders", f"--resume={tmp_path / 'losses'}") == 2
    assert "is no run of this study" in capsys.readouterr().err


def test_the_thesis_s_setting_is_one_image_a_step() -> None:
    for kind in autoencoders.KINDS:
        setting = setting_of(AutoencodersOptions(setting="thesis", kernel=3), kind)
        assert (setting.batch, setting.learning_rate, setting.epochs) == (1, 1e-4, 15)
        assert (setting.kind, setting.kernel) == (kind, 3)
    assert setting_of(AutoencodersOptions(), "fully_connected").batch > 1


def test_data_have_to_be_named() -> None:
    with pytest.raises(ConfigError, match="give --data FOLDER"):
        load_or_download(None, download=False)
