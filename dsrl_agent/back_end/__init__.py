"""The neural back end: a fully-convolutional beta-VAE. Knows no rewards, actions or facts."""

from dsrl_agent.back_end.encoder import Encoder, EncoderMaker, Latents
from dsrl_agent.back_end.training import BackEnd, choose_device, device_name
from dsrl_agent.back_end.vae import CELL_LAYERS, FINE_LAYERS, ConvVAE, Layer, Posterior

__all__ = [
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
]
