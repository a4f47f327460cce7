"""Views of the moments of an episode: pictures, bars, parts and sentences."""

from __future__ import annotations

import numpy as np
import pytest
from inspected import agent_of, film_of

from dsrl_agent.explain.page.steps import step_views
from dsrl_agent.explain.words.reasons_text import choice_in_words
from dsrl_agent.records.type_names import NO_NAMES, TypeNames

pytestmark = pytest.mark.usefixtures("one_thread")
LARGE = 10**9


def test_each_moment_has_a_view() -> None:
    agent, moments = agent_of("rules"), film_of("rules").moments
    views = list(step_views(agent, moments, NO_NAMES, LARGE))
    assert [view.number for view in views] == [moment.number for moment in moments]
    for view, moment in zip(views, moments[:-1], strict=False):
        assert moment.why is not None
        assert view.action == moment.why.actions[moment.why.chosen]
        assert view.choice == tuple(choice_in_words(moment.why))
        assert [bar.text for bar in view.bars if bar.chosen] == [
            f"{moment.why.values[moment.why.chosen]:+.3f}"
        ]
    assert (views[-1].action, views[-1].bars, views[-1].choice) == ("", (), ())
    assert views[-1].total == "+2.00"


def test_bars_are_shares_of_the_largest_value_of_the_episode() -> None:
    agent, moments = agent_of(), film_of().moments
    views = list(step_views(agent, moments, NO_NAMES, LARGE))
    shares = [bar.share for view in views for bar in view.bars]
    assert max(np.abs(shares)) == 1.0
    greatest = max(float(np.abs(m.why.values).max()) for m in moments if m.why is not None)
    assert shares[0] == pytest.approx(moments[0].why.values[0] / greatest)  # type: ignore[union-attr]


def test_parts_add_up_to_the_values() -> None:
    agent, moments = agent_of("rules"), film_of("rules").moments
    view = next(iter(step_views(agent, moments, NO_NAMES, LARGE)))
    assert view.parts[-1].name == "price of the steps"
    for action, bar in enumerate(view.bars):
        parts = [float(row.cells[action].text.replace("·", "0")) for row in view.parts]
        assert sum(parts) == pytest.approx(float(bar.text), abs=2e-3)


def test_pictures_are_frame_reconstruction_and_residual() -> None:
    (first, *_) = step_views(agent_of(), film_of().moments, NO_NAMES, LARGE)
    assert (first.picture.width, first.picture.height) == (37, 37)
    assert [each.caption.split(",")[0] for each in first.others] == ["reconstruction", "residual"]
    sees_cells = agent_of("relational", "spectra"), film_of("relational", "spectra").moments
    (first, *_) = step_views(*sees_cells, NO_NAMES, LARGE)
    captions = [each.caption.split(",")[0] for each in first.others]
    assert captions == ["what sight models of it", "reconstruction", "residual"]
    assert first.others[0].width == 48


def test_names_are_used_and_the_agent_is_not_among_the_objects() -> None:
    names = TypeNames({number: f"name {number}" for number in agent_of().perception.known})
    (first, *_) = step_views(agent_of(), film_of().moments, names, LARGE)
    assert first.overlay is not None
    assert {box.label for box in first.overlay.boxes} == {"name 1", "name 2", "name 3"}
    assert first.overlay.way is not None
    said = " ".join(
        [*first.scene, *first.choice, *(touch.text for touch in first.overlay.way.touches)]
    )
    assert "name 1" in said
    assert "type" not in said.replace("of type name", "")


def test_views_end_where_their_pictures_grow_too_large() -> None:
    agent, moments = agent_of(), film_of().moments
    whole = list(step_views(agent, moments, NO_NAMES, LARGE))
    one = sum(len(each.address) for each in (whole[0].picture, *whole[0].others))
    assert len(list(step_views(agent, moments, NO_NAMES, 2 * one + 10))) == 2
    assert len(list(step_views(agent, moments, NO_NAMES, 0))) == 1  # there is always one
