"""Packages and ids near to what was asked for."""

from __future__ import annotations

from pathlib import Path

import pytest

from dsrl_agent.runtime.door.naming import (
    nearest_ids,
    package_of,
    register_package_of,
    successor_of,
)


@pytest.mark.parametrize(
    ("env_id", "missing", "command"),
    [
        ("minigrid:MiniGrid-Empty-5x5-v0", "minigrid", 'pip install "dsrl-agent[worlds]"'),
        ("MinAtar/Breakout-v1", None, 'pip install "dsrl-agent[worlds]"'),
        ("some_worlds:Thing-v0", "some_worlds", "pip install some-worlds (its name may differ)"),
        ("own:Thing-v0", "missing_part.sub", "pip install missing-part (its name may differ)"),
    ],
)
def test_the_command_that_installs_a_package(
    env_id: str, missing: str | None, command: str
) -> None:
    assert package_of(env_id, missing) == command


def test_a_retired_id_has_a_successor() -> None:
    assert successor_of("FrozenLake-v0") == "FrozenLake-v1"
    assert successor_of("own:Nothing-v0") is None


def test_ids_near_to_a_slip_are_named() -> None:
    assert "FrozenLake-v1" in nearest_ids("FrozenLke-v1")
    assert "CliffWalking-v1" in nearest_ids("cliffwalking-v1")
    assert nearest_ids("Zzzzzzzz") == (
        "give an id of gymnasium.registry, with its module before a colon: module:Name-v0."
    )


def test_a_slip_in_the_name_of_a_package_is_seen_through() -> None:
    pytest.importorskip("minigrid")
    assert "MiniGrid-DoorKey-5x5-v0" in nearest_ids("MiniGird-DoorKey-5x5-v0")
    assert "MiniGrid-DoorKey-5x5-v0" in nearest_ids("minigrid-doorkey-5x5")
    pytest.importorskip("minatar")
    assert "MinAtar/Breakout-v1" in nearest_ids("MinAtr/Breakout-v1")


@pytest.mark.parametrize(
    "text",
    [
        'import gymnasium as gym\ngym.register("Garden-v0", entry_point="garden:Garden")\n',
        "register(\n    entry_point='garden:Garden', id='Garden-v0',\n)\n",
        'register(id = "Garden-v0")\n',
    ],
)
def test_an_id_that_a_module_here_registers_is_named_with_it(
    text: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "garden.py").write_text(text)
    (tmp_path / "user.py").write_text('gym.make("Garden-v0")\n')
    (tmp_path / "binary.py").write_bytes(b"\xff\x00")
    (tmp_path / "folder.py").mkdir()
    monkeypatch.chdir(tmp_path)
    assert nearest_ids("Garden-v0") == "did you mean garden:Garden-v0?"
    assert nearest_ids("gardn-v0") == "did you mean garden:Garden-v0?"
    assert nearest_ids("FrozenLke-v1").startswith("the nearest ids are FrozenLake-v1")


def test_an_id_of_no_known_package_registers_nothing() -> None:
    assert not register_package_of("NoSuchWorld-v0")


def test_the_worlds_of_the_package_need_no_module_before_their_id() -> None:
    assert register_package_of("ShapesGrid-v0")
    assert "ShapesGrid-KeyDoor-v0" in nearest_ids("ShapesGrid-KeyDor-v0")
