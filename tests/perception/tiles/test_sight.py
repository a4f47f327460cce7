"""Sight of tiles: the whole protocol on worlds of the tests' own."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tile_worlds import ROOM, TileEnv, Walk, draw, lit, noisy, walk

from dsrl_agent import DSRL
from dsrl_agent.back_end import Encoder
from dsrl_agent.config import AgentConfig, BackEndConfig, FrontEndConfig, PerceptionConfig
from dsrl_agent.perception.perception import Perception
from dsrl_agent.perception.sight import Fitting
from dsrl_agent.perception.tiles.evidence import TileEvidence
from dsrl_agent.perception.tiles.learning import learn_tiles_of
from dsrl_agent.perception.tiles.sight import TileSight, learn_tiles, load_tiles
from dsrl_agent.types import EMPTY, UNKNOWN, Ints

KEYS = ("######", "#>K..#", "#..k.#", "#.~.d#", "#...g#", "######")


def _no_encoder(seed: int) -> Encoder:
    raise AssertionError("Tiles need no back end.")


def _fitting(**thresholds: Any) -> Fitting:
    config = PerceptionConfig()
    tiles = type(config.tiles)(**thresholds)
    return Fitting(PerceptionConfig(tiles=tiles), _no_encoder, seed=0, fits=0)


def _learned(play: Walk, fitting: Fitting | None = None) -> TileSight:
    fitting = fitting or _fitting()
    lesson = learn_tiles_of(play.footage, play.grid, fitting.config.tiles)
    evidence = TileEvidence(play.transitions, play.footage, play.grid, lesson)
    sight = learn_tiles(evidence, None, fitting).sight
    assert isinstance(sight, TileSight)
    return sight


def _type(types: Ints, board: tuple[str, ...], letter: str) -> int:
    (number,) = {
        int(number)
        for row, line in zip(types, board, strict=True)
        for number, shown in zip(row, line, strict=True)
        if shown == letter
    }
    return number


@pytest.mark.parametrize("light", [False, True])
def test_types_are_those_of_the_board(light: bool) -> None:
    sight = _learned(walk(light=light))
    frame = lit(draw(ROOM), (1, 1)) if light else draw(ROOM)
    (types,) = sight.types(frame[None])
    named = {letter: _type(types, ROOM, letter) for letter in "#>.k~g"}
    assert named["."] == EMPTY
    assert len(set(named.values())) == 6
    assert {named[">"]} < sight.insight.agent_types
    assert sight.known.tolist() == [1, 2, 3, 4, 5, 6, 7, 8]


def test_the_grid_goes_on_in_larger_frames() -> None:
    sight = _learned(walk())
    board = ("########", "#>..k..#", "#..g...#", "########")
    (types,) = sight.types(draw(board)[None])
    assert types.shape == (4, 8)
    assert _type(types, board, "#") == 1


def test_frames_are_redrawn_tile_by_tile() -> None:
    sight = _learned(walk())
    frames = np.stack([draw(ROOM), draw(KEYS), lit(draw(ROOM), (1, 1))])
    found = sight.redrawn(frames)
    left = found.residual().reshape(3, 6, 6, 6, 8, 3).max(axis=(2, 4, 5))  # by row and column
    assert left[0].max() == 0
    # The new key and the new door are of no type: nothing is drawn there.
    assert {tuple(place) for place in np.argwhere(left[1] > 0).tolist()} == {
        (row, col) for row, line in enumerate(KEYS) for col, each in enumerate(line) if each in "Kd"
    }
    empty = found.bare.reshape(3, 6, 6, 6, 8, 3)[0]
    assert (empty == empty[1:2, :, 1:2]).all()  # the same tile everywhere, that of an open cell
    black = found.drawn[1, 6:12, 16:24]
    assert not black.any()
    # Light is no part of a type.
    assert left[2].max() > 0


def test_new_things_become_types_at_once() -> None:
    sight = _learned(walk())
    frames = np.stack([draw(KEYS), draw(ROOM)])
    types = sight.types(frames)
    assert (types[0] == UNKNOWN).sum() == 2
    assert sight.notice(frames, types, 20) == 2
    (types, _) = sight.types(frames)
    assert {_type(types, KEYS, "K"), _type(types, KEYS, "d")} == {20, 21}
    assert sight.insight.analogues == {20: _type(types, KEYS, "k")}
    assert sight.insight.names_at_once


def test_a_new_thing_is_one_type_in_and_out_of_the_light() -> None:
    sight = _learned(walk(light=True))
    board = ("######", "#d...#", "#....#", "#...d#", "#>...#", "######")
    frames = lit(draw(board), (4, 1))[None]
    assert sight.notice(frames, sight.types(frames), 20) == 1
    assert _type(sight.types(frames)[0], board, "d") == 20


def test_newcomers_are_limited() -> None:
    sight = _learned(walk(), _fitting(newcomers=1))
    frames = draw(KEYS)[None]
    assert sight.notice(frames, sight.types(frames), 20) == 1
    assert (sight.types(frames) == UNKNOWN).sum() == 1
    assert sight.notice(frames, sight.types(frames), 21) == 0


def test_a_noisy_new_thing_is_one_type() -> None:
    sight = _learned(walk(noise=4.0))
    frames = noisy(np.stack([draw(KEYS)] * 10), 4.0, seed=9)
    assert sight.notice(frames[:1], sight.types(frames[:1]), 20) == 2
    assert (sight.types(frames) == sight.types(frames)[0]).all()


def test_numbers_change_and_lost_types_come_back() -> None:
    sight, frames = _learned(walk()), draw(KEYS)[None]
    sight.notice(frames, sight.types(frames), 20)
    sight.renumber({20: 30})
    (types,) = sight.types(frames)
    assert _type(types, KEYS, "K") == 30
    kept = sight.exemplars(frames, {21})
    assert set(kept) == set(np.unique(types)) - {EMPTY, 21}
    later = _learned(walk(seed=1))
    later.recall(30, kept[30])
    later.recall(31, kept[1])  # a wall, which is known
    later.recall(32, np.zeros((1, 3, 12, 12), np.float32))  # no tile of this sight
    assert _type(later.types(frames)[0], KEYS, "K") == 30
    assert set(later.known) == {*range(1, 9), 30}


def test_a_sight_comes_back_from_a_checkpoint_bit_for_bit() -> None:
    sight, frames = _learned(walk(light=True, noise=2.0)), draw(KEYS)[None]
    sight.notice(frames, sight.types(frames), 20)
    state = json.loads(json.dumps(sight.state()))
    again = load_tiles(sight.arrays(), state, _fitting())
    shown = np.concatenate([frames, walk(light=True, noise=2.0, seed=5).footage.frames])
    assert np.array_equal(sight.types(shown), again.types(shown))
    assert again.insight == sight.insight
    assert json.loads(json.dumps(again.state())) == state
    assert again.grid == sight.grid
    for name, array in sight.arrays()["tiles"].items():
        assert np.array_equal(array, again.arrays()["tiles"][name])
    fresh = draw(["#>dK.#"])[None]
    assert sight.notice(fresh, sight.types(fresh), 40) == again.notice(
        fresh, again.types(fresh), 40
    )


def test_pictures_are_contrast_with_emptiness() -> None:
    sight = _learned(walk())
    (types,) = sight.types(draw(ROOM)[None])
    pictures = sight.pictures()
    assert set(pictures) == set(sight.known.tolist())
    goal = pictures[_type(types, ROOM, "g")]
    assert goal.shape == (12, 12, 3)
    # Green beside lines of grey 100 and black.
    assert goal[0, 0].tolist() == [100, 155, 100]
    assert goal[-1, -1].tolist() == [0, 255, 0]


def test_on_another_pitch_everything_is_unknown() -> None:
    sight = _learned(walk())
    other = walk().grid.part(slice(0, 3), slice(0, 3))
    halved = type(other)((3, 4), (0, 0), (2, 2), other.frame)
    assert (sight.types(draw(ROOM)[None], halved) == UNKNOWN).all()


def test_an_agent_that_actions_do_not_tell_is_not_handed_over() -> None:
    play = walk()
    rng = np.random.default_rng(0)
    drawn = np.where(play.footage.follows, rng.integers(4, size=len(play.boards)), -1)
    sight = _learned(play._replace(footage=play.footage._replace(actions=drawn)))
    assert not sight.trusted
    assert sight.insight.agent_types == frozenset()


def test_an_agent_learns_from_tiles_and_comes_back(tmp_path: Path) -> None:
    config = AgentConfig(PerceptionConfig(sight="tiles"), front_end=FrontEndConfig("rules"))
    agent = DSRL(TileEnv(light=True), config, seed=1).learn(200)
    assert isinstance(agent.perception, Perception)
    assert agent.front_end.agency.self_types == agent.perception.agent_types
    assert len(agent.perception.agent_types) == 4
    agent.save(tmp_path / "agent")
    loaded = DSRL.load(tmp_path / "agent", TileEnv(light=True))
    frame = lit(draw(ROOM), (1, 1))
    assert loaded.facts(frame) == agent.facts(frame)
    assert len(agent.facts(frame)) == 20 + 4  # walls, agent, key, lava, goal
    assert _return(loaded, TileEnv(light=True)) == 1.0


def _return(agent: DSRL, env: TileEnv) -> float:
    frame, _ = env.reset(seed=0)
    state = None
    for _ in range(30):
        action, state = agent.predict(frame, state, deterministic=True)
        frame, reward, over, _, _ = env.step(action)
        if over:
            return reward
    return 0.0


def test_newcomers_do_not_cut_an_episode() -> None:
    play = walk()
    perception = Perception(PerceptionConfig(sight="tiles"), BackEndConfig(), 0, "cpu")
    perception.learn(play.transitions)
    (before,) = perception.facts(draw(ROOM)[None])
    seen = perception.watch(before, 0, draw(KEYS))
    assert seen.change is None
    assert UNKNOWN not in {fact.type for fact in seen.facts}
    assert len(perception.known) == 8 + 2
    assert perception.analogues == {9: next(f.type for f in before if (f.row, f.col) == (2, 3))}


def test_names_are_kept_over_refits() -> None:
    play = walk()
    perception = Perception(PerceptionConfig(sight="tiles"), BackEndConfig(), 0, "cpu")
    perception.learn(play.transitions)
    first, agent = perception.facts(draw(KEYS)[None])[0], perception.agent_types
    perception.learn(walk(seed=3, steps=200).transitions)
    assert perception.facts(draw(KEYS)[None])[0] == first
    assert perception.agent_types == agent
