"""Following a scene: what is believed of frames that err, frame by frame."""

from __future__ import annotations

import json

import pytest
from drawings import DOWN, LEFT, MOVES, RIGHT, TYPES, UP, acquainted, board, scene, shape_of
from hypothesis import given
from hypothesis import strategies as st

from dsrl_agent.front_end.rule import Context, Effect
from dsrl_agent.front_end.rules.board import Board
from dsrl_agent.front_end.rules.reading import ReadingErrors
from dsrl_agent.front_end.rules.tracking import Contact, Observation, Senses, TrackedScene
from dsrl_agent.types import FREE, KEPT

X, O, BOX, KEY = (TYPES[letter] for letter in "xobk")  # noqa: E741
MOVING = [*MOVES]
AGENCY = acquainted()
EFFECTS = AGENCY.effects()


def good() -> ReadingErrors:
    return ReadingErrors()


def poor() -> ReadingErrors:
    return ReadingErrors(0.0, 4.0)  # (4 + 0.2) / 200 = 0.021 > 0.01


class Story:
    """A scene that is shown drawings."""

    def __init__(self, sight: ReadingErrors, drawing: str) -> None:
        self.sight = sight
        self.senses = Senses(AGENCY, EFFECTS, sight)
        self.scene = TrackedScene(shape_of(drawing))
        self.scene.begin(scene(*drawing.split()), AGENCY)

    def then(self, action: int, drawing: str) -> Observation:
        """Show the next frame."""
        return self.scene.advance(action, scene(*drawing.split()), self.senses)

    def glides(self, action: int, drawing: str) -> bool:
        """Show the next frame, as to an agent that acts."""
        return self.scene.glide(action, scene(*drawing.split()), self.senses)

    def believes(self, drawing: str, taken: str = "") -> bool:
        return self.scene.board == board(drawing, taken)


def test_a_cell_misread_for_one_frame_is_counted_as_an_error() -> None:
    story = Story(good(), "+..x ...o")
    story.then(RIGHT, ".+.o ...o")
    assert story.believes(".+.o ...o")  # for now
    assert story.sight == ReadingErrors(2.0, 0.0)
    story.then(LEFT, "+..x ...o")
    assert story.believes("+..x ...o")
    assert story.sight == ReadingErrors(4.0, 1.0)


def test_a_change_that_lasts_is_no_error() -> None:
    story = Story(good(), "+..x ...o")
    for drawing in (".+.. ...o", "+... ...o", ".+.. ...o"):
        story.then(RIGHT if drawing[0] == "." else LEFT, drawing)
        assert story.believes(drawing)
    assert story.sight == ReadingErrors(3.0, 0.0)


def test_with_frequent_errors_a_change_is_believed_after_two_frames() -> None:
    story = Story(poor(), "+..x ...o")
    story.then(RIGHT, ".+.o ...o")
    assert story.believes(".+.x ...o")
    story.then(LEFT, "+..o ...o")
    assert story.believes("+..o ...o")
    assert story.sight.errors == 4.0
    story.then(RIGHT, ".+.o ....")
    story.then(LEFT, "+..o ...o")  # taken back
    assert story.believes("+..o ...o")
    assert story.sight.errors == 5.0
    story.then(RIGHT, ".+.x ...o")
    story.then(LEFT, "+..k ...o")  # two that differ are two errors so far
    assert story.believes("+..o ...o")


@pytest.mark.parametrize("sight", [good, poor])
def test_an_object_that_moves_is_no_error(sight: type[ReadingErrors]) -> None:
    story = Story(sight(), "+..x ....")
    errors = story.sight.errors
    for drawing in (".+.. ...x", "+... ..x.", ".+x. ....", "+..x ...."):
        story.then(RIGHT if drawing[0] == "." else LEFT, drawing)
        assert story.believes(drawing)
    assert story.sight.errors == errors


@pytest.mark.parametrize("sight", [good, poor])
def test_a_missed_agent_is_taken_to_be_where_its_action_leads(
    sight: type[ReadingErrors],
) -> None:
    story = Story(sight(), "+.x ...")
    assert story.then(RIGHT, "..x ...") == Observation(None, None)
    assert story.believes(".+x ...")
    assert story.scene.lost
    seen = story.then(RIGHT, "..+ ...")
    assert seen.contact == Contact(Context(X, -3, 0, RIGHT, (), gone=(X,)), Effect(True, FREE))
    assert story.believes("..+ ...", taken="x")
    assert not story.scene.lost


def test_a_missed_agent_is_blocked_by_objects_that_stay_and_by_the_edge() -> None:
    story = Story(good(), ".+# ...")
    story.then(RIGHT, "..# ...")
    assert story.believes(".+# ...")
    story.then(UP, "..# ...")
    assert story.believes(".+# ...")
    story.then(DOWN, "..# ...")
    assert story.believes("..# .+.")


def test_a_leap_of_the_agent_is_believed_only_with_few_errors() -> None:
    story = Story(good(), "+.. ... ..x")
    story.then(RIGHT, "... ..+ ..x")
    assert story.believes("... ..+ ..x")
    story = Story(poor(), "+.. ... ..x")
    story.then(RIGHT, "... ..+ ..x")  # something taken for the agent, and it was missed
    assert story.believes(".+. ... ..x")
    story.then(RIGHT, "... ..+ ..x")  # but not again and again
    assert story.scene.board is not None
    assert story.scene.board.place == 5


def test_of_two_candidates_the_one_at_the_expected_place_is_the_agent() -> None:
    for sight in (good(), poor()):
        story = Story(sight, "+.. ..x")
        story.then(RIGHT, ".+. ..+")
        assert story.scene.board is not None
        assert story.scene.board.place == 1
        story.then(LEFT, ".+. ..+")  # it stayed
        assert story.scene.board.place == 1


def test_an_object_under_the_agent_shows_when_it_leaves() -> None:
    story = Story(good(), "+s. ...")
    came = story.then(RIGHT, ".+. ...")
    switch = TYPES["s"]
    contact = Contact(Context(switch, FREE, 0, RIGHT, (), gone=(switch,)), Effect(True, FREE))
    assert came == Observation(contact, None)
    assert story.believes(".+. ...", taken="s")
    assert story.then(UP, ".+. ...").amended is None  # it is still there
    left = story.then(RIGHT, ".S+ ...")
    assert left.amended == (contact, Effect(True, TYPES["S"]))
    assert story.believes(".S+ ...", taken="s")
    # What it stood on had been there all the while: nothing was taken.
    story = Story(good(), "+o. ...")
    story.then(RIGHT, ".+. ...")
    assert story.believes(".+. ...", taken="o")
    left = story.then(RIGHT, ".o+ ...")
    assert left.amended is not None
    assert left.amended[1] == Effect(True, O)
    assert story.believes(".o+ ...")


def test_things_that_vanish_at_the_agents_touch_are_taken() -> None:
    story = Story(good(), "+kk.b. ......")
    story.then(RIGHT, ".+k.b. ......")
    assert story.believes(".+k.b. ......", taken="k")
    story.then(RIGHT, "..+.b. ......")
    assert story.believes("..+.b. ......", taken="kk")
    story.then(RIGHT, "...+b. ......")
    seen = story.then(RIGHT, "....+b ......")
    assert seen.contact is not None
    assert seen.contact.effect == Effect(True, FREE, BOX)
    assert story.believes("....+b ......", taken="kk")  # a pushed box is not taken
    # What vanishes far away is not, either.
    story = Story(good(), "+..k ....")
    story.then(RIGHT, ".+.. ....")
    assert story.believes(".+.. ....")


def test_a_blocking_thing_that_is_gone_counts_as_taken_only_with_few_errors() -> None:
    for sight, taken in ((good(), "o"), (poor(), "")):
        story = Story(sight, "+o. ...")
        seen = story.then(RIGHT, "+.. ...")
        assert seen.contact is not None
        assert seen.contact.effect == Effect(False, FREE)
        assert story.scene.board is not None
        assert story.scene.board.taken == board("+", taken).taken


def test_an_object_that_moves_into_the_cell_beyond_is_no_effect() -> None:
    story = Story(good(), "+x.. ..o.")
    seen = story.then(RIGHT, ".+o. ....")
    assert seen.contact is not None
    assert seen.contact.effect == Effect(True, FREE, KEPT)
    assert story.believes(".+o. ....", taken="x")


def test_there_is_no_scene_until_the_agent_is_seen() -> None:
    story = Story(good(), "..x ...")
    assert story.scene.board is None
    assert story.then(RIGHT, ".+x ...") == Observation(None, None)
    assert story.believes(".+x ...")


def test_a_grid_of_unknown_size_grows_with_the_facts() -> None:
    told = TrackedScene()
    told.begin(scene("+x"), AGENCY)
    assert told.board == board("+x")
    told.advance(DOWN, scene(".x.", "+.."), Senses(AGENCY, EFFECTS, good()))
    assert told.board == Board((2, 2), (FREE, X, FREE, FREE), 2, 0)


def test_a_scene_is_copied_saved_and_loaded() -> None:
    story = Story(poor(), "+s.x ...o")
    story.then(RIGHT, ".+.o ...o")
    scenes = [
        story.scene.copy(),
        TrackedScene.from_state(json.loads(json.dumps(story.scene.state()))),
    ]
    assert story.scene.resting is not None
    assert story.scene.doubts == {3: O}
    story.then(RIGHT, ".S+o ...o")
    for other in scenes:
        assert other.board == board(".+.x ...o", taken="s")
        assert other.doubts == {3: O}
        other.advance(RIGHT, scene(".S+o", "...o"), Senses(AGENCY, EFFECTS, poor()))
        assert other == story.scene


def test_an_end_and_a_reward_count_for_the_contact_under_way_though_the_agent_is_not_seen() -> None:
    hole = Story(good(), "+v. ...")
    told = hole.scene.advance(
        RIGHT, scene(".v.", "..."), Senses(AGENCY, EFFECTS, good()), told=True
    )
    # The thing stays in sight, so it is taken to have held the agent up.
    lethal = TYPES["v"]
    context = Context(lethal, FREE, 0, RIGHT, (), gone=(lethal,))
    assert told.contact == Contact(context, Effect(False, lethal))
    taken = Story(good(), "+x. ...")
    told = taken.scene.advance(
        RIGHT, scene("...", "..."), Senses(AGENCY, EFFECTS, good()), told=True
    )
    assert told.contact == Contact(Context(X, FREE, 0, RIGHT, (), gone=(X,)), Effect(True, FREE))


def test_a_step_to_an_empty_cell_where_nothing_changes_is_a_glide() -> None:
    story = Story(good(), "+..x ...o")
    assert story.glides(RIGHT, ".+.x ...o")
    assert story.believes(".+.x ...o")
    for action, drawing in (
        (RIGHT, ".+.x ...o"),  # held up
        (DOWN, ".+.x ...o"),
        (RIGHT, "..+x ...."),  # something vanished
        (RIGHT, "..+x ..oo"),  # something came
        (RIGHT, "...x ...o"),  # the agent is not seen
        (UP, ".+.x ...o"),  # over the edge
    ):
        assert not story.glides(action, drawing)
        assert story.believes(".+.x ...o")
    assert story.glides(RIGHT, "..+x ...o")
    assert not story.glides(RIGHT, "...+ ...o")  # onto a thing
    assert story.believes("..+x ...o")


def test_what_was_under_the_agent_shows_by_no_glide() -> None:
    story = Story(good(), "+x..")
    story.then(RIGHT, ".+..")
    assert not story.glides(RIGHT, ".x+.")
    assert story.glides(RIGHT, "..+.")
    assert story.believes("..+.", "x")


def test_a_thing_that_was_taken_to_stay_under_the_agent_shows_by_no_glide() -> None:
    story = Story(good(), "+x..")
    story.senses.staying = frozenset([X])
    story.then(RIGHT, ".+..")
    assert story.scene.board is not None
    assert story.scene.board.cells == (FREE, X, FREE, FREE)
    assert not story.glides(RIGHT, "..+.")  # it is gone


def test_a_step_to_where_a_thing_is_believed_is_no_glide_though_none_is_read() -> None:
    story = Story(good(), "+...")
    assert story.scene.board is not None
    story.scene.board = story.scene.board._replace(cells=(FREE, KEY, FREE, FREE))
    assert not story.glides(RIGHT, ".+..")


@given(st.lists(st.tuples(st.sampled_from(MOVING), st.integers(0, 5)), max_size=12))
def test_a_glide_leaves_the_scene_that_a_step_leaves(steps: list[tuple[int, int]]) -> None:
    drawn, place = "...x....o.", 0
    story = Story(good(), "+..x. ...o.")
    assert story.scene.board is not None
    for action, oddity in steps:
        row, col = place // 5 + MOVES[action][0], place % 5 + MOVES[action][1]
        place = row * 5 + col if 0 <= row < 2 and 0 <= col < 5 and oddity != 1 else place
        if drawn[place] != ".":  # it is taken, or stays under the agent
            drawn = drawn if oddity == 2 else drawn[:place] + "." + drawn[place + 1 :]
        if oddity == 3:  # a thing comes up
            drawn = drawn[:7] + "k" + drawn[8:]
        cells = drawn[:place] + "+" + drawn[place + 1 :]
        facts, other = scene(cells[:5], cells[5:]), story.scene.copy()
        story.scene.advance(action, facts, story.senses)
        if other.glide(action, facts, story.senses):
            believed = (other.board, other.labels, other.doubts, other.lost, other.unseen)
            now = story.scene
            assert believed == (now.board, now.labels, now.doubts, now.lost, now.unseen)
            assert (other.hands, other.start) == (now.hands, now.start)
