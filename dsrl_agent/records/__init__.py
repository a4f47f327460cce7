"""Write and read run folders, metrics and checkpoints.

Files that must never be found half written are written beside their place, flushed to the disk and
renamed. Reading executes nothing: the formats are safetensors, JSON and plain YAML.
"""

from dsrl_agent.records.checkpoint import Checkpoint, load_checkpoint, save_checkpoint
from dsrl_agent.records.run_folder import RunFolder

__all__ = ["Checkpoint", "RunFolder", "load_checkpoint", "save_checkpoint"]
