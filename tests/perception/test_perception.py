"""Perception end to end: grid, back end and types learned from random play."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np
import pytest
from equality import assert_equal
from numpy.testing import assert_array_equal

from dsrl_agent.config import BackEndConfig, PerceptionConfig
from dsrl_agent.config.sights import GridThresholds
from dsrl_agent.errors import PerceptionError
from dsrl_agent.evaluation.sight_metrics import exact_share
from dsrl_agent.perception import cell_sight
from dsrl_agent.perception.cell_sight import CellSight
from dsrl_agent.perception.grid import Grid
from dsrl_agent.perception.motion.grid_from_motion import find_grid
from dsrl_agent.perception.perception import Perception
from dsrl_agent.symbols import Codebook, fit_codebook
from dsrl_agent.types import FrameTransitions
from shapes_grid import ShapesGridEnv

BACK_END = BackEndConfig("vae", steps=150, refit_steps=20)  # spectra of cells


pytestmark = pytest.mark.usefixtures("one_thread")


def play(steps: int, seed: int, **fields: Any) -> tuple[FrameTransitions, list[dict[str, Any]]]:
    """Play at random; tell also what the frames after each step truly show."""
    env = ShapesGridEnv(**{"split": "all", **fields})
    rng = np.random.default_rng(seed)
    frame, _ = env.reset(seed=seed)
    before, actions, after, truths = [], rng.integers(4, size=steps), [], []
    for action in actions:
        before.append(frame)
        frame, _, terminated, truncated, info = env.step(action)
        after.append(frame)
        truths.append(info["truth"])
        if terminated or truncated:
            frame, _ = env.reset()
    return FrameTransitions(np.stack(before), actions, np.stack(after)), truths


def noisy(motion: FrameTransitions) -> FrameTransitions:
    """Add a tenth of the range of noise to every frame."""
    rng = np.random.default_rng(0)
    before, after = (
        np.rint(frames + rng.normal(0, 25.5, frames.shape)).clip(0, 255).astype(np.uint8)
        for frames in (motion.before, motion.after)
    )
    return FrameTransitions(before, motion.actions, after)


def new(seed: int = 0) -> Perception:
    return Perception(PerceptionConfig(), BACK_END, seed, "cpu")


def learned(motion: FrameTransitions, seed: int = 0) -> Perception:
    made = new(seed)
    made.learn(motion)
    return made


def unfitted(motion: FrameTransitions) -> Perception:
    """Learn the grid, and as little as can be of what takes the time."""
    settings = PerceptionConfig(max_types=2), dataclasses.replace(BACK_END, steps=1)
    made = Perception(*settings, 0, "cpu")
    made.learn(motion)
    return made


def copy(original: Perception) -> Perception:
    made = new(seed=77)
    made._seed = original._seed  # the agent makes it with the same one
    made.load(original.arrays(), original.state())
    return made


def sight_of(perception: Perception) -> CellSight:
    assert isinstance(perception.sight, CellSight)
    return perception.sight


def seen_types(seeing: Perception, objects: dict[str, int]) -> set[int]:
    frame, _ = ShapesGridEnv(objects=objects, split="all").reset(seed=0)
    return {fact.type for fact in seeing.facts(frame[None])[0]}


@pytest.fixture(scope="module")
def motion() -> FrameTransitions:
    return play(120, 0, split="train")[0]


@pytest.fixture(scope="module")
def trained(motion: FrameTransitions) -> Perception:
    return learned(motion)


@pytest.fixture
def seeing(trained: Perception) -> Perception:
    """A copy that a test may change."""
    return copy(trained)


@pytest.mark.parametrize(
    "fields",
    [
        {"split": "test"},
        {"split": "test", "objects": {"circle": 10, "cross": 10}},
        {"rows": 9, "cols": 9, "objects": {"circle": 12, "cross": 12}},
        {"rows": 16, "cols": 16, "objects": {"circle": 40, "cross": 40}},
        {"rows": 2, "cols": 7, "objects": {"cross": 3, "circle": 2}},
    ],
    ids=["unseen", "fuller", "9 x 9", "16 x 16", "2 x 7"],
)
def test_facts_are_exact_in_worlds_never_seen(trained: Perception, fields: dict[str, Any]) -> None:
    frames, truths = play(60, 1000, **fields)
    assert exact_share(trained.facts(frames.after), truths) == 1.0
    assert trained.grid == Grid((9, 9), (3, 3), (5, 5), (50, 50))
    assert_array_equal(trained.known, [1, 2, 3])


def test_a_batch_sees_what_single_frames_see(trained: Perception, motion: FrameTransitions) -> None:
    frames = motion.after[:70]  # more than a batch of the network
    assert trained.facts(frames) == [trained.facts(frame[None])[0] for frame in frames]


@pytest.mark.slow
def test_facts_are_exact_under_noise() -> None:
    motion, _ = play(160, 0)
    unseen, truths = play(60, 1000)
    assert exact_share(learned(noisy(motion)).facts(noisy(unseen).after), truths) == 1.0


def test_the_grid_covers_objects_where_the_agent_never_went() -> None:
    # 100 steps at random from one start on 12 x 12 cells: one episode, and the edges are far.
    world = {"rows": 12, "cols": 12, "cell": 7, "objects": {"circle": 30, "cross": 30}}
    motion, _ = play(100, 0, **world)
    small = find_grid(motion, GridThresholds())
    assert small.shape[0] * small.shape[1] < 100
    assert unfitted(motion).grid == Grid((7, 7), (3, 3), (12, 12), (89, 89))


def test_a_border_as_wide_as_cells_is_no_part_of_the_grid() -> None:
    motion = noisy(play(100, 0, border=(20, 25, 11, 30))[0])
    assert unfitted(motion).grid == Grid((9, 9), (20, 30), (5, 5), (76, 100))


def test_before_learning_there_are_no_facts(motion: FrameTransitions) -> None:
    blind = new()
    assert not blind.ready
    for asked in (
        lambda: blind.facts(motion.after),
        lambda: blind.known,
        lambda: blind.sight,
        blind.pictures,
    ):
        with pytest.raises(PerceptionError, match="has not learned to see yet; call learn"):
            asked()
    assert copy(blind).state() == blind.state()
    assert not copy(blind).ready


def test_learning_again_keeps_the_names(seeing: Perception, motion: FrameTransitions) -> None:
    before = seeing.facts(motion.after)
    more, _ = play(150, 5)
    seeing.learn(more)
    assert seeing.fits == 2
    assert seeing.facts(motion.after) == before


def test_a_refit_with_permuted_clusters_keeps_the_names(
    seeing: Perception, motion: FrameTransitions, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = seeing.facts(motion.after)
    fit = fit_codebook

    def turned(*args: Any) -> Codebook:
        codebook = fit(*args)
        return dataclasses.replace(codebook, types=np.array([0, 3, 1, 2])[codebook.types])

    monkeypatch.setattr(cell_sight, "fit_codebook", turned)
    seeing.learn(motion)
    assert seeing.facts(motion.after) == before


@pytest.mark.slow
def test_a_new_type_gets_an_unused_number(seeing: Perception, motion: FrameTransitions) -> None:
    before = seeing.facts(motion.after)
    sight_of(seeing).parts.back_end.config = dataclasses.replace(BACK_END, refit_steps=100)
    more, truths = play(150, 5, objects={"circle": 4, "cross": 4, "square": 3})
    seeing.learn(more)
    assert_array_equal(seeing.known, [1, 2, 3, 4])
    assert exact_share(seeing.facts(more.after), truths) == 1.0
    assert seeing.facts(motion.after) == before
    assert seeing.state()["next_type"] == 5


@pytest.mark.slow
def test_the_number_of_a_vanished_type_is_not_reused(seeing: Perception) -> None:
    # The circle shall be number 3, the last one given: 4 is free, but 3 is not when it is gone.
    codebook = sight_of(seeing).codebook
    circle = seen_types(seeing, {"circle": 1}) - seen_types(seeing, {})
    turn = 3 - circle.pop()
    types = np.where(codebook.types, (codebook.types - 1 + turn) % 3 + 1, 0)
    seeing.sight.renumber(dict(zip(codebook.types.tolist(), types.tolist(), strict=True)))
    assert_array_equal(sight_of(seeing).codebook.types, types)

    crosses, truths = play(100, 6, objects={"cross": 8}, rewards={})
    seeing.learn(crosses)
    assert_array_equal(seeing.known, [1, 2])
    assert exact_share(seeing.facts(crosses.after), truths) == 1.0
    sight_of(seeing).parts.back_end.config = dataclasses.replace(BACK_END, refit_steps=100)
    both, truths = play(150, 7, objects={"cross": 5, "square": 5}, rewards={})
    seeing.learn(both)
    assert_array_equal(seeing.known, [1, 2, 4])
    assert exact_share(seeing.facts(both.after), truths) == 1.0


def test_a_checkpoint_sees_and_learns_the_same(
    trained: Perception, motion: FrameTransitions
) -> None:
    one, other = copy(trained), copy(trained)
    assert one.facts(motion.after) == trained.facts(motion.after)
    more, _ = play(100, 8)
    assert one.learn(more) == other.learn(more)
    assert one.state() == other.state()
    assert_equal(one.arrays(), other.arrays())


def test_the_same_seed_learns_the_same_and_another_seed_otherwise() -> None:
    motion, _ = play(60, 0)
    config = dataclasses.replace(BACK_END, steps=5)
    made = [Perception(PerceptionConfig(), config, seed, "cpu") for seed in (1, 1, 2)]
    losses = [each.learn(motion).loss for each in made]
    assert losses[0] == losses[1] != losses[2]
    assert_equal(made[0].arrays(), made[1].arrays())


def test_a_refit_on_frames_without_motion_changes_nothing(seeing: Perception) -> None:
    arrays = {
        file: {name: array.copy() for name, array in content.items()}
        for file, content in seeing.arrays().items()
    }
    state = seeing.state()
    still, _ = play(20, 0, agent=False)
    with pytest.raises(PerceptionError, match="No action was seen to move anything"):
        seeing.learn(still)
    assert seeing.state() == state
    for file, content in seeing.arrays().items():
        assert content.keys() == arrays[file].keys()
        for name, array in content.items():
            assert_array_equal(array, arrays[file][name])


def test_a_failed_first_fit_leaves_perception_unfitted() -> None:
    blind = new()
    with pytest.raises(PerceptionError, match="No action was seen to move anything"):
        blind.learn(play(20, 0, agent=False)[0])
    assert not blind.ready
    assert blind.state() == new().state()


def test_empty_cells_are_black_in_the_network_s_input(trained: Perception) -> None:
    frame, _ = ShapesGridEnv(layout="board", board="+.\n..", rows=2, cols=2).reset(seed=0)
    assert trained.grid is not None
    images = sight_of(trained).reader.images(frame[None], trained.grid.fitted(*frame.shape[:2]))
    assert images.shape == (1, 3, 24, 24)
    assert images[0, :, :12, :12].max() > 0.8
    images[0, :, :12, :12] = 0.0
    np.testing.assert_allclose(images, 0.0, atol=1e-6)


def test_erased_objects_are_no_longer_found(trained: Perception) -> None:
    frame, info = ShapesGridEnv(split="test").reset(seed=3)
    (facts,) = trained.facts(frame[None])
    agent = info["truth"]["agent"]
    objects = tuple(fact for fact in facts if (fact.row, fact.col) != agent)
    assert len(objects) == len(facts) - 1 > 5
    before = frame.copy()
    for gone in (objects[:1], objects[2:5], objects):
        (seen,) = trained.facts(trained.erased(frame, facts, gone)[None])
        assert seen == tuple(fact for fact in facts if fact not in gone)
    assert np.array_equal(frame, before)


def test_pictures_show_each_type(trained: Perception) -> None:
    pictures = trained.pictures()
    assert list(pictures) == [1, 2, 3]
    for picture in pictures.values():
        assert picture.shape == (12, 12, 3)
        assert picture.dtype == np.uint8
        # Something stands in the middle and nothing in the corners.
        assert picture[5:7, 5:7].max() > 100
        assert picture[[0, 0, -1, -1], [0, -1, 0, -1]].max() < 60


def test_progress_is_reported_by_phase() -> None:
    reported: list[tuple[str, int, int]] = []
    config = dataclasses.replace(BACK_END, steps=2, refit_steps=1)
    made = Perception(PerceptionConfig(), config, 0, "cpu")
    for _ in range(2):
        made.learn(
            play(60, 0)[0], lambda phase, done, total, _: reported.append((phase, done, total))
        )
    symbols = [("symbols", 0, 1), ("symbols", 1, 1)]
    first = [("back end", 1, 2), ("back end", 2, 2), *symbols]
    assert reported == [*first, ("back end", 1, 1), *symbols]
