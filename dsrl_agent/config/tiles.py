"""Thresholds of the sight of tiles."""

from __future__ import annotations

from dataclasses import dataclass

from dsrl_agent.checks import require_fields


@dataclass(frozen=True)
class TilesThresholds:
    """Sight of frames that are drawn in equal tiles.

    Attributes:
        rounding: Grey levels by which a pixel may differ from what explains it. Drawing rounds once
            or twice, by half a level each.
        contrast: A tile tells how it is lit if its grey levels deviate from their mean by at least
            this share of what a pixel may differ by, rounding and noise. MiniGrid's floor, lit, at
            16 pixels a cell deviates by 2.7 times as much, and tells it within 0.14 grey levels.
        agrees: Share of a gain. The gain that a pair of little contrast tells alone must be at
            least this share of the one that it tells with another pair, and at most the inverse.
            Not searched.
        dimmest: The least factor by which lighting changes contrast. Not searched.
        lightings: The most lightings. Not searched.
        lit_pairs: A lighting explains at least this many pairs of tiles: lighting is shared.
        sprite: Root mean square, in grey levels, by which a tile may differ from the sprite of
            another over its own ground. Same sprites were 0 to 2 apart, Taxi's left and right 7.
        edges: The same for sprites with soft edges over a ground with a pattern, where no other
            sprite comes near: MiniGrid's agent over lava is 5 from itself, 35 from its other looks.
        clear: No other sprite comes near if it is this many times as far. Not searched.
        grounds: The most tiles, seen before or after the agent, that are tried as what lies under
            it. Not searched.
        together: The share of its frames in which one appearance of the agent may stand beside
            another. Not searched.
        near: The least share of changes between two appearances of the agent in which it went to
            the same or a neighbouring cell. Not searched.
        turning: The agent has several looks if all but the commonest make up this share of its
            sightings. In a world of overlapping shapes a second look had 1 of 63.
        most_types: Tiles suffice if they are at most this many types. Taxi has 34.
        most_passing: Tiles suffice if what one episode alone shows fills at most this share of the
            cells in which things stand. On a wrong grid it was 0.64, on right ones 0.09 at most.
        most_reaching: Nothing reaches out of its cell if what may have a part beside it fills at
            most this share of the cells in which things stand. Where shapes of one size do, it was
            0.86 to 1, where a few of several sizes do, 0.2 or more; where none do, 0 to 0.03.
        few_types: Nor does anything if there are at most this many types: parts that reach into
            cells make many. Where shapes overlap there were 23 or more, after 60 frames.
        least_episodes: Fewer episodes do not tell what comes again. Not searched.
        bits: The agent is found if actions save this many bits more in telling what it does than in
            telling what the next best candidate does. Not searched.
        newcomers: The most tiles that become types after the fit. Not searched.
        noisy: Frames are noisy if at least this share of cells changes in nearly every step.
            Not searched.
        calm: Quantile of the steps, by cells that changed, that counts as nearly every step.
            Not searched.
        likely: A noisy tile may be this many standard deviations less likely than the mean of its
            kind. Not searched.
        blur: Root mean square, in grey levels, by which a tile surely may differ from others of its
            kind by where lines of pixels cut their cells. Not searched.
        most_blur: The most by which it may. In MiniGrid at 84 x 84 pixels it was 6 to 14, and
            different kinds 18 or more apart.
        plain: A tile whose grey levels have at most this range has no shape. Not searched.
        shaded: The largest share of the structure of two tiles that one shading in two colours may
            leave over. Without it, a wall with blurred edges was a door in another colour.
        covered: The least share of its cell that a shape covers. Not searched.
        outline: Share of a cell's pixels by which two equal shapes may differ in outline.
            Not searched.
        shifted: Cells that motion shows are misplaced if they take at least this many times the
            bits of cells of the same size elsewhere. Right ones took at most 1.1 times as many,
            ones that were a pixel off and cut walls 4 to 7 times.
        chances: Two tiles that a sight of things takes for one behave otherwise if one has always
            let the agent in and the other never has, and that would happen by chance once in so
            many times at most. Not searched.
        turned: They are different as well if one became the other this many times as the agent
            went for it. Not searched.
        most_work: Multiplications that a fit of a sight of things may take where tiles suffice, 2e9
            to 6e9 a second. Not searched; worlds in which things were the better choice took 4e8 to
            1.3e10, a board with a score and a bar beside it more than 2e11.
    """

    rounding: float = 2.0
    contrast: float = 0.6
    agrees: float = 0.5
    dimmest: float = 0.3
    lightings: int = 4
    lit_pairs: int = 2
    sprite: float = 4.0
    edges: float = 8.0
    clear: float = 4.0
    grounds: int = 3
    together: float = 0.005
    near: float = 0.5
    turning: float = 0.1
    most_types: int = 64
    most_passing: float = 0.5
    most_reaching: float = 0.1
    few_types: int = 12
    least_episodes: int = 3
    bits: float = 5.0
    newcomers: int = 256
    noisy: float = 0.5
    calm: float = 0.1
    likely: float = 5.0
    blur: float = 4.0
    most_blur: float = 16.0
    plain: float = 8.0
    shaded: float = 0.25
    covered: float = 0.05
    outline: float = 0.04
    shifted: float = 2.0
    chances: int = 200
    turned: int = 2
    most_work: float = 3e10

    def __post_init__(self) -> None:
        shares = (
            "most_passing",
            "most_reaching",
            "shaded",
            "agrees",
            "dimmest",
            "together",
            "turning",
            "near",
            "noisy",
            "calm",
            "covered",
            "outline",
        )
        require_fields("perception.tiles", self, shares=shares, positive=("most_work",))
