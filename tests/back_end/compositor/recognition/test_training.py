"""Training on drawn scenes: the loss by hand, when it ends, and the exact posterior."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
import torch
from small_things import BLOCK, FEW, small_model, untrained

from dsrl_agent.back_end.compositor.composition import SceneModel
from dsrl_agent.back_end.compositor.recognition.drawing import draw_frames, draw_latents
from dsrl_agent.back_end.compositor.recognition.network import places_of
from dsrl_agent.back_end.compositor.recognition.training import Sleep
from dsrl_agent.types import Floats32

CPU = torch.device("cpu")


def trained(model: SceneModel, seed: int = 0, **changes: float) -> tuple[Sleep, float, float]:
    config = replace(FEW, **changes)  # type: ignore[arg-type]
    sleep = Sleep(untrained(model, seed, config), model, config, np.random.default_rng(seed))
    sleep.start()
    return sleep, *sleep.train()


def test_the_loss_of_equal_scores_is_the_entropy_of_what_is_drawn() -> None:
    # Three tints with nothing: log 3. Two types: log 2; a block has 9 placements, a bar 1.
    model = small_model()
    sleep = Sleep(untrained(model), model, FEW, np.random.default_rng(0))
    for layer in (sleep.network.tint_layers[2], sleep.network.shape_layers[4]):
        torch.nn.init.zeros_(layer.weight)  # type: ignore[arg-type]
        torch.nn.init.zeros_(layer.bias)  # type: ignore[arg-type]
    drawn = sleep._draw()
    blocks = float((sleep.network.latents[drawn.templates, 0] == BLOCK).float().mean())
    every = torch.arange(len(drawn.seen)), torch.arange(len(drawn.shapes))
    expected = math.log(3) + math.log(2) + blocks * math.log(9)
    assert float(sleep._loss(drawn, *every).detach()) == pytest.approx(expected, abs=1e-4)


def test_drawn_scenes_are_learned_until_enough_is_right(one_thread: None) -> None:
    # Equal scores cost log 3 + log 2 + (log 9) / 2 = 2.9 nats.
    sleep, right, loss = trained(small_model(), enough=0.95, steps=2000)
    assert right >= 0.95
    assert sleep.adam.steps < 1000
    assert loss < 2.0


def test_training_ends_after_its_steps(one_thread: None) -> None:
    sleep, right, _ = trained(small_model(), steps=7, enough=1.0)
    assert sleep.adam.steps == 7
    assert right < 0.9


def test_the_step_size_rises_and_falls() -> None:
    sleep = Sleep(untrained(small_model()), small_model(), FEW, np.random.default_rng(0))
    rates = []
    for done in (0, 20, 100, 200):
        sleep.adam.steps = done
        rates.append(sleep._rate() / FEW.learning_rate)
    # After 20 of 200 steps it is whole, but for the cosine: (1 + cos 18 degrees) / 2 = 0.976.
    assert rates == pytest.approx([0.1 * 1.01, 0.976 + 0.01, 0.5 + 0.01, 0.01], abs=0.002)


def test_a_seed_trains_the_same_network_and_another_seed_another(one_thread: None) -> None:
    model = small_model()
    one, two, other = (
        trained(model, seed, steps=20)[0].network.shape_layers[0].weight for seed in (1, 1, 2)
    )
    assert torch.equal(one, two)  # type: ignore[arg-type]
    assert not torch.equal(one, other)  # type: ignore[arg-type]


@pytest.mark.slow
def test_the_posterior_nears_the_exact_one(one_thread: None) -> None:
    model = small_model((1, 1), noise=0.8, margin=0, steps=0)
    changes = {"steps": 700, "batch": 256, "drawn_places": 4000, "tint_features": 24}
    sleep, _, _ = trained(model, sparse=0.5, dense=0.5, **changes)
    rng = np.random.default_rng(5)
    frames = draw_frames(draw_latents(model, 400, (0.5, 0.5), rng), model, rng)
    network = sleep.network
    with torch.no_grad():
        logs = network.tint_logs(network.see_tints(places_of(frames, model, CPU)))
    found = 1 - logs[:, -1].exp().numpy()
    exact = exact_presence(frames, model)
    assert exact.std() > 0.2
    assert float(np.abs(found - exact).mean()) < 0.08
    assert float(np.abs(0.5 - exact).mean()) > 0.3  # of the prior


def exact_presence(frames: Floats32, model: SceneModel) -> Floats32:
    """Return the posterior probability `[B]` of something, by enumeration; its prior is 0.5."""
    hypotheses, likelihood = model.hypotheses, model.likelihood
    odds = np.zeros(len(frames))
    for kind, part in enumerate(hypotheses.parts):
        for tint in hypotheses.tints[kind]:
            drawn = hypotheses.templates[part, :, :, None] * hypotheses.palette[tint]
            change = np.square(drawn).sum(axis=(1, 2, 3))
            change = change - 2 * np.einsum("bhwc,mhwc->bm", frames, drawn)
            size = 2 * len(hypotheses.tints[kind]) * len(drawn)
            odds += np.exp(-likelihood.precision * change).sum(axis=1) / size
    return np.asarray(odds / (1 + odds), np.float32)
