"""Sight of cells: typing, a shaken camera, new types, and types that a fit lost."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import gymnasium as gym
import numpy as np
import pytest
from numpy.testing import assert_array_equal
from seen_worlds import exact, learned, restored, scenes, world

from dsrl_agent import DSRL
from dsrl_agent.back_end.encoder import Latents
from dsrl_agent.config import AgentConfig, BackEndConfig, FrontEndConfig, PerceptionConfig
from dsrl_agent.config.sights import CellsThresholds
from dsrl_agent.config.symbols import TypingThresholds
from dsrl_agent.evaluation.sight_metrics import exact_share
from dsrl_agent.perception.cell_sight import CellSight, fit_cells, type_cells
from dsrl_agent.perception.grid import Grid
from dsrl_agent.perception.motion.egomotion import Trail
from dsrl_agent.perception.motion.evidence import Evidence
from dsrl_agent.perception.perception import Perception
from dsrl_agent.perception.sight import Fitting
from dsrl_agent.runtime.frame_buffers import FrameBuffers
from dsrl_agent.types import UNKNOWN, Floats32, FrameTransitions

pytestmark = pytest.mark.usefixtures("one_thread")


def spectra_of(*drawings: str) -> tuple[Floats32, Any]:
    """Return a spectrum of one latent for each digit, and the cells just left, those of 0."""
    values = np.array([[[int(digit) for digit in row] for row in d.split()] for d in drawings])
    return (10.0 * values[..., None]).astype(np.float32), values == 0


def test_cells_are_typed_and_cells_just_left_are_empty() -> None:
    spectra, left = spectra_of(*["0112 0120"] * 40)
    rng = np.random.default_rng(0)
    codebook, held_out = type_cells(
        spectra, np.ones_like(spectra), left, 8, rng, TypingThresholds()
    )
    assert_array_equal(codebook.classify(spectra)[0], [[0, 1, 1, 2], [0, 1, 2, 0]])
    # A fifth of the 320 cells is held out, but all of the 120 just left are fitted to.
    assert 0 < len(held_out) < 64
    assert (held_out[:, 0] > 0).all()


@pytest.mark.parametrize(
    ("thresholds", "held_out"),
    [
        (TypingThresholds(held_out_share=0.5), 160),
        (TypingThresholds(held_out_share=0.0), 0),
        (TypingThresholds(places=100), 100),  # the next 100 of 320
        (TypingThresholds(places=30), 30),
    ],
)
def test_places_and_a_share_bound_the_cells_that_are_held_out(
    thresholds: TypingThresholds, held_out: int
) -> None:
    spectra, _ = spectra_of(*["3112 2121"] * 40)
    nothing_left = np.zeros(spectra.shape[:3], np.bool_)
    rng = np.random.default_rng(0)
    typed = type_cells(spectra, np.ones_like(spectra), nothing_left, 8, rng, thresholds)
    assert len(typed[1]) == held_out


class StepCounter:
    """Stands in for a back end: keeps the number of steps that it is fitted for."""

    config = BackEndConfig(steps=100, refit_steps=10)

    def __init__(self) -> None:
        self.steps: list[int] = []

    def fit(self, count: int, images_of: object, steps: int, on_step: object) -> float:
        self.steps.append(steps)
        return 0.5

    def encode(self, images: Floats32) -> Latents:
        mean = np.ascontiguousarray(images[:, :1, 6::12, 6::12].transpose(0, 2, 3, 1))
        return Latents(mean, np.zeros_like(mean))


@pytest.mark.parametrize(
    ("doubling_noise", "fits", "steps"),
    [(0.2, 0, 125), (0.1, 0, 200), (0.05, 0, 500), (0.1, 1, 20)],
)
def test_a_fit_takes_more_steps_in_proportion_to_the_variance_of_noise(
    doubling_noise: float, fits: int, steps: int
) -> None:
    grid = Grid((12, 12), (0, 0), (2, 2), (24, 24))
    frames = np.zeros((3, 24, 24, 3), np.uint8)
    left = np.zeros((3, 2, 2), np.bool_)
    trail = Trail(left, left, np.zeros((3, 12, 12), np.float32), noise=0.1)
    motion = FrameTransitions(frames, np.zeros(3, np.int64), frames)
    evidence = Evidence(motion, None, (0, 0), grid, trail)
    back_end: Any = StepCounter()
    config = PerceptionConfig(cells=CellsThresholds(doubling_noise=doubling_noise))
    fit = fit_cells(evidence, None, Fitting(config, lambda seed: back_end, 0, fits))
    assert back_end.steps == [steps]
    assert fit.loss == 0.5


@pytest.mark.slow
def test_a_shaken_camera_is_stabilised_and_a_checkpoint_keeps_the_shake() -> None:
    perception, unseen = learned({"shake": 1}, 200)
    assert exact(perception, unseen) >= 0.98
    assert restored(perception).facts(unseen.motion.before) == perception.facts(
        unseen.motion.before
    )


class Later(gym.Wrapper[Any, Any, Any, Any]):
    """Another environment from the first episode that begins after so many steps."""

    def __init__(self, first: gym.Env[Any, Any], second: gym.Env[Any, Any], steps: int) -> None:
        super().__init__(first)
        self._second, self._left = second, steps

    def reset(self, **kwargs: Any) -> Any:
        if self._left <= 0:
            self.env = self._second
        return self.env.reset(**kwargs)

    def step(self, action: Any) -> Any:
        self._left -= 1
        return self.env.step(action)


def perception_of(agent: DSRL) -> Perception:
    assert isinstance(agent.perception, Perception)
    return agent.perception


@pytest.fixture(scope="module")
def late() -> Iterator[DSRL]:
    """Yield an agent that has met circles and crosses alone for 3,000 steps; stars come then."""
    import torch

    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    env = Later(world(circle=4, cross=4), world(circle=3, cross=3, star=2), 3000)
    config = AgentConfig(PerceptionConfig(refit_growth=0.0), front_end=FrontEndConfig(replay=0))
    yield DSRL(env, config, seed=0).learn(3000)
    torch.set_num_threads(threads)


@pytest.mark.filterwarnings("ignore::dsrl_agent.runtime.door.origin.OriginWarning")
@pytest.mark.slow
def test_a_shape_first_met_after_3000_steps_is_a_type_within_ten_sightings(late: DSRL) -> None:
    old_frames, old_truths = scenes(world(circle=4, cross=4))
    before = late.perception.facts(old_frames)
    assert exact_share(before, old_truths) == 1.0
    known = late.perception.known
    frames, truths = scenes(world(circle=3, cross=3, star=2))
    stars = [
        [fact for fact in facts if fact.type == UNKNOWN] for facts in late.perception.facts(frames)
    ]
    assert [len(each) for each in stars] == [2] * len(frames)  # unknown, all of them, and only they
    sightings = 0
    while len(late.perception.known) == len(known):
        sightings += 2  # two stars in every frame
        late.perception.watch((), 0, frames[sightings // 2])
    assert sightings <= 10
    assert exact_share(late.perception.facts(frames), truths) == 1.0
    assert late.perception.facts(old_frames) == before
    # Learning goes on through it, and the next fit finds it under its name.
    numbers = late.perception.known
    late._learning.next_fit = late.num_timesteps + 60
    late.learn(80)
    assert perception_of(late).fits == 2
    assert_array_equal(late.perception.known, numbers)
    assert exact_share(late.perception.facts(frames), truths) == 1.0


@pytest.mark.filterwarnings("ignore::dsrl_agent.runtime.door.origin.OriginWarning")
@pytest.mark.slow
def test_a_type_gone_from_memory_keeps_its_name(late: DSRL) -> None:
    crosses, truths = scenes(world(cross=8))
    name = {fact.type for facts in late.perception.facts(crosses) for fact in facts}
    env = late.env
    late.env = world(circle=8)
    late._learning.buffers = FrameBuffers(late.config.perception.memory, crosses.shape[1:])
    late._learning.next_fit = late.num_timesteps + 160
    fits = perception_of(late).fits
    late.learn(170)
    late.env = env
    assert perception_of(late).fits == fits + 1
    assert {fact.type for facts in late.perception.facts(crosses) for fact in facts} == name
    assert exact_share(late.perception.facts(crosses), truths) == 1.0


@pytest.mark.slow
def test_as_many_exemplars_of_each_type_are_kept_as_the_threshold_says() -> None:
    sight = learned({}, 60, config=PerceptionConfig(sight="cells"))[0].sight
    assert isinstance(sight, CellSight)
    frames, _ = scenes(world(circle=4, cross=4))
    for count in (5, 16):
        sight.parts.config = PerceptionConfig(cells=CellsThresholds(exemplars=count))
        kept = sight.exemplars(frames, but=())
        assert {len(cells) for cells in kept.values()} == {count}
        assert sight.exemplars(frames, but=list(kept)) == {}
