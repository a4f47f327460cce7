"""Settings of what helps to read scenes: proposals, coverage, floors, parts of things."""

from __future__ import annotations

from dataclasses import dataclass

from dsrl_agent.checks import require_fields
from dsrl_agent.errors import ConfigError


@dataclass(frozen=True)
class SceneEncoderConfig:
    """The convolutional encoder of a model of things.

    Attributes:
        least: Hypotheses of a place, tints included, from which on a model gets an encoder. With
            fewer, search among all is as fast: 50 take 0.1 to 1 ms a frame, 4500 take 2 ms.
        tint_features: Principal components of a window that tell colours. Tried: 24, 32, 48.
        shape_features: Principal components of a window's coverage that tell shapes. Tried: 64, 96,
            128; 64 misread white shapes of many sizes.
        least_contrast: A tint differs from the background by at least this share of a pixel's range
            when coverage is computed. Not searched.
        tint_width: Units of the hidden layer for colours. Not searched.
        shape_width: Units of each of the two hidden layers for shapes. Not searched.
        steps: The most gradient steps on drawn scenes. 350 read frames of everything and overlap
            rightly to 0.97, 650 to 0.99.
        batch: Things in a gradient step. Not searched.
        learning_rate: Peak step size of Adam. Tried: 0.003, 0.004.
        drawn_places: Places drawn at a time; the scenes of one draw are used together. Not
            searched.
        sparse: The least share of places that hold something in a drawn scene. Not searched.
        dense: The greatest. Not searched.
        reuse: Passes over the scenes of one draw. Tried: 1, 2, 3.
        enough: Training ends when this share of the types and tints are right with a posterior of
            at least `sure`, in drawn scenes that it was not trained on. Not searched.
        wake_weight: Weight of the ELBO of real frames beside the loss of drawn scenes; both are
            in nats. 0 leaves real frames out. Tried: 0, 0.003, 0.02, 0.03, 0.2. Without search,
            0.97 of the frames of everything are read rightly with 0.003 as with 0; of everything
            and overlap, 0.87 with 0.003 and 0.90 with 0. From 0.02 on, the posterior is no longer
            calibrated. Real frames take half as long as all the rest.
        wake_steps: Gradient steps on drawn scenes and real frames together. Tried: 40, 100, 120.
        wake_frames: Real frames that these steps see. Not searched.
        wake_rate: Step size of Adam in these. Not searched.
        hopeless: Nats by which the best proposal of a place may be worse than nothing; places where
            all are worse teach nothing. Not searched.
        beta: Weight of the KL divergences in the ELBO.
        proposals: Hypotheses with one tint that are proposed for each place. Tried: 4, 8, 12.
        tints: Tints that are proposed for each place; the second and later ones with the first
            template only. Tried: 1, 3: with 1, wrong tints remain in 1 of 100 things.
        sure: A place is read without search if its posterior probability of type and tint is at
            least this. Tried: 0.9, 0.99, 0.999.
        unexplained: ... and its residual is within this many standard deviations of what noise
            leaves. Not searched.
    """

    least: int = 200
    tint_features: int = 32
    shape_features: int = 96
    least_contrast: float = 0.03
    tint_width: int = 64
    shape_width: int = 128
    steps: int = 600
    batch: int = 256
    learning_rate: float = 0.004
    drawn_places: int = 6000
    sparse: float = 0.1
    dense: float = 0.9
    reuse: int = 3
    enough: float = 0.99
    wake_weight: float = 0.0
    wake_steps: int = 100
    wake_frames: int = 60
    wake_rate: float = 0.001
    hopeless: float = 100.0
    beta: float = 1.0
    proposals: int = 4
    tints: int = 3
    sure: float = 0.99
    unexplained: float = 4.0

    def __post_init__(self) -> None:
        shares, positive = (
            ("enough", "sure", "sparse", "dense", "least_contrast"),
            ("learning_rate", "wake_rate", "beta", "unexplained"),
        )
        require_fields("perception.things.encoder", self, shares=shares, positive=positive)
        if self.sparse > self.dense:
            raise ConfigError(
                f"perception.things.encoder.sparse is {self.sparse:g}, but it must be at most "
                f"perception.things.encoder.dense, which is {self.dense:g}."
            )


@dataclass(frozen=True)
class CoverageThresholds:
    """Tracks taken apart into a colour and a picture of coverage.

    Attributes:
        strongest: Share of a window's pixels, those of most contrast, that give a thing's colour.
            Not searched.
        least: The least of these, in pixels. Not searched.
        alike: Those with at least this share of their mean contrast count. Not searched.
        spill: By how much noise may take coverage below 0 or above 1. Not searched.
        edge: Coverage at which a thing's bounding box ends. Not searched.
        whole: A thing is seen as a whole if at least this share of the pixels counts that counts
            in the least hidden one; of others, the middle is that of whole ones. Not searched.
    """

    strongest: float = 0.04
    least: int = 3
    alike: float = 0.8
    spill: float = 0.2
    edge: float = 0.45
    whole: float = 0.9

    def __post_init__(self) -> None:
        shares = ("strongest", "alike", "edge", "whole")
        require_fields("perception.things.coverage", self, shares=shares)


@dataclass(frozen=True)
class FloorsThresholds:
    """Frames on another floor than the one that was learned.

    Attributes:
        foreign: A frame is tried on another floor if at least this share of the places in which no
            known thing is seen is unknown. Not searched.
        few: ... and more than this share of all places. Likewise if this share of all places, the
            barest ones, have more energy than noise and what a thing costs. Not searched.
        rounds: Rounds in which the floor's mean and variance are measured beside the things found.
            Not searched.
        haze: A pixel shows the floor if things cover it by at most this share. Not searched.
        outlier: A pixel further than this many standard deviations from the floor's mean in a
            channel shows something else. Between support points of random colour none is beyond 3.
        frames: The most frames whose median is their floor. Not searched.
    """

    foreign: float = 0.5
    few: float = 0.1
    rounds: int = 2
    haze: float = 0.01
    outlier: float = 4.0
    frames: int = 60

    def __post_init__(self) -> None:
        shares = ("foreign", "few", "haze")
        require_fields("perception.things.floors", self, shares=shares, positive=("outlier",))


@dataclass(frozen=True)
class PartsThresholds:
    """Things of several parts, each in a colour of its own.

    Attributes:
        unlike: Things of parts are learned as well if things of one colour leave something unknown
            of at least this share of what is seen; the model of fewer nats is kept. Not searched.
        most: The most parts of a thing. With more than 3, colours do not tell their mixtures.
        fewest: Pixels of one colour that make an ink. Not searched.
        radius: Pixels are of one colour within this distance, as a share of a pixel's range.
            Not searched.
        deviations: ... and this many standard deviations of noise. Not searched.
    """

    unlike: float = 0.02
    most: int = 3
    fewest: int = 3
    radius: float = 0.05
    deviations: float = 3.0

    def __post_init__(self) -> None:
        shares = ("unlike", "radius")
        require_fields("perception.things.parts", self, shares=shares, positive=("radius",))
