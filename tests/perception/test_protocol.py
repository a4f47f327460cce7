"""The perceptions and sights that come with the agent keep to the protocols."""

from __future__ import annotations

import inspect
from typing import Any

import pytest

from dsrl_agent.config import BackEndConfig, PerceptionConfig
from dsrl_agent.perception.cell_sight import CellSight
from dsrl_agent.perception.off_grid.sight import OffGridSight
from dsrl_agent.perception.perception import Perception
from dsrl_agent.perception.protocol import PerceptionFit, PerceptionProtocol
from dsrl_agent.perception.sight import Sight, TypeChange


def members(protocol: type[Any]) -> list[str]:
    return [name for name in vars(protocol) if not name.startswith("_")]


@pytest.mark.parametrize(
    ("protocol", "kind"),
    [(PerceptionProtocol, Perception), (Sight, CellSight), (Sight, OffGridSight)],
    ids=["perception", "cells", "off the grid"],
)
def test_every_method_of_a_protocol_has_the_same_parameters(
    protocol: type[Any], kind: type[Any]
) -> None:
    names = members(protocol)
    assert len(names) > 8
    for name in names:
        asked, given = getattr(protocol, name), getattr(kind, name)
        if inspect.isfunction(asked):
            assert list(inspect.signature(given).parameters) == list(
                inspect.signature(asked).parameters
            ), name


def test_a_perception_can_be_taken_for_the_protocol() -> None:
    def learns(perception: PerceptionProtocol) -> bool:
        return perception.learns

    perception = Perception(PerceptionConfig(), BackEndConfig(), 0, "cpu")
    assert learns(perception)
    assert perception.grid is None
    assert PerceptionFit(1.5, TypeChange({})).loss == 1.5
