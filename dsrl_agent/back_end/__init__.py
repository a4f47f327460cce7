"""The neural back end: a fully-convolutional beta-VAE. Knows no rewards, actions or facts."""

from dsrl_agent.back_end.fit import BackEnd, Latents, choose_device
from dsrl_agent.back_end.networks import CELL_SIDE, FINE_LAYERS, ConvVAE, Posterior

__all__ = [
    "CELL_SIDE",
    "FINE_LAYERS",
    "BackEnd",
    "ConvVAE",
    "Latents",
    "Posterior",
    "choose_device",
]
