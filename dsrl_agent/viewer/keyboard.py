"""Translate key presses into steps of a game, independently of windows and pygame."""

from __future__ import annotations

from collections.abc import Iterable

from dsrl_agent.types import Frame
from dsrl_agent.viewer.game import Game
from dsrl_agent.viewer.playable import Keys

# SDL's codes: those of characters are their ASCII codes.
ESCAPE, ENTER, SPACE, _R, _Q = 27, 13, ord(" "), ord("r"), ord("q")
RIGHT, LEFT, DOWN, UP = range(0x4000_004F, 0x4000_0053)
_ARROWS = {LEFT: "left", RIGHT: "right", UP: "up", DOWN: "down"}
_NAMES = {**_ARROWS, SPACE: "space", ENTER: "Enter", ESCAPE: "Esc", 9: "Tab", 8: "Backspace"}


class Keyboard:
    """A player of a game by key presses.

    A press is one step. The key r begins the same world again. When the episode is over, r and
    space begin the next episode. q and Esc quit. A key with an action of the environment keeps
    that meaning, except Esc. Enter begins the next episode if both r and space have actions.
    `keys` holds the action of each key, or of each set of keys held together. If `episodes`, their
    number, is None, play continues until the person quits.
    """

    def __init__(self, game: Game, keys: Keys, episodes: int | None = None) -> None:
        self.game = game
        self.quit = False
        self._keys = keys
        self._episodes = episodes
        own = frozenset[int]().union(*keys)
        self._quits = {ESCAPE, *({_Q} - own)}
        self._restarts = {_R} - own
        self._next = [key for key in (_R, SPACE) if key not in own] or [ENTER]
        self._held: set[int] = set()
        quits = "q or Esc quits" if _Q in self._quits else "Esc quits"
        restarts = "r restarts, " if self._restarts else ""
        self._hints = [_use(own), restarts + quits]

    def press(self, key: int) -> None:
        """Act on the press of a key (SDL's code), or on its repetition while the key is held."""
        self._held.add(key)
        status = self.game.status
        if key in self._quits:
            self.quit = True
        elif status.ended is not None:
            if key in self._next:
                self._begin_next()
        elif key in self._restarts:
            self.game.begin(status.episode)
        else:
            together = self._keys.get(frozenset(self._held))
            action = self._keys.get(frozenset({key})) if together is None else together
            if action is not None:
                self.game.step(action)

    def release(self, key: int) -> None:
        """Record that a key is no longer held."""
        self._held.discard(key)

    def release_all(self) -> None:
        """Release all keys, as another window has the keyboard and receives their releases."""
        self._held.clear()

    def pass_time(self, seconds: float) -> bool:
        """Do nothing: a game stands still between presses."""
        return False

    def picture(self, room: tuple[int, int] | None = None) -> Frame:
        """Return the present picture `uint8 [H, W, 3]`, fitted into a width and height."""
        then = "the end" if self._is_last else "the next world"
        keys = " or ".join(map(_name, self._next))
        return self.game.picture(f"{keys}: {then}", self._hints, room)

    @property
    def _is_last(self) -> bool:
        return self._episodes is not None and self.game.status.episode + 1 >= self._episodes

    def _begin_next(self) -> None:
        if self._is_last:
            self.quit = True
        else:
            self.game.begin(self.game.status.episode + 1)


def _use(keys: Iterable[int]) -> str:
    """Return one line that names the keys with actions."""
    rest = set(keys)
    names = []
    if rest >= _ARROWS.keys():
        rest -= _ARROWS.keys()
        names = ["arrows"]
    verb = "act" if rest - _ARROWS.keys() else "move"
    return ", ".join([*names, *map(_name, sorted(rest))]) + f" {verb}"


def _name(key: int) -> str:
    return _NAMES.get(key) or (chr(key) if SPACE < key < 127 else f"key {key}")
