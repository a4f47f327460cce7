"""Encode images as latents by the kind of back end that is set. Knows no rewards and no facts.

Names that need torch are imported when they are first asked for, as torch takes seconds to load.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

from dsrl_agent.back_end.devices import choose_device, device_name, require_device
from dsrl_agent.back_end.encoder import Encoder, EncoderMaker, Latents

if TYPE_CHECKING:
    from dsrl_agent.back_end.kinds import CELL_KINDS, make_encoder
    from dsrl_agent.back_end.training import BackEnd
    from dsrl_agent.back_end.vae import CELL_LAYERS, FINE_LAYERS

__all__ = [
    "CELL_KINDS",
    "CELL_LAYERS",
    "FINE_LAYERS",
    "BackEnd",
    "Encoder",
    "EncoderMaker",
    "Latents",
    "choose_device",
    "device_name",
    "make_encoder",
    "require_device",
]

_HOME_OF = {
    "CELL_KINDS": "kinds",
    "make_encoder": "kinds",
    "BackEnd": "training",
    "CELL_LAYERS": "vae",
    "FINE_LAYERS": "vae",
}


def __getattr__(name: str) -> Any:
    if name not in _HOME_OF:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(f"{__name__}.{_HOME_OF[name]}"), name)
