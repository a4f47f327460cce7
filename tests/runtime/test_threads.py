"""The package computes in one thread, and leaves the number of threads as it was."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import numpy as np
import pytest
import torch
from threadpoolctl import threadpool_info, threadpool_limits

from dsrl_agent import DSRL
from dsrl_agent.runtime.threads import one_thread


@pytest.fixture(autouse=True)
def _two_threads() -> Iterator[None]:
    """Begin with two threads in every library."""
    before = torch.get_num_threads()
    np.zeros(1)
    with threadpool_limits(2):
        torch.set_num_threads(2)
        yield
        torch.set_num_threads(before)


def test_all_libraries_have_one_thread_within_and_two_again_afterwards() -> None:
    with one_thread():
        assert _threads() == {1}
    assert _threads() == {2}


def test_the_outermost_of_nested_contexts_restores() -> None:
    with one_thread():
        with one_thread():
            assert _threads() == {1}
        assert _threads() == {1}
    assert _threads() == {2}


def test_an_error_restores() -> None:
    with pytest.raises(KeyError), one_thread():
        raise KeyError
    assert _threads() == {2}


def test_a_function_may_be_limited_as_a_whole_and_called_again() -> None:
    measured = one_thread()(_threads)
    assert measured() == measured() == {1}
    assert _threads() == {2}


def test_contexts_of_two_python_threads_that_overlap_leave_the_numbers_as_they_were() -> None:
    entered, left = threading.Event(), threading.Event()

    def work() -> None:
        with one_thread():
            entered.set()
            assert left.wait(10)

    other = threading.Thread(target=work)
    with one_thread():
        other.start()
        assert entered.wait(10)
    left.set()
    other.join()
    assert _threads() == {2}


def test_numbers_set_between_contexts_are_kept() -> None:
    with one_thread():
        pass
    torch.set_num_threads(1)
    with threadpool_limits(3, user_api="blas"):
        with one_thread():
            assert _threads() == {1}
        assert {count for api, count in _by_library() if api == "blas"} == {3}
    assert torch.get_num_threads() == 1


def _by_library() -> list[tuple[str, int]]:
    return [(each["user_api"], each["num_threads"]) for each in threadpool_info()]


def _threads() -> set[int]:
    return {torch.get_num_threads(), *(count for _, count in _by_library())}


def test_an_agent_learns_the_same_bits_whatever_the_threads_outside() -> None:
    first = DSRL("shapes_grid:ShapesGrid-v0").learn(80)
    assert _threads() == {2}
    with threadpool_limits(1):
        torch.set_num_threads(1)
        second = DSRL("shapes_grid:ShapesGrid-v0").learn(80)
    one, other = first.checkpoint()[0], second.checkpoint()[0]
    assert one.keys() == other.keys()
    for group, arrays in one.items():
        for name, array in arrays.items():
            assert np.array_equal(array, other[group][name]), (group, name)
