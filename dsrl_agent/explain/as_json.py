"""Write beliefs and reasons as plain mappings, lists and numbers for JSON."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np

from dsrl_agent.explain.beliefs.beliefs import Beliefs
from dsrl_agent.explain.beliefs.contacts import at_least


def beliefs_as_json(beliefs: Beliefs) -> dict[str, Any]:
    """Return beliefs, JSON-able, with the confidence of each contact and rule."""
    data: dict[str, Any] = plain(beliefs)
    for belief, written in zip(beliefs.types, data["types"], strict=True):
        if belief.contact is not None:
            written["contact"]["confidence"] = belief.contact.confidence
    for rule, written in zip(beliefs.rules, data["rules"], strict=True):
        written["confidence"] = at_least(rule.rule.times, rule.rule.cases)
    return data


def plain(value: Any) -> Any:
    """Return a value with records and dataclasses as mappings, arrays and sets as lists.

    A field of a dataclass with `json: False` in its metadata is left out.
    """
    if isinstance(value, np.ndarray):
        return value.tolist()
    if isinstance(value, tuple) and hasattr(value, "_asdict"):
        return {name: plain(part) for name, part in value._asdict().items()}
    if isinstance(value, frozenset):
        return sorted(value)
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        fields = [f for f in dataclasses.fields(value) if f.metadata.get("json", True)]
        return {field.name: plain(getattr(value, field.name)) for field in fields}
    if isinstance(value, list | tuple):
        return [plain(part) for part in value]
    return value
