"""Choose the device that networks run on; torch, which takes seconds, is loaded when needed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dsrl_agent.checks import shown
from dsrl_agent.errors import ConfigError

if TYPE_CHECKING:
    import torch

_WITHOUT_TEST = ("auto", "cpu")  # names of devices that every machine has


def choose_device(device: str) -> torch.device:
    """Return the device of a name; `"auto"` is a GPU where there is one.

    Raises:
        ConfigError: There is no such device here.
    """
    import torch

    if device == "auto":
        return torch.device("cuda" if torch.cuda.is_available() else "cpu")
    try:
        chosen = torch.device(device)
        torch.empty(0, device=chosen).cpu()
    except (RuntimeError, AssertionError, TypeError, ValueError, OverflowError) as error:
        raise ConfigError(
            f"device is {shown(device)}, but no such device is here; use auto, cpu, or cuda with a "
            "GPU."
        ) from error
    return chosen


def device_name(device: str) -> str:
    """Return the name that reports give a device: `"cpu"`, or the GPU's own name.

    Raises:
        ConfigError: There is no such device here.
    """
    import torch

    chosen = choose_device(device)
    return torch.cuda.get_device_name(chosen) if chosen.type == "cuda" else chosen.type


def require_device(device: str) -> None:
    """Refuse the name of a device that is not here.

    Raises:
        ConfigError: There is no such device here.
    """
    if device not in _WITHOUT_TEST:
        choose_device(device)
