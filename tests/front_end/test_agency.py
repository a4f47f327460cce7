"""Which object is the agent: the one that responds to the actions."""

from __future__ import annotations

import json
import math
from collections import Counter
from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dsrl_agent.config import AgencyThresholds
from dsrl_agent.front_end.agency import ActionEffect, Agency, _information
from dsrl_agent.front_end.changes import ObservedChange, PlaceChange
from dsrl_agent.types import Fact, Transition

LEFT, RIGHT, UP, DOWN = range(4)
MOVES = ((0, -1), (0, 1), (-1, 0), (1, 0))
SELF, STILL, PAIR, DRIFTER = 3, 0, 1, 2


def watch(agency: Agency, tape: Sequence[Transition]) -> list[int | None]:
    """Let it observe a tape; return whom it took for the agent after each transition."""
    found = []
    for transition in tape:
        agency.observe(transition)
        found.append(agency.self_type)
    return found


def step(action: int, *objects: tuple[int, tuple[int, int], tuple[int, int]]) -> Transition:
    """Return a transition in which objects (type, place before, place after) are seen."""
    before = tuple(sorted(Fact(kind, *place) for kind, place, _ in objects))
    after = tuple(sorted(Fact(kind, *place) for kind, _, place in objects))
    return Transition(before, action, 0.0, after, False)


def walk(length: int, seed: int, *, responds: bool = True, drifts: bool = True) -> list[Transition]:
    """Record a random walk on 5 x 5 cells beside one still object, two alike and a drifter."""
    rng = np.random.default_rng(seed)
    agent, drifter, tape = np.array([2, 2]), np.array([0, 4]), []
    for _ in range(length):
        action = int(rng.integers(4))
        moved = np.clip(agent + MOVES[action], 0, 4) if responds else agent
        drifted = np.clip(drifter + MOVES[rng.integers(4)], 0, 4) if drifts else drifter
        tape.append(
            step(
                action,
                (SELF, tuple(agent.tolist()), tuple(moved.tolist())),
                (DRIFTER, tuple(drifter.tolist()), tuple(drifted.tolist())),
                (STILL, (4, 0), (4, 0)),
                (PAIR, (0, 0), (0, 0)),
                (PAIR, (0, 1), (0, 1)),
            )
        )
        agent, drifter = moved, drifted
    return tape


def test_two_actions_that_do_different_things_are_enough() -> None:
    tape = [
        step(RIGHT, (SELF, (0, 0), (0, 1)), (STILL, (2, 2), (2, 2))),
        step(RIGHT, (SELF, (0, 1), (0, 2)), (STILL, (2, 2), (2, 2))),
        step(DOWN, (SELF, (0, 2), (1, 2)), (STILL, (2, 2), (2, 2))),
    ]
    # One action alone cannot tell what responds from what always moves.
    assert watch(Agency(), tape) == [None, None, SELF]


def test_the_agent_is_found_among_still_objects_and_a_drifter() -> None:
    for seed in range(10):
        found = watch(Agency(), walk(100, seed))
        assert found[63:] == [SELF] * 37


def test_there_is_no_agent_where_nothing_responds() -> None:
    still = walk(100, 0, responds=False, drifts=False)
    assert watch(Agency(), still) == [None] * 100
    assert Agency().self_type is None
    assert Agency().moves() == {}
    assert watch(Agency(), [step(LEFT), step(RIGHT)]) == [None, None]


def test_a_type_seen_twice_in_a_frame_is_not_followed() -> None:
    for twin in ((0, 0), (4, 4)):
        twins = [
            step(RIGHT, (SELF, (2, 1), (2, 2)), (SELF, twin, twin)),
            step(DOWN, (SELF, (2, 2), (3, 2)), (SELF, twin, twin)),
        ]
        assert watch(Agency(), twins) == [None, None]


def test_a_single_sighting_does_not_decide_the_agent() -> None:
    """The agent bumps two times in five; something seen twice has told the action each time."""
    own = [step(LEFT, (SELF, (2, 2), (2, 1))), step(RIGHT, (SELF, (2, 2), (2, 3)))]
    bumps = [step(LEFT, (SELF, (2, 0), (2, 0))), step(RIGHT, (SELF, (2, 4), (2, 4)))]
    lucky = [step(LEFT, (7, (0, 2), (0, 1))), step(RIGHT, (7, (0, 1), (0, 2)))]
    # 10 sightings of 0.6 log 2 nats each against 2 of log 2.
    assert watch(Agency(), [*3 * own, *2 * bumps, *lucky])[-1] == SELF


def test_the_agent_is_decided_at_each_of_the_first_64_transitions_then_every_64() -> None:
    """A newcomer that tells more than the agent takes its place, but not before the next turn."""
    agency = Agency()
    assert watch(agency, walk(65, 1))[-1] == SELF
    ways = [step(a, (7, (2, 2), (2 + MOVES[a][0], 2 + MOVES[a][1]))) for a in range(4)]
    found = watch(agency, 50 * ways)
    # Renewed at transition 128, the 63rd of these, when 63 sightings stand against 65, some of
    # which were bumps into the edge.
    assert found[:62] == [SELF] * 62
    assert found[62:] == [7] * 138


def test_find_gives_the_agents_fact_if_it_is_seen_exactly_once() -> None:
    agency = Agency()
    facts = (Fact(STILL, 4, 0), Fact(SELF, 2, 1))
    assert agency.find(facts) is None
    watch(agency, walk(20, 0))
    assert agency.find(facts) == Fact(SELF, 2, 1)
    assert agency.find(facts[:1]) is None
    assert agency.find((*facts, Fact(SELF, 3, 3))) is None


def test_moves_are_the_commonest_displacements() -> None:
    agency = Agency()
    watch(
        agency,
        [
            step(LEFT, (SELF, (0, 0), (0, 0))),  # bumps do not count, however many
            step(LEFT, (SELF, (0, 0), (0, 0))),
            step(LEFT, (SELF, (0, 1), (0, 0))),
            step(RIGHT, (SELF, (0, 0), (0, 1))),
            step(RIGHT, (SELF, (0, 1), (0, 2))),
            step(RIGHT, (SELF, (0, 2), (1, 2))),  # slipped, once
            step(UP, (SELF, (0, 2), (0, 2))),
        ],
    )
    assert agency.self_type == SELF
    assert agency.moves() == {LEFT: (0, -1), RIGHT: (0, 1)}
    watch(agency, walk(60, 0))
    assert agency.moves() == dict(enumerate(MOVES))


@settings(deadline=None, max_examples=20)
@given(st.integers(0, 150), st.integers(0, 10))
def test_counting_goes_on_after_saving_and_loading(cut: int, seed: int) -> None:
    tape = walk(200, seed)
    whole = Agency()
    watch(whole, tape[:cut])
    resumed = Agency()
    watch(resumed, walk(10, 99))
    resumed.load(json.loads(json.dumps(whole.state())))
    assert resumed.self_type == whole.self_type
    assert resumed.state() == whole.state()
    assert watch(resumed, tape[cut:]) == watch(whole, tape[cut:])
    assert resumed.state() == whole.state()
    assert resumed.moves() == whole.moves()


# An agent of several looks.

TURN_LEFT, TURN_RIGHT, FORWARD = range(3)
UPWARD, EASTWARD, DOWNWARD, WESTWARD = LOOKS = (20, 21, 22, 23)
AHEAD = ((-1, 0), (0, 1), (1, 0), (0, -1))


def turn_and_go(length: int, seed: int) -> list[Transition]:
    """Record a random walk of an agent that turns, beside a still object and a drifter."""
    rng = np.random.default_rng(seed)
    agent, heading, drifter, tape = np.array([2, 2]), 0, np.array([0, 4]), []
    for _ in range(length):
        action = int(rng.integers(3))
        facing = (heading + (-1, 1, 0)[action]) % 4
        moved = np.clip(agent + AHEAD[heading], 0, 4) if action == FORWARD else agent
        drifted = np.clip(drifter + MOVES[rng.integers(4)], 0, 4)
        others = [(STILL, (4, 0), (4, 0)), (DRIFTER, tuple(drifter), tuple(drifted))]
        before = [Fact(LOOKS[heading], *agent.tolist())]
        after = [Fact(LOOKS[facing], *moved.tolist())]
        before += [Fact(kind, int(r), int(c)) for kind, (r, c), _ in others]
        after += [Fact(kind, int(r), int(c)) for kind, _, (r, c) in others]
        tape.append(Transition(tuple(sorted(before)), action, 0.0, tuple(sorted(after)), False))
        agent, heading, drifter = moved, facing, drifted
    return tape


def test_an_agent_that_turns_has_several_appearances_with_effects_of_their_own() -> None:
    for seed in range(5):
        agency = Agency()
        watch(agency, turn_and_go(64, seed))
        assert agency.self_types == set(LOOKS)
        expected = {}
        for heading, (look, ahead) in enumerate(zip(LOOKS, AHEAD, strict=True)):
            expected[look, TURN_LEFT] = ActionEffect(0, 0, LOOKS[heading - 1])
            expected[look, TURN_RIGHT] = ActionEffect(0, 0, LOOKS[(heading + 1) % 4])
            expected[look, FORWARD] = ActionEffect(*ahead, look)
        assert agency.effects() == expected


@settings(deadline=None, max_examples=20)
@given(st.integers(0, 10), st.booleans())
def test_effects_and_moves_are_those_counted_anew_at_every_step(seed: int, turns: bool) -> None:
    agency = Agency()
    for transition in turn_and_go(60, seed) if turns else walk(60, seed):
        agency.observe(transition)
        anew = Agency()
        anew.load(agency.state())
        assert agency.moves() == anew.moves()
        assert agency.effects() == anew.effects()


def test_an_agent_is_found_by_any_of_its_appearances() -> None:
    agency = Agency()
    watch(agency, turn_and_go(64, 0))
    still = Fact(STILL, 4, 0)
    for look in LOOKS:
        assert agency.find((still, Fact(look, 2, 1))) == Fact(look, 2, 1)
    assert agency.find((still, Fact(UPWARD, 0, 0), Fact(WESTWARD, 1, 1))) is None
    assert agency.find((still,)) is None


ALONE = [
    step(RIGHT, (SELF, (2, 1), (2, 2))),
    step(LEFT, (SELF, (2, 2), (2, 1))),
    step(UP, (SELF, (2, 1), (1, 1))),
    step(DOWN, (SELF, (1, 1), (2, 1))),
]
ON, OFF = 8, 9


def becomes(action: int, old: int, new: int, *others: Fact) -> Transition:
    """Return a step to the right of an agent that looks otherwise afterwards."""
    before, after = Fact(old, 2, 1), Fact(new, 2, 2)
    return Transition(
        tuple(sorted([before, *others])), action, 0.0, tuple(sorted([after, *others])), False
    )


def test_an_appearance_must_be_taken_twice() -> None:
    agency = Agency()
    watch(agency, [*ALONE, becomes(RIGHT, SELF, ON)])
    assert agency.self_types == {SELF}
    watch(agency, [becomes(RIGHT, SELF, ON)])
    assert agency.self_type == SELF
    assert agency.self_types == {SELF, ON}


def test_a_type_seen_together_with_the_agent_is_no_appearance() -> None:
    agency = Agency()
    # The agent is missed, and something comes up beside its place that is seen with it elsewhere.
    watch(agency, [*ALONE, *3 * [becomes(RIGHT, SELF, ON)]])
    assert agency.self_types == {SELF, ON}
    both = step(UP, (SELF, (2, 1), (1, 1)), (ON, (4, 4), (4, 4)))
    watch(agency, [both])
    assert agency.self_types == {SELF}


def test_a_type_that_comes_up_far_from_the_agent_is_no_appearance() -> None:
    agency = Agency()
    far = Transition((Fact(SELF, 0, 0),), RIGHT, 0.0, (Fact(ON, 1, 1),), False)
    watch(agency, [*ALONE, *5 * [far]])
    assert agency.self_types == {SELF}


def test_effects_are_the_commonest_displacement_however_often_it_was_blocked() -> None:
    agency = Agency()
    assert agency.effects() == {}
    bumps = [step(RIGHT, (SELF, (2, 4), (2, 4)))] * 5
    slip = [step(RIGHT, (SELF, (2, 4), (3, 4)))]
    watch(agency, [*ALONE, ALONE[0], *bumps, *slip, step(4, (SELF, (1, 1), (1, 1)))])
    ways = enumerate(MOVES)
    assert agency.effects() == {
        **{(SELF, action): ActionEffect(*move, SELF) for action, move in ways},
        (SELF, 4): ActionEffect(0, 0, SELF),
    }


def test_a_rare_appearance_moves_as_the_others_if_these_agree() -> None:
    agency = Agency()
    watch(agency, [*ALONE, ALONE[0], *2 * [becomes(RIGHT, SELF, ON)]])
    # Right was seen four times, the others once each: too few to speak for another look.
    motions = agency.effects()
    assert {key for key in motions if key[0] == ON} == {(ON, RIGHT)}
    assert motions[ON, RIGHT] == ActionEffect(0, 1, ON)
    # Of what does nothing to one look it is not known that it does nothing to another.
    watch(agency, 3 * [step(4, (SELF, (1, 1), (1, 1)))])
    assert agency.effects() == {**motions, (SELF, 4): ActionEffect(0, 0, SELF)}
    # What the look itself was seen to do three times counts against it.
    held = [step(RIGHT, (ON, (2, 2), (2, 2)))] * 3
    watch(agency, held)
    assert agency.effects()[ON, RIGHT] == ActionEffect(0, 0, ON)


def test_appearances_are_saved_and_loaded() -> None:
    tape = turn_and_go(120, 3)
    whole, resumed = Agency(), Agency()
    watch(whole, tape[:50])
    resumed.load(json.loads(json.dumps(whole.state())))
    assert resumed.self_types == whole.self_types == set(LOOKS)
    assert resumed.effects() == whole.effects()
    watch(whole, tape[50:])
    watch(resumed, tape[50:])
    assert resumed.state() == whole.state()


def test_a_displacement_seen_once_in_many_tries_is_ignored() -> None:
    agency = Agency()
    idle = step(4, (SELF, (2, 2), (2, 2)), (STILL, (4, 4), (4, 4)))
    watch(agency, [*walk(60, 0), *39 * [idle]])
    watch(agency, [step(4, (SELF, (2, 2), (3, 4)), (STILL, (4, 4), (4, 4)))])  # 1 of 40
    assert 4 not in agency.moves()
    assert agency.effects()[SELF, 4] == (0, 0, SELF)
    assert agency.moves()[LEFT] == MOVES[LEFT]


def test_unknown_objects_are_never_the_agent() -> None:
    agency = Agency()
    tape = [step(a, (-1, (2, 2), (2 + MOVES[a][0], 2 + MOVES[a][1]))) for a in range(4)]
    assert watch(agency, 5 * tape) == [None] * 20


def test_appearances_found_by_perception_are_taken_as_long_as_they_are_seen() -> None:
    agency = Agency(AgencyThresholds(verdict_every=4, given_share=0.5))
    agency.take(frozenset([8, 9]))
    assert agency.self_types == {8, 9}
    assert agency.find((Fact(9, 1, 1),)) == Fact(9, 1, 1)
    shown = Transition((Fact(8, 0, 0),), 0, 0.0, (Fact(9, 0, 0),), False)
    for _ in range(4):
        agency.observe(shown)
    assert agency.self_types == {8, 9}
    loaded = Agency()
    loaded.load(json.loads(json.dumps(agency.state())))
    assert loaded.self_types == {8, 9}
    gone = Transition((Fact(3, 0, 0),), 0, 0.0, (Fact(3, 0, 0),), False)
    for _ in range(8):
        agency.observe(gone)
    assert agency.self_types != {8, 9}


def test_what_an_appearance_found_by_perception_changes_into_is_one_too() -> None:
    """On a switch the agent is drawn in a way that perception met too seldom to tell."""
    agency = Agency(AgencyThresholds(appearance_changes=2))
    agency.take(frozenset([8]))
    on = Transition((Fact(5, 0, 1), Fact(8, 0, 0)), 3, 0.0, (Fact(6, 0, 1),), False)
    agency.observe(on)
    assert agency.self_types == {8}
    agency.observe(on)
    assert agency.self_types == {6, 8}
    assert agency.find((Fact(6, 0, 1),)) == Fact(6, 0, 1)
    beside = Transition(
        (Fact(7, 0, 1), Fact(8, 0, 0)), 3, 0.0, (Fact(7, 0, 1), Fact(8, 0, 0)), False
    )
    for _ in range(2):
        agency.observe(beside)
    assert agency.self_types == {6, 8}


def test_a_step_to_a_cell_beside_counts_before_being_flung_elsewhere() -> None:
    """From beside a cliff the agent is flung back to the start more often than it steps down."""
    agency = Agency()
    tape = [step(action, (SELF, (1, 1), (1 + d, 1 + e))) for action, (d, e) in enumerate(MOVES)]
    flung = [step(DOWN, (SELF, (1, 1), (3, 0))) for _ in range(4)]
    watch(agency, [*tape, *flung])
    assert agency.moves()[DOWN] == (1, 0)
    assert agency.effects()[SELF, DOWN] == ActionEffect(1, 0, SELF)


def test_what_puts_the_agent_to_a_place_is_no_motion() -> None:
    """Down from (2, 1) is a cliff that throws back to (3, 0), ever again."""
    agency = Agency()
    start = [step(DOWN, (SELF, (3, 0), (3, 0))), step(UP, (SELF, (3, 0), (2, 0)))]
    flung = step(DOWN, (SELF, (2, 1), (3, 0)))
    watch(agency, [*start, step(RIGHT, (SELF, (2, 0), (2, 1))), *9 * [flung]])
    assert agency.moves() == {UP: (-1, 0), RIGHT: (0, 1)}
    assert agency.effects()[SELF, DOWN] == ActionEffect(0, 0, SELF)  # as at the edge
    watch(agency, [step(DOWN, (SELF, (2, 0), (3, 0)))])  # it may have been put there, too
    assert agency.puts() == {PlaceChange(SELF, DOWN, 1, 0)}
    assert DOWN not in agency.moves()
    watch(agency, [step(DOWN, (SELF, (1, 0), (2, 0)))])
    assert agency.puts() == frozenset()
    assert agency.moves()[DOWN] == (1, 0)
    assert agency.effects()[SELF, DOWN] == ActionEffect(1, 0, SELF)


def test_of_what_an_action_was_only_put_by_nothing_is_known() -> None:
    agency = Agency()
    watch(agency, [*ALONE[:3], *4 * [step(DOWN, (SELF, (1, 1), (4, 4)))]])
    assert (SELF, DOWN) not in agency.effects()
    loaded = Agency()
    loaded.load(json.loads(json.dumps(agency.state())))
    assert loaded.effects() == agency.effects()
    older = [row for row in agency.state() if row[0] != 4 or row == agency.state()[0]]
    loaded.load(json.loads(json.dumps(older)))  # without places, as of an older version
    assert loaded.effects()[SELF, DOWN] == ActionEffect(3, 3, SELF)


def test_a_step_from_several_places_comes_before_one_from_a_single_place() -> None:
    agency = Agency()
    flung = step(DOWN, (SELF, (1, 1), (1, 2)))  # it was put there, and nothing tells yet
    watch(agency, [*ALONE[:3], *5 * [flung], step(DOWN, (SELF, (2, 2), (3, 2)))])
    assert agency.moves()[DOWN] == (0, 1)
    watch(agency, [step(DOWN, (SELF, (3, 2), (4, 2)))])
    assert agency.moves()[DOWN] == (1, 0)
    assert agency.effects()[SELF, DOWN] == ActionEffect(1, 0, SELF)


def test_appearances_that_half_of_the_frames_show_hold_at_a_share_of_a_half() -> None:
    agency = Agency(AgencyThresholds(verdict_every=4, given_share=0.5))
    agency.take(frozenset([8]))
    shown = Transition((Fact(8, 0, 0),), 0, 0.0, (Fact(8, 0, 0),), False)
    hidden = shown._replace(next_facts=(Fact(3, 5, 5),))
    for transition in (shown, hidden, shown, hidden):
        agency.observe(transition)
    assert agency.self_types == {8}
    agency.observe(hidden)  # 2 of 5
    assert agency.self_types != {8}
    agency.take(frozenset([8]))  # the same opinion again is no news
    assert agency.self_types != {8}
    agency.take(frozenset([9]))
    assert agency.self_types == {9}


def test_an_end_at_which_the_agent_is_not_seen_is_no_frame_against_it() -> None:
    agency = Agency(AgencyThresholds(verdict_every=2, given_share=0.5))
    agency.take(frozenset([8]))
    gone = Transition((Fact(8, 0, 0),), 0, 0.0, (Fact(3, 5, 5),), True)
    for _ in range(6):
        agency.observe(gone)
    assert agency.self_types == {8}
    agency.observe(gone._replace(terminated=False))
    agency.observe(gone._replace(terminated=False))
    assert agency.self_types != {8}


def test_after_an_opinion_has_fallen_the_agent_is_decided_at_its_turns_only() -> None:
    """As without an opinion: at each of the first 4 transitions here, and then every 4."""
    agency = Agency(AgencyThresholds(verdict_every=4, given_share=0.5))
    agency.take(frozenset([8]))
    tape = [step(a, (SELF, (2, 2), (2 + MOVES[a][0], 2 + MOVES[a][1]))) for a in range(4)]
    watch(agency, tape)
    assert agency.self_type == SELF  # type 8 was never seen
    ways = [step(a, (7, (2, 2), (2 + MOVES[a][0], 2 + MOVES[a][1]))) for a in range(4)]
    # The newcomer tells more than the agent from its 5th sighting on, but is taken at the 8th.
    assert watch(agency, 2 * ways) == [SELF] * 7 + [7]


def test_so_many_scenes_are_remembered_as_the_setting_says() -> None:
    agency = Agency(AgencyThresholds(remembered=2))
    scenes = [(Fact(SELF, 0, col),) for col in range(5)]
    sizes = []
    for facts in scenes:
        agency.find(facts)
        sizes.append(len(agency._found))
    assert sizes == [1, 2, 1, 2, 1]


def test_information_is_that_of_the_action_and_all_of_the_change() -> None:
    """In nats; worked out by hand."""
    still = [ObservedChange(SELF, action, SELF, 0, 0) for action in range(2)]
    turned = ObservedChange(SELF, 1, 7, 0, 0)
    moved = ObservedChange(SELF, 1, SELF, 0, 1)
    assert _information(Counter(still)) == 0.0
    for told in (turned, moved):
        assert _information(Counter([still[0], told])) == pytest.approx(math.log(2))
    # Three of four sightings are of action 1, two of which change: with p(0, same) = 1/4,
    # p(1, same) = 1/4 and p(1, changed) = 1/2, of p(same) = 1/2 and p(1) = 3/4.
    expected = 0.25 * math.log(2.0) + 0.25 * math.log(2 / 3) + 0.5 * math.log(4 / 3)
    assert _information(Counter([*still, moved, moved])) == pytest.approx(expected)


def test_an_opinion_is_saved_as_types_and_comes_back() -> None:
    agency, loaded = Agency(), Agency()
    agency.take(frozenset([9, 8]))
    assert agency.state() == [[0, 8, 8, 9], [3, 8, 1], [3, 9, 1]]
    loaded.load(agency.state())
    loaded.observe(step(LEFT, (8, (0, 0), (0, 1))))
    assert loaded.self_types == {8, 9}


def test_what_is_handed_out_of_the_moves_is_a_copy_and_effects_are_kept() -> None:
    agency = Agency()
    watch(agency, ALONE)
    agency.moves().clear()
    assert agency.moves() == dict(enumerate(MOVES))
    assert agency.effects() is agency.effects()
    kept = agency.effects()
    watch(agency, 5 * [step(RIGHT, (SELF, (2, 2), (2, 4)))])  # a step beside still comes first
    assert agency.effects()[SELF, RIGHT] == kept[SELF, RIGHT]
    watch(agency, 43 * [step(RIGHT, (SELF, (2, 2), (2, 4)))])
    assert agency.moves()[RIGHT] == (0, 1)  # it was put to one place, as far as is known
    # It moves so from elsewhere, and steps in 1 of 50, which is too rare.
    watch(agency, [step(RIGHT, (SELF, (2, 1), (2, 3)))])
    assert agency.moves()[RIGHT] == (0, 2)
    assert agency.effects()[SELF, RIGHT] == ActionEffect(0, 2, SELF)


def test_the_first_scene_after_the_memory_is_full_is_found_anew() -> None:
    agency = Agency(AgencyThresholds(remembered=1))
    watch(agency, ALONE)
    first, second = (Fact(SELF, 0, 0),), (Fact(SELF, 1, 1), Fact(STILL, 0, 0))
    for _ in range(2):
        assert agency.find(first) == Fact(SELF, 0, 0)
        assert agency.find(second) == Fact(SELF, 1, 1)


def test_what_is_counted_is_what_was_seen() -> None:
    """By hand: changes of types seen once before and after, frames, and types seen together."""
    agency = Agency()
    pair = (PAIR, (4, 4), (4, 4)), (PAIR, (4, 3), (4, 3))
    agency.observe(step(RIGHT, (SELF, (0, 0), (0, 1)), (STILL, (2, 2), (2, 2)), *pair))
    agency.observe(step(RIGHT, (SELF, (0, 1), (0, 2)), (STILL, (2, 2), (2, 2))))
    agency.observe(Transition((Fact(SELF, 0, 0),), UP, 0.0, (Fact(ON, 1, 0),), False))
    assert agency.state() == [
        [3, SELF, SELF],
        [0, STILL, RIGHT, STILL, 0, 0, 2],
        [0, SELF, RIGHT, SELF, 0, 1, 2],
        [0, SELF, UP, ON, 1, 0, 1],
        [1, STILL, 2],
        [1, PAIR, 1],
        [1, SELF, 2],
        [1, ON, 1],
        [2, STILL, PAIR, 1],
        [2, STILL, SELF, 2],
        [2, PAIR, SELF, 1],
        [4, SELF, RIGHT, 0, 1, 0, 0],
        [4, SELF, RIGHT, 0, 1, 0, 1],
        [4, SELF, UP, 1, 0, 0, 0],
    ]


def test_of_the_appearances_found_by_perception_the_one_seen_most_is_the_agent() -> None:
    agency = Agency()
    agency.take(frozenset([8, 9]))
    assert agency.self_type == 8
    for action, (d_row, d_col) in enumerate(MOVES):
        agency.observe(step(action, (9, (2, 2), (2 + d_row, 2 + d_col))))
    assert agency.self_type == 9
    assert agency.moves() == dict(enumerate(MOVES))
    for _ in range(5):
        agency.observe(step(UP, (8, (0, 0), (0, 0))))
    assert agency.self_type == 8
    assert agency.moves() == {}  # of type 8, which only bumped


@pytest.mark.parametrize("look", [1, 8])
def test_a_type_seldom_seen_together_with_the_agent_may_be_an_appearance(look: int) -> None:
    agency = Agency(AgencyThresholds(met_share=0.25))
    both = step(UP, (SELF, (2, 1), (1, 1)), (look, (4, 4), (4, 4)))
    watch(agency, [*ALONE, *3 * [becomes(RIGHT, SELF, look)], both])
    assert agency.self_types == {SELF, look}  # together in 1 of 4 frames that show it
    watch(agency, [both])
    assert agency.self_types == {SELF}  # 2 of 5


def test_of_two_appearances_seen_together_the_commoner_is_taken() -> None:
    for first, second in ((ON, OFF), (OFF, ON)):
        agency = Agency()
        watch(agency, [*ALONE, *3 * [becomes(RIGHT, SELF, first)]])
        watch(agency, [*2 * [becomes(RIGHT, SELF, second)]])
        assert agency.self_types == {SELF, ON, OFF}
        watch(agency, 2 * [step(4, (ON, (0, 0), (0, 0)), (OFF, (1, 1), (1, 1)))])
        assert agency.self_types == {SELF, first}
