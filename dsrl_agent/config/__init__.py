"""Define every setting, in frozen dataclasses that refuse values which break their rule.

`read_config` reads them from YAML files and the command line; from Python, make them. The groups of
thresholds of perception stand in `sights`, `tiles`, `tiling`, `things` and `symbols`.
"""

from dsrl_agent.config.back_end import BackEndConfig, BackEndKind
from dsrl_agent.config.front_end import (
    AgencyThresholds,
    ChanceThresholds,
    DynaThresholds,
    ExplorationPrices,
    ForesightThresholds,
    FrontEndConfig,
    RulesThresholds,
    add_front_end_kind,
    front_end_kinds,
)
from dsrl_agent.config.perception import PerceptionConfig
from dsrl_agent.config.reading import read_config
from dsrl_agent.config.train import (
    AgentConfig,
    DoorThresholds,
    EnvConfig,
    EvaluationConfig,
    InspectionThresholds,
    TrainConfig,
)

__all__ = [
    "AgencyThresholds",
    "AgentConfig",
    "BackEndConfig",
    "BackEndKind",
    "ChanceThresholds",
    "DoorThresholds",
    "DynaThresholds",
    "EnvConfig",
    "EvaluationConfig",
    "ExplorationPrices",
    "ForesightThresholds",
    "FrontEndConfig",
    "InspectionThresholds",
    "PerceptionConfig",
    "RulesThresholds",
    "TrainConfig",
    "add_front_end_kind",
    "front_end_kinds",
    "read_config",
]
