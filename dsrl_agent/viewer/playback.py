"""Play scenes to a person, who pauses, steps, goes back and changes the speed by keys."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from dsrl_agent.types import Frame
from dsrl_agent.viewer.keyboard import DOWN, ENTER, ESCAPE, LEFT, RIGHT, SPACE, UP
from dsrl_agent.viewer.marks import Mark
from dsrl_agent.viewer.picture import Panel, compose

END_SCENES = 4
"""Scenes that the last one of an episode stays for."""
_KEPT = 2**28  # bytes of pictures that can be gone back to
_SPEEDS = (0.25, 64.0)  # scenes a second: the slowest and the fastest
_HINTS = (
    "space pauses, right steps, left goes back",
    "up faster, down slower, r again, n next",
    "f facts on or off, q or Esc quits",
)


@dataclass(frozen=True, slots=True)
class PlayScene:
    """A step of play to look at."""

    frame: Frame  # `uint8 [H, W, 3]` as the agent gets it
    world: Frame  # `uint8 [h, w, 3]` as the environment renders it
    marks: Sequence[Mark]  # facts on the frame; none if they have no places in it
    panel: Panel
    episode: int
    last: bool  # whether it shows the end of its episode

    @property
    def size(self) -> int:
        """Bytes of its pictures."""
        return self.frame.nbytes + self.world.nbytes

    def picture(self, panel: Panel, marked: bool, room: tuple[int, int] | None = None) -> Frame:
        """Return the picture `uint8 [H2, W2, 3]`: the frame with its facts, or else the world."""
        if marked and self.marks:
            return compose(self.frame, panel, self.marks, room)
        return compose(self.world, panel, room=room)


class Playback:
    """A play that a person directs by keys; it goes on until there are no scenes, or `quit`.

    Scenes that were shown can be gone back to, as far as memory is set aside for them.

    Args:
        more: Returns the next scene, or `None` when there is none; it is called with whether to
            leave out what is left of the present episode.
        fps: Scenes a second.
    """

    def __init__(self, more: Callable[[bool], PlayScene | None], fps: float) -> None:
        self.quit = False
        self._more, self._fps = more, fps
        self._paused, self._marked = False, True
        self._waited = 0.0  # seconds that the present scene has been shown
        self._scenes: list[PlayScene] = []
        self._bytes, self._place = 0, -1
        self._forward()
        self._acts: dict[int, Callable[[], None]] = {
            SPACE: self._pause,
            RIGHT: lambda: self._by_hand(self._forward),
            LEFT: lambda: self._by_hand(self._back),
            UP: lambda: self._speed(2.0),
            DOWN: lambda: self._speed(0.5),
            ord("r"): self._again,
            ord("n"): lambda: self._forward(anew=True),
            ord("f"): self._mark,
            **dict.fromkeys((ord("q"), ESCAPE), self._quit),
        }

    def press(self, key: int) -> None:
        """Act on the press of a key (SDL's code)."""
        self._acts.get(SPACE if key == ENTER else key, lambda: None)()

    def release(self, key: int) -> None:
        """Do nothing: keys are not held together."""

    def release_all(self) -> None:
        """Do nothing: keys are not held together."""

    def pass_time(self, seconds: float) -> bool:
        """Let time pass; return whether another scene is shown."""
        if self._paused or self.quit:
            return False
        self._waited += seconds
        if self._waited * self._fps < (END_SCENES if self._scene.last else 1):
            return False
        self._forward()
        return True

    def picture(self, room: tuple[int, int] | None = None) -> Frame:
        """Return the present picture `uint8 [H, W, 3]`, fitted into a width and height."""
        pace = f"{self._fps:g} steps a second" + (", paused" if self._paused else "")
        panel = self._scene.panel
        panel = replace(panel, lines=[*panel.lines, pace], hints=_HINTS)
        return self._scene.picture(panel, self._marked, room)

    @property
    def _scene(self) -> PlayScene:
        return self._scenes[self._place]

    def _forward(self, anew: bool = False) -> None:
        """Show the next scene, or quit if there is none; `anew`: that of another episode."""
        self._waited = 0.0
        after = range(self._place + 1, len(self._scenes))
        known = (n for n in after if not anew or self._scenes[n].episode != self._scene.episode)
        place = next(known, None)
        if place is not None:
            self._place = place
        elif (scene := self._more(anew)) is None:
            self.quit = True
        else:
            self._keep(scene)
            self._place = len(self._scenes) - 1

    def _keep(self, scene: PlayScene) -> None:
        """Keep a scene, and forget the oldest ones where memory would run out."""
        self._scenes.append(scene)
        self._bytes += scene.size
        while self._bytes > _KEPT and len(self._scenes) > 1:
            self._bytes -= self._scenes.pop(0).size

    def _back(self) -> None:
        self._place = max(0, self._place - 1)

    def _again(self) -> None:
        """Show the first scene kept of the present episode."""
        own = (n for n, scene in enumerate(self._scenes) if scene.episode == self._scene.episode)
        self._place, self._waited = next(own), 0.0

    def _by_hand(self, move: Callable[[], None]) -> None:
        """Pause, and move by one scene."""
        self._paused = True
        move()

    def _pause(self) -> None:
        self._paused, self._waited = not self._paused, 0.0

    def _speed(self, factor: float) -> None:
        slowest, fastest = _SPEEDS
        self._fps = min(max(self._fps * factor, min(slowest, self._fps)), max(fastest, self._fps))

    def _mark(self) -> None:
        self._marked = not self._marked

    def _quit(self) -> None:
        self.quit = True
