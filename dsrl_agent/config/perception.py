"""Settings of perception: from frames to facts."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

from dsrl_agent.checks import require_at_least, require_groups, require_number, require_range
from dsrl_agent.config import sights, symbols, things
from dsrl_agent.config.tiles import TilesThresholds
from dsrl_agent.config.tiling import TilingThresholds
from dsrl_agent.errors import ConfigError


@dataclass(frozen=True)
class PerceptionConfig:
    """From frames to facts.

    Attributes:
        sight: How frames are seen: `auto` (`tiles` where they suffice and are not shapes on a plain
            floor that `things` tells apart, otherwise `things`; with a `back_end.kind` that encodes
            cells, `spectra`),
            `tiles` (frames drawn in equal tiles), `things` (a generative model of things), `cells`
            (a spectrum of each cell of the grid), `off_grid` (spectra of objects off its lines),
            `spectra` (`cells`, unless `off_grid` needs fewer types), or a registered sight.
        first_frames: Steps of random play before the grid, the back end and the types are first
            learned. If the facts do not explain what happened, random play goes on.
        frames: The most steps of random play; then the agent acts on what it sees as it is.
        memory: The most frames kept to learn from; the oldest make room.
        refit_growth: The back end and the types are learned again whenever the steps taken have
            grown by this factor since the last time; 0 learns them once.
        max_types: The most types of cell that typing may find, emptiness included.
        explained: Sight is trusted if it explains at least this share of the transitions.
            Not searched.
        retry_growth: If it does not, sight is learned again after this many times the steps so far.
            Not searched.
        failed_growth: If nothing moved in the remembered frames, sight is learned again after this
            many times the steps so far. Not searched.
        most_unknown: A kind of sight that `auto` has chosen for good is kept without trying others
            as long as at most this share of places holds something unknown. A fit to which
            more than this share more is unknown explains less than the last. Not searched.
        looked_at: Frames in which that share is measured. Not searched.
        remembered: Most looks of places that are remembered with their types. Not searched.
        grid: The grid from motion.
        tiling: The grid by description length.
        extent: How far the grid reaches.
        egomotion: The agent's own object.
        camera: A camera that shakes.
        cells: Sight of objects on the grid.
        off_grid: Sight of objects off the grid.
        tiles: Sight of frames that are drawn in equal tiles.
        typing: Types of activation spectra.
        novelty: Spectra of no known type.
        merging: Groups of spectra that are one type.
        tracking: Objects from frame to frame.
        stills: Still pictures.
        things: Sight by a generative model of things.
    """

    sight: str = "auto"
    first_frames: int = 60
    frames: int = 160
    memory: int = 1000
    refit_growth: float = 4.0
    max_types: int = 32
    explained: float = 0.9
    retry_growth: float = 1.5
    failed_growth: float = 2.0
    most_unknown: float = 0.002
    looked_at: int = 64
    remembered: int = 16_384
    grid: sights.GridThresholds = field(default_factory=sights.GridThresholds)
    tiling: TilingThresholds = field(default_factory=TilingThresholds)
    extent: sights.ExtentThresholds = field(default_factory=sights.ExtentThresholds)
    egomotion: sights.EgomotionThresholds = field(default_factory=sights.EgomotionThresholds)
    camera: sights.CameraThresholds = field(default_factory=sights.CameraThresholds)
    cells: sights.CellsThresholds = field(default_factory=sights.CellsThresholds)
    off_grid: sights.OffGridThresholds = field(default_factory=sights.OffGridThresholds)
    tiles: TilesThresholds = field(default_factory=TilesThresholds)
    typing: symbols.TypingThresholds = field(default_factory=symbols.TypingThresholds)
    novelty: symbols.NoveltyThresholds = field(default_factory=symbols.NoveltyThresholds)
    merging: symbols.MergingThresholds = field(default_factory=symbols.MergingThresholds)
    tracking: symbols.TrackingThresholds = field(default_factory=symbols.TrackingThresholds)
    stills: sights.StillsThresholds = field(default_factory=sights.StillsThresholds)
    things: things.ThingsThresholds = field(default_factory=things.ThingsThresholds)

    def __post_init__(self) -> None:
        require_groups(self, "perception")
        require_at_least("perception.frames", self.frames, 20)
        require_at_least("perception.first_frames", self.first_frames, 20)
        bound = "perception.frames, which is "
        require_at_least("perception.memory", self.memory, self.frames, bound)
        require_at_least("perception.max_types", self.max_types, 2)
        require_range("perception.explained", self.explained, 0.0, 1.0)
        require_range("perception.retry_growth", self.retry_growth, 1.0, open_low=True)
        require_range("perception.failed_growth", self.failed_growth, 1.0, open_low=True)
        require_range("perception.most_unknown", self.most_unknown, 0.0, 1.0)
        require_at_least("perception.looked_at", self.looked_at, 1)
        require_at_least("perception.remembered", self.remembered, 0)
        require_number("perception.refit_growth", self.refit_growth)
        if self.refit_growth != 0.0 and not 1.0 < self.refit_growth < math.inf:
            raise ConfigError(
                f"perception.refit_growth is {self.refit_growth!r}, but it must be 0 (never) or "
                "greater than 1, and finite."
            )
