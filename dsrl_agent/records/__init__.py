"""Run folders, metrics and checkpoints: the only writer of files.

What must not be found half written is written beside its place, flushed to the disk and renamed.
Nothing that is read back executes: there are safetensors, JSON and plain YAML alone.
"""

from dsrl_agent.records.checkpoint import Checkpoint, load_checkpoint, save_checkpoint
from dsrl_agent.records.run_folder import RunFolder

__all__ = ["Checkpoint", "RunFolder", "load_checkpoint", "save_checkpoint"]
