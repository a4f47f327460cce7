"""Load agents: find the checkpoint and the environment, and refuse all that does not fit."""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from textwrap import shorten
from typing import Any, NamedTuple, Self

import gymnasium as gym
import numpy as np
from numpy.typing import NDArray

from dsrl_agent.checks import line_of
from dsrl_agent.config import AgentConfig, TrainConfig, read_config
from dsrl_agent.errors import CheckpointError, DSRLError
from dsrl_agent.front_end import AnyFrontEnd
from dsrl_agent.perception.protocol import PerceptionProtocol
from dsrl_agent.records import Checkpoint, RunFolder, load_checkpoint
from dsrl_agent.records.checkpoint import require_storable
from dsrl_agent.runtime.door.making import names_in
from dsrl_agent.runtime.door.origin import OriginWarning, made_again, view_of
from dsrl_agent.runtime.door.trust import require_allowed
from dsrl_agent.runtime.envs import Door, View, at_door, make_env
from dsrl_agent.runtime.vector.opening import several
from dsrl_agent.runtime.vector.single_environments import SingleEnvironments

ArraysByGroup = dict[str, dict[str, NDArray[Any]]]


class Source(NamedTuple):
    """A saved agent: its checkpoint, and the settings of its run if it comes from a run folder."""

    path: Path  # as it was given
    checkpoint: Checkpoint
    run: TrainConfig | None

    @classmethod
    def open(cls, path: Path) -> Self:
        """Read the checkpoint at a path, or the newest one of the run folder there.

        Raises:
            CheckpointError: There is no good checkpoint.
        """
        if not RunFolder.is_at(path):
            return cls(path, _finite(path), None)
        folder = RunFolder.open(path)
        newest = folder.latest()
        if newest is None:
            raise CheckpointError(f"The run {path} has no checkpoint yet; let it train longer.")
        with refusing(path):
            config = read_config(TrainConfig, folder.config())
        return cls(path, _finite(newest), config)

    def env(self, given: Any) -> Any:
        """Return the environment to go on in: the one given, or the one of training.

        Its door makes frames as the one of training did.

        Raises:
            CheckpointError: None is given, and that of training cannot be made again.
            ConfigError, ObservationError: The one given does not fit.
        """
        data = self.checkpoint.data
        with refusing(self.path):
            view = view_of(data)
        if isinstance(given, str):
            return make_env(given, {}, view=view)
        if isinstance(given, gym.Env):
            return at_door(given, view=view)
        if given is not None:
            return several(given, view=view) or at_door(given, view=view)
        with refusing(self.path):
            if self.run is not None:
                return env_of(self.run, str(self.path), view)
            return made_again(data, str(self.path))

    @contextmanager
    def restoring(self) -> Iterator[None]:
        """Refuse as `refusing` does; nothing is said of an environment that was given."""
        with refusing(self.path), warnings.catch_warnings():
            warnings.simplefilter("ignore", OriginWarning)
            yield

    def config(self) -> AgentConfig:
        """Return the agent's settings."""
        with refusing(self.path):
            return read_config(AgentConfig, self.checkpoint.data["config"])


def require_actions(data: Mapping[str, Any], count: int) -> None:
    """Refuse an environment with another number of actions than the one of training.

    Raises:
        CheckpointError: The message has both numbers.
    """
    trained = data.get("num_actions", count)  # checkpoints of 7a99ea7 lack it
    if trained != count:
        raise CheckpointError(
            f"The agent was trained with {trained} actions, but the environment has {count}; give "
            "one with the same actions."
        )


def require_parts_stored(
    made: Mapping[str, Any], perception: PerceptionProtocol, front_end: AnyFrontEnd
) -> None:
    """Refuse a perception or front end of one's own that could not be saved.

    `made` has those of an agent by name, `None` where the agent makes its own.

    Raises:
        ConfigError: The message says what a file cannot hold.
    """
    if made.get("perception") is not None:
        require_storable("perception", perception.arrays(), perception.state())
    if made.get("front_end") is not None:
        require_storable("front_end", {}, front_end.state())


_UNREAD = ("encoder.no_scales", "encoder.no_downs", "encoder.no_rights")
"""Arrays that checkpoints held up to 7a3704e, with infinities, and that follow from others."""


def finite(arrays: ArraysByGroup, holder: str, remedy: str) -> ArraysByGroup:
    """Return arrays by group and name, all numbers in which are finite.

    Raises:
        CheckpointError: A number is not. The message has what holds it, where, and the remedy.
    """
    for group, own in arrays.items():
        for name, array in own.items():
            if name not in _UNREAD and array.dtype.kind == "f" and not np.isfinite(array).all():
                raise CheckpointError(
                    f"{holder} holds a NaN or an infinity in {group}, {name!r}, {remedy}."
                )
    return arrays


def _finite(path: Path) -> Checkpoint:
    """Return the checkpoint at a path.

    Raises:
        CheckpointError: It is damaged, or a number in it is NaN or infinite.
    """
    checkpoint = load_checkpoint(path)
    remedy = "so it was altered or damaged; use another checkpoint or train again"
    finite(checkpoint.arrays, str(path), remedy)
    return checkpoint


def env_of(config: TrainConfig, file: str = "", view: View | None = None) -> Door:
    """Return the environment of a run's settings; `file` is where they were read, if a file.

    `view` is the recipe of the door of training, if there was one, to make the same frames.

    Raises:
        CheckpointError: Importing what the file names is not allowed.
        ConfigError, ObservationError: The environment cannot be made.
    """
    made = config.env
    if file:
        require_allowed(names_in(made.id, made.kwargs, made.wrappers), file)
    return make_env(made.id, made.kwargs, made.wrappers, made.door, view)


def envs_of(
    config: TrainConfig, file: str = "", view: View | None = None
) -> Door | SingleEnvironments:
    """Return the environments of a run's settings, all with the same recipe for frames.

    Raises:
        CheckpointError: Importing what the file names is not allowed.
        ConfigError, ObservationError: The environments cannot be made.
    """
    first = env_of(config, file, view)
    if config.num_envs == 1:
        return first
    others = [env_of(config, file, first.view) for _ in range(config.num_envs - 1)]
    return SingleEnvironments([first, *others])


@contextmanager
def refusing(path: Path) -> Iterator[None]:
    """Turn whatever goes wrong with what a file holds into one kind of error.

    Raises:
        CheckpointError: The message names the path and the cause.
    """
    try:
        yield
    except CheckpointError:
        raise
    except DSRLError as error:
        raise CheckpointError(f"{path} cannot be loaded: {error}") from error
    except Exception as error:  # a file may hold anything
        text = shorten(f"{type(error).__name__}: {line_of(error)}", 200)
        raise CheckpointError(
            f"The checkpoint {path} does not hold what an agent needs ({text}). It was "
            "written by another version or altered, or the agent was made with a perception or "
            "front end of its own: give these to load()."
        ) from error
