"""Thresholds of perception: motion, grid, camera, sights and still pictures."""

from __future__ import annotations

from dataclasses import dataclass

from dsrl_agent.checks import require_at_least, require_fields, require_range


@dataclass(frozen=True)
class GridThresholds:
    """The grid from motion: pitch, origin and extent.

    Attributes:
        noise_sigmas: A pixel changed if its difference exceeds this many standard deviations of
            the noise. Not searched.
        least_change: Lower bound of that difference, in levels of 0-255. Not searched.
        loud: A difference beyond this, in levels, would hide all changes: frames are blurred then.
            At noise 0.3 without blur nothing seemed to move.
        calm: Frames are blurred until the difference is below this, in levels. Not searched.
        blurs: Widths of the blurs to try, in pixels. Wider ones would leave nothing of a small
            agent.
        least_pitch: Smallest pitch searched, in pixels. Not searched.
        least_dip: An action moves something if the autocorrelation dips by more than this share of
            the energy; the deepest dip possible is 0.5. Not searched.
        offset_tolerance: Offsets count as equally good if they put at least the best share of
            energy minus this into one band of cells. Not searched.
        cut_tolerance: Of these, offsets count as equal if their borders cut at most this many times
            the least ink. Not searched.
    """

    noise_sigmas: float = 6.0
    least_change: float = 8.0
    loud: float = 192.0
    calm: float = 128.0
    blurs: tuple[int, ...] = (3, 5)
    least_pitch: int = 3
    least_dip: float = 0.1
    offset_tolerance: float = 0.01
    cut_tolerance: float = 1.05

    def __post_init__(self) -> None:
        require_fields("perception.grid", self, positive=("noise_sigmas", "cut_tolerance"))
        for width in self.blurs:
            require_at_least("perception.grid.blurs", width, 1)


@dataclass(frozen=True)
class ExtentThresholds:
    """How far the grid reaches beyond the cells in which anything changed.

    Attributes:
        standing: A cell holds an object if it differs from emptiness by at least this share of the
            largest difference, beyond noise. Not searched.
        quiet: Quantile of the cells' differences from emptiness that is noise alone: at least this
            share of the cells is empty. Not searched.
        sample: Frames that are looked at. Not searched.
    """

    standing: float = 0.25
    quiet: float = 0.1
    sample: int = 64

    def __post_init__(self) -> None:
        require_fields("perception.extent", self, shares=("standing", "quiet"))


@dataclass(frozen=True)
class EgomotionThresholds:
    """Which cell the agent's own object left in each step, and the appearance of emptiness.

    Attributes:
        changed: A cell changed if it did by this share of the largest change of any cell, beyond
            noise. Not searched.
        quiet: Quantile of the cells' changes that is noise alone. Even in a world of four cells at
            most half of them change. Not searched.
        clear: A touch makes a difference of at least this share of that between the ego-object and
            emptiness. Not searched.
        one_way: An action goes one way if the ego-object's change is at most this share of
            emptiness's, where noise adds to both. Not searched.
        noise: Blurred differences up to this many times the mean difference of equal cells are
            noise. Not searched.
        blur: Pixels of a resampled cell over which noise is averaged. Not searched.
        places: Cells just left that give the appearance of emptiness. Not searched.
    """

    changed: float = 0.25
    quiet: float = 0.25
    clear: float = 0.5
    one_way: float = 0.25
    noise: float = 2.0
    blur: int = 3
    places: int = 64

    def __post_init__(self) -> None:
        shares = ("changed", "quiet", "clear", "one_way")
        require_fields("perception.egomotion", self, shares=shares)


@dataclass(frozen=True)
class CameraThresholds:
    """A camera that shakes.

    Attributes:
        reach: Largest shift between two frames that is searched, in pixels. Not searched.
        sample: Transitions that tell whether the camera shakes at all. Not searched.
        moved: The camera shakes if more than this share of them is shifted. Not searched.
        lines: About so many pixels of each column tell a frame's shift, all where there are fewer
            than twice as many, which bounds time. With 128, 512 x 512 pixels took twice as long.
    """

    reach: int = 3
    sample: int = 32
    moved: float = 0.5
    lines: int = 64

    def __post_init__(self) -> None:
        require_fields("perception.camera", self, shares=("moved",))


@dataclass(frozen=True)
class CellsThresholds:
    """Sight of objects that stand on the grid.

    Attributes:
        doubling_noise: Noise of this standard deviation, as a share of a pixel's range, doubles the
            gradient steps of a fit. Not searched.
        exemplars: Pictures of each type that remind a later fit of the type. Not searched.
    """

    doubling_noise: float = 1 / 7
    exemplars: int = 16

    def __post_init__(self) -> None:
        require_fields("perception.cells", self, positive=("doubling_noise",))


@dataclass(frozen=True)
class OffGridThresholds:
    """Sight of objects that stand off the lines of the grid.

    Attributes:
        few_types: With at most this many types the cells are not doubted: two types of objects and
            the agent. Not searched.
        spread: Standard deviation about their places, in pixels, beyond which objects stand off the
            grid; the raster alone gives less. Not searched.
        frames: Most frames that isolated blobs are taken from. More were slower and not better.
        ink: A pixel belongs to an object if its contrast is at least this share of the largest.
            Not searched.
        noise: Half of the empty pixels differ by more than this, as a share of a pixel's range:
            then contrast is blurred. Not searched.
        blur: Width of that blur, in pixels. Not searched.
        least_size: An isolated blob is at least this share of a cell high and wide. Not searched.
        places: Cells just left that give the appearance of emptiness. Not searched.
        empty_copies: Windows of emptiness that are learned as well, as a share of the blobs.
            Not searched.
        held_out: One window in this many calibrates novelty. Not searched.
        sheet: Windows are learned from in sheets of this many rows and columns. Not searched.
        rare: A template with fewer than this share of the mean number of blobs is rare.
            Not searched.
        explained: A rare template is part of another if that explains more than this share of its
            energy. Not searched.
    """

    few_types: int = 3
    spread: float = 1.0
    frames: int = 320
    ink: float = 0.25
    noise: float = 0.02
    blur: int = 3
    least_size: float = 1 / 3
    places: int = 64
    empty_copies: float = 0.05
    held_out: int = 5
    sheet: int = 5
    rare: float = 0.25
    explained: float = 0.5

    def __post_init__(self) -> None:
        shares = ("ink", "noise", "least_size", "empty_copies", "rare", "explained")
        require_fields("perception.off_grid", self, shares=shares)


@dataclass(frozen=True)
class StillsThresholds:
    """Symbols of still pictures (`dsrl symbols`).

    Attributes:
        side: Pixels that cells are brought to, along each axis. The back ends that encode cells
            take 12.
        most_side: Square cells of a whole number of pixels, at most this many, stay as they are.
            Offsets by whole pixels, and noise, are then as the model of things expects them.
            Not searched.
        explained: A picture counts as explained if grid and facts explain at least this share of
            its contrast with the floor.
        outlying: Where things weighed one by one have other types than were read, the type of a
            thing is in doubt if it explains less than `explained` of it, and leaves at least this
            many times the share that it leaves of the middle one of the picture's things.
            Not searched.
        hidden: Noise is taken out of the pictures of things if it makes up at least this share of
            them. With noise 0.1 it makes up 0.1, with noise 0.3 0.4; taken out there too, it lost
            exact frames of 8 types in sizes and colours.
        more_types: In few pictures the number of types is in doubt if more types describe things
            with at most this many nats more. In 42 pictures resampled at random, 5 and 10 alike.
        fewer_types: ... and if fewer types do with at most this many nats more. Of 42 pictures,
            10 left 5 wrong without a doubt, 30 left 1, and 50 made 5 right ones doubtful.
        resampled: Things of one type whose coverage differs by more than this at their edges, as
            root mean square, tell that a picture was shrunk or enlarged. Not searched.
        fewer_resampled: The margin of `fewer_types` in such a picture. 30 left 1 of 20 resampled
            boards wrong without a doubt. Not searched further.
        misplaced: Pixels by which edges are misplaced where cells are no whole number of pixels, so
            that things of one type differ by as much, as a share of a pixel that cells are
            brought to. Not searched.
        least_seen: `perception.things.sprites.least_seen` of still pictures. A thing is seen once
            in them, so that few of them show what lies about a sprite, and its noise became ink.
            With noise 0.1 and 16 types 0.001 and 0.02 left types misread, 0.05 and 0.1 none.
        largest_scale: `perception.things.sprites.most_scale` of still pictures. An exemplar may be
            smaller than the largest thing, and few pictures need not show the largest. With 1.1
            the rims of such things stood as unknown things in empty cells, in 2 seeds of 9.
        most_things: The most things whose number of types is weighed; more tell it themselves.
            It bounds time: 0.1 CPU-seconds for 8 things. Not searched.
        most_pixels: The most pixels of all pictures together. It bounds memory: 60 bytes a pixel.
        copies: Copies of each spectrum for typing, spread by what the decoder cannot tell apart.
            Not searched.
        spread: Standard deviation of these copies, in posterior standard deviations. Not searched.
        cell_beta: Factor on beta for the network of cells: with few pictures a lighter KL term
            learns noise. Chosen on still pictures with noise 0.1 and 0.3 and texture.
    """

    side: int = 12
    most_side: int = 16
    explained: float = 0.8
    outlying: float = 2.0
    hidden: float = 0.25
    more_types: float = 10.0
    fewer_types: float = 30.0
    resampled: float = 0.04
    fewer_resampled: float = 60.0
    misplaced: float = 0.2
    least_seen: float = 0.05
    largest_scale: float = 1.2
    most_things: int = 64
    most_pixels: int = 16_000_000
    copies: int = 50
    spread: float = 0.1
    cell_beta: float = 4.0

    def __post_init__(self) -> None:
        positive = ("spread", "cell_beta", "largest_scale")
        require_fields(
            "perception.stills",
            self,
            shares=("explained", "hidden", "least_seen"),
            positive=positive,
        )
        require_range("perception.stills.largest_scale", self.largest_scale, 1.0)
