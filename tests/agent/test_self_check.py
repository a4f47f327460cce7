"""Whether sight makes sense of what happened."""

from __future__ import annotations

from dsrl_agent.agent.self_check import explained_share
from dsrl_agent.config import AgencyThresholds
from dsrl_agent.types import Fact, Facts, Transition

LEFT, RIGHT = 0, 1
FAR, NEAR = Fact(1, 4, 4), Fact(1, 0, 3)


def met(*steps: tuple[int, int, Facts, Facts]) -> list[Transition]:
    """Return steps along row 0: (column before, column after, other facts before and after)."""
    return [
        Transition(
            tuple(sorted((Fact(2, 0, before), *others))),
            RIGHT if after > before else LEFT,
            0.0,
            tuple(sorted((Fact(2, 0, after), *then))),
            False,
        )
        for before, after, others, then in steps
    ]


CALM = [(1, 2, (FAR,), (FAR,)), (2, 1, (FAR,), (FAR,)), (1, 2, (FAR, NEAR), (FAR, NEAR))]


def test_motion_of_the_agent_alone_is_explained() -> None:
    assert explained_share(met(*CALM)) == 1.0


def test_touched_objects_may_vanish_and_pushed_objects_may_move() -> None:
    touched = (2, 3, (FAR, NEAR), (FAR,))
    pushed = (2, 3, (FAR, NEAR), (FAR, Fact(1, 0, 4)))
    assert explained_share(met(*CALM, touched, pushed)) == 1.0


def test_changes_away_from_the_agent_are_not_explained() -> None:
    gone = (1, 2, (FAR,), ())
    another = (1, 2, (FAR,), (Fact(3, 4, 4),))
    assert explained_share(met(*CALM, gone)) == 0.75  # 3 of 4
    assert explained_share(met(*CALM, gone, another)) == 0.6  # 3 of 5


def test_transitions_without_any_change_have_an_explained_share_of_zero() -> None:
    still = met(*[(1, 1, (FAR,), (FAR,))] * 4)
    assert explained_share(still) == 0.0
    assert explained_share([]) == 0.0


def test_the_thresholds_of_agency_apply() -> None:
    turned = Transition((FAR, Fact(2, 0, 1)), RIGHT, 0.0, (FAR, Fact(7, 0, 2)), False)
    turned = turned._replace(facts=tuple(sorted(turned.facts)))
    steps = [*met(*CALM), turned]
    assert explained_share(steps) == 0.75  # type 7 was taken once: not yet an appearance
    assert explained_share(steps, AgencyThresholds(appearance_changes=1)) == 1.0
