"""Encode images as latents by the kind of back end that is set. Knows no rewards and no facts."""

from dsrl_agent.back_end.encoder import Encoder, EncoderMaker, Latents
from dsrl_agent.back_end.kinds import CELL_KINDS, make_encoder
from dsrl_agent.back_end.training import BackEnd, choose_device, device_name
from dsrl_agent.back_end.vae import CELL_LAYERS, FINE_LAYERS, ConvVAE, Layer, Posterior

__all__ = [
    "CELL_KINDS",
    "CELL_LAYERS",
    "FINE_LAYERS",
    "BackEnd",
    "ConvVAE",
    "Encoder",
    "EncoderMaker",
    "Latents",
    "Layer",
    "Posterior",
    "choose_device",
    "device_name",
    "make_encoder",
]
