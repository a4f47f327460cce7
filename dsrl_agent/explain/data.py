"""The same as JSON: beliefs and reasons as plain mappings, lists and numbers."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np

from dsrl_agent.explain.beliefs import Beliefs, TypeBelief
from dsrl_agent.explain.reasons import Reasons


def beliefs_as_data(beliefs: Beliefs) -> dict[str, Any]:
    """Return beliefs, JSON-able."""
    data = {
        field.name: plain(getattr(beliefs, field.name)) for field in dataclasses.fields(beliefs)
    }
    data["types"] = [_type(belief) for belief in beliefs.types]
    return data


def reasons_as_data(reasons: Reasons) -> dict[str, Any]:
    """Return reasons, JSON-able."""
    return {
        field.name: plain(getattr(reasons, field.name)) for field in dataclasses.fields(reasons)
    }


def plain(value: Any) -> Any:
    """Return a value with records as mappings, arrays and sets as lists."""
    if isinstance(value, np.ndarray):
        return value.tolist()
    if isinstance(value, tuple) and hasattr(value, "_asdict"):
        return {name: plain(part) for name, part in value._asdict().items()}
    if isinstance(value, frozenset):
        return sorted(value)
    if isinstance(value, list | tuple):
        return [plain(part) for part in value]
    return value


def _type(belief: TypeBelief) -> dict[str, Any]:
    data = {field.name: plain(getattr(belief, field.name)) for field in dataclasses.fields(belief)}
    if belief.contact is not None:
        data["contact"]["confidence"] = belief.contact.confidence
    return data
