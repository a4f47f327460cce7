"""Whether sight makes sense of what happened."""

from __future__ import annotations

import pytest
from drawings import DOWN, acquainted, film, step

from dsrl_agent.agent.self_check import AlikeEnds, Fruits, alike_ends, explained_share, fruits
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


def end(drawn: str, action: int, reward: float) -> Transition:
    """Return an episode of one step."""
    return step(drawn, action, reward, "...", terminated=True, first=True)


def plain(count: int) -> list[Transition]:
    return [step("+..", RIGHT, 0.0, ".+.", first=True) for _ in range(count)]


def test_ends_that_look_alike_are_compared() -> None:
    good, bad = end("+x.", RIGHT, 1.0), end("+x.", RIGHT, 0.0)
    assert alike_ends([*plain(9), good, bad, good], acquainted()) == AlikeEnds(3, 1)
    assert alike_ends([*plain(9), good, good], acquainted()) == AlikeEnds(2, 0)
    assert alike_ends([], acquainted()) == AlikeEnds()


@pytest.mark.parametrize(
    "other",
    [
        end("+x.", DOWN, 0.0),  # another action
        end("+o.", RIGHT, 0.0),  # another thing in front
        end("x+.", LEFT, 0.0),  # to another side
        end("x.+", RIGHT, 0.0),  # nothing beside it
        end(".x.", RIGHT, 0.0),  # no agent
    ],
)
def test_what_differs_before_the_end_may_have_decided(other: Transition) -> None:
    good = end("+x.", RIGHT, 1.0)
    assert alike_ends([*plain(9), good, other, good], acquainted()) == AlikeEnds(2, 0)


def test_what_went_earlier_in_the_episode_may_have_decided() -> None:
    taken = film("+k.x", (RIGHT, 0.0, ".+.x"), (RIGHT, 0.0, "..+x"), (RIGHT, 1.0, "...+!"))
    at_once = film("k.+x", (RIGHT, 0.0, "k..+!"))
    assert alike_ends([*taken, *at_once, *taken], acquainted()) == AlikeEnds(2, 0)


def test_the_share_that_turned_out_otherwise() -> None:
    assert AlikeEnds(8, 2).undecided == 0.25
    assert AlikeEnds().undecided == 0.0


def played(*rewards: float, ends: bool = True, env: int = 0) -> list[Transition]:
    """Return an episode of these rewards."""
    last = len(rewards) - 1
    return [
        Transition((), 0, reward, (), ends and n == last, n == 0, (1, 1), env)
        for n, reward in enumerate(rewards)
    ]


def test_episodes_that_bring_more_than_plain_steps_are_fruitful() -> None:
    barren, rich = played(0.0, 0.0, -1.0), played(0.0, 1.0, 0.0)
    assert fruits([*barren, *rich, *barren], 10) == Fruits(3, 1)
    assert fruits([*rich, *barren, *barren], 2) == Fruits(2, 0)
    # One that was cut off counts once another begins; one whose beginning is forgotten does not.
    cut = played(0.0, 1.0, ends=False)
    assert fruits([*cut, *barren], 10) == Fruits(2, 1)
    assert fruits([*barren, *cut], 10) == Fruits(1, 0)
    assert fruits([*rich[1:], *barren], 10) == Fruits(1, 0)
    assert fruits([], 10) == Fruits()


def test_episodes_of_several_environments_are_told_apart() -> None:
    barren, rich = played(0.0, 0.0, 0.0), played(0.0, 1.0, 0.0, env=1)
    mixed = [each for pair in zip(barren, rich, strict=True) for each in pair]
    assert fruits(mixed, 10) == Fruits(2, 1)


def test_where_steps_cost_a_plain_end_is_good_and_where_they_pay_nothing_is_told() -> None:
    assert fruits([*played(-1.0, -1.0), *played(-1.0, -100.0)], 10) == Fruits(2, 1)
    assert fruits(played(-1.0, -1.0, ends=False) + played(-1.0, -1.0), 10) == Fruits(2, 1)
    assert fruits(played(1.0, 1.0), 10) == Fruits()
