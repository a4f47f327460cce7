"""Run `dsrl name`: give names to the types of a run."""

from __future__ import annotations

from collections.abc import Sequence, Set
from pathlib import Path

from dsrl_agent.cli.options import NameOptions
from dsrl_agent.errors import ConfigError
from dsrl_agent.experiments.run.training import load_run
from dsrl_agent.records.type_names import TypeNames


def run(options: NameOptions, given: Set[str]) -> int:
    """Keep the names in the run's folder, and list all types with their names.

    Raises:
        ConfigError: A type or a name is none.
    """
    folder = Path(options.run)
    agent, _ = load_run(folder, options.device)
    known, own = agent.perception.known, agent.front_end.agency.self_types
    names = TypeNames.read(folder).changed(read_names(options.names, known))
    if options.names:
        names.write(folder)
    for number in known:
        name, agents = names.of(number), " (the agent)" if number in own else ""
        print(f"  {number:>3}  {'-' if name == f'type {number}' else name}{agents}")
    return 0


def read_names(words: Sequence[str], known: Sequence[int]) -> dict[int, str]:
    """Return the names in words such as `1=circle`, by the types' numbers.

    Raises:
        ConfigError: A word is none of these, or its type is none of those known.
    """
    found: dict[int, str] = {}
    for word in words:
        number, sign, name = word.partition("=")
        if not sign or not (number.isascii() and number.strip().isdecimal()):
            raise ConfigError(f"{word!r} names no type; write its number and a name: 1=circle.")
        if int(number) not in known:
            there = ", ".join(map(str, known)) or "none"
            raise ConfigError(f"{word!r} names type {number}, but the run has the types {there}.")
        found[int(number)] = name.strip()
    return found
