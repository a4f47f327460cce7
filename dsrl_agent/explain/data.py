"""The same as JSON: beliefs and reasons as plain mappings, lists and numbers."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np

from dsrl_agent.explain.beliefs import Beliefs, TypeBelief
from dsrl_agent.explain.reasons import Reasons


def beliefs_as_data(beliefs: Beliefs) -> dict[str, Any]:
    """Return beliefs, JSON-able."""
    data: dict[str, Any] = plain(beliefs)
    data["types"] = [_type(belief) for belief in beliefs.types]
    return data


def reasons_as_data(reasons: Reasons) -> dict[str, Any]:
    """Return reasons, JSON-able."""
    data: dict[str, Any] = plain(reasons)
    return data


def plain(value: Any) -> Any:
    """Return a value with records and dataclasses as mappings, arrays and sets as lists."""
    if isinstance(value, np.ndarray):
        return value.tolist()
    if isinstance(value, tuple) and hasattr(value, "_asdict"):
        return {name: plain(part) for name, part in value._asdict().items()}
    if isinstance(value, frozenset):
        return sorted(value)
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        fields = dataclasses.fields(value)
        return {field.name: plain(getattr(value, field.name)) for field in fields}
    if isinstance(value, list | tuple):
        return [plain(part) for part in value]
    return value


def _type(belief: TypeBelief) -> dict[str, Any]:
    data: dict[str, Any] = plain(belief)
    if belief.contact is not None:
        data["contact"]["confidence"] = belief.contact.confidence
    return data
