"""Replace a checkpoint by a newer one at the same path, and nothing else."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from numpy.typing import NDArray

from dsrl_agent.errors import CheckpointError
from dsrl_agent.records.checkpoint import load_checkpoint, save_checkpoint
from dsrl_agent.records.disk import disk
from dsrl_agent.records.files import beside


def replace_checkpoint(
    folder: Path, arrays: Mapping[str, Mapping[str, NDArray[Any]]], data: Mapping[str, Any]
) -> None:
    """Write a checkpoint as `save_checkpoint` does; one of the same kind of agent is replaced.

    Whoever reads the folder finds the old or the new checkpoint, whole.

    Raises:
        CheckpointError: Something else is there.
    """
    if not folder.exists():
        save_checkpoint(folder, arrays, data)
        return
    try:
        earlier = load_checkpoint(folder).data.get("agent")
    except CheckpointError as error:
        raise _occupied(folder) from error
    if earlier is None or earlier != data.get("agent"):
        raise _occupied(folder)
    newer = beside(folder)
    newer = newer.with_name(f"{newer.name}-new")
    disk().remove(newer)  # left by a killed process with the same id
    save_checkpoint(newer, arrays, data)
    try:
        disk().exchange(newer, folder)
    finally:
        disk().remove(newer)  # the earlier one, or the newer one if it could not be put in place
    disk().sync_folder(folder.parent)


def _occupied(folder: Path) -> CheckpointError:
    return CheckpointError(
        f"{folder} exists and is no checkpoint of an agent, so it is not replaced; "
        "save to another folder."
    )
