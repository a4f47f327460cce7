"""Run an exported program with clingo, from the extra `[logic]`."""

from __future__ import annotations

import importlib.util
from collections.abc import Sequence

from dsrl_agent.errors import ConfigError


def clingo_is_there() -> bool:
    """Say whether clingo is installed."""
    return importlib.util.find_spec("clingo") is not None


def greedy_actions(program: str, actions: Sequence[str]) -> dict[int, frozenset[int]]:
    """Return the greedy actions by time that a program's best answer sets hold.

    The program holds the facts of its scenes; `actions` are the actions' names in it, by number.

    Raises:
        ConfigError: clingo is not installed.
    """
    if not clingo_is_there():
        raise ConfigError(
            "Logic programs are run by clingo, which is not installed; install it with "
            'pip install "dsrl-agent[logic]".'
        )
    import clingo

    # All optimal answer sets, each first action once; a table's program has a single one.
    control = clingo.Control(["--warn=none", "--opt-mode=optN", "--project=show", "0"])
    control.add("base", [], program)
    control.ground([("base", [])])
    numbers = {name: number for number, name in enumerate(actions)}
    found: dict[int, set[int]] = {}
    with control.solve(yield_=True) as answers:
        for model in answers:
            if model.cost and not model.optimality_proven:
                continue
            for symbol in model.symbols(shown=True):
                action, time = symbol.arguments
                found.setdefault(time.number, set()).add(numbers[str(action)])
    return {time: frozenset(chosen) for time, chosen in found.items()}
