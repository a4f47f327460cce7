"""What people type, in the words of the parser."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import pytest

from dsrl_agent.cli.spelling import require_command, spelled
from dsrl_agent.config import TrainConfig
from dsrl_agent.errors import ConfigError


@dataclass(frozen=True)
class Options:
    """Options of a command whose `env` is no group."""

    env: str | None = None
    some_steps: int | None = None
    share: float = 0.5
    more: dict[str, Any] = field(default_factory=dict)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("--env a:B-v0", "--env.id a:B-v0"),
        ("--env=a:B-v0", "--env.id=a:B-v0"),
        ("--front-end rules --back_end=pca", "--front_end.kind rules --back_end.kind=pca"),
        ("--perception tiles", "--perception.sight tiles"),
        ("--env {id:a}", "--env {id:a}"),
        ("--env 3", "--env 3"),
        ("--total-timesteps 1e5", "--total_timesteps 100000"),
        ("--total_timesteps=5_000 --seed 2", "--total_timesteps=5000 --seed 2"),
        ("--total_timesteps 1.5e0", "--total_timesteps 1.5e0"),
        ("--total_timesteps \u0661e3", "--total_timesteps \u0661e3"),
        ("--front_end={replay:1.0e1}", "--front_end={replay:1.0e1}"),
        ("--total_timesteps 9_007_199_254_740_993", "--total_timesteps 9007199254740993"),
        ("--total_timesteps x", "--total_timesteps x"),
        ("--env.kwargs.my-own-key 1e5", "--env.kwargs.my-own-key 1e5"),
        ("--env.kwargs.x-y=3", "--env.kwargs.x-y=3"),
        ("--run-dir a-b", "--run_dir a-b"),
        ("stray --resume", "stray --resume"),
        ("--front_end.epsilon 1e-1", "--front_end.epsilon 1e-1"),
        ("-- --a-b", "-- --a_b"),
        ("--until-settled", "--until_settled=true"),
        ("--env_kwargs {a:1} --front_end_kind=rules", "--env.kwargs {a:1} --front_end.kind=rules"),
        ("--progress --seed 1", "--progress=true --seed 1"),
        ("--progress false --until_settled=false", "--progress false --until_settled=false"),
    ],
)
def test_arguments_are_put_into_the_parsers_words(typed: str, meant: str) -> None:
    assert spelled(TrainConfig, typed.split()) == meant.split()


def test_only_groups_stand_for_one_of_their_settings() -> None:
    given = ["--env", "a:B-v0", "--some-steps", "2e3", "--share=1e-3", "--more", "{a-b: 1e3}"]
    meant = ["--env", "a:B-v0", "--some_steps", "2000", "--share=1e-3", "--more", "{a-b: 1e3}"]
    assert spelled(Options, given) == meant


def test_a_command_that_is_none_is_refused_with_the_nearest() -> None:
    for good in (["train"], ["--help"], ["train", "x"]):
        require_command(good, ["train", "play"])
    with pytest.raises(ConfigError, match=r"'trane' is no command of dsrl; did you mean train\?"):
        require_command(["trane"], ["train", "play"])
    with pytest.raises(ConfigError, match="of dsrl study; choose from train, play"):
        require_command(["x"], ["train", "play"], "dsrl study")
    with pytest.raises(ConfigError, match="dsrl study lacks the name of a command; choose from"):
        require_command([], ["train", "play"], "dsrl study")
    with pytest.raises(ConfigError, match=r"'--version' is no option of dsrl study; choose from"):
        require_command(["--version"], ["train", "play"], "dsrl study")


def test_whole_numbers_within_a_group_may_be_powers_of_ten() -> None:
    given = ["--front_end", "{replay: 1e1, epsilon: 1e-1}"]
    meant = ["--front_end", "{replay: 10, epsilon: 0.1}"]
    assert spelled(TrainConfig, given) == meant
