"""Derive named random streams from one seed, so that a new stream shifts no other."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from zlib import crc32

import numpy as np

from dsrl_agent.checks import shown
from dsrl_agent.errors import CheckpointError, ConfigError

_SEED_BITS = 128  # of the longest seed: NumPy draws such ones from the system


class Streams:
    """The random generators of a run, by name.

    A stream depends on the seed and on its name alone, not on other streams or their order. Names
    are hashed into seeds: a renamed stream draws other numbers.

    Raises:
        ConfigError: The seed is no integer of at least 0 and at most 128 bits.
    """

    def __init__(self, seed: int) -> None:
        if isinstance(seed, bool) or not isinstance(seed, int | np.integer) or seed < 0:
            raise ConfigError(
                f"seed is {shown(seed)}, but must be an integer of at least 0; give one, such as 0."
            )
        self.seed = int(seed)
        if self.seed.bit_length() > _SEED_BITS:
            raise ConfigError(
                f"seed is {shown(seed)}, but must have at most {_SEED_BITS} bits; give a smaller "
                "one, such as 0."
            )
        self._generators: dict[str, np.random.Generator] = {}

    def get(self, name: str) -> np.random.Generator:
        """Return the generator of a name; it is the same object in every call."""
        if name not in self._generators:
            self._generators[name] = self._begin(name)
        return self._generators[name]

    def seed_for(self, name: str, index: int) -> int:
        """Return seed number `index` (at least 0) of a name, in [0, 2**31).

        The call draws from no stream, so the seed of episode 1000 is known without the 999 before.
        Two indices may share a seed by chance.
        """
        # With a spawn key, as the sequences [seed, name] and [seed, name, 0] are identical.
        sequence = np.random.SeedSequence([self.seed, _number(name)], spawn_key=(index,))
        return int(sequence.generate_state(1)[0] >> 1)

    def state(self) -> dict[str, Any]:
        """Return the seed and the state of every generator made so far, fit for JSON."""
        streams = {name: g.bit_generator.state for name, g in self._generators.items()}
        return {"seed": self.seed, "streams": streams}

    def restore(self, state: Mapping[str, Any]) -> None:
        """Restore the result of `state`.

        Generators handed out before stay valid. Generators of the state continue from there, all
        others restart.

        Raises:
            CheckpointError: The state is of another seed or damaged. Nothing was changed.
        """
        if state.get("seed") != self.seed:
            raise CheckpointError(
                f"The saved random streams are of seed {state.get('seed')!r}, these of seed "
                f"{self.seed}; resume with the seed that the run began with."
            )
        saved = state.get("streams")
        if not isinstance(saved, Mapping):
            raise CheckpointError(
                f"The saved random streams are {saved!r}, but must map names to states; "
                "resume from another checkpoint."
            )
        states = {}
        for name in {**saved, **self._generators}:
            fresh = self._begin(name)
            try:
                fresh.bit_generator.state = saved.get(name, fresh.bit_generator.state)
            except (KeyError, TypeError, ValueError, OverflowError) as error:
                raise CheckpointError(
                    f"The saved state of the random stream {name!r} cannot be set ({error!r}); "
                    "resume from another checkpoint."
                ) from error
            states[name] = fresh.bit_generator.state
        for name, one in states.items():
            self.get(name).bit_generator.state = one

    def _begin(self, name: str) -> np.random.Generator:
        return np.random.default_rng(np.random.SeedSequence([self.seed, _number(name)]))


def _number(name: str) -> int:
    return crc32(name.encode())
