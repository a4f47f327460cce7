"""What Gymnasium, Stable-Baselines3 and a learner may rely on, for every registered id."""

from __future__ import annotations

import pickle
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import gymnasium as gym
import numpy as np
import pytest
from gymnasium.utils.env_checker import check_env
from gymnasium.vector import AutoresetMode
from numpy.testing import assert_array_equal
from numpy.typing import NDArray
from stable_baselines3.common.env_checker import check_env as check_env_sb3

from shapes_grid import IDS, ShapesGridEnv, ShapesGridVectorEnv, WorldSpec

DRAWN_IDS = [name for name, fields in IDS.items() if fields.get("layout") != "board"]
# Small enough that random walks reach the last cross, so that episodes terminate as well.
SMALL: dict[str, Any] = {
    "rows": 3,
    "cols": 3,
    "objects": {"circle": 2, "cross": 1},
    "step_limit": 20,
}
STEPS = 90


class Trajectory(NamedTuple):
    """Whole trajectories of some worlds with next-step autoreset."""

    frames: NDArray[Any]  # [T + 1, B, H, W, 3]
    cells: NDArray[Any]  # [T + 1, B, rows, cols], from info["truth"]
    rewards: NDArray[Any]  # [T, B]
    terminated: NDArray[Any]  # [T, B]
    truncated: NDArray[Any]  # [T, B]


def draw_actions(count: int, steps: int = STEPS) -> NDArray[np.int64]:
    return np.random.default_rng(11).integers(4, size=(steps, count))


def of_vector(envs: gym.vector.VectorEnv, seed: Any, steps: int = STEPS) -> Trajectory:
    frame, info = envs.reset(seed=seed)
    frames, cells, rest = [frame], [info["truth"]["cells"]], []
    for actions in draw_actions(envs.num_envs, steps):
        frame, *outcome, info = envs.step(actions)
        frames.append(frame)
        cells.append(info["truth"]["cells"])
        rest.append([np.array(part) for part in outcome])
    envs.close()
    return Trajectory(np.stack(frames), np.stack(cells), *map(np.stack, zip(*rest, strict=True)))


def of_singles(
    make: Callable[[], gym.Env], seeds: Sequence[int | None], steps: int = STEPS
) -> Trajectory:
    """Play single environments one after the other, resetting by hand on the step after an end."""
    worlds = []
    for seed, actions in zip(seeds, draw_actions(len(seeds), steps).T, strict=True):
        env = make()
        frame, info = env.reset(seed=seed)
        frames, cells, rest, ended = [frame], [info["truth"]["cells"]], [], False
        for action in actions:
            if ended:
                frame, info = env.reset()
                outcome = (0.0, False, False)
            else:
                frame, reward, terminated, truncated, info = env.step(action)
                outcome = (float(reward), terminated, truncated)
            ended = outcome[1] or outcome[2]
            frames.append(frame)
            cells.append(info["truth"]["cells"])
            rest.append(outcome)
        env.close()
        rewards, terminated_all, truncated_all = map(np.array, zip(*rest, strict=True))
        worlds.append((np.stack(frames), np.stack(cells), rewards, terminated_all, truncated_all))
    return Trajectory(*(np.stack(parts, axis=1) for parts in zip(*worlds, strict=True)))


def assert_same(one: Trajectory, other: Trajectory) -> None:
    for name, a, b in zip(Trajectory._fields, one, other, strict=True):
        assert a.dtype == b.dtype, name
        assert_array_equal(a, b, err_msg=name, strict=True)


@pytest.mark.parametrize("name", IDS)
def test_gymnasium_check_env(name: str) -> None:
    check_env(gym.make(f"shapes_grid:{name}").unwrapped)


@pytest.mark.parametrize("name", IDS)
def test_sb3_check_env(name: str) -> None:
    env = gym.make(f"shapes_grid:{name}", render_mode="rgb_array").unwrapped
    check_env_sb3(env, skip_render_check=False)


def test_make_needs_no_import_in_a_fresh_interpreter(tmp_path: Path) -> None:
    code = (
        "import gymnasium, sys\n"
        f"for name in {list(IDS)!r}:\n"
        "    env = gymnasium.make('shapes_grid:' + name)\n"
        "    frame, _ = env.reset(seed=0)\n"
        "    assert env.spec.id == name, env.spec.id\n"
        "    print(frame.shape)\n"
    )
    run = subprocess.run(
        [sys.executable, "-W", "error", "-c", code], cwd=tmp_path, capture_output=True, text=True
    )
    assert run.stderr == ""
    assert run.stdout.split("\n") == 4 * ["(50, 50, 3)"] + ["(40, 40, 3)", ""]


@pytest.mark.parametrize("name", DRAWN_IDS)
def test_a_seed_settles_the_whole_trajectory_and_another_gives_another(name: str) -> None:
    def play(seed: int) -> Trajectory:
        return of_singles(lambda: gym.make(f"shapes_grid:{name}"), [seed])

    first = play(3)
    assert_same(first, play(3))
    other = play(4)
    assert not np.array_equal(first.frames[0], other.frames[0])
    assert not np.array_equal(first.rewards, other.rewards)
    # Later episodes come from the running stream: they are no repetition of the first.
    start = int(np.flatnonzero(first.truncated | first.terminated)[0]) + 2
    assert not np.array_equal(first.cells[0], first.cells[start])


@pytest.mark.parametrize("mode", ["sync", "vector_entry_point"])
@pytest.mark.parametrize(("name", "fields"), [*((n, {}) for n in IDS), ("ShapesGrid-v0", SMALL)])
def test_vectors_play_as_single_environments(mode: str, name: str, fields: dict[str, Any]) -> None:
    envs = gym.make_vec(f"shapes_grid:{name}", 3, mode, **fields)
    assert envs.metadata["autoreset_mode"] == AutoresetMode.NEXT_STEP
    singles = of_singles(lambda: gym.make(f"shapes_grid:{name}", **fields), [5, 6, 7])
    assert singles.truncated.any()
    assert singles.terminated.any() == bool(fields)
    assert_same(of_vector(envs, 5), singles)


def test_spawned_processes_play_as_single_environments() -> None:
    envs = gym.make_vec(
        "shapes_grid:ShapesGrid-v0", 2, "async", vector_kwargs={"context": "spawn"}, **SMALL
    )
    singles = of_singles(lambda: gym.make("shapes_grid:ShapesGrid-v0", **SMALL), [5, 6])
    assert_same(of_vector(envs, 5), singles)


def test_make_vec_takes_the_batched_implementation_by_itself() -> None:
    assert isinstance(gym.make_vec("shapes_grid:ShapesGrid-v0", 2).unwrapped, ShapesGridVectorEnv)


@pytest.mark.parametrize("mode", ["sync", "vector_entry_point"])
def test_vectors_take_one_seed_for_each_world(mode: str) -> None:
    envs = gym.make_vec("shapes_grid:ShapesGrid-v0", 2, mode)
    singles = of_singles(lambda: gym.make("shapes_grid:ShapesGrid-v0"), [9, 2], steps=5)
    assert_same(of_vector(envs, [9, 2], steps=5), singles)


@pytest.mark.parametrize("mode", ["sync", "vector_entry_point"])
def test_reset_without_a_seed_goes_on_with_the_running_streams(mode: str) -> None:
    envs: Any = gym.make_vec("shapes_grid:ShapesGrid-v0", 2, mode)
    env = gym.make("shapes_grid:ShapesGrid-v0")
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


@pytest.mark.parametrize("vector", [False, True])
def test_what_is_returned_never_aliases_live_state(vector: bool) -> None:
    def play(meddle: bool) -> list[NDArray[Any]]:
        env: Any = ShapesGridVectorEnv(2) if vector else ShapesGridEnv()
        frame, info = env.reset(seed=0)
        kept, copies = [frame], [frame.copy()]
        for action in (0, 2, 1, 3, 0, 2):
            frame, *_, info = env.step(np.full(2, action) if vector else action)
            kept.append(frame)
            copies.append(frame.copy())
            if meddle:
                frame[:] = 0
                info["truth"]["cells"][:] = 0
        if not meddle:
            for one, copy in zip(kept, copies, strict=True):
                assert_array_equal(one, copy)
        return copies

    untouched, meddled = play(False), play(True)
    assert len({frame.tobytes() for frame in untouched}) > 1
    assert_array_equal(untouched, meddled)


def test_rendered_frames_never_alias_live_state() -> None:
    env = ShapesGridEnv(render_mode="rgb_array")
    env.reset(seed=0)
    picture = env.render()
    copy = picture.copy()
    picture[:] = 0
    assert_array_equal(env.render(), copy)


@pytest.mark.parametrize("name", IDS)
def test_specs_pickle_and_are_equal_after(name: str) -> None:
    spec = WorldSpec(**IDS[name])
    assert pickle.loads(pickle.dumps(spec)) == spec
    env = gym.make(f"shapes_grid:{name}", spec=spec, cell=20)
    assert env.spec is not None
    again = pickle.loads(pickle.dumps(env.spec))
    assert again == env.spec
    assert again.kwargs["spec"] == spec
    rebuilt = gym.make(again)
    assert rebuilt.unwrapped.world_spec == env.unwrapped.world_spec  # type: ignore[attr-defined]
    assert_array_equal(rebuilt.reset(seed=1)[0], env.reset(seed=1)[0])


def test_a_spec_keeps_own_copies_in_plain_types() -> None:
    objects: dict[str, Any] = {"circle": np.int8(2)}
    rewards: dict[str, Any] = {"circle": np.float32(0.5)}
    fields: dict[str, Any] = {"rows": np.int8(100), "cell": np.uint8(9), "border": [1, 2, 3, 4]}
    spec = WorldSpec(objects=objects, rewards=rewards, **fields)
    objects["circle"] = rewards["circle"] = 7
    assert (spec.objects, spec.rewards) == ({"circle": 2}, {"circle": 0.5})
    assert spec.frame_shape == (1 + 900 + 3, 4 + 45 + 2, 3)  # 100 * 9 does not fit an int8
    plain = [spec.rows, spec.cell, spec.objects["circle"], spec.rewards["circle"]]
    assert [type(value) for value in plain] == [int, int, int, float]


def test_a_spec_says_that_it_is_no_key() -> None:
    with pytest.raises(TypeError, match="unhashable type: 'WorldSpec'"):
        hash(WorldSpec())
