"""Vector environments play exactly as single environments do."""

from __future__ import annotations

import copy
import pickle
from collections.abc import Callable, Sequence
from typing import Any

import gymnasium as gym
import numpy as np
import pytest
import torch
from equality import assert_equal
from gymnasium.vector import AutoresetMode
from numpy.testing import assert_array_equal
from numpy.typing import NDArray

from shapes_grid import IDS, ShapesGridEnv, ShapesGridVectorEnv, WorldSpec

# Small enough that random walks reach the last cross, so that episodes terminate as well.
SMALL: dict[str, Any] = {
    "rows": 3,
    "cols": 3,
    "objects": {"circle": 2, "cross": 1},
    "step_limit": 20,
}
SHORT = {"step_limit": 12}  # so that episodes of every id end, and end at different steps
EVERY_ID = [*((name, SHORT) for name in IDS), ("ShapesGrid-v0", SMALL)]
STEPS = 40
MODES = (AutoresetMode.NEXT_STEP, AutoresetMode.SAME_STEP)

StepResults = dict[str, Any]
"""The results of a step of a vector, by name."""


def step_results(frames: NDArray[Any], info: dict[str, Any], *outcome: NDArray[Any]) -> StepResults:
    names = ("rewards", "terminated", "truncated")
    outcomes = {n: np.array(part) for n, part in zip(names, outcome, strict=False)}
    return {"frames": np.array(frames), "info": info, **outcomes}


def draw_actions(envs: gym.vector.VectorEnv, steps: int) -> NDArray[np.int64]:
    count = envs.single_action_space.n  # type: ignore[attr-defined]
    return np.random.default_rng(11).integers(count, size=(steps, envs.num_envs))


def play(envs: gym.vector.VectorEnv, seed: Any, steps: int = STEPS) -> list[StepResults]:
    tape = [step_results(*envs.reset(seed=seed))]
    tape += go_on(envs, draw_actions(envs, steps))
    envs.close()
    return tape


def go_on(envs: gym.vector.VectorEnv, tape: NDArray[np.int64]) -> list[StepResults]:
    steps = (envs.step(actions) for actions in tape)
    return [step_results(frames, info, *outcome) for frames, *outcome, info in steps]


def gather(parts: Sequence[Any]) -> NDArray[Any]:
    """Gather results of single worlds in an array, as Gymnasium's vectors do."""
    if isinstance(parts[0], np.ndarray | bool | int | float):
        return np.array(parts)
    gathered = np.empty(len(parts), object)
    gathered[:] = parts
    return gathered


def play_singles(
    make: Callable[[], gym.Env], seeds: Sequence[int], steps: int = STEPS
) -> list[StepResults]:
    """Play single environments, resetting by hand on the step after an end (`NEXT_STEP`)."""
    envs = [make() for _ in seeds]
    count = envs[0].action_space.n  # type: ignore[attr-defined]
    begun = [env.reset(seed=seed) for env, seed in zip(envs, seeds, strict=True)]
    tape: list[list[Any]] = [[*part] for part in begun]
    ended = [False] * len(envs)
    found = []
    for actions in (None, *np.random.default_rng(11).integers(count, size=(steps, len(envs)))):
        for index, env in enumerate(envs):
            if actions is None:
                continue
            if ended[index]:
                frame, info = env.reset()
                tape[index] = [frame, info, 0.0, False, False]
            else:
                frame, *outcome, info = env.step(actions[index])
                tape[index] = [frame, info, *outcome]
            ended[index] = any(tape[index][3:])
        frames, infos, *outcomes = zip(*tape, strict=True)
        everyone = np.ones(len(envs), np.bool_)
        truth: dict[str, Any] = {}
        for name in infos[0]["truth"]:
            truth[name] = gather([info["truth"][name] for info in infos])
            truth[f"_{name}"] = everyone
        info = {"truth": truth, "_truth": everyone}
        found.append(step_results(np.stack(frames), info, *map(np.array, outcomes)))
    return found


def ends(tape: list[StepResults], kind: str) -> bool:
    return any(step[kind].any() for step in tape[1:])


@pytest.mark.parametrize("mode", ["sync", "vector_entry_point"])
@pytest.mark.parametrize(("name", "fields"), EVERY_ID)
def test_vectors_play_as_single_environments(mode: str, name: str, fields: dict[str, Any]) -> None:
    envs = gym.make_vec(f"shapes_grid:{name}", 3, mode, **fields)
    assert envs.metadata["autoreset_mode"] == AutoresetMode.NEXT_STEP
    singles = play_singles(lambda: gym.make(f"shapes_grid:{name}", **fields), [5, 6, 7])
    assert ends(singles, "truncated")
    assert ends(singles, "terminated") or fields is SHORT
    assert_equal(play(envs, 5), singles)


@pytest.mark.parametrize(("name", "fields"), EVERY_ID)
def test_vectors_with_same_step_autoreset_play_alike(name: str, fields: dict[str, Any]) -> None:
    sync = gym.make_vec(
        f"shapes_grid:{name}",
        3,
        "sync",
        vector_kwargs={"autoreset_mode": AutoresetMode.SAME_STEP},
        **fields,
    )
    ours = gym.make_vec(f"shapes_grid:{name}", 3, autoreset_mode=AutoresetMode.SAME_STEP, **fields)
    assert ours.metadata["autoreset_mode"] == AutoresetMode.SAME_STEP
    expected = play(sync, 5)
    assert ends(expected, "truncated")
    assert ends(expected, "terminated") or fields is SHORT
    finals = [step["info"]["final_info"] for step in expected if "final_info" in step["info"]]
    assert len(finals) >= 3
    assert_equal(play(ours, 5), expected)


@pytest.mark.parametrize(
    ("name", "fields"), [("ShapesGrid-v0", SMALL), ("ShapesGrid-Everything-v0", SHORT)]
)
def test_spawned_processes_play_as_single_environments(name: str, fields: dict[str, Any]) -> None:
    envs = gym.make_vec(
        f"shapes_grid:{name}", 2, "async", vector_kwargs={"context": "spawn"}, **fields
    )
    singles = play_singles(lambda: gym.make(f"shapes_grid:{name}", **fields), [5, 6])
    assert_equal(play(envs, 5), singles)


def test_make_vec_takes_the_batched_implementation_by_itself() -> None:
    assert isinstance(gym.make_vec("shapes_grid:ShapesGrid-v0", 2).unwrapped, ShapesGridVectorEnv)


@pytest.mark.parametrize("mode", ["sync", "vector_entry_point"])
def test_vectors_take_one_seed_for_each_world(mode: str) -> None:
    envs = gym.make_vec("shapes_grid:ShapesGrid-v0", 2, mode)
    singles = play_singles(lambda: gym.make("shapes_grid:ShapesGrid-v0"), [9, 2], steps=5)
    assert_equal(play(envs, [9, 2], steps=5), singles)


@pytest.mark.parametrize("mode", ["sync", "vector_entry_point"])
@pytest.mark.parametrize("name", ["ShapesGrid-v0", "ShapesGrid-Everything-v0"])
def test_reset_without_a_seed_continues_the_random_streams(name: str, mode: str) -> None:
    envs: Any = gym.make_vec(f"shapes_grid:{name}", 2, mode)
    env = gym.make(f"shapes_grid:{name}")
    expected = []
    for seed in (1, 2):
        env.reset(seed=seed)
        expected.append(env.reset()[0])
    envs.reset(seed=1)
    assert_array_equal(envs.reset()[0], expected)
    # The second world alone is seeded anew; the first goes on.
    partly, _ = envs.reset(seed=[None, 2])
    env.reset(seed=1)
    env.reset()
    assert_array_equal(partly, [env.reset()[0], env.reset(seed=2)[0]])


@pytest.mark.parametrize("mode", ["sync", "vector_entry_point"])
def test_vectors_begin_from_a_board_and_then_draw_again(mode: str) -> None:
    fields: dict[str, Any] = {"rows": 1, "cols": 3, "objects": {"cross": 1}, "split": "all"}
    envs = gym.make_vec("shapes_grid:ShapesGrid-v0", 2, mode, **fields)
    env = gym.make("shapes_grid:ShapesGrid-v0", **fields)
    options = {"board": "x.+"}
    frames, _ = envs.reset(seed=1, options=options)
    for index, seed in enumerate((1, 2)):
        assert_array_equal(frames[index], env.reset(seed=seed, options=options)[0])
    envs.step(np.array([0, 0]))
    _, rewards, terminated, _, _ = envs.step(np.array([0, 0]))
    assert rewards.tolist() == [1.0, 1.0]
    assert terminated.tolist() == [True, True]
    frames, *_ = envs.step(np.array([0, 0]))
    for index, seed in enumerate((1, 2)):
        env.reset(seed=seed, options=options)
        assert_array_equal(frames[index], env.reset()[0])


def content(holder: Any) -> NDArray[Any]:
    return np.array(holder.numpy() if isinstance(holder, torch.Tensor) else holder)


@pytest.mark.parametrize(
    ("name", "copied"),
    [
        ("ShapesGrid-v0", True),
        ("ShapesGrid-Everything-v0", True),
        ("ShapesGrid-Everything-v0", False),  # noise makes a fresh picture in any case
    ],
)
def test_held_observations_keep_their_content_over_many_steps(name: str, copied: bool) -> None:
    envs = ShapesGridVectorEnv(3, **IDS[name], copy=copied)
    ways: list[Callable[[NDArray[Any]], Any]] = [
        lambda frames: frames,
        lambda frames: frames[1:, ::2],
        lambda frames: frames.reshape(-1)[7:],
        lambda frames: memoryview(frames[0]),
        torch.from_numpy,
        lambda frames: torch.from_numpy(frames)[2].permute(2, 0, 1),
        lambda frames: None,  # let go of at once
    ]
    rng = np.random.default_rng(0)
    held: list[tuple[Any, Any]] = []
    envs.reset(seed=0)
    for _ in range(150):
        # Nothing but the holder refers to the frames by the time of the next step.
        holder = ways[rng.integers(len(ways))](envs.step(rng.integers(4, size=3))[0])
        if holder is not None:
            held.append((holder, content(holder)))
        if held and rng.random() < 0.6:
            del held[rng.integers(len(held))]
        del holder
    assert len(held) > 20
    for holder, before in held:
        assert_array_equal(content(holder), before)


def test_observations_without_references_are_reused() -> None:
    # Otherwise the test above would compare arrays that nothing could have touched.
    envs = ShapesGridVectorEnv(3)
    frames, _ = envs.reset(seed=0)
    places = []
    for _ in range(20):
        frames, *_ = envs.step(np.zeros(3, np.int64))
        places.append(frames.__array_interface__["data"][0])
    assert len(set(places)) <= 3


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("name", IDS)
def test_observations_without_a_copy_hold_the_same_at_every_step(
    name: str, mode: AutoresetMode
) -> None:
    fields = {**IDS[name], **SHORT}
    copied, live = (
        play(ShapesGridVectorEnv(2, **fields, copy=copy, autoreset_mode=mode), 3, steps=30)
        for copy in (True, False)
    )
    assert_equal(live, copied)


def test_observations_without_a_copy_are_the_live_frames() -> None:
    envs = ShapesGridVectorEnv(2, copy=False)
    first, _ = envs.reset(seed=0)
    before = first.copy()
    second, *_ = envs.step(np.array([0, 1]))
    assert second is first
    assert not np.array_equal(first, before)


@pytest.mark.parametrize("copied", [True, False])
def test_final_observations_never_alias_live_state(copied: bool) -> None:
    envs = ShapesGridVectorEnv(2, step_limit=1, copy=copied, autoreset_mode="SameStep")
    frames, _ = envs.reset(seed=0)
    held = []
    for _ in range(6):
        frames, *_, info = envs.step(np.array([0, 1]))
        final = info["final_obs"]
        held.append((final, np.stack(final)))
        assert not any(np.shares_memory(one, frames) for one in final)
    for final, before in held:
        assert_array_equal(np.stack(final), before)


def doubles(envs: ShapesGridVectorEnv) -> list[ShapesGridVectorEnv]:
    return [copy.deepcopy(envs), pickle.loads(pickle.dumps(envs))]


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize(
    "name", ["ShapesGrid-v0", "ShapesGrid-Everything-v0", "ShapesGrid-Push-v0"]
)
def test_a_copied_vector_continues_identically(name: str, mode: AutoresetMode) -> None:
    envs = ShapesGridVectorEnv(3, **{**IDS[name], **SHORT}, autoreset_mode=mode)
    actions = draw_actions(envs, 60)
    envs.reset(seed=4)
    go_on(envs, actions[:17])
    twins = doubles(envs)
    others = [go_on(twin, actions[17:]) for twin in twins]  # the copies first: they touch nothing
    expected = go_on(envs, actions[17:])
    assert ends(expected, "truncated")
    for other in others:
        assert_equal(other, expected)


@pytest.mark.parametrize("mode", [AutoresetMode.DISABLED, "Disabled", "sometimes", None, 3])
def test_other_autoreset_modes_are_refused(mode: Any) -> None:
    message = rf'autoreset_mode is {mode!r}, but it must be one of "NextStep", "SameStep"\.'
    message = message.replace("<", r"\<")
    with pytest.raises(ValueError, match=message):
        ShapesGridVectorEnv(2, autoreset_mode=mode)


@pytest.mark.parametrize("mode", ["NextStep", "SameStep"])
def test_autoreset_modes_may_be_given_by_name(mode: str) -> None:
    envs = ShapesGridVectorEnv(2, autoreset_mode=mode)
    assert envs.metadata["autoreset_mode"] is AutoresetMode(mode)
    assert ShapesGridVectorEnv.metadata["autoreset_mode"] is AutoresetMode.NEXT_STEP


@pytest.mark.parametrize("name", [name for name in IDS if IDS[name].get("agent", True)])
def test_one_world_of_a_vector_can_be_restored_by_itself(name: str) -> None:
    spec = WorldSpec(**IDS[name])
    envs = ShapesGridVectorEnv(2, spec)
    actions = draw_actions(envs, 15)
    tape = [step_results(*envs.reset(seed=8)), *go_on(envs, actions)]
    begun = max(i for i, step in enumerate(tape) if i < 8 and step_began(tape, i))
    truth = {key: value[1] for key, value in tape[begun]["info"]["truth"].items() if key[0] != "_"}
    env = ShapesGridEnv(spec)
    frame, _ = env.reset(seed=0, options={"truth": truth})
    assert_array_equal(frame, tape[begun]["frames"][1])
    for step, action in zip(tape[begun + 1 :], actions[begun:, 1], strict=True):
        frame, reward, terminated, truncated, _ = env.step(action)
        assert_array_equal(frame, step["frames"][1])
        assert reward == step["rewards"][1]
        assert (terminated, truncated) == (step["terminated"][1], step["truncated"][1])
        if terminated or truncated:
            break


def step_began(tape: list[StepResults], index: int) -> bool:
    """Say whether an episode runs in world 1 after a step."""
    return not index or not (tape[index]["terminated"][1] or tape[index]["truncated"][1])
