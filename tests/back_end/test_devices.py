"""Devices are chosen by name; torch is loaded only to test those that a machine may lack."""

from __future__ import annotations

import subprocess
import sys

import pytest
import torch

from dsrl_agent.back_end import choose_device, device_name, require_device
from dsrl_agent.errors import ConfigError


def test_auto_is_a_gpu_where_there_is_one() -> None:
    assert choose_device("cpu") == torch.device("cpu")
    assert choose_device("auto").type == ("cuda" if torch.cuda.is_available() else "cpu")
    assert device_name("cpu") == "cpu"


@pytest.mark.parametrize("name", ["cuda:99", "nowhere"])
def test_devices_that_are_not_here_are_refused(name: str) -> None:
    with pytest.raises(ConfigError, match=f"device is '{name}'"):
        require_device(name)


@pytest.mark.slow
def test_the_default_agent_is_made_without_torch_and_scikit_learn() -> None:
    code = (
        "import sys\n"
        "from dsrl_agent import DSRL\n"
        "from dsrl_agent.cli.commands import train\n"
        "agent = DSRL('shapes_grid:ShapesGrid-v0').learn(70)\n"
        "assert agent.perception.ready\n"
        "sys.exit(bool({'torch', 'sklearn', 'matplotlib', 'pygame'} & set(sys.modules)))"
    )
    assert subprocess.run([sys.executable, "-c", code]).returncode == 0
