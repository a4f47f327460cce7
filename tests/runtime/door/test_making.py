"""Environments from ids and wrappers, and the words with which others are refused."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import gymnasium as gym
import pytest

from dsrl_agent.errors import ConfigError
from dsrl_agent.runtime.door.handover import HandoverWarning
from dsrl_agent.runtime.door.making import make_env, open_env

ID = "shapes_grid:ShapesGrid-v0"


@pytest.mark.parametrize(
    ("env_id", "shape"),
    [
        ("FrozenLake-v1", (64, 64, 3)),
        ("CliffWalking-v1", (64, 192, 3)),
        ("minigrid:MiniGrid-DoorKey-5x5-v0", (40, 40, 3)),
        ("MinAtar/Breakout-v1", (60, 60, 3)),
        ("minatar:MinAtar/SpaceInvaders-v1", (60, 60, 3)),
    ],
)
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_the_id_is_enough(env_id: str, shape: tuple[int, ...]) -> None:
    package = {"minigrid": "minigrid", "MinAtar": "minatar", "minatar": "minatar"}
    pytest.importorskip(package.get(re.split("[:/]", env_id)[0], "gymnasium"))
    env = make_env(env_id, {})
    frame, _ = env.reset(seed=0)
    after, *_ = env.step(0)
    assert frame.shape == after.shape == shape
    assert env.observation_space.contains(frame)
    assert env.said


def test_a_retired_id_gives_its_successor_with_a_warning() -> None:
    with (
        pytest.warns(HandoverWarning, match="its successor FrozenLake-v1 is taken"),
        pytest.warns(DeprecationWarning, match="out of date"),
    ):
        env = open_env("FrozenLake-v0", {}, "env.id")
    assert env.spec is not None
    assert env.spec.id == "FrozenLake-v1"


@pytest.mark.parametrize(
    ("env_id", "words"),
    [
        ("FrozenLke-v1", "the nearest ids are FrozenLake-v1"),
        ("FrozenLake-v9", "It provides versioned environments: [ `v1` ]; the nearest ids are"),
        ("nowhere:World-v0", "install the package that holds it: pip install nowhere"),
        ("Sokoban-v0", "install the package that holds it: pip install gym-sokoban."),
        ("GymV21Environment-v0", "a package that it needs is not installed"),
    ],
)
def test_an_unknown_id_names_the_way_on(env_id: str, words: str) -> None:
    with pytest.raises(ConfigError) as caught:
        make_env(env_id, {})
    assert words in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_missing_module_is_one_sentence() -> None:
    with pytest.raises(ConfigError) as caught:
        make_env("nowhere:World-v0", {})
    assert str(caught.value) == (
        "env.id is 'nowhere:World-v0', but its module cannot be imported: No module named "
        "'nowhere'; install the package that holds it: pip install nowhere (its name may differ), "
        "or work in the folder of nowhere.py."
    )


def test_a_module_that_lacks_another_names_that_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "lacking_part.py").write_text("import no_such_part\n")
    monkeypatch.syspath_prepend(tmp_path)
    with pytest.raises(ConfigError) as caught:
        make_env("lacking_part:World-v0", {})
    assert str(caught.value).endswith(
        "No module named 'no_such_part'; install the package that holds it: "
        "pip install no-such-part (its name may differ)."
    )


class Failing(gym.Env[Any, Any]):
    def __init__(self) -> None:
        raise KeyError("board")


def test_an_environment_that_fails_when_it_is_made_is_named() -> None:
    gym.register("tests/Failing-v0", Failing)  # type: ignore[arg-type]
    with pytest.raises(ConfigError, match=r"env.id 'tests/Failing-v0' .* raised KeyError: 'board'"):
        make_env("tests/Failing-v0", {})


def test_wrappers_are_applied_from_the_innermost_on() -> None:
    limits = {"gymnasium.wrappers:TimeLimit": {"max_episode_steps": 3}}
    env: Any = make_env(ID, {}, ["gymnasium.wrappers:RecordEpisodeStatistics", limits])
    assert [type(layer).__name__ for layer in (env.env, env.env.env)] == [
        "TimeLimit",
        "RecordEpisodeStatistics",
    ]
    env.reset(seed=0)
    assert [env.step(0)[3] for _ in range(3)] == [False, False, True]


@pytest.mark.parametrize(
    "entry",
    [3, "", "module", ":Wrapper", "module:", {}, {"a:B": 3}, {"a:B": {}, "c:D": {}}, None, [1]],
    ids=repr,
)
def test_entries_of_another_form_are_refused(entry: Any) -> None:
    message = f"env.wrappers holds {entry!r}, but an entry must be module:Wrapper"
    with pytest.raises(ConfigError, match=re.escape(message)):
        make_env(ID, {}, [entry])


@pytest.mark.parametrize(
    ("entry", "words"),
    [
        ("nowhere:Wrapper", "names 'nowhere:Wrapper', but its module cannot be imported"),
        ("gymnasium.wrappers:Nothing", "but gymnasium.wrappers has no 'Nothing'; "),
        ("gymnasium.wrappers:__name__", "has no '__name__'"),
        ("gymnasium.wrappers:TimeLimit", "TimeLimit with the keywords {} raised TypeError"),
        ({"builtins:isinstance": {}}, "raised TypeError"),
        ("builtins:repr", "builtins:repr returned a str, but a wrapper must return"),
    ],
    ids=str,
)
def test_a_wrapper_that_fails_is_named(entry: Any, words: str) -> None:
    with pytest.raises(ConfigError) as caught:
        make_env(ID, {}, [entry])
    assert words in str(caught.value)
