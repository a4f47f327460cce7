"""The training log: an episode's return and touches, by hand."""

from __future__ import annotations

from dsrl_agent.experiments.run.training_log import TrainingLog
from dsrl_agent.runtime.envs import make_env

BOARD = """
    .....
    .....
    .x+o.
    .....
    ....x
"""
LEFT, RIGHT, UP = 0, 1, 2


def test_every_episode_is_logged_with_its_touches() -> None:
    log = TrainingLog()
    assert log.record() == {"returns": [], "good": [], "bad": []}
    board = "\n".join(line.strip() for line in BOARD.strip().splitlines())
    for actions in ([LEFT], [RIGHT, RIGHT, UP], [UP], [LEFT, RIGHT, RIGHT]):
        env = log.wrap(make_env("shapes_grid:ShapesGrid-v0", {}))
        env.reset(seed=0, options={"board": board})
        for action in actions:
            env.step(action)
    # Crosses are worth 1 and circles -1.
    assert log.record() == {"returns": [1, -1, 0, 0], "good": [1, 0, 0, 1], "bad": [0, 1, 0, 1]}
