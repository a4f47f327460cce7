"""The ELBO of places, by hand, and where the exact posterior is known."""

from __future__ import annotations

import math
from typing import cast

import numpy as np
import pytest
import torch
from small_things import (
    BAR,
    BLOCK,
    FEW,
    PRESENCE,
    RED,
    as_bytes,
    scene_of,
    small_model,
    template_of,
    untrained,
)
from torch import Tensor

from dsrl_agent.back_end.compositor.composition import draw_scenes
from dsrl_agent.back_end.compositor.recognition.encoder import ThingsEncoder
from dsrl_agent.back_end.compositor.recognition.network import LatentNetwork, ShapeLogs
from dsrl_agent.back_end.compositor.recognition.proposed import ProposedScenes
from dsrl_agent.back_end.compositor.recognition.wake import Enumerated, Wake, elbo


class _Fixed:
    """A network with a given posterior: of nothing, and of one template in one tint."""

    def __init__(self, thing: float, nothing: float) -> None:
        self.logs = torch.log(torch.tensor([[thing, nothing]]))

    def tint_logs(self, features: Tensor) -> Tensor:
        return self.logs

    def shape_logs(self, features: Tensor) -> None:
        return None

    def template_logs(self, logs: ShapeLogs | None, templates: Tensor) -> Tensor:
        return torch.zeros(len(templates))


def one(gain: float, prior: float) -> Enumerated:
    zero = torch.zeros((1, 1), dtype=torch.int64)
    empty = torch.zeros((1, 1, 0))
    return Enumerated(empty[0], empty, zero, zero, torch.tensor([[gain]]), torch.tensor([[prior]]))


def bound(thing: float, nothing: float, beta: float = 1.0) -> float:
    network = cast(LatentNetwork, _Fixed(thing, nothing))
    return float(elbo(network, one(3.0, -2.0), beta))


def test_with_the_exact_posterior_the_elbo_is_the_evidence() -> None:
    # p(x|z) p(z) of the thing is e^(3 - 2), of nothing 1: the evidence is log(1 + e) = 1.3133, and
    # the posterior of the thing is e / (1 + e) = 0.7311.
    thing = math.e / (1 + math.e)
    assert bound(thing, 1 - thing) == pytest.approx(math.log(1 + math.e), abs=1e-3)


def test_any_other_posterior_has_a_smaller_elbo() -> None:
    # q = 0.5: 0.5 (3 - 2 + log 2) + 0.5 log 2 = 0.5 + 0.6931.
    assert bound(0.5, 0.5) == pytest.approx(1.1931, abs=1e-3)


def test_beta_weighs_the_kl_divergence() -> None:
    # beta 2, q = 0.5: 0.5 (3 - 2 (2 - log 2)) + 0.5 (2 log 2) = -0.5 + 2 log 2 = 0.8863.
    assert bound(0.5, 0.5, beta=2.0) == pytest.approx(0.8863, abs=1e-3)


def test_what_is_not_listed_counts_as_the_worst_that_is() -> None:
    # Nothing is the worst: 0, with the KL term of the share 0.5 that is not listed, -0.5 log 0.5.
    # 0.25 (1 + log 4) + 0.25 log 4 + 0.5 log 2 = 1.2897.
    assert bound(0.25, 0.25) == pytest.approx(1.2897, abs=1e-3)


def test_gains_and_priors_of_real_frames_are_those_of_the_model() -> None:
    model = small_model()
    block, bar = template_of(model, BLOCK), template_of(model, BAR)
    frame = as_bytes(draw_scenes(scene_of(model, [(0, 0, block, RED)]), model))
    encoder = ThingsEncoder(untrained(model), FEW, torch.device("cpu"))
    wake = Wake(encoder.network, ProposedScenes(model, encoder), frame, 1e9)
    own = wake.own
    # A red block explains 4 pixels of squared contrast 1, at a precision of 0.5 / 0.05^2 = 200.
    at = (own.templates[0] == block) & (own.tints[0] == RED)
    if at.any():
        assert own.gains[0][at].tolist() == pytest.approx([800.0])
    # A prior is that of presence, of a type (2), of a placement (9 or 1) and of a tint (2 or 1).
    costs = {BLOCK: math.log(2 * 9 * 2) + PRESENCE, BAR: math.log(2) + PRESENCE}
    kinds = np.where(own.templates.numpy() == bar, BAR, BLOCK)
    listed = np.isfinite(own.priors.numpy())
    expected = np.vectorize(costs.get)(kinds)
    assert own.priors.numpy()[listed] == pytest.approx(-expected[listed], abs=1e-4)
    # A red bar is no hypothesis.
    impossible = (own.templates == bar) & (own.tints == RED)
    assert torch.isinf(own.priors[impossible]).all()


def test_hopeless_places_teach_nothing() -> None:
    model = small_model()
    encoder = ThingsEncoder(untrained(model), FEW, torch.device("cpu"))
    black = np.zeros((3, 8, 8, 3), np.uint8)
    wake = Wake(encoder.network, ProposedScenes(model, encoder), black, 0.0)
    assert len(wake.own.seen) == 0
    assert wake.elbo(1.0) == 0.0
