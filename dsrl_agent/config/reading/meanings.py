"""Read the meaning of every setting from the docstring of its class."""

from __future__ import annotations

import inspect
import re

_FIELD = re.compile(r"    (\w+): (.*)")


def meanings(config: type[object]) -> dict[str, str]:
    """Return one line of text for each attribute in a class's Google-style docstring.

    Base classes are included; a subclass's text replaces that of its base.
    """
    texts: dict[str, str] = {}
    for base in reversed(config.__mro__):
        texts.update(_attributes(inspect.cleandoc(base.__dict__.get("__doc__") or "")))
    return texts


def summary(config: type[object]) -> str:
    """Return the first line of a class's docstring."""
    return inspect.cleandoc(config.__doc__ or "").partition("\n")[0]


def _attributes(doc: str) -> dict[str, str]:
    """Return the entries of the section `Attributes:`, each on one line."""
    _, _, section = doc.partition("\nAttributes:\n")
    texts, name = dict[str, str](), ""
    for line in section.splitlines():
        if line and not line.startswith(" "):  # the next section
            break
        if entry := _FIELD.fullmatch(line):
            name = entry[1]
            texts[name] = entry[2]
        elif name and line:
            texts[name] += " " + line.strip()
    return texts
