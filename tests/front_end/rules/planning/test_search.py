"""The search for plans: hands, caps, and prices beside distances."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from drawings import DOWN, LEFT, MOVES, RIGHT, TYPES, UP, board

from dsrl_agent.config import ExplorationPrices
from dsrl_agent.front_end.agency import ActionEffect
from dsrl_agent.front_end.rule import Context, Effect, Verbs
from dsrl_agent.front_end.rules.beliefs.model import ContactModel
from dsrl_agent.front_end.rules.board import Board
from dsrl_agent.front_end.rules.planning.novelty import Novelty
from dsrl_agent.front_end.rules.planning.search import Search
from dsrl_agent.front_end.rules.planning.states import Moves, way_to
from dsrl_agent.types import FREE, HELD

X, WALL, KEY, DOOR = (TYPES[letter] for letter in "x#kd")
PICK, DROP, OPEN = 4, 5, 6  # on the cell to the right, which the agent faces
EFFECTS = {
    **{(0, action): ActionEffect(*move, 0) for action, move in MOVES.items()},
    **{(0, action): ActionEffect(0, 1, 0) for action in (PICK, DROP, OPEN)},
}


def at(front: int, action: int, held: int = FREE) -> Context:
    taken = () if held == FREE else ((held, 1),)
    return Context(front, FREE, 0, action, taken, held)


def known() -> ContactModel:
    """Return a model of a key that is picked up and put down, a door that it opens, a good x."""
    model = ContactModel(verbs=Verbs(frozenset(MOVES), takers=frozenset([PICK])))
    model.observe(at(FREE, RIGHT), Effect(True, FREE), 0.0, False)
    for front in (WALL, KEY, DOOR):
        model.observe(at(front, RIGHT), Effect(False, front), 0.0, False)
    model.observe(at(KEY, PICK), Effect(False, FREE), 0.0, False)
    model.observe(at(FREE, DROP, KEY), Effect(False, HELD), 0.0, False)
    model.observe(at(FREE, DROP), Effect(False, FREE), 0.0, False)
    model.observe(at(DOOR, OPEN), Effect(False, DOOR), 0.0, False)
    model.observe(at(DOOR, OPEN, KEY), Effect(False, FREE), 0.0, False)
    # The x is taken with free hands alone.
    model.observe(at(X, PICK, KEY), Effect(False, X), 0.0, False)
    model.observe(at(X, PICK), Effect(False, FREE), 1.0, True)
    model.observe(at(X, RIGHT), Effect(False, X), 0.0, False)
    return model


def search(
    drawn: Board,
    model: ContactModel,
    hope: Callable[[Board], list[float]] | None = None,
    prices: ExplorationPrices | None = None,
) -> Search:
    def goods(of: Board) -> list[float]:
        return [1.0 for label in of.cells if label == X]

    moves = Moves(model, EFFECTS, range(7))
    return Search(model, moves, Novelty(model, prices or ExplorationPrices()), hope or goods, drawn)


def actions(found: Search) -> list[int]:
    end = found.best or found.experiment
    return [] if end is None else [state.action for state in way_to(end)]


def test_a_key_is_picked_up_used_and_put_down_to_have_free_hands() -> None:
    found = search(board("+k.d.x ....##"), known())
    assert found.best is not None
    assert actions(found)[-1] == PICK
    # Pick up, two steps, open; down, put it down beside the way, up; two steps, pick up.
    assert sorted(actions(found)) == [*4 * [RIGHT], UP, DOWN, PICK, PICK, DROP, OPEN]


def test_without_anything_good_the_cheapest_novelty_is_tried() -> None:
    model = known()
    # To open the key was never tried, nor to put something onto it: one step, at no price.
    found = search(board("+k"), model)
    assert found.best is None
    assert (len(actions(found)), found.price) == (1, 1.0)
    for action in (DROP, OPEN):
        model.observe(at(KEY, action), Effect(False, KEY), 0.0, False)
    model.observe(at(FREE, OPEN), Effect(False, FREE), 0.0, False)
    model.observe(at(FREE, PICK), Effect(False, FREE), 0.0, False)
    assert search(board("+k"), model).price > 1.0


def test_a_search_ends_after_the_set_number_of_states() -> None:
    far = board("+..........x")
    assert len(actions(search(far, known()))) == 11
    few = search(far, known(), prices=ExplorationPrices(states=3))
    assert few.best is None


def test_things_are_put_down_at_the_set_number_of_places() -> None:
    held = board("...+....", taken="k")._replace(held=KEY)
    for puts in (1, 3):
        novelty = Novelty(known(), ExplorationPrices(puts=puts))
        moves = Moves(novelty.model, EFFECTS, range(7))
        found = Search(novelty.model, moves, novelty, lambda _: [1.0], held, explores=False)
        laid = {cells for cells, _, hand in found._scenes if hand == FREE}
        # Each thing put down is picked up again and put down elsewhere, within one scene.
        assert len(laid) == puts


def test_with_many_hopes_that_none_fulfils_the_best_end_is_gone_for() -> None:
    model = known()  # the x gives a reward, and ends the episode
    hopes = [1.0] * (model.thresholds.exact_goods + 1)
    found = search(board("+..x..#x"), model, lambda _: hopes)
    assert actions(found) == [RIGHT, RIGHT, PICK]
    assert 0.0 < found.value < 1.0
    # A good thing that ends nothing goes first, even where it is farther away.
    model.observe(at(WALL, OPEN), Effect(False, FREE), 1.0, False)
    found = search(board("+..x.. .....#"), model, lambda _: hopes)
    assert actions(found)[-1] == OPEN


def test_what_leads_nowhere_ends_a_plan() -> None:
    model = known()
    model.observe(at(DOOR, UP), Effect(False, DOOR, flung=True), -1.0, False)
    found = search(board("+..x"), model)
    assert actions(found) == [RIGHT, RIGHT, PICK]
    assert LEFT not in actions(found)


def test_what_changes_nothing_or_ends_at_no_gain_is_no_step_of_a_plan() -> None:
    model, box, lethal = known(), TYPES["b"], TYPES["v"]
    model.observe(at(lethal, RIGHT), Effect(True, FREE), -1.0, True)
    model.observe(at(box, RIGHT), Effect(True, FREE), -0.5, False)
    idle: dict[int, bool] = {}
    for drawing in ("+#", "+v", "+b"):
        for scene in search(board(drawing), model)._scenes.values():
            idle |= {key[2]: met.idle for key, met in scene.contacts.items() if key[0] == RIGHT}
    # The box costs something, but it makes way.
    assert idle == {WALL: True, lethal: True, box: False}


def test_a_fence_holds_up_steps_to_its_side_alone() -> None:
    model, gate = known(), TYPES["g"]
    model.fences.observe((gate, 0, 1), passes=False)
    found = search(board("+x"), model)
    held = {move.action for move in found.moves.of((1, 2), 0) if found._holds_up(gate, move)}
    assert held == {RIGHT}  # what is picked up, put down or opened there is no step
    assert not [move for move in found.moves.of((1, 2), 0) if found._holds_up(DOOR, move)]


def test_a_thing_that_is_pushed_stands_beyond_afterwards() -> None:
    model, box = known(), TYPES["b"]
    model.observe(at(box, RIGHT), Effect(True, FREE, beyond=box), 0.0, False)
    pushed = {cells for cells, _, _ in search(board("+b..x"), model)._scenes}
    # It cannot be pushed onto the x.
    expected = {board(drawn).cells for drawn in ("+b..x", "+.b.x", "+..bx")}
    assert expected <= pushed
    assert all(cells.count(box) == 1 for cells in pushed)


def test_only_a_thing_that_vanishes_without_being_taken_or_entered_is_wrecked() -> None:
    found = search(board("+k"), known())
    moves = {move.action: move for move in found.moves.of((1, 2), 0)}
    gone, stays = Effect(False, FREE), Effect(False, KEY)
    wrecked = {of for of, move in moves.items() if found._wrecks(KEY, move, gone)}
    assert wrecked == {DROP, OPEN}
    assert not any(found._wrecks(KEY, move, stays) for move in moves.values())
    assert not any(found._wrecks(FREE, move, gone) for move in moves.values())


def test_nothing_is_tried_where_a_plan_is_worth_its_steps() -> None:
    model = known()
    assert search(board("+o"), model).experiment is not None  # to open it was never tried
    worth = search(board("+x"), model)
    assert actions(worth) == [PICK]
    met = {key: of for scene in worth._scenes.values() for key, of in scene.contacts.items()}
    # Nor was the x opened, but that is looked at after it was found to be good.
    assert [of.price for key, of in met.items() if (key[0], key[2]) == (OPEN, X)] == [None]


def test_what_may_be_hoped_for_is_less_by_a_step_for_each_good_thing() -> None:
    found = search(board("+..x ...x"), known(), lambda _: [1.0, 0.5, 0.001])
    assert found.model.thresholds.step_price == 0.01
    assert found._scenes[board("+..x ...x").cells, (), FREE].hope == pytest.approx(0.99 + 0.49)
