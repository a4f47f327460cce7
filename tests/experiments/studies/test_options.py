"""Options of the studies: refused in one line where they break their rule."""

from __future__ import annotations

from typing import Any

import pytest
from command_line import run

from dsrl_agent.errors import ConfigError
from dsrl_agent.experiments.studies.options import (
    AutoencodersOptions,
    BetaOptions,
    LivingOptions,
    LossesOptions,
    ScalingOptions,
    SpeedOptions,
)


@pytest.mark.parametrize(
    ("options", "wrong", "complaint"),
    [
        (AutoencodersOptions, {"kernel": 9}, "kernel is 9, but it must be from 1 to 7."),
        (AutoencodersOptions, {"seed": -1}, "seed is -1, but it must be at least 0."),
        (LossesOptions, {"digits": 0}, "digits is 0, but it must be from 1 to 10000."),
        (LossesOptions, {"digit": 10000}, "digit is 10000, but it must be from 0 to 9999."),
        (BetaOptions, {"betas": [float("inf")]}, "betas is [inf], but it must be finite numbers"),
        (BetaOptions, {"betas": []}, "betas is [], but it must be finite numbers from 0 on."),
        (BetaOptions, {"latents": 1}, "latents is 1, but it must be at least 2."),
        (ScalingOptions, {"seeds": 0}, "seeds is 0, but it must be at least 1."),
        (ScalingOptions, {"frames": 5}, "frames is 5, but it must be at least 20."),
        (LivingOptions, {"steps": 100}, "steps is 100, but it must be at least 200."),
        (SpeedOptions, {"repeats": 0}, "repeats is 0, but it must be at least 1."),
    ],
)
def test_an_option_that_breaks_its_rule_is_refused(
    options: type[Any], wrong: dict[str, Any], complaint: str
) -> None:
    with pytest.raises(ConfigError) as refused:
        options(**wrong)
    assert str(refused.value).startswith(complaint)


def test_a_wrong_option_is_refused_in_a_line(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("study", "autoencoders", "--kernel=9") == 2
    assert capsys.readouterr().err == "dsrl: kernel is 9, but it must be from 1 to 7.\n"
    assert run("study", "autoencoders") == 2
    assert "give --data FOLDER" in capsys.readouterr().err
