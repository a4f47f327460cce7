"""The options of `dsrl study scaling`. Imports no learning library."""

from __future__ import annotations

from dataclasses import dataclass

from dsrl_agent.errors import ConfigError


@dataclass(frozen=True)
class ScalingOptions:
    """How far sight carries as scenes get harder, for one back end and another.

    Attributes:
        rungs: Names of the rungs; all if left out.
        back_ends: Names of the back ends; all if left out.
        seeds: How many seeds of each.
        first_seed: The first of them.
        frames: Frames of random play to learn from.
        quick: Two rungs, two back ends, one seed, fewer frames: shows that all works.
        jobs: Processes at once.
        device: Where the networks run: auto, cpu or cuda.
        out: The folder for the records, which must not exist; by default a new one under runs/.
        resume: The folder of a stopped run to go on with, in place of a new one.
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
        for name, low in (("seeds", 1), ("first_seed", 0), ("frames", 20), ("jobs", 1)):
            if getattr(self, name) < low:
                raise ConfigError(
                    f"{name} is {getattr(self, name)}, but it must be at least {low}."
                )
