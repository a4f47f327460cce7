"""Find the package that holds an environment's id, and the ids nearest to an unknown one."""

from __future__ import annotations

import contextlib
import difflib
import importlib
import importlib.util
import re
from collections.abc import Iterator
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path
from typing import NamedTuple

import gymnasium as gym

ENTRY_POINTS = "gymnasium.envs"  # of entry points that register environments
_NEAREST = 3  # ids named in a message
_SIMILAR = 0.5  # of `difflib`'s ratio, to be named as near
_SLIP = 0.8  # of the same, to be taken for a slip of the first word of an id


class Package(NamedTuple):
    """A package of environments."""

    module: str  # imported to register its environments
    install: str  # what `pip install` takes
    ids: str  # pattern that its ids match

    @property
    def families(self) -> list[str]:
        """The words that its ids begin with."""
        return re.findall("[A-Za-z]+", self.ids)


_PACKAGES = (
    Package("shapes_grid", "dsrl-agent", r"ShapesGrid-.*"),
    Package("minigrid", '"dsrl-agent[worlds]"', r"(MiniGrid|BabyAI)-.*"),
    Package("minatar", '"dsrl-agent[worlds]"', r"MinAtar/.*"),
    Package("ale_py", '"dsrl-agent[worlds]"', r"ALE/.*"),
    Package("gymnasium_robotics", "gymnasium-robotics", r"Fetch.*|Hand.*"),
    Package("highway_env", "highway-env", r"(highway|merge|roundabout|parking)-.*"),
    Package("miniworld", "miniworld", r"MiniWorld-.*"),
    Package("gym_sokoban", "gym-sokoban", r"Sokoban-.*"),
    Package("crafter", "crafter", r"Crafter.*"),
)
_REGISTERED = re.compile(r"""\bregister\(\s*(?:[^()]*\bid\s*=\s*)?["']([^"']+)["']""")
KNOWN_MODULES = frozenset(package.module for package in _PACKAGES)


def package_of(env_id: str, missing: str | None) -> str:
    """Return the command that installs what an id needs; `missing` is the module not found."""
    module, _, name = env_id.rpartition(":")
    wanted = (missing or module).split(".")[0]
    for package in _PACKAGES:
        if package.module == wanted or (not module and re.fullmatch(package.ids, name)):
            return f"pip install {package.install}"
    return f"pip install {wanted.replace('_', '-')} (its name may differ)"


def register_package_of(env_id: str) -> bool:
    """Register the environments of the installed package that an unknown id points to.

    Returns whether there is such a package: one with an entry point of the id's namespace, or one
    that is known to hold such ids.
    """
    name = env_id.rpartition(":")[2]
    space = name.rpartition("/")[0]
    for point in entry_points(group=ENTRY_POINTS):
        if point.name == space:
            _call(point)
            return True
    for package in _PACKAGES:
        if re.fullmatch(package.ids, name) and importlib.util.find_spec(package.module):
            importlib.import_module(package.module)
            return True
    return False


def _call(point: EntryPoint) -> None:
    """Register the environments of an entry point."""
    register = point.load()
    if callable(register):
        register()


def successor_of(env_id: str) -> str | None:
    """Return the latest version of a retired id, or None if there is none."""
    module, colon, name = env_id.rpartition(":")
    base = re.sub(r"-v\d+$", "", name)
    versions = [
        int(found[1])
        for known in gym.registry
        if (found := re.fullmatch(re.escape(base) + r"-v(\d+)", known))
    ]
    return f"{module}{colon}{base}-v{max(versions)}" if versions else None


def nearest_ids(env_id: str) -> str:
    """Return a hint at the known ids nearest to an unknown one, or at the package to install.

    An id that a module of the current folder registers is named with its module.
    """
    name = env_id.rpartition(":")[2]
    family = _family_like(name)
    for package in _PACKAGES:
        meant, installed = re.fullmatch(package.ids, name), importlib.util.find_spec(package.module)
        if meant and installed is None:
            return f"install the package that holds it: pip install {package.install}."
        if installed and (meant or family in package.families):
            with contextlib.suppress(Exception):  # foreign code; the hint may do without
                importlib.import_module(package.module)
                for point in entry_points(group=ENTRY_POINTS):
                    if point.module.split(".")[0] == package.module:
                        _call(point)
    own = {one.lower(): f"{module}:{one}" for one, module in _registered_here()}
    if near := difflib.get_close_matches(name.lower(), own, 1):
        return f"did you mean {own[near[0]]}?"
    known = {known.lower(): known for known in gym.registry}
    near = difflib.get_close_matches(name.lower(), list(known), _NEAREST, _SIMILAR)
    if near:
        return f"the nearest ids are {', '.join(known[one] for one in near)}."
    return "give an id of gymnasium.registry, with its module before a colon: module:Name-v0."


def _family_like(name: str) -> str | None:
    """Return the word of a known package's ids that the first word of an id may be a slip of."""
    families = {word.lower(): word for package in _PACKAGES for word in package.families}
    first = re.match("[A-Za-z]*", name)
    word = first[0].lower() if first else ""
    near = difflib.get_close_matches(word, list(families), 1, _SLIP)
    return families[near[0]] if near else None


def _registered_here() -> Iterator[tuple[str, str]]:
    """Yield the ids that modules of the current folder register, each with its module.

    The modules are read and not imported: nobody has asked for that yet.
    """
    for path in sorted(Path().glob("*.py")):
        with contextlib.suppress(OSError):
            text = path.read_text(encoding="utf-8", errors="replace")
            yield from ((found, path.stem) for found in _REGISTERED.findall(text))
