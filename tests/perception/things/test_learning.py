"""A model of things learned from a walk among boxes."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from drawn_boxes import GREEN, RED
from numpy.testing import assert_allclose
from walked_floors import AGENT, EPISODE, THING, Walk, walk

from dsrl_agent import DSRL
from dsrl_agent.back_end.compositor.composition import Order, draw_scenes
from dsrl_agent.back_end.compositor.hypotheses import Scene, concatenated
from dsrl_agent.config.things import StandingThresholds, ThingsThresholds
from dsrl_agent.errors import DSRLWarning, PerceptionError, WorkError
from dsrl_agent.perception.things import learning
from dsrl_agent.perception.things.evidence import tracks
from dsrl_agent.perception.things.learning import learn_things, loss_of
from dsrl_agent.perception.things.model import ThingsModel
from dsrl_agent.runtime.work import WorkBudget

SETTINGS = ThingsThresholds()


def _learned(play: Walk) -> ThingsModel:
    return learn_things(play.evidence, SETTINGS)


def _assert_seen(model: ThingsModel, play: Walk) -> None:
    """Require that things are seen where they stand, boxes of one size as one type."""
    scene = model.read(play.evidence.transitions.after[:80])
    of_size: dict[tuple[int, int], set[int]] = {}
    for number, standing in enumerate(play.standing[:80]):
        assert (scene.types[number] >= 0).sum() == len(standing) + 1
        for cell, size in standing.items():
            of_size.setdefault(size, set()).add(int(scene.types[(number, *cell)]))
        for row, col in np.argwhere(play.evidence.trail.entered[number]):
            assert scene.types[number, row, col] == model.agent
    assert all(len(kinds) == 1 for kinds in of_size.values())
    assert len(set.union(*of_size.values())) == len(of_size)


@pytest.mark.parametrize("noise", [0.0, 0.05])
def test_boxes_and_agent_are_seen(noise: float) -> None:
    play = walk(300, kinds=[(4, 4), (2, 6)], noise=noise)
    model = _learned(play)
    assert len(model.vocabularies) == 3
    assert not model.reach
    colours = model.scenes.hypotheses.palette
    for colour in (AGENT, THING):
        away = np.linalg.norm(colours - np.array(colour), axis=1)
        assert_allclose(away.min(), 0, atol=0.01 + noise)
    _assert_seen(model, play)
    assert not model.unknown(model.read(play.evidence.transitions.after)).any()


def test_boxes_that_reach_into_each_others_cells_are_seen() -> None:
    play = walk(300, kinds=[(4, 12), (12, 4)], shape=(5, 6))
    model = _learned(play)
    assert model.reach
    assert len(model.vocabularies) == 3
    _assert_seen(model, play)


def test_types_that_all_turn_out_unused_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(learning, "backfitted", lambda model, _: replace(model, vocabularies=()))
    with pytest.raises(PerceptionError, match="No two cells of these frames tell a thing"):
        _learned(walk(300, kinds=[(4, 12), (12, 4)], shape=(5, 6)))


def test_where_too_few_are_seen_whole_the_model_of_fewer_nats_tells_that_things_reach_out(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(tracks, "_reach", lambda *_: 0)
    play = walk(300, kinds=[(4, 12), (12, 4)], shape=(5, 6))
    model = _learned(play)
    assert model.reach
    _assert_seen(model, play)
    # As if it explained the frames worse: it still doubts less, unless all models doubt alike.
    monkeypatch.setattr(learning, "loss_of", lambda model, _: float(model.reach))
    assert _learned(play).reach
    alike = ThingsThresholds(standing=StandingThresholds(doubtful=0.0))
    assert not learn_things(play.evidence, alike).reach


def test_what_reaches_out_is_not_looked_for_where_all_stays_in_cells(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    reaches: list[int | None] = []

    def counted(*given: Any) -> tracks.Tracks:
        reaches.append(given[-1])
        return tracks.find_tracks(*given)

    monkeypatch.setattr(learning, "find_tracks", counted)
    play = walk(300, kinds=[(4, 4), (2, 6)])
    doubting = ThingsThresholds(standing=StandingThresholds(doubtful=0.0))
    for in_cells, sought in ((False, {0, 1}), (True, {None})):
        reaches.clear()
        model = learn_things(play.evidence, doubting, in_cells=in_cells)
        assert set(reaches) == sought
    assert not model.reach
    reaching = walk(300, kinds=[(4, 12), (12, 4)], shape=(5, 6))
    assert not learn_things(reaching.evidence, SETTINGS, in_cells=True).reach


def test_the_order_of_things_is_learned() -> None:
    # Bars stand out of their cells; the agent, drawn last, is over all of them.
    play = walk(300, kinds=[(12, 4)], count=3, agent=(4, 10))
    model = _learned(play)
    assert model.reach
    assert model.scenes.order.top == model.agent
    _assert_seen(model, play)


@pytest.mark.parametrize("order", [Order(True, 0), Order(True, -1), Order(False, -1)])
def test_the_order_is_told_by_the_few_frames_that_another_one_would_change(order: Order) -> None:
    """Agent and bar touch in 2 of 40 frames; in noise, the others speak for any order."""
    model = _learned(walk(300, kinds=[(12, 4)], count=3, agent=(10, 4)))
    assert model.reach
    own = order._replace(top=model.agent if order.top == 0 else -1)
    read = model.read(walk(10, count=1).evidence.transitions.after[:1])
    apart, touching = read._replace(types=np.full_like(read.types, -1)), []
    kinds = np.array([model.agent, 1 - model.agent])
    for rows in ((1, 2), (2, 1)):
        parts: list[Any] = [part.copy() for part in apart]
        scene = Scene(*parts)
        for kind, row in zip(kinds, rows, strict=True):
            hypotheses = model.scenes.hypotheses
            scene.types[0, row, 2] = kind
            scene.templates[0, row, 2] = np.flatnonzero(hypotheses.types == kind)[0]
            scene.colours[0, row, 2] = hypotheses.palette[hypotheses.tints[kind][0]]
        touching.append(scene)
    scenes = concatenated([apart] * 20 + touching + [apart] * 18)
    rng = np.random.default_rng(0)
    drawn = draw_scenes(scenes, model.scenes.with_order(own))
    noisy = np.rint(255 * (drawn + rng.normal(0.0, 0.05, drawn.shape))).clip(0, 255)
    frames = noisy.astype(np.uint8)
    assert learning._ordered(model.scenes, frames, model.agent, SETTINGS).order == own
    alone = learning._ordered(model.scenes, frames[:20], model.agent, SETTINGS)
    assert alone.order == Order(rows_down=True, top=model.agent)


def test_the_loss_is_the_negative_elbo_of_frames() -> None:
    play = walk(200)
    model, frames = _learned(play), play.evidence.transitions.after
    own = model.scenes
    # Without noise only the latents cost: 4 things, each of one tint, presence and 1 of 3 types.
    placements = [len(each.placements) for each in model.vocabularies]
    least = own.likelihood.presence + np.log(3 * min(placements))
    assert 4 * least <= loss_of(model, frames) < 4 * least + 20
    other = np.roll(frames, 3, axis=2)
    assert loss_of(model, other) > loss_of(model, frames) + 100


def _halved_walk(steps: int) -> Walk:
    """Return a walk among boxes whose halves have one of three colours each, at random."""
    play = walk(steps, kinds=[(6, 4), (2, 6)])
    rng, colours = np.random.default_rng(0), np.rint(255 * np.array([THING, RED, GREEN]))
    before, after = play.evidence.transitions.before, play.evidence.transitions.after
    for step, standing in enumerate(play.standing):
        if step % EPISODE == 0:
            drawn = {cell: rng.permutation(3)[:2] for cell in standing}
        for (row, col), (tall, wide) in standing.items():
            top, left = 3 + 8 * row + (8 - tall) // 2, 2 + 8 * col + (8 - wide) // 2
            for part, tint in enumerate(drawn[row, col]):
                start = left + part * wide // 2
                for frames in (before, after):
                    frames[step, top : top + tall, start : start + wide // 2] = colours[tint]
    return play


def test_boxes_of_two_random_colours_are_types_of_two_parts() -> None:
    play = _halved_walk(300)
    model = _learned(play)
    assert sorted(each.number_of_parts for each in model.vocabularies) == [1, 2, 2]
    assert model.vocabularies[model.agent].number_of_parts == 1
    _assert_seen(model, play)
    assert not model.unknown(model.read(play.evidence.transitions.after)).any()


def test_parts_are_tried_only_where_things_of_one_colour_leave_something_unknown(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    tried: list[bool] = []

    def share(*_: object) -> float:
        tried.append(True)
        return 0.0

    monkeypatch.setattr(learning, "unlike_share", share)
    assert _learned(_halved_walk(100)).scenes.hypotheses.masks is None
    assert tried
    monkeypatch.setattr(learning, "unlike_share", lambda *_: 1.0)
    # Where one colour explains everything, parts bring nothing.
    assert _learned(walk(300, kinds=[(4, 4), (2, 6)])).scenes.hypotheses.masks is None


def test_a_search_that_takes_too_much_work_is_refused_with_the_remedy() -> None:
    play, few = walk(300, kinds=[(4, 4), (2, 6)]), replace(SETTINGS, most_work=1e6)
    with pytest.raises(WorkError, match=r"more than 1e.06 multiplications; give smaller frames"):
        learn_things(play.evidence, few)


def test_parts_that_would_take_too_much_work_are_left_out_and_that_is_said(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    play, spent = _halved_walk(100), list[float]()
    monkeypatch.setattr(WorkBudget, "take", lambda _, work: spent.append(work))
    with_parts = learn_things(play.evidence, SETTINGS).scenes.hypotheses.masks
    assert with_parts is not None
    monkeypatch.undo()
    with pytest.warns(DSRLWarning, match="or have parts was cut off"):
        cut = learn_things(play.evidence, replace(SETTINGS, most_work=sum(spent) - 1.0))
    assert cut.scenes.hypotheses.masks is None
    # Where another sight would do, nothing is left out, and comparing two models counts as well.
    with pytest.raises(WorkError):
        learn_things(play.evidence, SETTINGS, most_work=sum(spent) - 1.0)
    # No more than is allowed anyway.
    with pytest.raises(WorkError, match=r"more than 1e.06 "):
        learn_things(play.evidence, replace(SETTINGS, most_work=1e6), most_work=1e12)


def test_rare_things_that_stood_all_the_time_are_not_calibrated_as_known_ones() -> None:
    """They leave more than their energy: then nothing at all would be unknown."""
    model = replace(_learned(walk(300, kinds=[(4, 4), (2, 6)])), limit=1.2)
    assert learning._bounded(model).limit == SETTINGS.scenes.most_unknown
    assert learning._bounded(replace(model, reach=True)).limit == 1.2
    assert learning._bounded(replace(model, limit=0.1)).limit == 0.1


def test_a_key_and_a_door_of_one_layout_are_told_from_walls() -> None:
    """In the first 60 frames each stands alone in its place; the walls are many."""
    agent = DSRL("shapes_grid:ShapesGrid-KeyDoor-v0", front_end="rules", seed=1008).learn(150)
    frames = [agent.env.reset(seed=seed)[0] for seed in range(20)]
    assert len({fact.type for frame in frames for fact in agent.facts(frame)}) == 5
