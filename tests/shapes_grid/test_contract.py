"""The contract with Gymnasium, Stable-Baselines3 and learners, for every registered id."""

from __future__ import annotations

import copy
import pickle
import subprocess
import sys
from pathlib import Path
from typing import Any

import gymnasium as gym
import numpy as np
import pytest
from equality import assert_equal
from gymnasium.utils.env_checker import check_env
from numpy.testing import assert_array_equal
from numpy.typing import NDArray
from stable_baselines3.common.env_checker import check_env as check_env_sb3

from shapes_grid import IDS, ShapesGridEnv, ShapesGridVectorEnv, WorldSpec

DRAWN_IDS = [name for name, fields in IDS.items() if fields.get("layout") != "board"]
AGENT_IDS = [name for name, fields in IDS.items() if fields.get("agent", True)]
FRAMES = {  # of the ids whose frames are not 50 x 50
    "ShapesGrid-Toy-v0": (40, 40, 3),
    "ShapesGrid-Tiny-v0": (41, 59, 3),
    "ShapesGrid-Pattern-v0": (68, 68, 3),
    "ShapesGrid-Random7-v0": (68, 68, 3),
    "ShapesGrid-Twin1-v0": (41, 41, 3),
    "ShapesGrid-Twin2-v0": (41, 41, 3),
    "ShapesGrid-Offsets-v0": (69, 69, 3),
    "ShapesGrid-Large-v0": (149, 149, 3),
    "ShapesGrid-Types32-v0": (68, 68, 3),
    "ShapesGrid-Everything-v0": (65, 65, 3),
    "ShapesGrid-Everything8-v0": (65, 65, 3),
    "ShapesGrid-Everything16-v0": (65, 65, 3),
    "ShapesGrid-EverythingOverlap-v0": (65, 65, 3),
    "ShapesGrid-Walls-v0": (59, 59, 3),
    "ShapesGrid-KeyDoor-v0": (50, 68, 3),
    "ShapesGrid-Push-v0": (50, 68, 3),
    "ShapesGrid-Switch-v0": (50, 68, 3),
}
LIMITS = {  # of the ids whose limit is not 25
    "ShapesGrid-Toy-v0": 4,
    "ShapesGrid-Tiny-v0": 10,
    "ShapesGrid-Pattern-v0": 10,
    "ShapesGrid-Random7-v0": 10,
    "ShapesGrid-Twin1-v0": 10,
    "ShapesGrid-Twin2-v0": 10,
    "ShapesGrid-Large-v0": 256,
    "ShapesGrid-Types32-v0": 49,
    "ShapesGrid-Walls-v0": 36,
    "ShapesGrid-KeyDoor-v0": 70,
    "ShapesGrid-Push-v0": 70,
    "ShapesGrid-Switch-v0": 70,
    "ShapesGrid-Heading-v0": 50,
}
BACK_AND_FORTH = (0, 1)
"""Left and right, or turning left and right: alternating them touches almost nothing."""


def go_on(env: ShapesGridEnv, actions: NDArray[np.int64]) -> list[tuple[Any, ...]]:
    """Take actions, resetting where an episode ends; return all results of `step`."""
    tape: list[tuple[Any, ...]] = []
    for action in actions:
        tape.append(env.step(int(action)))
        if tape[-1][2] or tape[-1][3]:
            tape.append(env.reset())
    return tape


def rewards(tape: list[tuple[Any, ...]]) -> list[float]:
    return [step[1] for step in tape if len(step) == 5]


def draw_actions(env: ShapesGridEnv, count: int) -> NDArray[np.int64]:
    return np.random.default_rng(7).integers(len(env.world_spec.actions), size=count)


@pytest.mark.parametrize("name", IDS)
def test_worlds_pass_the_checker_of_gymnasium(name: str) -> None:
    check_env(gym.make(f"shapes_grid:{name}").unwrapped)


@pytest.mark.parametrize("name", IDS)
def test_worlds_pass_the_checker_of_stable_baselines3(name: str) -> None:
    env = gym.make(f"shapes_grid:{name}", render_mode="rgb_array").unwrapped
    check_env_sb3(env, skip_render_check=False)


def test_make_needs_no_import_in_a_fresh_interpreter(tmp_path: Path) -> None:
    code = (
        "import gymnasium, sys\n"
        f"for name in {list(IDS)!r}:\n"
        "    env = gymnasium.make('shapes_grid:' + name)\n"
        "    frame, _ = env.reset(seed=0)\n"
        "    assert env.spec.id == name, env.spec.id\n"
        "    print(name, frame.shape)\n"
    )
    run = subprocess.run(
        [sys.executable, "-W", "error", "-c", code], cwd=tmp_path, capture_output=True, text=True
    )
    assert run.stderr == ""
    shapes = [f"{name} {FRAMES.get(name, (50, 50, 3))}" for name in IDS]
    assert run.stdout.splitlines() == shapes
    assert FRAMES.keys() | LIMITS.keys() <= IDS.keys()


@pytest.mark.parametrize("name", DRAWN_IDS)
def test_equal_seeds_give_equal_trajectories_and_others_differ(name: str) -> None:
    def play(seed: int) -> list[tuple[Any, ...]]:
        env = ShapesGridEnv(**IDS[name])
        return [env.reset(seed=seed), *go_on(env, draw_actions(env, 90))]

    first = play(3)
    assert_equal(first, play(3))
    other = play(4)
    assert not np.array_equal(first[0][0], other[0][0])
    if IDS[name].get("layout") != "rooms":  # where random play is seldom rewarded
        assert rewards(first) != rewards(other)
    # Later episodes come from the running stream: they are no repetition of the first.
    begun = [step for step in first if len(step) == 2]
    cells = {step[1]["truth"]["cells"].tobytes() for step in begun}
    assert len(cells) == len(begun)
    assert len(begun) > 1 or first[-1][4]["truth"]["steps_left"] == LIMITS[name] - 90


@pytest.mark.parametrize("name", IDS)
def test_an_episode_is_truncated_at_its_limit_and_not_before(name: str) -> None:
    env = gym.make(f"shapes_grid:{name}")
    limit = LIMITS.get(name, 25)
    for seed in range(60):
        env.reset(seed=seed)
        ends = []
        for step in range(limit):
            *_, terminated, truncated, info = env.step(BACK_AND_FORTH[step % 2])
            assert info["truth"]["steps_left"] == limit - step - 1
            ends.append(truncated)
            if terminated:  # the way led to the end of the world
                break
        else:
            assert ends == [False] * (limit - 1) + [True]
            return
        assert not any(ends)
    raise AssertionError("no episode lasted")


@pytest.mark.parametrize("vector", [False, True])
def test_returned_values_never_alias_live_state(vector: bool) -> None:
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
            for one, content in zip(kept, copies, strict=True):
                assert_array_equal(one, content)
        return copies

    untouched, meddled = play(False), play(True)
    assert len({frame.tobytes() for frame in untouched}) > 1
    assert_array_equal(untouched, meddled)


@pytest.mark.parametrize("vector", [False, True])
@pytest.mark.parametrize("name", IDS)
def test_writing_into_returned_values_changes_nothing(name: str, vector: bool) -> None:
    def play(meddle: bool) -> list[NDArray[Any]]:
        fields = {**IDS[name], "step_limit": 9}
        env: Any = ShapesGridVectorEnv(2, **fields) if vector else ShapesGridEnv(**fields)
        actions = draw_actions(env, 8)
        frame, info = env.reset(seed=0)
        copies = []
        for action in actions:
            copies += [frame.copy(), info["truth"]["cells"].copy()]
            if meddle:
                frame[:] = 0
                spoil(info["truth"])
            frame, *_, info = env.step(np.full(2, action) if vector else int(action))
        return copies

    for one, other in zip(play(False), play(True), strict=True):
        assert_array_equal(one, other)


def spoil(truth: dict[str, Any]) -> None:
    for name, value in truth.items():
        if isinstance(value, np.ndarray):
            value.fill(None if value.dtype == object else 1)
        truth[name] = None


def test_rendered_frames_never_alias_live_state() -> None:
    env = ShapesGridEnv(render_mode="rgb_array")
    env.reset(seed=0)
    picture = env.render()
    content = picture.copy()
    picture[:] = 0
    assert_array_equal(env.render(), content)


@pytest.mark.parametrize(
    "name", ["ShapesGrid-v0", "ShapesGrid-Everything-v0", "ShapesGrid-Push-v0"]
)
def test_a_copied_environment_continues_identically(name: str) -> None:
    env = ShapesGridEnv(**IDS[name], render_mode="rgb_array")
    actions = draw_actions(env, 160)
    env.reset(seed=4)
    go_on(env, actions[:10])
    env.render()
    twins = [copy.deepcopy(env), pickle.loads(pickle.dumps(env))]
    pictures = [twin.render() for twin in twins]
    others = [go_on(twin, actions[10:]) for twin in twins]  # the copies first: they touch nothing
    for picture in pictures:
        assert_array_equal(picture, env.render())
    expected = go_on(env, actions[10:])
    assert len(expected) > 150  # it began again at least once
    for other in others:
        assert_equal(other, expected)


@pytest.mark.parametrize("name", AGENT_IDS)
def test_a_world_restored_from_its_truth_continues_identically(name: str) -> None:
    env = ShapesGridEnv(**IDS[name])
    actions = draw_actions(env, LIMITS.get(name, 25))
    for seed in range(20):
        env.reset(seed=seed)
        begun = go_on(env, actions[:5])
        frame, *_, info = begun[-1]
        if len(begun) == 5:  # still the same episode
            break
    assert info["truth"]["steps_left"] == len(actions) - 5
    other = ShapesGridEnv(**IDS[name])
    vector = ShapesGridVectorEnv(2, **IDS[name])
    options = {"truth": info["truth"]}
    again, info_again = other.reset(seed=99, options=options)
    frames, _ = vector.reset(seed=98, options=options)
    assert_equal([(frame, info)], [(again, info_again)])
    assert_array_equal(frames, [frame, frame])
    for action in actions[5:]:
        results = env.step(int(action))
        assert_equal([results], [other.step(int(action))])
        frames, *outcomes, _ = vector.step(np.full(2, action))
        assert_array_equal(frames, [results[0]] * 2)
        assert [part.tolist() for part in outcomes] == [[part] * 2 for part in results[1:4]]
        if results[2] or results[3]:
            break
    assert results[2] or results[3]


@pytest.mark.parametrize("name", IDS)
def test_a_board_in_ascii_is_read_as_it_was_written(name: str) -> None:
    env = ShapesGridEnv(**IDS[name], render_mode="ansi")
    other = ShapesGridEnv(**IDS[name], render_mode="ansi")
    env.reset(seed=2)
    for action in draw_actions(env, 9):
        *_, terminated, truncated, info = env.step(int(action))
        _, again = other.reset(seed=3, options={"board": env.render()})
        assert other.render() == env.render()
        for part in ("cells", "agent", "heading"):
            assert_array_equal(again["truth"].get(part), info["truth"].get(part))
        assert again["truth"]["steps_left"] == LIMITS.get(name, 25)
        if terminated or truncated:
            break


def test_a_truth_keeps_keys_carried_and_looks_where_a_board_does_not() -> None:
    env = ShapesGridEnv(**IDS["ShapesGrid-KeyDoor-v0"])
    env.reset(options={"board": "+k.#...\n...#...\n...D..x\n...#...\n...#..."})
    truth = env.step(1)[4]["truth"]
    assert truth["keys"] == 1
    assert env.reset(options={"truth": truth})[1]["truth"]["keys"] == 1
    env = ShapesGridEnv(render_mode="ansi", colours="random")
    frame, info = env.reset(seed=0)
    assert_array_equal(env.reset(options={"truth": info["truth"]})[0], frame)
    assert not np.array_equal(env.reset(options={"board": env.render()})[0], frame)


@pytest.mark.parametrize("name", IDS)
def test_pickled_specs_are_equal(name: str) -> None:
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


def test_a_spec_cannot_be_hashed() -> None:
    with pytest.raises(TypeError, match="unhashable type: 'WorldSpec'"):
        hash(WorldSpec())
