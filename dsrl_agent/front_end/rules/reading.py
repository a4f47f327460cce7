"""Read the things of a frame by place, and count the readings that were taken back."""

from __future__ import annotations

from dataclasses import dataclass, field

from dsrl_agent.config import RulesThresholds
from dsrl_agent.front_end.agency import Agency
from dsrl_agent.front_end.rules.contact import Labels
from dsrl_agent.types import Facts, Shape


@dataclass
class ReadingErrors:
    """The rate of reading errors, from readings taken back: cells that differ for one frame."""

    objects: float = 0.0  # objects seen so far, over all frames
    errors: float = 0.0  # readings taken back
    # the prior, and the rate that counts as frequent
    thresholds: RulesThresholds = field(default_factory=RulesThresholds, kw_only=True)

    @property
    def noise(self) -> float:
        """The rate of errors per object, in (0, 1)."""
        objects, rate = self.thresholds.prior_objects, self.thresholds.prior_error_rate
        return (self.errors + rate * objects) / (self.objects + objects)

    @property
    def frequent(self) -> bool:
        """Whether a change must be read twice to be believed."""
        return self.noise > self.thresholds.error_rate

    def copy(self) -> ReadingErrors:
        """Return a copy."""
        return ReadingErrors(self.objects, self.errors, thresholds=self.thresholds)


def read_facts(
    facts: Facts, agency: Agency, shape: Shape, last: Labels
) -> tuple[Labels, Labels] | None:
    """Return the objects by place, and the candidates for the agent by place.

    Objects that are as in the frame before, `last`, are returned as that itself. Of facts that lie
    beyond the grid nothing is returned.
    """
    labels: dict[int, int] = {}
    own: dict[int, int] = {}
    own_types, (rows, cols) = agency.self_types, shape
    for number, row, col in facts:
        if row >= rows or col >= cols:
            return None
        if number in own_types:
            own[row * cols + col] = number
        else:
            labels[row * cols + col] = number
    return last if labels == last else labels, own
