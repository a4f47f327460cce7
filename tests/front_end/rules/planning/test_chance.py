"""Values among things that walk and on slippery ground, by hand where they are small."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest
from drawings import DOWN, LEFT, MOVES, RIGHT, TYPES, UP, board, film, taught_rules

from dsrl_agent.config import ChanceThresholds
from dsrl_agent.front_end.agency import ActionEffect
from dsrl_agent.front_end.rule import Context, Effect
from dsrl_agent.front_end.rules.beliefs.model import Prediction
from dsrl_agent.front_end.rules.board import Board
from dsrl_agent.front_end.rules.planning.chance import (
    ChancePlanner,
    Chances,
    ChanceScene,
    Goal,
    goal_of,
)
from dsrl_agent.front_end.rules.planning.outcomes import OutcomeArrays
from dsrl_agent.front_end.rules.planning.planner import Plan, Planner
from dsrl_agent.types import FREE

X, O, LETHAL = TYPES["x"], TYPES["o"], TYPES["v"]  # noqa: E741
FRONT_END = taught_rules(
    film("+x", (RIGHT, 1.0, ".+!")),
    film("+o", (RIGHT, -1.0, ".+!")),
    film("+v", (RIGHT, 0.0, ".v!")),
    film("+#.", (RIGHT, 0.0, "+#.")),
)
WAIT = 4


def planner(
    drawn: Board,
    steps: Mapping[int, Mapping[tuple[int, int], float]] | None = None,
    slips: Mapping[int, Mapping[tuple[int, int], float]] | None = None,
    risk: float = 0.0,
    thresholds: ChanceThresholds = ChanceThresholds(),  # noqa: B008 - it is frozen
) -> ChancePlanner:
    walking = steps or {}
    static = drawn._replace(cells=tuple(FREE if cell in walking else cell for cell in drawn.cells))
    plan = Planner(FRONT_END.model, FRONT_END.effects, range(4)).best(static)
    effects = {**FRONT_END.effects, (0, WAIT): ActionEffect(0, 0, 0)}
    setting = ChanceScene(static, frozenset(static.cells), goal_of(plan, static))
    chances = Chances(slips or {}, walking, risk)
    return ChancePlanner(FRONT_END.model, effects, chances, thresholds, setting, 5)


def test_the_goal_is_the_first_contact_of_a_plan() -> None:
    drawn = board("k+.x")
    plan = Planner(FRONT_END.model, FRONT_END.effects, range(4)).best(board(".+.x"))
    assert goal_of(plan, board(".+.x")) == Goal(2, 0, RIGHT)
    assert goal_of(Plan(), drawn) is None


def test_without_a_contact_the_goal_is_the_last_step_of_a_plan() -> None:
    start, way, end = board("+.. ..."), board(".+. ..."), board("... .+.")
    assert goal_of(Plan(actions=(RIGHT, DOWN), boards=(way, end)), start) == Goal(1, 0, DOWN)
    assert goal_of(Plan(actions=(RIGHT,), boards=(way,)), start) == Goal(0, 0, RIGHT)


def test_values_are_discounted_by_the_steps_to_the_goal() -> None:
    found = planner(board("+..x"))
    values = found._action_values(board("+..x"))
    assert values[RIGHT] == pytest.approx(0.97**2)  # two steps, then the touch
    assert values[WAIT] == pytest.approx(0.97**3)
    assert found.choose(board("+..x"), range(5)) == RIGHT


def test_a_thing_that_walks_is_waited_for() -> None:
    walking = {O: {(1, 0): 1.0}}  # straight down
    drawn = board("#o# +.x #.#")
    # In the next step it comes to where the way leads, so it is let pass.
    assert planner(drawn).choose(drawn, range(5)) == RIGHT
    assert planner(drawn, walking, risk=0.9).choose(drawn, range(5)) in (WAIT, LEFT, UP, DOWN)
    here = board("#.# +ox #.#")
    assert planner(here, walking).choose(here, range(5)) in (WAIT, LEFT, UP, DOWN)


@pytest.mark.parametrize(("layers", "met"), [(1, False), (2, True)])
def test_things_that_walk_are_foreseen_for_as_many_steps_as_there_are_layers(
    layers: int, met: bool
) -> None:
    """The thing comes down to the way in two steps, just as the agent would be there."""
    drawn, walking = board("##o## ##.## +...x"), {O: {(1, 0): 1.0}}
    found = planner(drawn, walking, None, 0.9, ChanceThresholds(layers=layers))
    assert len(found._foreseen(drawn)) == layers + 1
    value = found._action_values(drawn)[RIGHT]
    assert (value < 0.97**3 - 1e-6) is met  # three steps to the x


def test_places_that_are_told_of_what_walks_count_before_how_often_it_took_each_step() -> None:
    drawn, often = board("#o# +.x #.#"), {O: {(1, 0): 0.5, (-1, 0): 0.5}}
    away, comes = np.zeros((2, 2, 9))
    away[:, 1] = comes[0, 1] = comes[1, 4] = 1.0  # it stays where it is, or comes to the way
    found = planner(drawn, often, risk=0.9)
    assert found.choose(drawn, range(5), away) == RIGHT
    assert found.choose(drawn, range(5), comes) != RIGHT


def test_on_slippery_ground_the_agent_keeps_away_from_what_ends_the_episode() -> None:
    """Two ways lead to the x; along one of them, a slip ends in what is lethal."""
    sideways = {
        action: {move: 0.8, (move[1], move[0]): 0.1, (-move[1], -move[0]): 0.1}
        for action, move in MOVES.items()
    }
    drawn = board("..... +vvvx .....")
    found = planner(drawn, slips=sideways)
    assert found.choose(drawn, range(4)) in (UP, DOWN, LEFT)
    values = found._values[0]
    assert values[0] < values[4]  # nearer to the goal is better
    assert values.max() <= 1.0


def test_values_never_leave_the_range_of_ends() -> None:
    walking = {O: {(0, 1): 0.5, (0, -1): 0.5}}
    found = planner(board("o...x +.... ....o"), walking)
    assert (abs(found._values) <= 1.0).all()
    assert all(
        -1.0 <= value <= 1.0 for value in found._action_values(board("o...x +.... ....o")).values()
    )


def test_a_slip_into_the_goals_cell_counts_wherever_it_begins() -> None:
    """Three ways are likely; where one reaches the thing, that place is worth a third."""
    drawn = board("... .#+ ...")
    wall = Goal(5, 0, LEFT)  # the way to try: left of the agent, into the wall
    ways = {(0, -1): 1 / 3, (1, 0): 1 / 3, (0, 1): 1 / 3}
    setting = ChanceScene(drawn, frozenset(drawn.cells), wall)
    chances = Chances({LEFT: ways}, {})
    found = ChancePlanner(
        FRONT_END.model, {(0, LEFT): FRONT_END.effects[0, LEFT]}, chances, ChanceThresholds(),
        setting, 5,
    )  # fmt: skip
    values = found._values[0]
    assert values[5] > 1 / 3  # left of it stands the wall
    assert values[1] > 1 / 3  # below it stands the wall, and the same action may lead down
    assert found.promises(drawn)


def test_nothing_is_promised_where_nothing_good_is_in_reach() -> None:
    drawn = board("+#. ##x")
    sideways = {RIGHT: {(0, 1): 0.5, (1, 0): 0.5}}
    assert not planner(drawn, slips=sideways).promises(drawn)
    assert planner(board("+x. ..."), slips=sideways).promises(board("+x. ..."))


def test_values_are_swept_until_they_stay(monkeypatch: pytest.MonkeyPatch) -> None:
    plain, found = OutcomeArrays.best, list[float]()

    def best(self: OutcomeArrays, values: Any, crowd: Any) -> Any:
        swept = plain(self, values, crowd)
        found.append(float(np.abs(swept - values).max()))
        return swept

    monkeypatch.setattr(OutcomeArrays, "best", best)
    planner(board("+..x"))
    settled = ChanceThresholds().settled
    assert found[-1] < settled < min(found[:-1])
    assert len(found) < ChanceThresholds().sweeps


@pytest.mark.parametrize(
    ("label", "reward", "ends", "flung", "value"),
    [
        (O, 0.0, False, False, None),  # nothing is lost: the way goes on
        (O, 0.0, True, False, 0.0),
        (O, 1.0, False, False, 1.0),
        (O, -1.0, False, False, -1.0),
        (O, 0.0, False, True, -1.0),  # it is put back
        (FREE, 1.0, False, False, None),
        (FREE, -1.0, True, False, -1.0),
    ],
)
def test_a_contact_is_worth_what_it_gives_where_the_way_ends_by_it(
    label: int, reward: float, ends: bool, flung: bool, value: float | None
) -> None:
    expected = Prediction(Effect(True, FREE, flung=flung), reward, ends, True)
    assert planner(board("+.x"))._ending(expected, label) == value


def test_an_end_that_gives_less_than_the_plan_is_worth_its_share() -> None:
    drawn = board("+..x")
    setting = ChanceScene(drawn, frozenset(drawn.cells), None, promise=3.0)
    chances, limits = Chances({}, {}, 0.0), ChanceThresholds()
    made = ChancePlanner(FRONT_END.model, FRONT_END.effects, chances, limits, setting, 4)
    assert made._ending(Prediction(Effect(True, FREE), 1.0, True, True), X) == pytest.approx(1 / 3)
    assert made._ending(Prediction(Effect(True, FREE), 1.0, False, True), X) == 1.0
    assert made._ending(Prediction(Effect(True, FREE), 3.0, True, True), X) == 1.0


def test_contacts_are_foreseen_with_the_look_of_the_agent_wherever_it_stands(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    looks, predict = set[int](), FRONT_END.model.predict

    def noted(context: Context) -> Prediction:
        looks.add(context.body)
        return predict(context)

    for drawing in ("+.x", ".+x", "..+"):
        drawn = board(drawing)
        setting = ChanceScene(drawn, frozenset(drawn.cells), None)
        with monkeypatch.context() as patch:
            patch.setattr(FRONT_END.model, "predict", noted)
            chances = Chances({}, {}, 0.0)
            ChancePlanner(
                FRONT_END.model, FRONT_END.effects, chances, ChanceThresholds(), setting, 4
            )
    assert looks == {0}
