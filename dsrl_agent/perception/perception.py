"""Turn frames into facts by a learned sight whose types keep their names over refits."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dsrl_agent.back_end import Encoder, EncoderMaker
from dsrl_agent.config import BackEndConfig, PerceptionConfig
from dsrl_agent.errors import PerceptionError
from dsrl_agent.perception.grid import Grid
from dsrl_agent.perception.kinds import is_worse, knows, load_sight, sight_for
from dsrl_agent.perception.memory import PlaceMemory
from dsrl_agent.perception.protocol import PerceptionFit
from dsrl_agent.perception.redrawing import Redrawing, redrawing
from dsrl_agent.perception.sight import (
    Arrays,
    Fitting,
    GroupSighting,
    Progress,
    Sight,
    SightFit,
    Sighting,
    SightKind,
    TypeChange,
    sight_kind,
)
from dsrl_agent.perception.watching import Watching, watch_together
from dsrl_agent.runtime.threads import one_thread
from dsrl_agent.symbols import FlickeringTypes, facts_of, keep_names, parents_of
from dsrl_agent.types import (
    EMPTY,
    UNKNOWN,
    Facts,
    Floats,
    Floats32,
    Frame,
    FrameTransitions,
    Ints,
    Shape,
)

_PIXELS = 2**20  # of frames read at once, to bound memory


class Perception:
    """Learns to see from the agent's own transitions; gives facts of frames of any size.

    The seed decides back end and typing. The network runs on the device. `make_encoder` makes
    another back end than the configured one, from a seed.

    Raises:
        ConfigError: No sight is registered under the name in the settings.
    """

    learns = True

    def __init__(
        self,
        config: PerceptionConfig,
        back_end: BackEndConfig,
        seed: int,
        device: str,
        make_encoder: EncoderMaker | None = None,
    ) -> None:
        self.config = config
        self.fits = 0  # number of fits so far
        self.flicker = FlickeringTypes(config.tracking)
        self._kind = sight_kind(sight_for(config.sight, back_end.kind))
        self._make = make_encoder or partial(_encoder_of_kind, back_end, device=device)
        self._seed, self._device = seed, device
        self._sight: Sight | None = None
        self._final = False  # whether the kind of the sight in use is kept
        self._memory = PlaceMemory(config.remembered)
        self._exemplars: dict[int, Floats32] = {}
        self._next_type = 1

    @property
    def ready(self) -> bool:
        """Whether facts can be given."""
        return self._sight is not None

    @property
    def sight(self) -> Sight:
        """The sight in use.

        Raises:
            PerceptionError: Nothing has been learned yet.
        """
        if self._sight is None:
            raise PerceptionError("The agent has not learned to see yet; call learn() first.")
        return self._sight

    @property
    def grid(self) -> Grid | None:
        """The grid, `None` as long as nothing has been learned."""
        return None if self._sight is None else self._sight.grid

    @property
    def known(self) -> list[int]:
        """The types of objects, ascending."""
        return [int(number) for number in self.sight.known]

    @property
    def agent_types(self) -> frozenset[int]:
        """The types that show the agent; empty if sight does not tell."""
        return frozenset() if self._sight is None else self._sight.insight.agent_types

    @property
    def analogues(self) -> Mapping[int, int]:
        """By type, the first type of the same shape in another colour, if there is one."""
        return {} if self._sight is None else self._sight.insight.analogues

    @one_thread()
    def learn(
        self,
        transitions: FrameTransitions,
        progress: Progress | None = None,
        rewards: Floats | None = None,
    ) -> PerceptionFit:
        """Learn the grid, the back end and the types; see `PerceptionProtocol`."""
        kind, last = self._kind_for(transitions.after), self._sight
        evidence = kind.gather(transitions, rewards, self.config)
        frames = evidence.transitions.after
        old_labels = None if last is None else last.types(frames, evidence.grid)
        fitting = Fitting(self.config, self._make, self._seed, self.fits, progress, self._device)
        self._memory.forget()
        learned = kind.learn(evidence, last, fitting)
        self._sight, loss, final = _unless_worse(learned, last, self._final, frames, self.config)
        if last is not None and self._sight.grid != evidence.grid:
            old_labels = last.types(frames, self._sight.grid)
        self._final = final or kind is not self._kind
        change = self._keep_names(frames, old_labels)
        self._keep_exemplars(frames)
        self.fits += 1
        fitting.report("symbols", 1, 1, float(len(self.known)))
        return PerceptionFit(loss, change)

    def facts(self, frames: Frame) -> list[Facts]:
        """Return the facts of each frame `uint8 [B, H, W, 3]`.

        Unknown objects become types if sight names them at once.
        """
        at_once = max(1, _PIXELS // (frames.shape[1] * frames.shape[2]))
        starts = range(0, len(frames), at_once)
        return [each for n in starts for each in self._facts(frames[n : n + at_once])]

    def _facts(self, frames: Frame) -> list[Facts]:
        frames = self.sight.at_rest(frames)
        types = self._types(frames)
        if self.sight.insight.names_at_once:
            types = self._notice(frames, types)[0]
        return [facts_of(each) for each in types]

    def watch(self, before: Facts, action: int, frame: Frame) -> Sighting:
        """Return a frame's facts; make unknown objects types, and merge types that flicker."""
        (facts,), change = self.watch_all([before], [action], frame[None])
        return Sighting(facts, change)

    def watch_all(
        self, before: Sequence[Facts], actions: Sequence[int], frames: Frame
    ) -> GroupSighting:
        """Watch the frames `uint8 [B, H, W, 3]` of several environments; see `watch_together`."""
        self._memory.watched = max(self._memory.watched, len(frames))
        track, at_once = self.flicker.track, self.sight.insight.names_at_once
        how = Watching(self._types, self._notice, track, self._merge, at_once)
        return watch_together(how, before, actions, self.sight.at_rest(frames))

    def shape_of(self, frame: Frame) -> Shape:
        """Return the rows and columns in a frame `uint8 [H, W, 3]`."""
        return self.sight.grid.fitted(*frame.shape[:2]).shape

    def pictures(self) -> dict[int, NDArray[np.uint8]]:
        """Return each type's contrast with emptiness: pictures `uint8 [12, 12, 3]`."""
        return self.sight.pictures()

    def redrawn(self, frames: Frame) -> Redrawing | None:
        """Return frames `uint8 [B, H, W, 3]` redrawn by the sight, `None` if it cannot."""
        return redrawing(self.sight, frames)

    def erased(self, frame: Frame, facts: Facts, removed: Facts) -> Frame:
        """Return a copy of a frame with the cells of some facts painted over, see `Grid`."""
        taken, hidden = ({(fact.row, fact.col) for fact in part} for part in (facts, removed))
        return self.sight.grid.fitted(*frame.shape[:2]).painted_over(frame, taken, hidden)

    def arrays(self) -> Arrays:
        """Return everything learned for a checkpoint, by file."""
        kept = {str(number): pictures for number, pictures in self._exemplars.items()}
        return {**({} if self._sight is None else self._sight.arrays()), "kept": kept}

    def state(self) -> dict[str, Any]:
        """Return the JSON part of a checkpoint."""
        seen: dict[str, Any] = {"grid": None, "swing": (0, 0)}
        if self._sight is not None:
            seen = {**self._sight.state(), "sight": self._sight.kind}
        counts = {"next_type": self._next_type, "fits": self.fits, "final": self._final}
        return {**seen, **counts, "living": self.flicker.state()}

    def load(self, arrays: Arrays, state: Mapping[str, Any]) -> None:
        """Restore from `arrays()` and `state()`."""
        self._next_type, self.fits = int(state["next_type"]), int(state["fits"])
        self._final = bool(state.get("final"))  # older checkpoints lack it
        self.flicker.load(state["living"])
        self._exemplars = {int(number): np.array(part) for number, part in arrays["kept"].items()}
        fitting = Fitting(self.config, self._make, self._seed, self.fits, device=self._device)
        # Checkpoints of 7a99ea7 do not name the sight, but those with one hold its grid.
        learned = "sight" in state or state["grid"] is not None
        self._sight = load_sight(arrays, state, fitting) if learned else None
        self._memory.forget()

    def _merge(self, kept: int, dropped: int) -> None:
        """Let a type be seen as another from now on."""
        self.sight.renumber({dropped: kept})
        self._memory.forget()

    def _types(self, frames: Frame) -> Ints:
        """Return the types `[B, rows, cols]` in frames at rest, those of few from memory."""
        return self._memory.types_by(self.sight, frames)

    def _kind_for(self, frames: Frame) -> SightKind:
        """Return the kind of sight to learn from frames: the one in use, if it was for good."""
        if self._sight is not None and self._final and knows(self._sight, frames, self.config):
            return sight_kind(self._sight.kind)
        return self._kind

    def _notice(self, frames: Frame, types: Ints) -> tuple[Ints, int]:
        """Let sight learn from unknown objects in frames at rest.

        Returns the types `[B, rows, cols]`, and the number of types added.
        """
        sight = self.sight
        added = sight.notice(frames, types, self._next_type) if (types == UNKNOWN).any() else 0
        if added:
            self._next_type += added
            self._memory.forget()
            self._keep_exemplars(frames)
            types = sight.types(frames)
        return types, added

    def _keep_names(self, frames: Frame, old_labels: Ints | None) -> TypeChange:
        """Give new types the names of the types known before; bring back those that were lost.

        The frames `[B, H, W, 3]` are at rest; `old_labels` `[B, rows, cols]` are their old types.
        """
        sight, parents = self.sight, {}
        if old_labels is not None:
            old = np.where(old_labels == UNKNOWN, EMPTY, old_labels).ravel()
            several = set(self.flicker.merged.values())
            labels = sight.types(frames, sight.grid).ravel()
            sight.renumber(keep_names(sight.known, labels, old, self._next_type, several))
            self._recall(several)
            labels = sight.types(frames, sight.grid).ravel()
            parents = parents_of(labels, old, np.array(list(self._exemplars)))
        self._next_type = max(self._next_type, max(self.known, default=EMPTY) + 1)
        return TypeChange(parents)

    def _recall(self, several: set[int]) -> None:
        """Bring back types that the fit lost; types of several appearances are tried for each."""
        merged = self.flicker.merged
        for number in sorted(set(self._exemplars) - (set(self.known) - several)):
            self.sight.recall(merged.get(number, number), self._exemplars[number])

    def _keep_exemplars(self, frames: Frame) -> None:
        """Keep exemplars from frames at rest; those of merged appearances stay as they were."""
        self._exemplars |= self.sight.exemplars(frames, set(self.flicker.merged.values()))


def _unless_worse(
    learned: SightFit, last: Sight | None, final: bool, frames: Frame, config: PerceptionConfig
) -> SightFit:
    """Return what was learned, or the last sight if that is better on frames at rest."""
    if last is None or not is_worse(learned.sight, last, frames, config):
        return learned
    return SightFit(last, learned.loss, final)


def _encoder_of_kind(config: BackEndConfig, seed: int, device: str) -> Encoder:
    from dsrl_agent.back_end import make_encoder  # torch takes seconds; not every sight needs it

    return make_encoder(config, seed, device)
