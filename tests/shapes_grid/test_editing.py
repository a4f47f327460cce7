"""Edits of a running episode."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from gymnasium.error import ResetNeeded

from shapes_grid import ShapesGridEnv, SpecError
from shapes_grid.editing import CellGeometry, Editor

KINDS: dict[str, Any] = {"objects": {"circle": 1, "cross": 1}}


def begun(board: str, **fields: Any) -> ShapesGridEnv:
    rows = board.split()
    env = ShapesGridEnv(rows=len(rows), cols=len(rows[0]), render_mode="ansi", **KINDS, **fields)
    env.reset(seed=0, options={"board": board})
    return env


def edited(env: ShapesGridEnv, options: dict[str, Any]) -> list[str]:
    env.reset(options=options)
    return str(env.render()).split()


def test_things_are_removed_put_and_moved() -> None:
    env = begun("o.x\n.+.")
    assert edited(env, env.editor().remove(0, 2)) == ["o..", ".+."]
    assert edited(env, env.editor().put("cross", 1, 2)) == ["o..", ".+x"]
    assert edited(env, env.editor().put("circle", 1, 2)) == ["o..", ".+o"]
    assert edited(env, env.editor().move(0, 0, 0, 2)) == ["..o", ".+o"]
    assert edited(env, env.editor().move(0, 2, 1, 2)) == ["...", ".+o"]
    assert edited(env, env.editor().move(1, 1, 0, 0)) == ["+..", "..o"]
    assert edited(env, env.editor().move(0, 0, 0, 0)) == ["+..", "..o"]


def test_an_edit_alone_changes_nothing_and_the_state_is_that_of_later_steps() -> None:
    env = begun("o.x\n.+.", step_limit=9)
    state = env.editor().state()
    env.editor().remove(0, 2)
    env.editor().move(0, 0, 0, 1)
    assert str(env.render()).split() == ["o.x", ".+."]
    env.step(1)
    env.step(2)  # the cross is taken, and the episode over
    with pytest.raises(ResetNeeded):
        env.step(0)
    frame, info = env.reset(options=state)
    assert str(env.render()).split() == ["o.x", ".+."]
    assert info["truth"]["steps_left"] == 9
    env.step(1)
    np.testing.assert_array_equal(env.reset(options=state)[0], frame)


def test_the_geometry_is_that_of_the_frame() -> None:
    env = begun("o.x\n.+.", cell=6, border=(1, 2, 3, 4))
    assert env.editor().geometry == CellGeometry(top=1, left=4, side=6, rows=2, cols=3)
    assert env.editor().kinds == ("circle", "cross")
    assert env.editor().picture("cross").shape == (24, 24, 3)


def test_a_colour_is_changed_where_colours_vary() -> None:
    palette = ((255, 0, 0), (0, 0, 255))
    env = begun("o.x\n.+.", colours="random", palette=palette, cell=9, border=(0, 0, 0, 0))
    assert env.editor().colours == palette
    for number, colour in enumerate(palette):
        frame, _ = env.reset(options=env.editor().recolour(0, 2, number))
        assert (frame[:9, 18:] == colour).all(-1).any()
    moved, _ = env.reset(options=env.editor().move(0, 2, 1, 2))
    np.testing.assert_array_equal(moved[9:, 18:], frame[:9, 18:])  # with its look
    frame, _ = env.reset(options=env.editor().put("cross", 0, 0))
    np.testing.assert_array_equal(frame[:9, :9], moved[9:, 18:])  # as another of its shape


@pytest.mark.parametrize(
    ("edit", "words"),
    [
        (lambda editor: editor.remove(0, 1), "a cell that holds a thing"),
        (lambda editor: editor.remove(1, 1), "a thing, not the agent"),
        (lambda editor: editor.remove(2, 0), "within 2 x 3 cells"),
        (lambda editor: editor.remove(0, -1), "at least 0"),
        (lambda editor: editor.put("wall", 0, 0), "one of circle, cross"),
        (lambda editor: editor.put("cross", 1, 1), "a cell where the agent does not stand"),
        (lambda editor: editor.move(0, 0, 1, 1), "a cell where the agent does not stand"),
        (lambda editor: editor.move(1, 1, 0, 0), "an empty cell, as the agent goes there"),
        (lambda editor: editor.recolour(0, 0, 0), "an index into the 0 colours"),
    ],
)
def test_what_cannot_be_edited_is_refused(edit: Any, words: str) -> None:
    with pytest.raises(SpecError, match=words):
        edit(begun("o.x\n.+.").editor())


def test_walls_keep_their_colour() -> None:
    env = ShapesGridEnv(rows=1, cols=3, objects={"cross": 1}, walls=[(0, 0)], colours="random")
    env.reset(seed=1)
    with pytest.raises(SpecError, match="other things keep theirs"):
        env.editor().recolour(0, 0, 0)


def test_before_the_first_episode_there_is_nothing_to_edit() -> None:
    with pytest.raises(ResetNeeded, match="nothing to edit"):
        ShapesGridEnv().editor()
    assert isinstance(begun("+x.").editor(), Editor)
