"""The search for plans: hands, caps, and prices beside distances."""

from __future__ import annotations

import pytest
from drawings import DOWN, LEFT, MOVES, RIGHT, TYPES, UP, board
from hypothesis import example, given, settings
from hypothesis import strategies as st

from dsrl_agent.config import ExplorationPrices
from dsrl_agent.front_end.agency import ActionEffect
from dsrl_agent.front_end.rule import Context, Effect, Verbs
from dsrl_agent.front_end.rules.beliefs.model import ContactModel
from dsrl_agent.front_end.rules.beliefs.rewards import in_units
from dsrl_agent.front_end.rules.board import Board
from dsrl_agent.front_end.rules.planning.hopes import Hopes
from dsrl_agent.front_end.rules.planning.novelty import Novelty
from dsrl_agent.front_end.rules.planning.search import Search
from dsrl_agent.front_end.rules.planning.states import Moves, way_to
from dsrl_agent.types import FREE, HELD

X, O, WALL, KEY, DOOR = (TYPES[letter] for letter in "xo#kd")  # noqa: E741
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


def hopes(*labels: int, worth: float = 1.0) -> Hopes:
    """Return hopes for things of these types, each to be fetched in a step."""
    return Hopes(lambda label: worth if label in labels else 0.0, 0.01)


def search(
    drawn: Board,
    model: ContactModel,
    hope: Hopes | None = None,
    prices: ExplorationPrices | None = None,
) -> Search:
    moves = Moves(model, EFFECTS, range(7))
    novelty = Novelty(model, prices or ExplorationPrices())
    return Search(model, moves, novelty, hope or hopes(X), drawn)


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
        found = Search(novelty.model, moves, novelty, hopes(FREE), held, explores=False)
        laid = {cells for cells, _, hand in found._scenes if hand == FREE}
        # Each thing put down is picked up again and put down elsewhere, within one scene.
        assert len(laid) == puts


def test_with_many_hopes_that_none_fulfils_the_best_end_is_gone_for() -> None:
    model = known()  # the x gives a reward, and ends the episode
    many = hopes(X, WALL)
    assert model.thresholds.exact_goods == 6
    found = search(board("+..x..#x ####...."), model, many)
    assert actions(found) == [RIGHT, RIGHT, PICK]
    assert 0.0 < found.value < 1.0
    # A good thing that ends nothing goes first, even where it is farther away.
    model.observe(at(WALL, OPEN), Effect(False, FREE), 1.0, False)
    found = search(board("+..x.. .....# ###### ######"), model, many)
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
    held = {move.action for move in found.moves.of((1, 2), 0) if found.moves.holds_up(gate, move)}
    assert held == {RIGHT}  # what is picked up, put down or opened there is no step
    assert not [move for move in found.moves.of((1, 2), 0) if found.moves.holds_up(DOOR, move)]


def test_a_thing_that_is_pushed_stands_beyond_afterwards() -> None:
    model, box = known(), TYPES["b"]
    model.observe(at(box, RIGHT), Effect(True, FREE, beyond=box), 0.0, False)
    pushed = {cells for cells, _, _ in search(board("+b..x"), model)._scenes}
    # It cannot be pushed onto the x.
    expected = {board(drawn).cells for drawn in ("+b..x", "+.b.x", "+..bx")}
    assert expected <= pushed
    assert all(cells.count(box) == 1 for cells in pushed)


def test_nothing_is_tried_where_a_plan_is_worth_its_steps() -> None:
    model = known()
    assert search(board("+o"), model).experiment is not None  # to open it was never tried
    worth = search(board("+x"), model)
    assert actions(worth) == [PICK]
    met = {key: of for scene in worth._scenes.values() for key, of in scene.contacts.items()}
    # Nor was the x opened, but that is looked at after it was found to be good.
    assert [of.price for key, of in met.items() if (key[0], key[2]) == (OPEN, X)] == [None]


def test_scenes_after_a_thing_is_taken_are_looked_at_when_their_turn_comes() -> None:
    model = ContactModel()
    for front, gain in ((FREE, 0.0), (X, 1.0), (O, -1.0)):
        model.observe(at(front, RIGHT), Effect(True, FREE), gain, False)
    drawn = board("+.o.x o...o x....")
    worth = {X: 1.0}
    near, far = (Hopes(lambda label: worth.get(label, 0.0), 0.01, stride) for stride in (1, 0))
    ways, blind = (search(drawn, model, hope) for hope in (near, far))
    assert ways.best is not None
    assert blind.best is not None
    # Four steps around the o to the x below, six to the other.
    assert ways.value == pytest.approx(2.0 - 0.01 * 10)
    assert blind.value == pytest.approx(ways.value)
    assert 2 * len(ways._scenes) < len(blind._scenes)


@given(
    st.dictionaries(st.integers(0, 11), st.sampled_from("xxxo##Sskd"), min_size=1, max_size=6),
    st.sampled_from([(2, 6), (3, 4), (4, 3)]),
    st.integers(0, 11),
    st.sampled_from([0.0, 0.5, 0.05]),
    st.booleans(),
)
# A walled-in x: what is left is to see what happens when the last S is gone.
@example({1: "S", 4: "#", 5: "x", 10: "#", 11: "#"}, (2, 6), 0, 0.0, True)
@settings(max_examples=150, deadline=None)
def test_what_is_known_of_ways_changes_no_value(
    things: dict[int, str], shape: tuple[int, int], place: int, gain: float, explores: bool
) -> None:
    on, off = TYPES["S"], TYPES["s"]
    effects = {
        WALL: Effect(False, WALL),
        on: Effect(True, FREE, remote=((KEY, X),)),
        KEY: Effect(True, X),  # a good thing lies under it
        DOOR: Effect(False, FREE),  # it vanishes when it is run against
    }
    model = ContactModel()
    for front in (FREE, X, O, WALL, on, off, KEY, DOOR):
        effect = effects.get(front, Effect(True, FREE))
        for _ in range(3):
            reward = {X: 1.0, O: -0.5, off: gain}.get(front, 0.0)
            model.observe(at(front, RIGHT), effect, reward, front == off)
    cols = shape[1]
    cells = "".join((things | {place: "+"}).get(cell, ".") for cell in range(12))
    start = board(" ".join(cells[row : row + cols] for row in range(0, 12, cols)))
    effects_of_steps = {of: effect for of, effect in EFFECTS.items() if of[1] < PICK}
    found = []
    for stride in (0, 1):
        hope = Hopes(lambda label: in_units(model.promise(label), model.unit), 0.01, stride)
        novelty = Novelty(model, ExplorationPrices(states=10**6, affairs=1.0))
        moves = Moves(model, effects_of_steps, range(PICK))
        types = frozenset(start.cells) - {FREE}
        found.append(Search(model, moves, novelty, hope, start, types, explores=explores))
        if found[-1].best is not None:
            steps = len(list(way_to(found[-1].best)))
            assert found[-1].value == pytest.approx(found[-1].best.gain - 0.01 * steps)
    without, ways = found
    assert without.value == pytest.approx(ways.value)
    if ways.best is None:
        assert without.price == ways.price


def test_what_pays_again_and_again_is_planned_for_once() -> None:
    on, off = TYPES["S"], TYPES["s"]
    model = ContactModel()
    for front, effect, gain in (
        (FREE, Effect(True, FREE), 0.0),
        (X, Effect(True, X), 1.0),  # it stays, and pays whenever it is entered
        (on, Effect(False, off), 1.0),  # to and fro
        (off, Effect(False, on), 1.0),
        (O, Effect(True, FREE), 1.0),  # fetched, but another comes with the key
        (KEY, Effect(True, KEY, remote=((DOOR, O),)), 0.0),
    ):
        model.observe(at(front, RIGHT), effect, gain, False)
    for drawn, value in (
        ("+x.x", 2.0 - 0.03),
        ("+.S", 2.0 - 0.03),  # once on, once off
        ("+o.kd", 2.0 - 0.04),
    ):
        for stride in (0, 1):
            hope = Hopes(lambda label: 0.0 if label in (FREE, KEY) else 1.0, 0.01, stride)
            found = search(board(drawn), model, hope, ExplorationPrices(states=10**5))
            assert found.value == pytest.approx(value)
            assert found._left > 10**5 - 300


def test_ways_that_lose_more_than_can_be_won_are_not_gone() -> None:
    model = ContactModel()
    for front, gain in ((FREE, 0.0), (X, 1.0), (O, -1.0)):
        for _ in range(9):
            model.observe(at(front, RIGHT), Effect(True, FREE), gain, False)
    found = search(board("+.o.o. oooooo .o.o.x oooooo"), model, prices=ExplorationPrices())
    assert found.best is None
    assert ExplorationPrices().states - found._left < 600
