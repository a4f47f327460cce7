"""Read YAML of which every part means one thing: no key twice, no endless or oversized values."""

from __future__ import annotations

import math
import re
from typing import Any

import yaml

LONGEST = 2**18
"""Characters of a config; the resolved one of a run has some 12,000."""


class _StrictLoader(yaml.SafeLoader):  # type: ignore[misc]
    """The safe loader, without what YAML allows and no settings need."""

    def __init__(self, stream: str) -> None:
        super().__init__(stream)
        self._open: list[str] = []  # anchors of the nodes that are being read

    def compose_node(self, parent: Any, index: Any) -> Any:
        """Read a node; an alias of a node that it stands in is refused."""
        event: Any = self.peek_event()
        anchor = event.anchor
        if isinstance(event, yaml.AliasEvent) and anchor in self._open:
            text = f"the alias *{anchor} stands within what it names"
            raise yaml.composer.ComposerError(None, None, text, event.start_mark)
        self._open.append(anchor)
        try:
            return super().compose_node(parent, index)
        finally:
            self._open.pop()

    def construct_mapping(self, node: Any, deep: bool = False) -> Any:
        """Return a mapping; a key that stands twice is refused."""
        seen = set()
        for key_node, _ in node.value:
            key = (key_node.tag, key_node.value) if isinstance(key_node.value, str) else None
            if key is not None and key in seen and key_node.tag != "tag:yaml.org,2002:merge":
                text = f"the key {key_node.value!r} stands twice"
                raise yaml.constructor.ConstructorError(None, None, text, key_node.start_mark)
            seen.add(key)
        return super().construct_mapping(node, deep)

    def construct_yaml_int(self, node: Any) -> int:
        """Return a whole number; one of too many digits, or like 010 or 1:30, is refused."""
        if has_two_meanings(node.value):
            text = f"{node.value} is read as another number; write that, or quote it as text"
            raise yaml.constructor.ConstructorError(None, None, text, node.start_mark)
        try:
            number: int = super().construct_yaml_int(node)
            return number
        except ValueError as error:
            text = f"a number of {len(node.value)} characters is too long"
            raise yaml.constructor.ConstructorError(None, None, text, node.start_mark) from error


class _StrictDumper(yaml.SafeDumper):  # type: ignore[misc]
    """The safe dumper, which quotes texts that the loader would take for numbers."""


for _kind in (_StrictLoader, _StrictDumper):  # powers of ten need no point, unlike in YAML 1.1
    _kind.add_implicit_resolver(
        "tag:yaml.org,2002:float",
        re.compile(r"[-+]?[0-9][0-9_]*(\.[0-9_]*)?[eE][-+]?[0-9]+$"),
        list("-+0123456789"),
    )
_StrictLoader.add_constructor("tag:yaml.org,2002:int", _StrictLoader.construct_yaml_int)


def has_two_meanings(text: str) -> bool:
    """Return whether YAML reads a whole number to base 8 or 60 where people read another."""
    return re.fullmatch(r"[-+]?(0[0-9_]+|[0-9_]+(:[0-9]+)+)", text) is not None


def read_yaml(text: str) -> Any:
    """Return what a YAML text says.

    Raises:
        yaml.YAMLError: It is no YAML, names a Python object, has a key twice, an alias within what
            it names, a number of thousands of digits, or is nested too deep.
    """
    try:
        return yaml.load(text, _StrictLoader)
    except RecursionError as error:
        raise yaml.YAMLError("it is nested too deep") from error


def yaml_of(values: Any) -> str:
    """Return the YAML of plain values in flow style, without line breaks between them."""
    text: str = yaml.dump(
        values, Dumper=_StrictDumper, default_flow_style=True, width=math.inf, sort_keys=False
    )
    return text.strip()
