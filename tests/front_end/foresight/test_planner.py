"""Values of actions over places and layers of time, worked out by hand."""

from __future__ import annotations

import numpy as np
import pytest

from dsrl_agent.front_end.foresight.planner import (
    Options,
    Stakes,
    TimeLayer,
    _later,
    action_values,
    ground_of,
    lasting_values,
)
from dsrl_agent.types import Floats

STAY, RIGHT = 0, 1
STAKES = Stakes(discount=0.5, life=2.0, landing=0, settled=1e-6)


def corridor(count: int = 3, rests: int = 1) -> Options:
    """Return a corridor in which one action goes right; while the agent rests, it stays."""
    leads = np.array([np.arange(count), np.minimum(np.arange(count) + 1, count - 1)])
    moves = np.zeros((2, rests, 2, count))
    moves[:, :, 0] = 1.0
    moves[RIGHT, -1] = [[0.0], [1.0]]
    deeds = np.zeros((2, rests, 3, count))
    return Options(leads, moves, deeds, np.zeros((2, 1)))


def layer(count: int = 3, **at: tuple[int, float]) -> TimeLayer:
    arrays = {name: np.zeros(count) for name in ("ends", "flings", "gains")}
    for name, (place, value) in at.items():
        arrays[name][place] = value
    return TimeLayer(**arrays, aims=np.zeros((2, count)))


def values_of(
    options: Options, layers: list[TimeLayer], lasting: Floats, state: tuple[int, int, int]
) -> Floats:
    """Return the values of all actions in a state, with layers of time one by one."""
    stacked = TimeLayer(*(np.array(arrays) for arrays in zip(*layers, strict=True)))
    return action_values(options, stacked, lasting, STAKES, state)


def test_a_gain_one_step_ahead_is_gone_for() -> None:
    values = values_of(corridor(), [layer(gains=(1, 1.0))], np.zeros(3), (0, 0, 0))
    assert values == pytest.approx([0.0, 1.0])


def test_a_later_gain_is_worth_less_and_must_be_met_in_time() -> None:
    layers = [layer(), layer(gains=(2, 1.0))]
    values = values_of(corridor(), layers, np.zeros(3), (0, 0, 0))
    assert values == pytest.approx([0.0, 0.5])  # two steps away: there is no time to wait
    values = values_of(corridor(), layers, np.zeros(3), (0, 0, 1))
    assert values == pytest.approx([0.5, 0.5])
    values = values_of(corridor(), layers[1:], np.zeros(3), (0, 0, 0))
    assert values == pytest.approx([0.0, 0.0])  # one step too far


def test_an_end_costs_a_life_and_is_waited_for_to_pass() -> None:
    layers = [layer(ends=(1, 1.0)), layer(gains=(1, 1.0))]
    values = values_of(corridor(), layers, np.zeros(3), (0, 0, 0))
    assert values == pytest.approx([0.5, -2.0])


def test_a_fling_leads_to_the_landing() -> None:
    lasting = np.array([0.0, 0.0, 1.0])
    values = values_of(corridor(), [layer(flings=(2, 1.0))], lasting, (0, 0, 1))
    assert values == pytest.approx([0.0, 0.0])
    values = values_of(corridor(), [layer()], lasting, (0, 0, 1))
    assert values == pytest.approx([0.0, 0.5])


def test_an_agent_that_must_rest_cannot_move_at_once() -> None:
    options = corridor(rests=2)
    layers = [layer(gains=(1, 1.0)), layer(gains=(1, 1.0))]
    tired = values_of(options, layers, np.zeros(3), (0, 0, 0))
    ready = values_of(options, layers, np.zeros(3), (1, 0, 0))
    assert tired == pytest.approx([0.5, 0.5])
    assert ready == pytest.approx([0.5, 1.5])


def test_what_an_action_does_by_itself_counts() -> None:
    options = corridor()
    options.deeds[RIGHT, 0, 2, 2] = 1.0  # at the last place
    values = values_of(options, [layer()], np.zeros(3), (0, 0, 2))
    assert values == pytest.approx([0.0, 1.0])
    lasting = lasting_values(options, layer(), STAKES, 100)
    assert lasting == pytest.approx([0.5, 1.0, 2.0], abs=1e-4)  # once and again at the end


def test_a_throw_is_worth_what_it_meets_and_needs_a_rest() -> None:
    options = corridor()._replace(throws=np.array([[0.0, 1.0], [0.0, 0.0]]))
    aims = np.array([[1.0, 0.0, 0.0], [0.0] * 3])
    layers = [layer()._replace(aims=aims), layer()._replace(aims=aims)]
    assert values_of(options, layers, np.zeros(3), (0, 1, 0))[STAY] == 1.0
    assert values_of(options, layers, np.zeros(3), (0, 0, 0))[STAY] == 0.5


def test_a_throw_waits_for_the_step_in_which_it_meets_something() -> None:
    options = corridor()._replace(throws=np.array([[0.0, 1.0], [0.0, 0.0]]))
    later = layer()._replace(aims=np.array([[3.0, 0.0, 0.0], [0.0] * 3]))
    now = layer()._replace(aims=np.array([[1.0, 0.0, 0.0], [0.0] * 3]))
    values = values_of(options, [now, later], np.zeros(3), (0, 1, 0))
    assert values[STAY] == 1.0  # after it the agent must rest
    values = values_of(options, [layer(), later], np.zeros(3), (0, 0, 0))
    assert values == pytest.approx([1.5, 0.0])  # half of 3, if the agent stays where it meets it


def test_the_ground_is_where_actions_may_lead() -> None:
    options = corridor(5)
    ground = ground_of(options, 3, 3)
    assert ground.places.tolist() == [3, 4]
    assert ground.leads.tolist() == [[[0, 1]], [[1, 1]]]
    assert ground.goes[:, 0, :, 0].tolist() == [[[1.0, 1.0], [0.0, 0.0]], [[0.0, 0.0], [1.0, 1.0]]]
    assert (ground.landing, ground.throws, ground.flings) == (0, None, None)
    assert not ground.gains.any()
    assert not ground.ends.any()
    assert ground_of(options, 3, 1).places.tolist() == [1, 2, 3, 4]
    assert ground_of(options, 3, 1).landing == 0
    options.moves[RIGHT, :, 1, 3] = 0.0  # it never goes on from there
    assert ground_of(options, 3, 3).places.tolist() == [3]


def test_an_agent_that_moved_begins_to_rest() -> None:
    ground = ground_of(corridor(3, rests=2), 1, 1)  # two places, each with two rests
    assert ground.leads.tolist() == [[[2, 3], [2, 3]], [[1, 1], [1, 1]]]


def test_dangerous_places_are_worth_less_in_the_long_run() -> None:
    options = corridor()
    options.deeds[RIGHT, 0, 2, 2] = 1.0
    safe = lasting_values(options, layer(), STAKES, 100)
    worse = lasting_values(options, layer(ends=(1, 0.5)), STAKES, 100)
    assert worse[0] < safe[0]
    assert worse[2] == pytest.approx(safe[2])


def by_hand(
    options: Options, layers: list[TimeLayer], lasting: Floats, at: tuple[int, int, int]
) -> list[float]:
    """Return the values of all actions, each worked out by itself."""
    layer, *later = layers
    rest, shot_rest, place = at
    _, rests, displacements, _ = options.moves.shape
    shots = options.throws.shape[1]

    def on(place: int, rest: int, shot_rest: int) -> float:
        following = (min(rest, rests - 1), min(shot_rest, shots - 1), place)
        if not later:
            return float(lasting[place])
        return max(by_hand(options, later, lasting, following))

    def arrival(to: int, rest: int, shot: int) -> float:
        flung = layer.flings[to] * on(STAKES.landing, rest, shot)
        goes = STAKES.discount * ((1 - layer.flings[to]) * on(to, rest, shot) + flung)
        return float((1 - layer.ends[to]) * (layer.gains[to] + goes) - layer.ends[to] * STAKES.life)

    found = []
    for action, throw in enumerate(options.throws[:, shot_rest]):
        ends, flings, gains = options.deeds[action, rest, :, place]
        value = throw * layer.aims[action, place] + gains
        for shot, chance in ((0, throw), (shot_rest + 1, 1 - throw)):
            moves = options.moves[action, rest, :, place]
            goes = moves[0] * arrival(place, rest + 1, shot)
            for by in range(1, displacements):
                goes += moves[by] * arrival(int(options.leads[by, place]), 0, shot)
            thrown = STAKES.discount * on(STAKES.landing, 0, shot)
            value += chance * ((1 - flings) * goes + flings * thrown)
        found.append(float((1 - ends) * value - ends * STAKES.life))
    return found


@pytest.mark.parametrize("seed", range(4))
def test_values_are_those_of_each_action_by_itself(seed: int) -> None:
    rng = np.random.default_rng(seed)
    actions, rests, displacements, count, shots = 3, 2, 3, 4, 1 + seed % 2
    moves = rng.dirichlet(np.ones(displacements), (actions, rests, count)).swapaxes(2, 3)
    throws = rng.random((actions, shots)) * [[0.0], [1.0], [0.0]] * (seed < 2)
    deeds = rng.random((actions, rests, 3, count)) / 4.0 * (rng.random((1, 1, 3, 1)) < 0.5)
    leads = np.array([np.arange(count), *rng.integers(count, size=(displacements - 1, count))])
    options = Options(leads, moves, deeds, throws)
    layers = []
    for _ in range(2):
        ends, flings, gains = rng.random((3, count)) * rng.integers(2, size=(3, 1))
        layers.append(TimeLayer(ends, flings, gains, rng.random((3, count))))
    lasting, state = rng.random(count), (seed % rests, shots - 1, seed % count)
    values = values_of(options, layers, lasting, state)
    assert values == pytest.approx(by_hand(options, layers, lasting, state))


def test_who_rests_longest_rests_no_longer() -> None:
    values = np.array([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]])
    np.testing.assert_array_equal(_later(values, 0), [[3.0, 4.0], [5.0, 6.0], [5.0, 6.0]])
    np.testing.assert_array_equal(_later(values, 1), [[2.0, 2.0], [4.0, 4.0], [6.0, 6.0]])
