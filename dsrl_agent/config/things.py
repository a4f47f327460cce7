"""Thresholds of the sight of things: background, tracks, sprites, scenes."""

from __future__ import annotations

from dataclasses import dataclass, field

from dsrl_agent.checks import require_fields, require_groups, require_range
from dsrl_agent.config.scenes import (
    CoverageThresholds,
    FloorsThresholds,
    PartsThresholds,
    SceneEncoderConfig,
)


@dataclass(frozen=True)
class BackgroundThresholds:
    """The background, its noise, and which cells hold a thing.

    Attributes:
        core: Share of a cell's side that its core has. Not searched.
        enough: Pictures of a cell just left whose median is its background; with fewer, all frames
            in which it looks alike give it. Not searched.
        averaged: A mean is taken from at least this many frames. Not searched.
        pictures: The most pictures of each cell just left that give the usual floor. Not searched.
        outlier: A pixel further than this many standard deviations of noise from the background
            shows something else. Not searched.
        noisy: Noise from this standard deviation on, in levels of 0-255, is averaged out over all
            frames in which a cell is empty. Not searched.
        deviations: A core holds a thing if its mean squared contrast exceeds that of noise by this
            many of its standard deviations, and by `contrast`. Not searched.
        contrast: The least contrast of a thing, as a share of a pixel's range. Not searched.
        averagings: Rounds of averaging where noise is strong. Not searched.
        haze: A pixel shows the background if things cover it by at most this share. Not searched.
        shown: The background is fitted anew to pixels that at least this many frames show; others
            keep what it was. Few still pictures need as many as tell a texture. Not searched.
        floors: A picture is a floor if it differs from the usual floor by at most this many times
            the variance of the floors that were seen. Not searched.
        bare: A pixel unlike the usual floor is covered by things if at least this share of the
            frames shows the usual floor there. Not searched.
        lasting: ... or if none does, and less than this share shows one colour. Not searched.
        chance: An outer row or column with things in at most this share of the frames is none of
            the grid's. Not searched.
    """

    core: float = 0.5
    enough: int = 5
    averaged: int = 11
    pictures: int = 20
    outlier: float = 4.0
    noisy: float = 2.0
    deviations: float = 6.0
    contrast: float = 0.05
    averagings: int = 2
    haze: float = 0.01
    shown: int = 1
    floors: float = 4.0
    bare: float = 0.05
    lasting: float = 0.5
    chance: float = 0.002

    def __post_init__(self) -> None:
        shares = ("core", "contrast", "haze", "bare", "lasting", "chance")
        positive = ("outlier", "noisy", "deviations")
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
        reach: Things reach out of their cells if at least this share of the tracks of whole things
            has ink outside; the agent's are counted apart. Not searched.
        fewest: ... and at least this number of them. Not searched.
        ink: A pixel outside has ink from this contrast on, as a share of a pixel's range, beside
            what noise gives. Not searched.
        ink_deviations: Noise gives at most this many deviations of a mean pixel. Not searched.
        grainy: Ink is told from smoothed pictures if noise gives more than this contrast; that
            widens it by a pixel. Not searched.
        enough: Tracks of whole things are taken alone if there are at least this many for each
            other. Not searched.
        most: The most tracks that sprites are learned from, the longest ones. Not searched.
        doubtful: If a model of things that stay in their cells leaves at least this share of known
            things unexplained, a model of things that reach out is learned as well, and the one of
            fewer nats is kept. Not searched.
    """

    margin: float = 0.3
    least_margin: int = 3
    deviations: float = 8.0
    contrast: float = 0.03
    occupied: float = 0.5
    reach: float = 0.02
    fewest: int = 2
    ink: float = 0.04
    ink_deviations: float = 5.0
    grainy: float = 0.2
    enough: float = 0.05
    most: int = 2000
    doubtful: float = 0.5

    def __post_init__(self) -> None:
        shares = ("margin", "contrast", "occupied", "reach", "ink", "grainy", "enough", "doubtful")
        positive = ("deviations", "ink_deviations")
        require_fields("perception.things.standing", self, shares=shares, positive=positive)


@dataclass(frozen=True)
class SpritesThresholds:
    """Sprites, found by exemplar and told apart by what they leave unexplained.

    What a sprite leaves of a track is the squared residual beyond noise, as a share of the track's
    own energy beyond noise.

    Attributes:
        samples: Samples of a sprite to a pixel, along each axis. Not searched.
        least_scale: Smallest scale of a thing, relative to the exemplar; at most 1. Not searched.
        most_scale: Largest scale of a thing, relative to the exemplar; at least 1. Not searched.
        scale_step: Step between scales. Not searched.
        gain: Coverage may be off by this share in a track. Not searched.
        sharpness: Slope that brings back edges in an enlarged exemplar. Not searched.
        slack: Pixels by which a bounding box may be off. Not searched.
        noisy: Tracks with at least this share of their energy from noise are not used.
            Not searched.
        clearest: At least this share of the tracks is taken for clear. Not searched.
        grainy: A track whose coverage has at least this variance of noise is smoothed, but not
            reconstructed on its own. Not searched.
        large: Exemplars have at least this share of the largest track's ink. Not searched.
        deviations: Noise may add this many standard deviations to what a sprite may leave.
            Not searched.
        most_spread: The most that such a deviation counts. Not searched.
        drawn: What drawing leaves of any track, beside noise, where tracks are weighed by how much
            each tells. Not searched.
        errors: Standard errors by which two sprites must differ. Not searched.
        first: What a first sprite may leave of the tracks that refine it. Same shape in another
            size: up to 0.003; another shape: 0.04 and more.
        final: What the final sprite may leave of its tracks.
        loose: What a first sprite may leave of the tracks that tell about which point a thing is
            scaled. About a wrong one, same shapes in another size leave up to 0.1. Not searched.
        anchors: The most pixels, along each axis, between the middle of a thing's bounding box and
            the point about which it is scaled. Not searched.
        least_tracks: A type needs this number of clear tracks. Not searched.
        rough: What one sprite for two may leave of the tracks of each, on average. Not searched.
        better: Two sprites replace one if they leave less than this share of what that left.
            Not searched.
        apart: Two sprites are not tried as one if the one leaves this multiple of `first` of the
            other's tracks. Not searched.
        compared: The most tracks of each that two sprites are compared by. Not searched.
        tracks: The most tracks that a sprite is reconstructed from. Not searched.
        rounds: Rounds of reconstruction. Not searched.
        most: The most sprites. Not searched.
        raster: Error of drawing, as a share of a pixel's range: sprites have finite resolution.
            Not searched.
        relaxation: Step of the reconstruction; it converges below 2. Not searched.
        least_seen: Samples that tracks show with at most this share of the weight of the most seen
            one are not reconstructed. Not searched; still pictures have another.
        same_colour: Colours within this distance are one in telling types by colour. Not searched.
        fixed_scale: Colour tells the scale if the scales of each colour vary by less. Not searched.
        other_scale: ... and the colours' scales differ by more. Not searched.
        most_colours: ... and there are at most this many colours. Not searched.
        better_by_colour: ... and they leave at most this share of what one left. Not searched.
        growth: Rounds in which a sprite grows over its tracks. Not searched.
        exchanges: Rounds in which each track goes to the sprite that fits best. Not searched.
        halvings: Rounds in which two sprites share the tracks of one, or parts inks. Not searched.
        colourings: Rounds in which a sprite is fitted to the tracks of its colours. Not searched.
    """

    samples: int = 3
    least_scale: float = 0.56
    most_scale: float = 1.1
    scale_step: float = 0.02
    gain: float = 0.3
    sharpness: float = 2.5
    slack: int = 1
    noisy: float = 0.3
    clearest: float = 0.3
    grainy: float = 0.002
    large: float = 0.8
    deviations: float = 3.0
    most_spread: float = 0.02
    drawn: float = 0.003
    errors: float = 2.0
    first: float = 0.025
    final: float = 0.012
    loose: float = 0.1
    anchors: int = 3
    least_tracks: int = 3
    rough: float = 0.004
    better: float = 0.4
    apart: float = 2.0
    compared: int = 60
    tracks: int = 150
    rounds: int = 12
    most: int = 64
    raster: float = 0.02
    relaxation: float = 1.5
    least_seen: float = 0.001
    same_colour: float = 0.12
    fixed_scale: float = 0.011
    other_scale: float = 0.035
    most_colours: int = 4
    better_by_colour: float = 0.3
    growth: int = 4
    exchanges: int = 2
    halvings: int = 5
    colourings: int = 3

    def __post_init__(self) -> None:
        limits = ("first", "final", "loose", "rough", "better", "better_by_colour", "noisy")
        shares = (*limits, "gain", "raster", "clearest", "large", "least_seen")
        positive = ("least_scale", "most_scale", "scale_step", "sharpness", "relaxation")
        group = "perception.things.sprites"
        require_fields(group, self, shares=shares, positive=positive)
        # The exemplar's own scale, 1, is among those that are tried.
        require_range(f"{group}.least_scale", self.least_scale, 0.0, 1.0, open_low=True)
        require_range(f"{group}.most_scale", self.most_scale, 1.0)


@dataclass(frozen=True)
class ScenesThresholds:
    """What a scene may hold, and its search.

    Attributes:
        presence: Cost of a thing in nats, beside what its latents cost. Not searched.
        free_tint: Further cost in nats of a colour that a type was not seen in. Not searched.
        common: Scales and offsets that at least this share of a type's tracks have bound those
            that are searched. Not searched.
        one_scale: Scales within this range are one. Not searched.
        one_colour: A type has one colour if this share of its frames may show it. Not searched.
        colour_radius: Colours within this distance are one, beside noise. Not searched.
        colour_errors: Noise makes two colours differ by at most this many standard errors.
            Not searched.
        colour_noise: Share of a pixel's standard deviation of noise by which the colour of a
            newcomer may differ. Not searched.
        rare_colour: Colours of fewer than this share of all frames are chance. Not searched.
        negligible: Hypotheses of a place that are worse than the best by more than this number of
            nats do not count. 10,000 of them add 0.00002 nats. Not searched.
        busy_deviations: A place is searched if its energy exceeds that of noise by this many of its
            standard deviations, and by what a thing costs. Not searched.
        settled_deviations: A window in which things reach into each other is searched again if its
            residual exceeds that of noise by this many standard deviations, and by what a thing
            costs. Not searched.
        least_noise: ... A place in such a window is searched if its energy exceeds this share of
            the noise's, and what a thing costs. Not searched.
        overshadowed: A thing, read alone, that explains less than this share of what one beside
            that explains is left out at first. Not searched.
        doubted: A thing that explains less than this share of what one beside that explains is
            tried without. Not searched.
        unreached: ... unless the pixels that others may cover by at most this share tell that
            something stands there, and nothing is left unexplained. Not searched.
        doubts: The most things of a frame that are tried without, one by one. Not searched.
        doubt_margin: Nats by which a scene without a doubted thing must be more probable.
            Not searched.
        sweeps: The most sweeps over a scene in which things reach into each other. Not searched.
        backfits: Rounds in which sprites and background are fitted to whole frames. Not searched.
        order_frames: Frames that tell the order of things, and refine sprites. Not searched.
        unknown: A cell holds something unknown if more than this share of its energy beyond noise
            is left unexplained. Not searched.
        usual: ... and more than known things leave: their median share, and from there
            `unknown_margin` times as far as this quantile. Not searched.
        unknown_margin: See `usual`. Twice the quantile itself missed half of the squares beside
            circles in noise 0.1.
        most_unknown: ... but at most this, where things keep to their cells. Not searched: without
            it a key and a door that stood in all first frames passed for walls.
        unknown_deviations: ... and the residual exceeds that of noise by this many of its standard
            deviations. Not searched.
    """

    presence: float = 15.0
    free_tint: float = 30.0
    common: float = 0.015
    one_scale: float = 0.061
    one_colour: float = 0.9
    colour_radius: float = 0.05
    colour_errors: float = 3.0
    colour_noise: float = 0.5
    rare_colour: float = 0.005
    negligible: float = 20.0
    busy_deviations: float = 4.0
    settled_deviations: float = 3.0
    least_noise: float = 0.5
    overshadowed: float = 0.3
    doubted: float = 0.6
    unreached: float = 0.01
    doubts: int = 3
    doubt_margin: float = 1.0
    sweeps: int = 4
    backfits: int = 3
    order_frames: int = 120
    unknown: float = 0.05
    usual: float = 0.99
    unknown_margin: float = 2.0
    most_unknown: float = 0.25
    unknown_deviations: float = 6.0

    def __post_init__(self) -> None:
        kinds = ("common", "one_scale", "one_colour", "colour_radius", "rare_colour", "unknown")
        more = ("usual", "most_unknown", "least_noise", "overshadowed", "doubted", "unreached")
        shares = (*kinds, *more)
        positive = ("negligible", "busy_deviations", "settled_deviations", "doubt_margin")
        require_fields("perception.things.scenes", self, shares=shares, positive=positive)


@dataclass(frozen=True)
class ThingsThresholds:
    """Sight by a generative model of things.

    Attributes:
        background: The background and its noise.
        standing: Tracks of things that stand still.
        coverage: Their colours and coverage.
        sprites: Sprites.
        scenes: Scenes.
        floors: Frames on other floors.
        encoder: The encoder that proposes scenes.
        parts: Things of several parts.
        most_work: Multiplications that the search for sprites may take, 3e9 to 2e10 a second.
            Eleven rungs of the scaling study took 1e9 to 9e10. Not searched.
    """

    background: BackgroundThresholds = BackgroundThresholds()
    standing: StandingThresholds = StandingThresholds()
    coverage: CoverageThresholds = field(default_factory=CoverageThresholds)
    sprites: SpritesThresholds = SpritesThresholds()
    scenes: ScenesThresholds = ScenesThresholds()
    floors: FloorsThresholds = field(default_factory=FloorsThresholds)
    encoder: SceneEncoderConfig = field(default_factory=SceneEncoderConfig)
    parts: PartsThresholds = field(default_factory=PartsThresholds)
    most_work: float = 5e11

    def __post_init__(self) -> None:
        require_groups(self, "perception.things")
        require_fields("perception.things", self, positive=("most_work",))
