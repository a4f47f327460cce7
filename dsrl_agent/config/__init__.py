"""Every setting, as frozen dataclasses that refuse values which break their rule.

The command line and YAML files are read into these by jsonargparse; from Python, make them.
"""

from dsrl_agent.config.back_end import BackEndConfig
from dsrl_agent.config.front_end import (
    AgencyThresholds,
    DynaThresholds,
    FrontEndConfig,
    RulesThresholds,
    add_front_end_kind,
    front_end_kinds,
)
from dsrl_agent.config.perception import PerceptionConfig
from dsrl_agent.config.reading import keys, nearest, read_config, require_known
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
    "keys",
    "nearest",
    "read_config",
    "require_known",
]
