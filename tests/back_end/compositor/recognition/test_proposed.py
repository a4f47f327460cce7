"""Scenes read from proposals: trusted, refined, and searched where no proposal explains them."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np
import pytest
from small_things import (
    BAR,
    BLOCK,
    GREEN,
    PRESENCE,
    RED,
    as_bytes,
    same_things,
    scene_of,
    small_model,
    template_of,
)

from dsrl_agent.back_end.compositor.composition import Order, SceneModel, draw_scenes
from dsrl_agent.back_end.compositor.hypotheses import Scene
from dsrl_agent.back_end.compositor.recognition.drawing import draw_frames, draw_latents
from dsrl_agent.back_end.compositor.recognition.latents import NO_TEMPLATE, Proposals
from dsrl_agent.back_end.compositor.recognition.proposed import (
    ProposalReader,
    ProposedScenes,
    alone,
    first_scene,
)
from dsrl_agent.types import Frame


@dataclass
class Tape:
    """Proposes what it was given."""

    proposals: Proposals
    sure: float = 0.99
    unexplained: float = 4.0

    def propose(self, frames: Frame, model: SceneModel) -> Proposals:
        return self.proposals


def proposals_of(scene: Scene, sure: float = 1.0) -> Proposals:
    """Return a scene as proposals, one for each place."""
    templates = np.where(scene.types < 0, NO_TEMPLATE, scene.templates)[..., None]
    tints = np.maximum(scene.tints, 0)[..., None]
    present = (scene.types >= 0).astype(np.float32)
    nats = np.zeros(templates.shape, np.float32)
    return Proposals(templates, tints, nats, present, np.full(present.shape, sure, np.float32))


def read(model: SceneModel, truth: Scene, proposed: Scene, sure: float = 1.0) -> Scene:
    """Return what is read of the frames of a scene, with another scene as proposals."""
    frames = as_bytes(draw_scenes(truth, model))
    return ProposedScenes(model, Tape(proposals_of(proposed, sure))).read(frames)


def test_the_first_proposals_are_a_scene() -> None:
    model = small_model()
    scene = scene_of(model, [(0, 1, template_of(model, BAR), GREEN)])
    found = first_scene(proposals_of(scene), model)
    assert same_things(found, scene)
    assert found.colours[0, 0, 1].tolist() == [0, 1, 0]


def test_a_sure_proposal_that_explains_its_place_is_read_without_search(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    model = small_model()
    scene = scene_of(model, [(1, 0, template_of(model, BLOCK, 1, 1), RED)])
    monkeypatch.setattr(ProposalReader, "_decide", None)
    assert same_things(read(model, scene, scene), scene)


@pytest.mark.parametrize("wrong", [(BLOCK, 0, 0, GREEN), (BLOCK, 1, 0, RED), (BAR, 0, 0, GREEN)])
def test_a_wrong_proposal_is_mended(wrong: tuple[int, int, int, int]) -> None:
    kind, down, right, tint = wrong
    model = small_model()
    truth = scene_of(model, [(1, 1, template_of(model, BLOCK), RED)])
    proposed = scene_of(model, [(1, 1, template_of(model, kind, down, right), tint)])
    assert same_things(read(model, truth, proposed), truth)


def test_refinement_finds_another_tint_and_a_neighbour_without_search_among_all() -> None:
    model = small_model()
    truth = scene_of(model, [(0, 0, template_of(model, BLOCK, 1, 0), RED)])
    proposed = scene_of(model, [(0, 0, template_of(model, BLOCK), GREEN)])
    frames = as_bytes(draw_scenes(truth, model))
    scenes = ProposedScenes(model, Tape(proposals_of(proposed)))
    reader = ProposalReader(scenes, frames, proposals_of(proposed))
    reader.refine()
    assert not reader.exhaustive
    assert reader.state.templates[0, 0, 0] == template_of(model, BLOCK, 1, 0)
    assert reader.state.tints[0, 0, 0] == RED


@pytest.mark.parametrize("sure", [0.98, 1.0])
def test_types_that_were_not_proposed_are_tried_where_the_encoder_is_unsure(sure: float) -> None:
    # In much noise, a bar in place of a block leaves no more than noise may leave. What it saves on
    # 2 pixels it costs on 2 others, so something must be likely.
    model = small_model(noise=0.25)
    truth = scene_of(model, [(0, 0, template_of(model, BLOCK), GREEN)])
    proposed = scene_of(model, [(0, 0, template_of(model, BAR), GREEN)])
    model = replace(model, likelihood=replace(model.likelihood, presence=-5.0))
    reader = ProposalReader(
        ProposedScenes(model, Tape(proposals_of(proposed))),
        as_bytes(draw_scenes(truth, model)),
        proposals_of(proposed, sure),
    )
    assert not reader.unsettled().any()
    reader.refine()
    found = BLOCK if sure < 0.99 else BAR
    assert reader.state.templates[0, 0, 0] == template_of(model, found)


def test_a_thing_that_was_not_proposed_is_found_and_one_that_is_not_there_goes() -> None:
    model = small_model()
    truth = scene_of(model, [(0, 0, template_of(model, BAR), GREEN)])
    proposed = scene_of(model, [(1, 1, template_of(model, BLOCK), RED)])
    assert same_things(read(model, truth, proposed), truth)


@pytest.mark.parametrize("order", [Order(True, -1), Order(False, -1), Order(True, BLOCK)])
def test_things_that_reach_into_each_other_are_read_in_every_order(order: Order) -> None:
    model = small_model(margin=2).with_order(order)
    hypotheses = model.hypotheses
    large = hypotheses.templates.copy()
    large[:, 1:7, 1:7] = np.maximum(large[:, 1:7, 1:7], 0.4)  # all reach out of their places
    model = replace(model, hypotheses=replace(hypotheses, templates=large))
    block, bar = template_of(model, BLOCK), template_of(model, BAR)
    truth = scene_of(model, [(0, 0, block, RED), (0, 1, bar, GREEN), (1, 1, block, GREEN)])
    assert same_things(read(model, truth, truth, sure=0.0), truth)


def test_candidates_cost_the_squared_residual_and_the_prior() -> None:
    # A red block on 4 pixels saves a squared residual of 4 at a precision of 200. A type costs
    # log 2, one of 9 placements log 9, one of 2 tints log 2, and presence 15 nats.
    model = small_model()
    truth = scene_of(model, [(0, 0, template_of(model, BLOCK), RED)])
    proposals = proposals_of(truth)
    frames = as_bytes(draw_scenes(truth, model))
    reader = ProposalReader(ProposedScenes(model, Tape(proposals)), frames, proposals)
    zero = np.zeros(1, np.int64)
    found = reader.candidates((zero, zero, zero))
    assert found.templates[0, 0] == template_of(model, BLOCK)
    assert found.nats[0, RED, 0] == pytest.approx(-800 + PRESENCE + math.log(36), abs=0.01)
    # In green it explains nothing and adds 4.
    assert found.nats[0, GREEN, 0] == pytest.approx(800 + PRESENCE + math.log(36), abs=0.01)
    # The free colour is red as well; it costs 10 nats more.
    assert found.free[0, :, 0].tolist() == pytest.approx([1, 0, 0], abs=1e-5)
    assert found.nats[0, 2, 0] == pytest.approx(-790 + PRESENCE + math.log(36), abs=0.01)


def test_a_bar_is_never_red() -> None:
    model = small_model()
    costs = ProposedScenes(model, Tape(proposals_of(scene_of(model, [])))).costs
    assert np.isinf(costs[BAR, RED])
    assert np.isinf(costs[2]).all()  # nothing is no hypothesis of these


def test_places_alone_see_their_own_pixels_only() -> None:
    model = small_model(margin=1)
    own = alone(model)
    assert own.windows.size == (4, 4)
    assert np.array_equal(own.hypotheses.templates, model.hypotheses.templates[:, 1:5, 1:5])


def test_noisy_scenes_are_read_from_random_proposals() -> None:
    model = small_model((3, 3), noise=0.1)
    rng = np.random.default_rng(7)
    truth = draw_latents(model, 40, (0.3, 0.9), rng)
    frames = as_bytes(draw_frames(truth, model, rng))
    guess = draw_latents(model, 40, (0.3, 0.9), rng)
    found = ProposedScenes(model, Tape(proposals_of(guess, sure=0.0))).read(frames)
    assert np.array_equal(found.types, truth.types)
