"""Set objects aside from garbage collections: within the outermost context, and no longer."""

from __future__ import annotations

import gc

import pytest

from dsrl_agent.runtime.collection import none_meanwhile, set_aside


def test_objects_are_set_aside_within_the_outermost_context() -> None:
    assert gc.get_freeze_count() == 0
    with set_aside():
        assert gc.get_freeze_count() > 0
        with set_aside():
            pass
        assert gc.get_freeze_count() > 0
    assert gc.get_freeze_count() == 0


def test_objects_are_given_back_after_an_error() -> None:
    with pytest.raises(KeyError), set_aside():
        raise KeyError
    assert gc.get_freeze_count() == 0


def test_what_a_program_has_set_aside_itself_stays_so() -> None:
    gc.freeze()
    try:
        with set_aside():
            pass
        assert gc.get_freeze_count() > 0
    finally:
        gc.unfreeze()


def test_nothing_is_collected_within_the_context() -> None:
    with none_meanwhile():
        assert not gc.isenabled()
    assert gc.isenabled()
    with pytest.raises(KeyError), none_meanwhile():
        raise KeyError
    assert gc.isenabled()


def test_a_collector_that_is_off_stays_off() -> None:
    gc.disable()
    try:
        with none_meanwhile():
            pass
        assert not gc.isenabled()
    finally:
        gc.enable()
