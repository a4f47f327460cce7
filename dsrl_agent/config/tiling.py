"""Thresholds of the grid by description length."""

from __future__ import annotations

from dataclasses import dataclass, field

from dsrl_agent.checks import require_fields


@dataclass(frozen=True)
class NoiseThresholds:
    """Noise of frames, before they are cut into tiles.

    Attributes:
        least_frames: With fewer frames noise is not measured, and not believed. Not searched.
        sample: Frames that noise is measured in. Not searched.
        least: Noise below this standard deviation, in levels of 0-255, counts as none.
            Not searched.
        still: Quantile of the pixels' deviations over time that is noise alone. Where light moves
            with the agent, most pixels change. Not searched.
        sigmas: A pixel shows another colour if it differs by more than this many standard
            deviations of the noise. Not searched.
        levels: Most colours that one pixel takes over time. Not searched.
        colours: Most colours of all pixels. Not searched.
        support: A colour takes at least this share of all pixels of all frames. Not searched.
        within_blocks: Blocks are of one colour each if at most this share of all changes of colour
            from a pixel to the next falls within them. Not searched.
    """

    least_frames: int = 4
    sample: int = 48
    least: float = 0.5
    still: float = 0.2
    sigmas: float = 5.0
    levels: int = 6
    colours: int = 96
    support: float = 5e-4
    within_blocks: float = 0.02

    def __post_init__(self) -> None:
        require_fields(
            "perception.tiling.noise", self, shares=("still", "support", "within_blocks")
        )


@dataclass(frozen=True)
class StillGridThresholds:
    """The grid of still pictures, from their contrast with the floor.

    Attributes:
        textured_pictures: With at least this many pictures each pixel has a floor of its own.
            Not searched.
        bare: At least this share of the pictures shows a pixel's floor: in worlds 90 % full it is
            0.1 in the middle of cells, 1 at their borders. Not searched.
        texture: Quantile of the colours at the pictures' edge that tells how far a texture goes.
            Not searched.
        beyond: A pixel that is this many times as far from the edge's colour in all pictures has no
            floor of its own. Not searched.
        quiet: Quantile of the rows' or columns' contrast that noise and floor alone have.
            Not searched.
        ink: A row or column holds something if its contrast is at least this share of the
            largest. Not searched.
        least_pitch: Smallest pitch searched, in pixels. Not searched.
        step: Pitches searched differ by this share. Not searched.
        origin_step: Step of the origins searched, in pixels. Not searched.
        blur: Blur of contrast where borders are sought, as a share of the pitch. Not searched.
        several: An axis tells its pitch if objects span more than this many cells. Not searched.
        about_best: Of pitches with clear borders whose wave less their borders is at most this much
            below the best, the shortest is taken. In 513 single pictures of things within their
            cells 0.15 to 0.3 found the pitches of 511, and 0 took multiples in 26; at 0.2 a
            multiple was taken in one of 200 others.
        other_pitch: A pitch that differs by less than this share is no other one. 0.05 to 0.3 found
            the same.
        refinements: Times that lines are fitted to the centres of what stands in their cells.
            Not searched.
        whole: A pitch this near to a whole number of pixels is one. Not searched.
        errors: So is one that is at most this many standard errors farther away; in many
            pictures one of Student's distribution that is as rare. Allowed in single pictures as
            well, it took 3 of 55 pitches of resampled ones for whole.
        rounded_off: In few pictures, a pitch that was measured to differ by more than this from the
            whole number it is taken for may be none, and things of one type may differ by what it
            misplaces. Of 223 resampled boards, 0.1 holds for both that were misread without a
            doubt, and for 2 of 85 that were read rightly and not doubted.
        enlarged: A picture counts as enlarged by nearest pixels if it is less probable by at least
            so many nats that its lines are alike by chance wherever one would be shown again. Of
            400 pictures 2, 5 and 8 told the same.
        least_enlarged: ... and if its lines were at most so many times fewer. One line of each cell
            may be shown twice by chance: the middles of all things, say. Not searched.
        interpolated: A picture counts as enlarged smoothly if what the smaller one, interpolated,
            leaves is at most this, in levels of 255, as root mean square by degree of freedom.
            Rounding leaves 0.41 at most. Of pictures of the scaling study, right sizes left 0.1 to
            0.35, and no picture that was not enlarged left less than 1. Not searched.
        interpolated_step: ... and if the smaller one changes by more than this in fewer places, in
            levels. Restored lines are mostly wrong by 4 at most. Not searched.
        least_interpolated: ... and if it had at most so many times fewer lines. Nearly as many have
            few equations more than unknowns. Not searched.
        most_interpolated: ... and at least so many times. Not searched.
        interpolated_roughly: Sizes of which linear interpolation leaves more than this are not
            tried with other filters, for speed. Right ones of all filters left up to 5.7.
        interpolated_columns: Columns of pixels by which sizes are tried first, for speed: some of
            those that change most, in which most is cut off above white and below black.
        interpolated_sample: A size is tried with all columns if in these it leaves at most this.
        interpolated_tries: Sizes that are tried with all columns, the smallest first. What was
            enlarged much is about the sum of many more lines than there were.
        interpolated_lines: Lines beside each other that are tried first, for speed.
        clear: Borders are clear if contrast there is at most this share of its mean. Of things
            within their cells 0.18 and less was seen, with offsets or overlap 0.32 and more.
        reaches: Where borders are not clear, shares of a cell by which things are tried to reach
            out of it. Not searched.
        as_good: Cells explain contrast as well if the information criterion differs by at most
            this. In worlds with overlap half the pitch was up to 17 better, and wrong pitches were
            at least 17 worse.
        contested: The pitches that are looked at in each of many pictures, the best by their mean.
            Not searched.
        each: Weight of a single picture's cost beside that of the mean, which tells the same in
            part. In worlds with everything and overlap, 1 chose 4 pixels for cells of 11.
        single: Connected ink that is larger than this many cells is of several things.
            Not searched.
        least_ink: Ink differs from the floor by at least this, as a share of a pixel's range.
            Not searched.
        ink_deviations: ... and by this many standard deviations of noise. Noise beyond the least
            ink is smoothed. Not searched.
        exact: Squared residual, as a share of the contrast's, below which a fit is as good as
            exact. Not searched.
        most_profile: The most pixels of a side with which unclear borders are searched, which
            bounds time: 0.2 CPU-seconds at 64 pixels. Not searched.
    """

    textured_pictures: int = 4
    bare: float = 0.25
    texture: float = 0.95
    beyond: float = 2.0
    quiet: float = 0.05
    ink: float = 0.1
    least_pitch: float = 4.0
    step: float = 0.004
    origin_step: float = 0.25
    blur: float = 0.06
    several: float = 1.4
    about_best: float = 0.3
    other_pitch: float = 0.2
    refinements: int = 3
    whole: float = 0.02
    errors: float = 3.0
    rounded_off: float = 0.1
    enlarged: float = 3.0
    least_enlarged: float = 1.2
    interpolated: float = 0.5
    interpolated_step: float = 8.0
    least_interpolated: float = 1.05
    most_interpolated: float = 12.0
    interpolated_roughly: float = 8.0
    interpolated_columns: int = 16
    interpolated_sample: float = 1.5
    interpolated_tries: int = 4
    interpolated_lines: int = 256
    clear: float = 0.3
    reaches: tuple[float, ...] = (0.0, 0.4, 0.8)
    as_good: float = 12.0
    contested: int = 8
    each: float = 0.5
    single: float = 1.5
    least_ink: float = 0.06
    ink_deviations: float = 5.0
    exact: float = 1e-3
    most_profile: int = 160

    def __post_init__(self) -> None:
        shares, positive = (
            ("bare", "texture", "quiet", "ink", "each"),
            ("least_pitch", "step", "origin_step"),
        )
        require_fields("perception.tiling.stills", self, shares=shares, positive=positive)


@dataclass(frozen=True)
class DividedThresholds:
    """Grids whose cells are no whole number of pixels.

    Attributes:
        frames: Frames that are looked at. Not searched.
        beyond: Lines of a grid have edges this many standard deviations beyond those of any two
            lines of pixels. 0 took half cells in a world of lava resized by nearest pixels.
        proposals: Numbers of cells along each axis that are looked at in both dimensions.
            Not searched.
        tiles: Tiles that are compared with each other. Not searched.
        tile_bits: Bits of a tile's mean colour, and of its being new. Not searched.
        least_sharpness: A grid with a row or column more or less takes at least this many times
            the bits. With 84 x 84 pixels it was 1.12 to 8 in seven MiniGrid worlds, and 0.96 to
            1.15 where cells are 3.4 pixels.
        alike: Of grids with at least this share of the best one's sharpness beyond 1, that with
            the fewest cells is taken. Halves of cells reached 1.3 where cells had 1.25.
        parts: If it takes at most this many times the bits of the shortest of them: cells took
            0.97 to 1.44 times the bits of their halves and thirds, and pairs of cells 1.84 times
            those of cells.
    """

    frames: int = 16
    beyond: float = 0.5
    proposals: int = 3
    tiles: int = 300
    tile_bits: float = 32.0
    least_sharpness: float = 1.1
    alike: float = 0.75
    parts: float = 1.6

    def __post_init__(self) -> None:
        require_fields("perception.tiling.divided", self)


@dataclass(frozen=True)
class BoardThresholds:
    """A board that has something else beside it in the frame, such as a score above it.

    Attributes:
        frames: Frames that are looked at. Not searched.
        band: Share of a side that is left out to find the board without what is beside it.
            Not searched.
        known: A row or column of cells belongs to the board if at least this share of its cells
            show tiles of the rest. Not searched.
    """

    frames: int = 32
    band: float = 0.25
    known: float = 0.9

    def __post_init__(self) -> None:
        require_fields("perception.tiling.board", self, shares=("band", "known"))


@dataclass(frozen=True)
class TilingThresholds:
    """The grid that makes frames shortest to describe as tiles.

    Attributes:
        least_pitch: Smallest pitch searched, in pixels. Not searched.
        most_cells: Most rows or columns of a grid. The largest of the worlds tried has 25; picture
            elements of an enlarged picture are more.
        most_pixels: Pixels of all frames that are looked at together, which bounds memory (16 bytes
            a pixel) and time.
        lines: Distinct lines of pixels that propose pitches along one axis. 160 and 128 were tried
            and proposed the same grids.
        compared_lines: Lines among which distinct ones are sought. Not searched.
        colour_frames: Frames that tell how many bits a pixel costs. Not searched.
        proposals: Pitches of each axis that are looked at in both dimensions. 6 and 8 were tried;
            8 found the same grids.
        refined: Pairs of pitches, each a tenth apart from the others, for which every origin is
            tried. 3 missed Taxi's.
        origins: Origins tried along an axis where cells a pixel larger or smaller are compared with
            the best ones. Not searched.
        entry_bits: Cost of an entry in the dictionary of tiles besides its pixels, in bits.
            Not searched.
        parts: Whole cells may take this many times the bits of their parts where parts always go
            together. Cells of nearest pixels took 1.01 to 1.09 times the bits of their halves.
        together: Parts always go together if saying what stands where by whole cells takes at most
            this share of the bits. It was 0.61 and 0.62 where they were halves, 0.92 and more where
            they were cells.
        layer_bits: Cost of a lattice of its own for the background, in bits. Not searched.
        least_sharpness: Beside a grid, cells of another size (pitches neither multiples nor
            fractions) take at least this many times the bits. Of 164 sets of 25 and 400 frames of
            worlds with a grid one had 1.06, all others at least 1.18. Of 44 sets without one, one
            of 20 frames reached 1.15; another had 1.41, at a share of 2.2.
        usual_share: A grid usually takes at most this share of the bits that frames take without
            one. All but one of those 164 sets did.
        share_slope: Where the share is larger by 1, the sharpness must be larger by this. Wrong
            colours by noise raise the share; without a grid it is 1 to 16 where things move.
        noise: Noise of the frames.
        divided: Grids whose cells are no whole number of pixels.
        board: Boards that have something else beside them.
        stills: The grid of still pictures.
    """

    least_pitch: int = 4
    most_cells: int = 64
    most_pixels: int = 4_000_000
    lines: int = 128
    compared_lines: int = 4096
    colour_frames: int = 4
    proposals: int = 8
    refined: int = 4
    origins: int = 32
    entry_bits: float = 8.0
    parts: float = 1.3
    together: float = 0.8
    layer_bits: float = 64.0
    least_sharpness: float = 1.15
    usual_share: float = 0.85
    share_slope: float = 1.5
    noise: NoiseThresholds = field(default_factory=NoiseThresholds)
    divided: DividedThresholds = field(default_factory=DividedThresholds)
    board: BoardThresholds = field(default_factory=BoardThresholds)
    stills: StillGridThresholds = field(default_factory=StillGridThresholds)

    def __post_init__(self) -> None:
        require_fields("perception.tiling", self, shares=("usual_share", "together"))
