"""Sights forced by a setting, and the choice between them."""

from __future__ import annotations

import json
from typing import Any, cast

import numpy as np
import pytest
from plain_worlds import boards, draw, grid_of
from seen_worlds import ENV, exact, learned, restored
from tile_worlds import resized, walk

from dsrl_agent.back_end import Encoder
from dsrl_agent.config import BackEndConfig, PerceptionConfig
from dsrl_agent.config.sights import OffGridThresholds
from dsrl_agent.config.things import ThingsThresholds
from dsrl_agent.config.tiles import TilesThresholds
from dsrl_agent.errors import DSRLWarning, PerceptionError
from dsrl_agent.experiments.studies.scaling_measure import film
from dsrl_agent.perception import kinds
from dsrl_agent.perception.cell_sight import CellSight
from dsrl_agent.perception.grid import DividedGrid, Grid
from dsrl_agent.perception.kinds import (
    AUTO,
    PlainEvidence,
    _is_shifted,
    gather_auto,
    is_worse,
    learn_auto,
    load_sight,
)
from dsrl_agent.perception.motion.egomotion import Trail
from dsrl_agent.perception.motion.evidence import Evidence
from dsrl_agent.perception.off_grid.sight import OffGridSight
from dsrl_agent.perception.perception import Perception
from dsrl_agent.perception.redrawing import Redrawing, explained
from dsrl_agent.perception.sight import Fitting, Insight, SightFit, sight_kind
from dsrl_agent.perception.things.evidence.recentring import gather_centred
from dsrl_agent.perception.things.sight import ThingsSight
from dsrl_agent.perception.tiles.evidence import TileEvidence, gather_tiles
from dsrl_agent.perception.tiles.sight import TileSight, learn_tiles
from dsrl_agent.types import UNKNOWN, Frame, FrameTransitions, Ints

pytestmark = pytest.mark.usefixtures("one_thread")

JITTER: dict[str, Any] = {"jitter": 3, "cell": 12, "border": (5, 4, 4, 5)}


def quick(world: dict[str, Any], config: PerceptionConfig, steps: int = 20) -> Perception:
    """Learn from little play; objects are not seen exactly."""
    seen = film(ENV, world, 100, 0, "learn")
    made = Perception(config, BackEndConfig(steps=steps, refit_steps=5), 0, "cpu")
    made.learn(seen.motion, None, seen.rewards)
    return made


def test_the_sights_that_come_with_the_agent_are_registered() -> None:
    for name in ("cells", "off_grid", "things", "tiles", AUTO):
        assert callable(sight_kind(name).learn)
    assert PerceptionConfig().sight == AUTO


@pytest.mark.slow
def test_cells_can_be_forced_where_objects_stand_off_the_grid() -> None:
    perception = quick(JITTER, PerceptionConfig(sight="cells"))
    assert isinstance(perception.sight, CellSight)
    assert perception.state()["sight"] == "cells"


@pytest.mark.slow
def test_cells_see_a_world_on_the_grid_exactly_and_are_restored() -> None:
    perception, unseen = learned({}, 100, config=PerceptionConfig(sight="cells"))
    assert exact(perception, unseen) == 1.0
    assert isinstance(restored(perception).sight, CellSight)
    assert exact(restored(perception), unseen) == 1.0


def test_off_grid_is_refused_where_objects_stand_on_the_grid() -> None:
    remedy = (
        r"No isolated object stands off the grid.*leave perception\.sight at auto, or take cells"
    )
    with pytest.raises(PerceptionError, match=remedy):
        quick({}, PerceptionConfig(sight="off_grid"))


@pytest.mark.slow
def test_off_grid_can_be_forced_where_cells_have_as_few_types() -> None:
    never_doubt_cells = OffGridThresholds(few_types=32)
    spectra = PerceptionConfig(sight="spectra", off_grid=never_doubt_cells)
    assert isinstance(quick(JITTER, spectra).sight, CellSight)
    config = PerceptionConfig(sight="off_grid", off_grid=never_doubt_cells)
    perception, unseen = learned(JITTER, 300, config=config)
    assert isinstance(perception.sight, OffGridSight)
    assert exact(perception, unseen) >= 0.98
    # A refit goes on with the back end of the fit before.
    back_end = perception.sight.parts.back_end
    seen = film(ENV, JITTER, 300, 1, "learn")
    perception.learn(seen.motion, None, seen.rewards)
    assert isinstance(perception.sight, OffGridSight)
    assert perception.sight.parts.back_end is back_end
    assert exact(perception, unseen) >= 0.95


def test_a_checkpoint_without_a_name_is_told_by_its_files() -> None:
    # Checkpoints of revision 7a99ea7 name no sight; objects off the grid have the file `looks`.
    perception = quick({}, PerceptionConfig(sight="cells"), steps=2)
    state = {**perception.state()}
    del state["sight"]
    made = Perception(PerceptionConfig(), BackEndConfig(), 0, "cpu")
    made.load(perception.arrays(), state)
    assert isinstance(made.sight, CellSight)
    with pytest.raises(KeyError):  # the templates are missing
        made.load({**perception.arrays(), "looks": {}}, state)
    assert callable(load_sight)


class GuessingSight:
    """Does not know some of the cells, and draws frames in one grey level."""

    kind = "guessing"
    insight = Insight()

    def __init__(self, unknown: int, grey: int, pitch: int = 1) -> None:
        self.unknown, self.grey = unknown, grey
        self.grid = Grid((pitch, pitch), (0, 0), (20 // pitch, 50 // pitch), (20, 50))

    def types(self, frames: Frame) -> Ints:
        """Return 1 but for the unknown cells of each frame."""
        types = np.ones((len(frames), 1000), np.int64)
        types[:, : self.unknown] = UNKNOWN
        return types.reshape(len(frames), 20, 50)

    def redrawn(self, frames: Frame) -> Redrawing | None:
        """Return frames of one grey level, `None` below 0."""
        drawn = np.full_like(frames, max(0, self.grey))
        return None if self.grey < 0 else Redrawing(frames, drawn, drawn, self.grid)


@pytest.mark.parametrize(
    ("new", "last", "worse"),
    [
        ((4, 11), (1, 10), True),  # 0.004 and 0.001 are unknown: 0.003 more, and 0.002 are let pass
        ((3, 11), (1, 10), False),
        ((4, 10), (1, 10), False),  # it draws as well
        ((4, 11), (1, -1), False),
        ((4, 11, 10), (1, 10), False),  # cells of another size
    ],
)
def test_a_sight_is_worse_that_knows_less_and_draws_worse(
    new: tuple[int, ...], last: tuple[int, ...], worse: bool
) -> None:
    frames = np.zeros((3, 20, 50, 3), np.uint8)
    sights = [cast(Any, GuessingSight(*each)) for each in (new, last)]
    assert is_worse(sights[0], sights[1], frames, PerceptionConfig()) is worse


@pytest.mark.parametrize("light", [False, True])
def test_worlds_drawn_in_tiles_are_seen_as_tiles(light: bool) -> None:
    perception = Perception(PerceptionConfig(), BackEndConfig(), 0, "cpu")
    perception.learn(walk(light=light).transitions)
    assert perception.state()["sight"] == TileSight.kind
    again = Perception(PerceptionConfig(), BackEndConfig(), 1, "cpu")
    again.load(perception.arrays(), json.loads(json.dumps(perception.state())))
    frames = walk(light=light, seed=4).transitions.after
    assert again.facts(frames) == perception.facts(frames)
    assert again.agent_types == perception.agent_types


def test_resized_worlds_are_seen_as_tiles_and_come_back() -> None:
    before, actions, after = walk().transitions
    shown = FrameTransitions(resized(before, (80, 100)), actions, resized(after, (80, 100)))
    perception = Perception(PerceptionConfig(), BackEndConfig(), 0, "cpu")
    perception.learn(shown)
    assert perception.grid == DividedGrid.of((6, 6), (80, 100))
    assert perception.shape_of(shown.after[0]) == (6, 6)
    assert len(perception.agent_types) == 4
    assert set(perception.pictures()) == set(perception.known)
    redrawn = perception.redrawn(shown.after)
    assert redrawn is not None
    assert float(redrawn.residual().mean()) < 10  # edges are coarse
    energies = redrawn.energies()
    assert explained(energies.standing, energies.rest).min() > 0.9
    again = Perception(PerceptionConfig(), BackEndConfig(), 1, "cpu")
    again.load(perception.arrays(), json.loads(json.dumps(perception.state())))
    assert again.grid == perception.grid
    assert again.facts(shown.after) == perception.facts(shown.after)


@pytest.mark.parametrize("colours", ["typed", "random"])
def test_shapes_on_a_plain_floor_are_left_to_motion(colours: str) -> None:
    seen = film(ENV, {"colours": colours} if colours == "random" else {}, 60, 0, "learn")
    evidence = gather_auto(seen.motion, seen.rewards, PerceptionConfig())
    assert isinstance(evidence, PlainEvidence)
    fitting = Fitting(PerceptionConfig(), _no_encoder, seed=0, fits=0)
    assert learn_auto(evidence, None, fitting).sight.kind == "things"


def test_shapes_on_a_plain_floor_are_a_final_choice_after_enough_frames() -> None:
    seen = film(ENV, {}, 60, 0, "learn")
    for frames, final in ((len(seen.motion.actions), True), (len(seen.motion.actions) + 1, False)):
        config = PerceptionConfig(frames=frames)
        evidence = gather_auto(seen.motion, None, config)
        assert isinstance(evidence, PlainEvidence)
        fitting = Fitting(config, _no_encoder, seed=0, fits=0)
        assert learn_auto(evidence, None, fitting).final is final


@pytest.mark.parametrize(("size", "stays"), [(0.75, True), (1.25, True), (1.4, False)])
def test_what_reaches_out_is_looked_for_only_where_tiles_show_parts_of_it(
    size: float, stays: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[bool] = []

    def stopped(*_: Any, in_cells: bool, most_work: float | None) -> SightFit:
        assert most_work in (TilesThresholds.most_work, None)
        told.append(in_cells)
        raise PerceptionError

    monkeypatch.setattr(kinds, "learn_sight", stopped)
    # Two things alone in a room show the same parts beside them again and again.
    for objects in ({}, {"objects": {"circle": 1, "cross": 1}}):
        seen = film(ENV, {"sizes": (size, size), "cell": 12, **objects}, 120, 0, "learn")
        evidence = gather_auto(seen.motion, seen.rewards, PerceptionConfig())
        assert isinstance(evidence, PlainEvidence)
        learn_auto(evidence, None, Fitting(PerceptionConfig(), _no_encoder, seed=0, fits=0))
    assert told == [stays, stays]


@pytest.mark.parametrize(("more", "kind"), [(0, "things"), (1, "tiles")])
def test_things_of_more_types_than_tiles_are_seen_as_tiles(
    more: int, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = film(ENV, {}, 60, 0, "learn")
    evidence = gather_auto(seen.motion, seen.rewards, PerceptionConfig())
    assert isinstance(evidence, PlainEvidence)
    fitting = Fitting(PerceptionConfig(), _no_encoder, seed=0, fits=0)
    numbers = learn_tiles(evidence.tiles, None, fitting).sight.known
    monkeypatch.setattr(ThingsSight, "known", np.arange(len(numbers) + more))
    assert learn_auto(evidence, None, fitting).sight.kind == kind


@pytest.mark.parametrize("most_types", [TilesThresholds.most_types, 1])
def test_shapes_that_would_take_too_much_work_are_seen_as_tiles_for_good(most_types: int) -> None:
    seen = film(ENV, {}, 60, 0, "learn")
    few = ThingsThresholds(most_work=1e6)
    config = PerceptionConfig(things=few, tiles=TilesThresholds(most_types=most_types))
    fitting = Fitting(config, _no_encoder, seed=0, fits=0)
    with pytest.warns(DSRLWarning, match="multiplications; give .* cells are seen as . tiles"):
        fit = learn_auto(gather_auto(seen.motion, seen.rewards, config), None, fitting)
    assert (fit.sight.kind, fit.final) == ("tiles", True)


@pytest.mark.parametrize(
    ("most_types", "kind"), [(TilesThresholds.most_types, "tiles"), (1, "things")]
)
def test_things_may_take_less_work_where_tiles_suffice(most_types: int, kind: str) -> None:
    seen = film(ENV, {}, 60, 0, "learn")
    config = PerceptionConfig(tiles=TilesThresholds(most_types=most_types, most_work=1e6))
    fitting = Fitting(config, _no_encoder, seed=0, fits=0)
    evidence = gather_auto(seen.motion, seen.rewards, config)
    if kind == "things":
        assert learn_auto(evidence, None, fitting).sight.kind == kind
        return
    with pytest.warns(DSRLWarning, match=r"more than 1e\+06 .* cells are seen as . tiles"):
        fit = learn_auto(evidence, None, fitting)
    assert (fit.sight.kind, fit.final) == (kind, True)


def test_discs_that_are_taken_for_the_agent_are_seen_as_tiles() -> None:
    play, shown = boards("ok")
    perception = Perception(PerceptionConfig(frames=100), BackEndConfig(), 0, "cpu")
    for _ in range(2):  # the second time it is final
        perception.learn(play)
        assert perception.state()["sight"] == TileSight.kind
        assert perception.grid == grid_of((7, 8))
        types = {letter: set[int]() for letter in "#@ok"}
        for facts, board in zip(perception.facts(play.after), shown, strict=True):
            for fact in facts:
                types[board[fact.row][fact.col]].add(fact.type)
        assert sorted(map(len, types.values())) == [1, 1, 1, 1]
        assert len(set.union(*types.values())) == 4
        assert perception.agent_types == types["@"]


def test_cells_that_cut_walls_are_misplaced() -> None:
    play, _ = boards("ooo##")
    config, tiles = PerceptionConfig(), grid_of((7, 8))
    motion = gather_centred(play, None, config)
    assert motion.grid == tiles
    assert not _is_shifted(motion, tiles, config)
    off = Grid((8, 8), (7, 7), (6, 7), tiles.frame)  # by a pixel up and left
    assert _is_shifted(motion._replace(grid=off), tiles, config)
    assert not _is_shifted(
        motion._replace(grid=off), Grid((4, 4), (0, 0), (14, 16), tiles.frame), config
    )
    lenient = PerceptionConfig(tiles=TilesThresholds(shifted=100.0))
    assert not _is_shifted(motion._replace(grid=off), tiles, lenient)


def test_what_slides_is_seen_as_tiles_and_not_on_a_grid_of_its_slides() -> None:
    play, _ = boards("ooo##", (8, 8), episodes=6, slides=True)  # motion: cells of 8 x 40
    evidence = gather_auto(play, None, PerceptionConfig())
    assert isinstance(evidence, TileEvidence)
    assert evidence.grid == grid_of((8, 8))


def test_what_moves_together_is_no_shaken_camera_where_there_are_tiles() -> None:
    # A coin falls over six rows while the agent walks below it, again and again.
    before, actions, after = list[Frame](), list[int](), list[Frame]()
    rng = np.random.default_rng(0)
    for _ in range(20):
        col, own = int(rng.integers(6)), 3
        for row in range(6):
            shown = [["." for _ in range(6)] for _ in range(7)]
            shown[row][col], shown[6][own] = "o", "@"
            before.append(draw(shown))
            actions.append(int(rng.integers(3)))
            own = min(max(own + actions[-1] - 1, 0), 5)
            shown[row][col], shown[6] = ".", ["."] * 6
            shown[min(row + 1, 5)][col], shown[6][own] = "o", "@"
            after.append(draw(shown))
    play = FrameTransitions(np.stack(before), np.array(actions), np.stack(after))
    evidence = gather_auto(play, None, PerceptionConfig())
    assert isinstance(evidence, TileEvidence)
    assert evidence.grid == grid_of((7, 6))


@pytest.mark.parametrize("seed", [1, 6])
def test_a_shaken_camera_makes_no_tiles_of_each_offset(seed: int) -> None:
    config, seen = PerceptionConfig(), film(ENV, {"shake": 1}, 60, seed, "learn")
    tiles = gather_tiles(seen.motion, seen.rewards, config)
    assert tiles.suffices(config.tiles)  # in so few frames
    found = gather_auto(seen.motion, seen.rewards, config)
    assert isinstance(found, Evidence)
    assert found.swing == (1, 1)


def test_what_stands_beside_a_board_is_left_out() -> None:
    play, shown = boards("ok", episodes=5)
    score = np.random.default_rng(0).integers(2, size=(101, 14, 64, 1), dtype=np.uint8) * 255
    below = np.repeat(score, 3, axis=3)
    before, after = (
        np.concatenate([part, beside], axis=1)
        for part, beside in ((play.before, below[:-1]), (play.after, below[1:]))
    )
    perception = Perception(PerceptionConfig(), BackEndConfig(), 0, "cpu")
    perception.learn(FrameTransitions(before, play.actions, after))
    assert perception.shape_of(after[0]) == (7, 8)
    facts = perception.facts(after[-1:])[0]
    seen = {(fact.row, fact.col) for fact in facts}
    letters = {(r, c) for r in range(7) for c in range(8) if shown[-1][r][c] != "."}
    assert seen == letters
    assert [fact.type for fact in facts].count(max(perception.agent_types)) == 1


def test_a_final_choice_is_reviewed_only_where_things_are_unknown() -> None:
    seen = film(ENV, {}, 60, 0, "learn")
    strange = seen.motion.after.copy()
    strange[::2, 3:12, 3:12] = np.random.default_rng(0).integers(256, size=(9, 9, 3))
    made = Perception(PerceptionConfig(frames=60), BackEndConfig(), 0, "cpu")
    made.learn(seen.motion)
    made.load(made.arrays(), json.loads(json.dumps(made.state())))
    assert made._kind_for(seen.motion.after) is sight_kind("things")
    assert made._kind_for(strange) is sight_kind(AUTO)
    made.learn(seen.motion)
    assert made.state()["final"]
    frames = seen.motion.after
    assert made.sight.insight.by_place
    for _ in range(2):  # from memory the second time
        assert [made.facts(frame[None])[0] for frame in frames] == made.facts(frames)


def test_shapes_that_were_not_seen_to_move_are_tiles_in_the_end() -> None:
    seen = film(ENV, {}, 60, 0, "learn")
    before, actions, after = seen.motion
    chosen = np.flatnonzero(actions < 2)  # along one axis alone
    along = FrameTransitions(before[chosen], actions[chosen], after[chosen])
    patient = PerceptionConfig(frames=len(chosen) + 1)
    with pytest.raises(PerceptionError):
        gather_auto(along, None, patient)
    evidence = gather_auto(along, None, PerceptionConfig(frames=len(chosen), first_frames=20))
    assert isinstance(evidence, TileEvidence)


def test_frames_in_which_nothing_moves_and_that_have_no_grid_are_refused() -> None:
    frames = np.random.default_rng(0).integers(256, size=(30, 40, 40, 3), dtype=np.uint8)
    still = FrameTransitions(frames[:-1], np.zeros(29, np.int64), frames[1:])
    with pytest.raises(PerceptionError):
        gather_auto(still, None, PerceptionConfig())


def test_too_many_types_are_no_tiles() -> None:
    play = walk()
    config = PerceptionConfig(tiles=TilesThresholds(most_types=3))
    still = play.transitions._replace(after=play.transitions.before)
    with pytest.raises(PerceptionError, match=r"along the|neighbouring"):
        gather_auto(still, None, config)


def test_tiles_are_kept_where_a_later_fit_does_not_find_their_grid() -> None:
    play, config = walk(), PerceptionConfig()
    fitting = Fitting(config, _no_encoder, seed=0, fits=0)
    tiles = gather_tiles(play.transitions, None, config)
    previous = learn_tiles(tiles, None, fitting).sight
    empty = np.zeros((3, 12, 12), np.float32)
    nothing = np.zeros((len(play.transitions.actions), 3, 3), np.bool_)
    wrong = Grid((9, 9), (0, 0), (4, 5), play.grid.frame)
    trail = Trail(nothing, nothing, empty, 0.0)
    motion = Evidence(play.transitions, None, (0, 0), wrong, trail)
    again = learn_auto(motion, previous, fitting).sight
    assert isinstance(again, TileSight)
    assert again.grid == play.grid


def _no_encoder(seed: int) -> Encoder:
    raise AssertionError("Tiles need no back end.")
