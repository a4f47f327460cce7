"""Work out what is expected of the contacts of a search, each of them once."""

from __future__ import annotations

from functools import cache

from dsrl_agent.front_end.agency import ActionEffect
from dsrl_agent.front_end.rules.beliefs.model import ContactModel, Prediction
from dsrl_agent.front_end.rules.beliefs.rewards import in_units
from dsrl_agent.front_end.rules.beliefs.tries import does_nothing
from dsrl_agent.front_end.rules.contact import Aim, context_of
from dsrl_agent.front_end.rules.planning.novelty import Novelty
from dsrl_agent.front_end.rules.planning.states import (
    Contacts,
    ExpectedContact,
    Move,
    SearchScene,
    Standing,
)
from dsrl_agent.types import EDGE


class ExpectedContacts:
    """The contacts that one search expects. `novelty` prices those that are something to try."""

    def __init__(self, model: ContactModel, novelty: Novelty) -> None:
        self._model, self._novelty = model, novelty
        unit = model.unit
        # By reward and whether the episode ends; there are few of these.
        self._gain = cache(lambda reward, ends: in_units(model.gain(reward, ends), unit))
        self._numbers: dict[Prediction, int] = {}
        self._affairs: dict[object, Contacts] = {}
        # by verb, type in front and in hand: of those that depend on nothing else
        self._certain: dict[tuple[int, int, int], ExpectedContact] = {}

    def share(self, scene: SearchScene) -> None:
        """Let a scene know what was worked out in others in the same state of affairs."""
        affairs = (scene.board.taken, scene.board.held, scene.since)
        scene.contacts = self._affairs.setdefault(affairs, scene.contacts)

    def of(
        self,
        scene: SearchScene,
        at: Standing,
        move: Move,
        effect: ActionEffect | None,
        leads: tuple[int, ...],
        *,
        tries: bool,
    ) -> ExpectedContact:
        """Return what is expected of a contact; `tries` says whether it needs a price."""
        (place, body), cells = at, scene.board.cells
        target = leads[place]
        beyond = -1 if target == place else leads[target]
        front = EDGE if target < 0 else cells[target]
        key = (move.action, body, front, EDGE if beyond < 0 else cells[beyond])
        found = scene.contacts.get(key)
        if found is None:
            assert effect is not None
            certain = (self._model.verbs.of(move.action), front, scene.board.held)
            found = self._certain.get(certain)  # no search needs prices again
            if found is None:
                found = self._worked_out(scene, at, move, Aim(effect, target, beyond), tries=tries)
                if not tries and self._model.is_certain(*certain[:2]):
                    self._certain[certain] = found
            scene.contacts[key] = found
        return found

    def _worked_out(
        self, scene: SearchScene, at: Standing, move: Move, where: Aim, *, tries: bool
    ) -> ExpectedContact:
        standing = scene.board.standing(*at)
        context = context_of(standing, move.action, where, scene.since)
        expected = self._model.predict(context)
        gain = self._gain(expected.reward, expected.ends)
        idle = does_nothing(context.front, expected.effect) and not expected.ends and not gain
        costs = gain < 0.0 or (expected.ends and gain <= 0.0)
        price = self._novelty.price(context, expected) if tries else None
        number = self._numbers.setdefault(expected, len(self._numbers))
        return ExpectedContact(expected, gain, idle or (costs and expected.ends), price, number)
