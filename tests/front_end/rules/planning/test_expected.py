"""What a search expects of contacts: worked out once, and shared where nothing else decides."""

from __future__ import annotations

from drawings import MOVES, RIGHT, TYPES, board

from dsrl_agent.front_end.agency import ActionEffect
from dsrl_agent.front_end.rule import Context, Effect
from dsrl_agent.front_end.rules.beliefs.model import ContactModel
from dsrl_agent.front_end.rules.planning.expected import ExpectedContacts
from dsrl_agent.front_end.rules.planning.hopes import Hope
from dsrl_agent.front_end.rules.planning.novelty import Novelty
from dsrl_agent.front_end.rules.planning.states import ExpectedContact, Moves, SearchScene
from dsrl_agent.types import FREE

X, KEY, DOOR = (TYPES[letter] for letter in "xkd")


def known() -> ContactModel:
    """Return a model of an x that is good, and of a door that is open once a key was taken."""
    model = ContactModel()
    for front, gain in ((FREE, 0.0), (X, 1.0), (KEY, 0.0)):
        model.observe(Context(front, FREE, 0, RIGHT, ()), Effect(True, FREE), gain, False)
    for _ in range(4):
        model.observe(Context(DOOR, FREE, 0, RIGHT, ()), Effect(False, DOOR), 0.0, False)
        taken = ((KEY, 1),)
        model.observe(Context(DOOR, FREE, 0, RIGHT, taken), Effect(True, FREE), 0.0, False)
    return model


class Asked:
    """Contacts of one search with what stands to the right of the agent."""

    def __init__(self, model: ContactModel) -> None:
        effects = {(0, action): ActionEffect(*of, 0) for action, of in MOVES.items()}
        self.moves = Moves(model, effects, range(4))
        self.contacts = ExpectedContacts(model, Novelty(model))

    def of(self, drawn: str, taken: str = "", *, tries: bool = False) -> ExpectedContact:
        scene = SearchScene(board(drawn, taken=taken), Hope(0, 0.0, 0.0), frozenset(), first=True)
        self.contacts.share(scene)
        (move,) = [move for move in self.moves.of(scene.board.shape, 0) if move.action == RIGHT]
        assert move.leads is not None
        at = (scene.board.place, 0)
        return self.contacts.of(scene, at, move, move.effect, move.leads, tries=tries)


def test_what_depends_on_nothing_else_is_the_same_in_all_scenes() -> None:
    asked = Asked(known())
    once = asked.of("+x.")
    assert (once.gain, once.idle, once.price) == (1.0, False, None)
    assert asked.of("+xx", "k") is once
    # Of a door it depends on what was taken.
    closed, opened = asked.of("+d."), asked.of("+d.", "k")
    assert (closed.expected.effect.enters, opened.expected.effect.enters) == (False, True)
    assert closed.number != opened.number


def test_where_things_are_tried_each_contact_has_its_price() -> None:
    asked = Asked(known())
    assert asked.of("+o.").price is None  # of nothing known, but not asked for
    tried = asked.of("+o.", "k", tries=True)
    assert tried.price is not None
    assert asked.of("+o.", "kk").price is None


def test_scenes_in_the_same_state_of_affairs_share_what_was_worked_out() -> None:
    asked = Asked(known())
    assert asked.of("+d.x.", "k") is asked.of("+d..x", "k")
    assert asked.of("+d.x.", "k") is not asked.of("+d.x.")
