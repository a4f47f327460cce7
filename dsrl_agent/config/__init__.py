"""Define every setting, in frozen dataclasses that refuse values which break their rule.

`read_config` reads them from YAML files and the command line; from Python, make them.
"""

from dsrl_agent.config.back_end import BackEndConfig, BackEndKind
from dsrl_agent.config.front_end import (
    AgencyThresholds,
    DynaThresholds,
    FrontEndConfig,
    RulesThresholds,
    add_front_end_kind,
    front_end_kinds,
)
from dsrl_agent.config.meanings import meanings, summary
from dsrl_agent.config.perception import PerceptionConfig
from dsrl_agent.config.reading import (
    group_of,
    hints_of,
    keys,
    nearest,
    read_config,
    read_value,
    require_known,
)
from dsrl_agent.config.sights import (
    CameraThresholds,
    CellsThresholds,
    EgomotionThresholds,
    ExtentThresholds,
    GridThresholds,
    OffGridThresholds,
    StillsThresholds,
)
from dsrl_agent.config.symbols import (
    MergingThresholds,
    NoveltyThresholds,
    TrackingThresholds,
    TypingThresholds,
)
from dsrl_agent.config.train import AgentConfig, EnvConfig, EvaluationConfig, TrainConfig

__all__ = [
    "AgencyThresholds",
    "AgentConfig",
    "BackEndConfig",
    "BackEndKind",
    "CameraThresholds",
    "CellsThresholds",
    "DynaThresholds",
    "EgomotionThresholds",
    "EnvConfig",
    "EvaluationConfig",
    "ExtentThresholds",
    "FrontEndConfig",
    "GridThresholds",
    "MergingThresholds",
    "NoveltyThresholds",
    "OffGridThresholds",
    "PerceptionConfig",
    "RulesThresholds",
    "StillsThresholds",
    "TrackingThresholds",
    "TrainConfig",
    "TypingThresholds",
    "add_front_end_kind",
    "front_end_kinds",
    "group_of",
    "hints_of",
    "keys",
    "meanings",
    "nearest",
    "read_config",
    "read_value",
    "require_known",
    "summary",
]
