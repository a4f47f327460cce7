"""Thresholds of the sight of things: background, tracks, sprites, scenes."""

from __future__ import annotations

from dataclasses import dataclass

from dsrl_agent.checks import require_fields


@dataclass(frozen=True)
class BackgroundThresholds:
    """The background, its noise, and which cells hold a thing.

    Attributes:
        core: Share of a cell's side that its core has. Not searched.
        enough: A cell's own pictures give its background from this number on; with fewer, the
            pictures of all cells do. Not searched.
        outlier: A pixel further than this many standard deviations of noise from the background
            shows something else. Not searched.
        noisy: Noise from this standard deviation on, in levels of 0-255, is averaged out over all
            frames in which a cell is empty. Not searched.
        deviations: A core holds a thing if its mean squared contrast exceeds that of noise by this
            many of its standard deviations, and by `contrast`. Not searched.
        contrast: The least contrast of a thing, as a share of a pixel's range. Not searched.
        floors: A picture is a floor if it differs from the usual floor by at most this many times
            the median mean squared difference of the floors that were seen. Not searched.
        chance: An outer row or column with things in at most this share of the frames is none of
            the grid's. Not searched.
    """

    core: float = 0.5
    enough: int = 5
    outlier: float = 4.0
    noisy: float = 2.0
    deviations: float = 6.0
    contrast: float = 0.05
    floors: float = 4.0
    chance: float = 0.002

    def __post_init__(self) -> None:
        shares, positive = ("core", "contrast", "chance"), ("outlier", "noisy", "deviations")
        require_fields("perception.things.background", self, shares=shares, positive=positive)


@dataclass(frozen=True)
class StandingThresholds:
    """Tracks of things that stand still, over which pictures are averaged.

    Attributes:
        margin: Pixels around a cell that a thing may reach into, as a share of the cell's side.
            Not searched.
        least_margin: The least of these, in pixels. Not searched.
        deviations: A cell changed if the mean squared difference of consecutive frames exceeds that
            of noise by this many of its standard deviations, and by `contrast`. Not searched.
        contrast: The least change of a cell, as a share of a pixel's range. Not searched.
        occupied: A track holds a thing if its core does in at least this share of the frames.
            Not searched.
        reach: Things reach out of their cells if at least this share of the tracks that nothing
            stands around has ink outside. Not searched.
        ink: A pixel outside has ink from this contrast on, as a share of a pixel's range.
            Not searched.
        enough: Tracks that nothing stands around are taken alone if there are at least this many
            for each other. Not searched.
        most: The most tracks that sprites are learned from, the longest ones. Not searched.
    """

    margin: float = 0.3
    least_margin: int = 3
    deviations: float = 8.0
    contrast: float = 0.03
    occupied: float = 0.5
    reach: float = 0.02
    ink: float = 0.04
    enough: float = 0.05
    most: int = 2000

    def __post_init__(self) -> None:
        shares = ("margin", "contrast", "occupied", "reach", "ink", "enough")
        require_fields("perception.things.standing", self, shares=shares, positive=("deviations",))


@dataclass(frozen=True)
class SpritesThresholds:
    """Sprites, found by exemplar and told apart by what they leave unexplained.

    What a sprite leaves of a track is the squared residual beyond noise, as a share of the track's
    own energy beyond noise.

    Attributes:
        samples: Samples of a sprite to a pixel, along each axis. Not searched.
        least_scale: Smallest scale of a thing, relative to the exemplar. Not searched.
        most_scale: Largest scale of a thing, relative to the exemplar. Not searched.
        scale_step: Step between scales. Not searched.
        gain: Coverage may be off by this share in a track. Not searched.
        sharpness: Slope that brings back edges in an enlarged exemplar. Not searched.
        edge: Coverage at which a thing's bounding box ends. Not searched.
        first: What a first sprite may leave of the tracks that refine it. Same shape in another
            size: up to 0.003; another shape: 0.04 and more.
        final: What the final sprite may leave of its tracks.
        least_tracks: A type needs this number of clear tracks. Not searched.
        rough: What one sprite for two may leave of the tracks of each, on average. Not searched.
        better: Two sprites replace one if they leave less than this share of what that left.
            Not searched.
        both: One sprite replaces two if it explains this share of the tracks of each. Not searched.
        tracks: The most tracks that a sprite is reconstructed from. Not searched.
        rounds: Rounds of reconstruction. Not searched.
        most: The most sprites. Not searched.
        raster: Error of drawing, as a share of a pixel's range: sprites have finite resolution.
            Not searched.
        relaxation: Step of the reconstruction; it converges below 2. Not searched.
        same_colour: Colours within this distance are one in telling types by colour. Not searched.
        fixed_scale: Colour tells the scale if the scales of each colour vary by less. Not searched.
        other_scale: ... and the colours' scales differ by more. Not searched.
    """

    samples: int = 3
    least_scale: float = 0.56
    most_scale: float = 1.1
    scale_step: float = 0.02
    gain: float = 0.3
    sharpness: float = 2.5
    edge: float = 0.45
    first: float = 0.025
    final: float = 0.012
    least_tracks: int = 3
    rough: float = 0.004
    better: float = 0.4
    both: float = 0.95
    tracks: int = 150
    rounds: int = 12
    most: int = 64
    raster: float = 0.02
    relaxation: float = 1.5
    same_colour: float = 0.12
    fixed_scale: float = 0.011
    other_scale: float = 0.035

    def __post_init__(self) -> None:
        shares = ("gain", "edge", "first", "final", "rough", "better", "both", "raster")
        positive = ("least_scale", "most_scale", "scale_step", "sharpness", "relaxation")
        require_fields("perception.things.sprites", self, shares=shares, positive=positive)


@dataclass(frozen=True)
class ScenesThresholds:
    """What a scene may hold, and its search.

    Attributes:
        presence: Cost of a thing in nats, beside what its latents cost. Not searched.
        free_tint: Further cost in nats of a colour that a type was not seen in. Not searched.
        common: Scales and offsets that at least this share of a type's tracks have bound those
            that are searched. Not searched.
        one_scale: Scales within this range are one. Not searched.
        one_colour: A type has one colour if at least this share of its tracks has it. Not searched.
        colour_radius: Colours within this distance are one, beside half the noise. Not searched.
        rare_colour: Colours of fewer than this share of all frames of things are chance.
            Not searched.
        sweeps: The most sweeps over a scene in which things reach into each other. Not searched.
        backfits: Rounds in which sprites and background are fitted to whole frames. Not searched.
        order_frames: Frames that tell the order of things. Not searched.
        unknown: A cell holds something unknown if more than this share of its energy beyond noise
            is left unexplained. Not searched.
        usual: ... and more than this quantile of what known things leave, Not searched.
        unknown_margin: ... times this factor. Not searched.
        unknown_deviations: ... and the residual exceeds that of noise by this many of its standard
            deviations. Not searched.
    """

    presence: float = 15.0
    free_tint: float = 10.0
    common: float = 0.015
    one_scale: float = 0.061
    one_colour: float = 0.9
    colour_radius: float = 0.05
    rare_colour: float = 0.005
    sweeps: int = 4
    backfits: int = 3
    order_frames: int = 40
    unknown: float = 0.05
    usual: float = 0.99
    unknown_margin: float = 2.0
    unknown_deviations: float = 6.0

    def __post_init__(self) -> None:
        shares = ("common", "one_scale", "one_colour", "colour_radius", "rare_colour", "unknown", "usual")
        require_fields("perception.things.scenes", self, shares=shares)


@dataclass(frozen=True)
class ThingsThresholds:
    """Sight by a generative model of things.

    Attributes:
        background: The background and its noise.
        standing: Tracks of things that stand still.
        sprites: Sprites.
        scenes: Scenes.
    """

    background: BackgroundThresholds = BackgroundThresholds()
    standing: StandingThresholds = StandingThresholds()
    sprites: SpritesThresholds = SpritesThresholds()
    scenes: ScenesThresholds = ScenesThresholds()
