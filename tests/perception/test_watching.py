"""Frames of several environments: read together, and again where one of them changes the types."""

from __future__ import annotations

import numpy as np

from dsrl_agent.perception.watching import Watching, watch_together
from dsrl_agent.types import UNKNOWN, Fact, Facts, Frame, Ints


class OneCell:
    """Sees one cell a frame: its level is its type if that is known; 7 turns out to be 3."""

    def __init__(self, *known: int) -> None:
        self.known, self.names = set(known), dict[int, int]()
        self.tracked: list[tuple[Facts, int, Facts]] = []
        self.reads = 0

    def read(self, frames: Frame) -> Ints:
        self.reads += 1
        levels = frames[:, :1, :1, 0].astype(np.int64)
        types = np.where(np.isin(levels, list(self.known)), levels, UNKNOWN)
        return np.vectorize(lambda level: self.names.get(level, level))(types)  # type: ignore[no-any-return]

    def notice(self, frames: Frame, types: Ints) -> tuple[Ints, int]:
        self.known.add(int(frames[0, 0, 0, 0]))
        return self.read(frames), 1

    def track(self, before: Facts, action: int, after: Facts) -> tuple[int, int] | None:
        self.tracked.append((before, action, after))
        return (3, 7) if after[0].type == 7 else None

    def merge(self, kept: int, dropped: int) -> None:
        self.names[dropped] = kept

    def how(self, at_once: bool = False) -> Watching:
        return Watching(self.read, self.notice, self.track, self.merge, at_once)


def frames(*levels: int) -> Frame:
    return np.array(levels, np.uint8)[:, None, None, None].repeat(3, axis=3)


def facts(*types: int) -> list[Facts]:
    return [(Fact(number, 0, 0),) for number in types]


def test_frames_of_known_things_are_read_once() -> None:
    sight = OneCell(1, 2)
    seen = watch_together(sight.how(), facts(2, 1), [5, 6], frames(1, 2))
    assert seen.facts == facts(1, 2)
    assert seen.change is None
    assert sight.reads == 1
    assert sight.tracked == [(*facts(2), 5, *facts(1)), (*facts(1), 6, *facts(2))]


def test_a_new_type_is_known_in_the_frames_that_follow() -> None:
    for at_once in (False, True):
        sight = OneCell(1)
        seen = watch_together(sight.how(at_once), facts(1, 1, 1), [0, 0, 0], frames(1, 4, 4))
        assert seen.facts == facts(1, 4, 4)
        assert (seen.change is None) == at_once
        assert [after for _, _, after in sight.tracked] == facts(1, 4, 4)


def test_a_merged_type_has_its_name_in_all_frames_and_in_what_was_before() -> None:
    sight = OneCell(1, 3, 7)
    seen = watch_together(sight.how(), facts(7, 7, 7), [0, 0, 0], frames(1, 7, 3))
    assert seen.facts == facts(1, 3, 3)
    assert seen.change is not None
    assert seen.change.parents == {3: 7}
    assert [before for before, _, _ in sight.tracked] == facts(7, 7, 3)
