"""Thresholds of symbols: typing of activation spectra, novelty, merging and tracking."""

from __future__ import annotations

from dataclasses import dataclass

from dsrl_agent.checks import require_fields, require_range


@dataclass(frozen=True)
class TypingThresholds:
    """Gaussian mixture over activation spectra, and which of its groups are emptiness.

    Attributes:
        beyond_empty: A type may spread this many times as far as the spectra of emptiness.
            Not searched.
        least_spread: Lower bound of that spread, in posterior standard deviations. Pictures without
            noise spread nowhere. Not searched.
        most_spread: Upper bound of that spread, in posterior standard deviations. Beyond it types
            would merge. Not searched.
        patience: Larger numbers of groups that are tried without a better BIC. Not searched.
        restarts: Starts of the EM algorithm for each number of groups. Not searched.
        empty_share: A group is emptiness with at least this share of the cells just left.
            Not searched.
        empty_rate: A group is emptiness as well if its cells were just left at this share of the
            rate of the commonest such group: the floor of a single place is rarely left, but
            rarely there. Not searched.
        places: Most cells that typing is fitted to. More were slower and not better.
        held_out_share: Share of the cells that calibrate novelty, where there are fewer cells than
            twice `places`. Not searched.
    """

    beyond_empty: float = 1.5
    least_spread: float = 0.02
    most_spread: float = 0.2
    patience: int = 3
    restarts: int = 3
    empty_share: float = 0.05
    empty_rate: float = 0.25
    places: int = 4000
    held_out_share: float = 0.2

    def __post_init__(self) -> None:
        shares = ("empty_share", "empty_rate", "held_out_share")
        positive = ("beyond_empty", "least_spread")
        require_fields("perception.typing", self, shares=shares, positive=positive)
        require_range("perception.typing.most_spread", self.most_spread, self.least_spread)


@dataclass(frozen=True)
class NoveltyThresholds:
    """When a spectrum is of no known type, and when such spectra become a new type.

    Attributes:
        quantile: Quantile of the held-out squared distances of a type's members that its limit
            starts from: a fresh member is farther with a probability of 1 minus this (split
            conformal prediction, Vovk et al. 2005). Not searched.
        margin: Factor on that squared distance; 4 is twice as far. Not searched.
        least: Lower bound of the limit, a squared Mahalanobis distance: four standard deviations,
            for types whose members do not spread. Not searched.
        enough: Held-out members that a type needs for a limit of its own. Not searched.
        sightings: Spectra of one cluster that become a type. Not searched.
        frames: Frames in which they must have been seen. Not searched.
        waiting: Most clusters that wait; the one seen longest ago makes room. Not searched.
        recalled: A type that a fit lost comes back if more than this share of its exemplars is of
            no type that was found. Not searched.
    """

    quantile: float = 0.99
    margin: float = 4.0
    least: float = 16.0
    enough: int = 20
    sightings: int = 5
    frames: int = 3
    waiting: int = 16
    recalled: float = 0.5

    def __post_init__(self) -> None:
        shares, positive = ("quantile", "recalled"), ("margin", "least")
        require_fields("perception.novelty", self, shares=shares, positive=positive)


@dataclass(frozen=True)
class MergingThresholds:
    """Which groups of spectra are one type, by shape or by colour and by rewards.

    Attributes:
        close: Outlines of one type may differ by this share of the way to the next outline, for
            all that colour changes in edges. Not searched.
        prior: Pseudo-count of each distinct reward in the Dirichlet-multinomial evidence; 0.5 is
            Jeffreys' prior. Not searched.
        gathered: A view merges groups only if more than this share of the objects fall into types
            of several groups, and more than this share of those were touched. Not searched.
        moved: A group with this share of what was seen to move is no object that stands still.
            Not searched.
        margin: Another view of types needs this much more evidence, in nats. Not searched.
    """

    close: float = 0.1
    prior: float = 0.5
    gathered: float = 0.5
    moved: float = 0.05
    margin: float = 3.0

    def __post_init__(self) -> None:
        shares = ("close", "gathered", "moved")
        require_fields("perception.merging", self, shares=shares, positive=("prior",))


@dataclass(frozen=True)
class TrackingThresholds:
    """Matching of objects between two frames (Garnelo et al. 2016), and types that flicker.

    Attributes:
        distance: Weight of the likelihood by distance. Not searched.
        transition: Weight of the likelihood by how often one type followed the other.
            Not searched.
        neighbours: Weight of the likelihood by change in the number of neighbours. Not searched.
        reach: Cells that an object moves in a step at most. Not searched.
        often: Sightings of a type under an action before that action counts. Not searched.
        share: Share of the sightings of a type in which it must turn into another, under every
            such action, for the two to be one type that flickers. Not searched.
    """

    distance: float = 1.0
    transition: float = 1.0
    neighbours: float = 1.0
    reach: float = 2.0
    often: int = 8
    share: float = 0.1

    def __post_init__(self) -> None:
        require_fields("perception.tracking", self, shares=("share",), positive=("share",))
