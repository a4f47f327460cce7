"""Define the options of the studies. Imports no learning library, so that `--help` is fast."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Any, Literal

from dsrl_agent.checks import require_at_least, require_range, require_within
from dsrl_agent.config import BackEndConfig
from dsrl_agent.errors import ConfigError


@dataclass(frozen=True)
class AutoencodersOptions:
    """The two autoencoders of Tables 2.1 and 2.2 on MNIST.

    Attributes:
        data: A folder with MNIST's four IDX files, gzipped or not.
        download: Whether to fetch files that are missing; they go to `data`, or to data/mnist.
        setting: `fast` takes larger batches and steps; `thesis` is the draft's: one image a step,
            Adam with 1e-4, 15 epochs, which takes half an hour and more.
        kernel: Pixels of a side of the convolutions' filters, which the draft leaves open.
        seed: Decides first weights and the order of the images.
        out: The folder for the records, which must not exist; by default a new one under runs/.
        resume: The folder of a stopped run to resume, in place of a new one.
    """

    data: str | None = None
    download: bool = False
    setting: Literal["fast", "thesis"] = "fast"
    kernel: int = 2
    seed: int = 0
    out: str | None = None
    resume: str | None = None

    def __post_init__(self) -> None:
        require_within("kernel", self.kernel, 1, 7)
        require_at_least("seed", self.seed, 0)


@dataclass(frozen=True)
class LossesOptions:
    """Euclidean distance against binary cross-entropy, on one digit and on many.

    Attributes:
        data: A folder with MNIST's four IDX files; without one a drawn digit stands in.
        download: Whether to fetch files that are missing; they go to `data`, or to data/mnist.
        digit: The number of the one MNIST test image to show.
        digits: The number of MNIST test images, from the first, to count over.
        out: The folder for the records, which must not exist; by default a new one under runs/.
    """

    data: str | None = None
    download: bool = False
    digit: int = 0
    digits: int = 1000
    out: str | None = None

    def __post_init__(self) -> None:
        require_within("digit", self.digit, 0, 9999)
        require_within("digits", self.digits, 1, 10000)


@dataclass(frozen=True)
class BetaOptions:
    """Latents over beta: the ELBO's terms, reconstructions, traversals, disentanglement.

    Attributes:
        betas: The weights of the KL term to compare.
        seeds: The number of seeds for each.
        seed: The first of them.
        steps: Gradient steps of each fit.
        latents: Length of the latent vector.
        dsprites: The file dsprites_ndarray_co1sh3sc6or40x32y32_64x64.npz; without it, cells of
            shapes_grid of known shape, colour, size and offset are drawn.
        images: The most images to learn from.
        device: Where the network runs: auto, cpu or cuda.
        out: The folder for the records, which must not exist; by default a new one under runs/.
    """

    betas: list[float] = field(default_factory=lambda: [0.1, 0.25, 0.5, 1.0, 2.0, 4.0])
    seeds: int = 3
    seed: int = 0
    steps: int = 2000
    latents: int = 8
    dsprites: str | None = None
    images: int = 20000
    device: str = "auto"
    out: str | None = None

    def __post_init__(self) -> None:
        if not self.betas or any(not 0 <= beta < math.inf for beta in self.betas):
            raise ConfigError(f"betas is {self.betas}, but it must be finite numbers from 0 on.")
        _require_least(self, seeds=1, seed=0, steps=1, latents=2, images=100)


@dataclass(frozen=True)
class ScalingOptions:
    """Sight as scenes get harder, with each back end.

    Attributes:
        rungs: Names of the rungs; all if left out.
        back_ends: Names of the back ends; all if left out.
        seeds: The number of seeds for each.
        first_seed: The first of them.
        frames: Frames of random play to learn from.
        quick: Two rungs, two back ends, one seed, fewer frames: a check that all works.
        jobs: Processes at once.
        device: Where the networks run: auto, cpu or cuda.
        out: The folder for the records, which must not exist; by default a new one under runs/.
        resume: The folder of a stopped run to resume, in place of a new one.
    """

    rungs: list[str] | None = None
    back_ends: list[str] | None = None
    seeds: int = 5
    first_seed: int = 2000
    frames: int = 640
    quick: bool = False
    jobs: int = 1
    device: str = "auto"
    out: str | None = None
    resume: str | None = None

    def __post_init__(self) -> None:
        _require_least(self, seeds=1, first_seed=0, frames=20, jobs=1)


@dataclass(frozen=True)
class SensitivityOptions:
    """How much each setting matters: each number halved and doubled, one at a time.

    Attributes:
        group: The dotted name of a group of settings, such as perception.typing, or of one setting.
        rungs: Names of rungs of the scaling study; four of them if left out.
        sight: The name of the sight (perception.sight); the agent's own if left out.
        seeds: The number of seeds for each value.
        first_seed: The first of them.
        frames: Frames of random play to learn from.
        factor: What the numbers are divided and multiplied by.
        noticeable: The difference in the share of exact frames from which on a setting matters.
        quick: One rung, one seed, fewer frames, two settings: a check that all works.
        jobs: Processes at once.
        out: The folder for the records, which must not exist; by default a new one under runs/.
        resume: The folder of a stopped run to resume, in place of a new one.
    """

    group: str = "perception"
    rungs: list[str] | None = None
    sight: str | None = None
    seeds: int = 3
    first_seed: int = 2000
    frames: int = 640
    factor: float = 2.0
    noticeable: float = 0.01
    quick: bool = False
    jobs: int = 1
    out: str | None = None
    resume: str | None = None

    def __post_init__(self) -> None:
        _require_least(self, seeds=1, first_seed=0, frames=20, jobs=1)
        require_range("factor", self.factor, 1.0, open_low=True)
        require_range("noticeable", self.noticeable, 0.0, 1.0)


@dataclass(frozen=True)
class ObjectsOptions:
    """Objects without a grid: look-alikes of Multi-dSprites and Tetrominoes.

    Attributes:
        worlds: Names of the sets of pictures; all if left out.
        readers: Names of the readers; all if left out.
        quick: One seed and few pictures: a check that all works.
        pictures: Pictures to learn from.
        test_pictures: Pictures to measure on.
        seeds: The number of seeds for each.
        first_seed: The first of them.
        jobs: Processes at once.
        out: The folder for the records, which must not exist; by default a new one under runs/.
        resume: The folder of a stopped run to resume, in place of a new one.
    """

    worlds: list[str] | None = None
    readers: list[str] | None = None
    quick: bool = False
    pictures: int = 640
    test_pictures: int = 320
    seeds: int = 5
    first_seed: int = 2000
    jobs: int = 1
    out: str | None = None
    resume: str | None = None

    def __post_init__(self) -> None:
        _require_least(self, pictures=1, test_pictures=1, seeds=1, first_seed=0, jobs=1)


@dataclass(frozen=True)
class LivingOptions:
    """Shapes first met late: how soon they are types, and whether old types change.

    Attributes:
        shapes: The shapes that come late, each on its own.
        noise: Standard deviations of pixel noise.
        off_grid: Whether objects stand off the grid, by up to three pixels.
        sight: The name of the agents' sight (perception.sight); the agent's own if left out.
        steps: Steps of training with circles and crosses alone.
        seeds: The number of agents for each noise.
        seed: The first of their seeds.
        quick: One agent without noise, one shape, fewer steps: a check that all works.
        out: The folder for the records, which must not exist; by default a new one under runs/.
    """

    shapes: list[str] = field(default_factory=lambda: ["star", "square", "triangle", "ring"])
    noise: list[float] = field(default_factory=lambda: [0.0, 0.1])
    off_grid: bool = False
    sight: str | None = None
    steps: int = 3000
    seeds: int = 5
    seed: int = 3000
    quick: bool = False
    out: str | None = None

    def __post_init__(self) -> None:
        _require_least(self, steps=200, seeds=1, seed=0)


@dataclass(frozen=True)
class SpeedOptions:
    """The cost of the back end, beside plain convolutions: CPU time of one thread, or a GPU's.

    Attributes:
        seeds: The number of fits, each with its own seed.
        seed: The first of the seeds.
        back_end: Settings of the network and its fit.
        longer: Steps of a second fit, as a multiple of the default, to show how far a fit can come.
        repeats: The number of times that each rate is measured; the fastest counts.
        device: Where the network runs: auto, cpu or cuda.
        out: The folder for the records, which must not exist; by default a new one under runs/.
    """

    seeds: int = 3
    seed: int = 0
    back_end: BackEndConfig = field(default_factory=BackEndConfig)
    longer: int = 4
    repeats: int = 25
    device: str = "auto"
    out: str | None = None

    def __post_init__(self) -> None:
        _require_least(self, seeds=1, seed=0, longer=1, repeats=1)


def _require_least(options: Any, **lows: int) -> None:
    for name, low in lows.items():
        require_at_least(name, getattr(options, name), low)
