"""The encoder: learning, proposals for frames of any size, checkpoints."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch
from small_things import (
    BLOCK,
    FEW,
    RED,
    as_bytes,
    scene_of,
    small_model,
    template_of,
    untrained,
    without_types,
)

from dsrl_agent.back_end.compositor.canvas import Canvas, Placement
from dsrl_agent.back_end.compositor.composition import draw_scenes
from dsrl_agent.back_end.compositor.hypotheses import Hypotheses, Vocabulary
from dsrl_agent.back_end.compositor.recognition.drawing import draw_frames, draw_latents
from dsrl_agent.back_end.compositor.recognition.encoder import ThingsEncoder
from dsrl_agent.back_end.compositor.recognition.latents import NO_TEMPLATE
from dsrl_agent.back_end.compositor.recognition.proposed import ProposedScenes, first_scene

CPU = torch.device("cpu")
NOTHING = np.zeros((0, 8, 8, 3), np.uint8)


@pytest.fixture(scope="module")
def learned() -> ThingsEncoder:
    rng = np.random.default_rng(0)
    encoder, fit = ThingsEncoder.learn(small_model(), NOTHING, FEW, rng, CPU)
    assert fit.steps == FEW.steps
    assert fit.loss < 1.5
    assert fit.elbo == (0.0, 0.0)
    return encoder


def test_drawn_scenes_are_read(learned: ThingsEncoder) -> None:
    model = small_model()
    rng = np.random.default_rng(1)
    truth = draw_latents(model, 50, (0.1, 0.9), rng)
    frames = as_bytes(draw_frames(truth, model, rng))
    first = first_scene(learned.propose(frames, model), model)
    assert (first.types == truth.types).mean() > 0.9
    read = ProposedScenes(model, learned).read(frames)
    assert np.array_equal(read.types, truth.types)


def test_larger_frames_are_read_with_the_same_weights(learned: ThingsEncoder) -> None:
    large = small_model((5, 7))
    truth = scene_of(large, [(3, 6, template_of(large, BLOCK, 0, 1), RED)])
    frames = as_bytes(draw_scenes(truth, large))
    found = learned.propose(frames, large)
    assert found.templates.shape == (1, 5, 7, FEW.proposals + 1)
    assert found.present.shape == found.sure.shape == (1, 5, 7)
    assert np.array_equal(first_scene(found, large).types, truth.types)


def test_arrays_bring_the_encoder_back(learned: ThingsEncoder) -> None:
    other = replace(FEW, shape_width=7, tint_width=5)  # saved widths count
    arrays = learned.arrays()
    assert all(np.isfinite(part).all() for part in arrays.values())  # no file holds an infinity
    older = {**arrays, "no_downs": np.full((2, 3), -np.inf, np.float32)}
    again = ThingsEncoder.load(older, other, CPU)
    model = small_model()
    frames = as_bytes(draw_scenes(scene_of(model, [(0, 0, template_of(model, 1), 1)]), model))
    for one, two in zip(learned.propose(frames, model), again.propose(frames, model), strict=True):
        assert np.asarray(one).tolist() == np.asarray(two).tolist()


def test_a_type_that_came_later_is_read_by_search(learned: ThingsEncoder) -> None:
    model = small_model()
    cross = np.eye(6, dtype=np.float32) + np.eye(6, dtype=np.float32)[::-1]
    own = model.hypotheses
    words = [
        Vocabulary(own.templates[part][len(own.templates[part]) // 2], own.placements[part], tints)
        for part, tints in zip(own.parts, own.tints, strict=True)
    ]
    new = Vocabulary(np.minimum(cross, 1), [Placement(1.0, 0, 0)], np.array([RED]))
    grown = Hypotheses.of(Canvas((6, 6), 1), [*words, new], own.palette, 10.0)
    assert np.array_equal(grown.templates[:10], own.templates)
    model = replace(model, hypotheses=grown)
    truth = scene_of(model, [(1, 0, 10, RED)])
    found = ProposedScenes(model, learned).read(as_bytes(draw_scenes(truth, model)))
    assert np.array_equal(found.types, truth.types)


def test_the_elbo_of_real_frames_rises(one_thread: None) -> None:
    model = small_model()
    rng = np.random.default_rng(2)
    frames = as_bytes(draw_frames(draw_latents(model, 60, (0.1, 0.9), rng), model, rng))
    config = replace(FEW, steps=40, wake_weight=0.01, wake_steps=60)
    _, fit = ThingsEncoder.learn(model, frames, config, np.random.default_rng(0), CPU)
    assert fit.elbo[1] > fit.elbo[0]


def test_a_model_without_types_proposes_nothing() -> None:
    model = without_types(small_model())
    encoder = ThingsEncoder(untrained(model), FEW, CPU)
    found = encoder.propose(np.zeros((1, 8, 8, 3), np.uint8), model)
    assert (found.templates == NO_TEMPLATE).all()
