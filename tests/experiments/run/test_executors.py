"""Executors: processes of this machine, and a Ray instance (skipped where Ray is not installed)."""

from __future__ import annotations

import itertools
import os
import signal
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from dsrl_agent.errors import ConfigError
from dsrl_agent.experiments.analysis.results import read_results
from dsrl_agent.experiments.plan.suite import Block, Contestant, Suite, World
from dsrl_agent.experiments.run import executors
from dsrl_agent.experiments.run.executors import Killed, require_executor, with_joblib, with_ray
from dsrl_agent.experiments.run.suites import run_suite


def plan() -> Suite:
    block = Block(("random", "oracle"), ("mixed",), (0,), seeds=2, episodes=3)
    people = {name: Contestant(name, name) for name in ("random", "oracle")}
    return Suite("plan", "Does it run?", {"mixed": World()}, people, (block,))


def test_an_unknown_executor_is_refused() -> None:
    require_executor("joblib")
    with pytest.raises(
        ConfigError, match="--backend is 'slurm', but it must be one of joblib, ray"
    ):
        require_executor("slurm")


def test_one_job_runs_in_this_process_and_in_order() -> None:
    done = list(with_joblib(lambda number: (number, os.getpid()), [(n,) for n in range(3)], None))
    assert done == [(n, os.getpid()) for n in range(3)]


@pytest.mark.slow
def test_joblib_names_the_call_whose_process_died_and_goes_on() -> None:
    def work(number: int) -> int:
        if number == 1:
            os.kill(os.getpid(), signal.SIGKILL)
        return number

    done = list(with_joblib(work, [(n,) for n in range(5)], 2))
    (killed,) = [one for one in done if isinstance(one, Killed)]
    assert killed.call == (1,)
    assert sorted(one for one in done if one is not killed) == [0, 2, 3, 4]


def lives(process: int) -> bool:
    """Return whether a process of this number is there."""
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    return True


@pytest.mark.slow
def test_workers_end_when_their_calls_are_given_up() -> None:
    def work(number: int) -> int:
        time.sleep(60.0 if number else 0.0)
        return os.getpid()

    results = with_joblib(work, [(n,) for n in range(3)], 2)
    worker = next(results)
    begun = time.monotonic()
    results.close()
    assert time.monotonic() - begun < 30
    while lives(worker) and time.monotonic() - begun < 30:  # it may take a moment to be gone
        time.sleep(0.05)
    assert not lives(worker)


def test_only_a_call_that_was_given_up_is_missed_without_a_word(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    told: list[str] = []
    monkeypatch.setattr(threading, "excepthook", lambda args: told.append(args.thread.name))

    def ends_in(error: Exception, name: str) -> None:
        def fail() -> None:
            raise error

        thread = threading.Thread(target=fail, name=name)
        thread.start()
        thread.join()

    manager = "ExecutorManagerThread"
    with executors._without_missed_calls():
        ends_in(KeyError(5), manager)
        ends_in(ValueError("5"), manager)
        ends_in(KeyError(5), "another")
    ends_in(KeyError(5), manager)
    assert told == [manager, "another", manager]


@pytest.mark.skipif(not hasattr(signal, "pthread_sigmask"), reason="needs masks of signals")
def test_workers_are_deaf_to_a_terminal_and_a_signal_is_not_lost() -> None:
    deaf = {signal.SIGINT, signal.SIGHUP}
    held: set[int] = set()

    def interrupted() -> None:
        with executors._deaf_workers():
            signal.pthread_kill(threading.get_ident(), signal.SIGINT)
            held.update(signal.pthread_sigmask(signal.SIG_BLOCK, ()))

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert held >= deaf
    assert not signal.pthread_sigmask(signal.SIG_BLOCK, ()) & deaf


def test_a_worker_ends_soon_after_its_parent(monkeypatch: pytest.MonkeyPatch) -> None:
    ended = threading.Event()
    parents = iter([7, 7, 1])
    monkeypatch.setattr(executors, "_LOOKS", 0.0)
    monkeypatch.setattr(os, "getppid", lambda: next(parents))
    monkeypatch.setattr(os, "_exit", lambda _: ended.set())
    executors._end_with(7)
    assert ended.wait(10)
    assert next(parents, None) is None


@pytest.fixture
def two_workers(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    ray = pytest.importorskip("ray", reason="Ray is not installed: pip install '.[ray]'")
    monkeypatch.delenv("RAY_ADDRESS", raising=False)
    folders = [str(Path(__file__).parents[3]), *(path for path in sys.path if path)]
    monkeypatch.setenv("PYTHONPATH", ":".join(folders))
    yield
    ray.shutdown()


@pytest.mark.usefixtures("two_workers")
@pytest.mark.filterwarnings("ignore")  # Ray's own: it opens sockets and files that it leaves open
def test_ray_gives_what_joblib_gives(tmp_path: Path) -> None:
    there = run_suite(plan(), tmp_path / "ray", jobs=2, backend="ray")
    here = run_suite(plan(), tmp_path / "here")
    assert (there.finished, there.failed) == (4, ())
    pairs = zip(
        read_results([there.path]).measured, read_results([here.path]).measured, strict=True
    )
    for a, b in pairs:
        assert (a.contestant, a.seed, a.row["returns"]) == (b.contestant, b.seed, b.row["returns"])


def test_a_missing_ray_is_refused_before_anything_is_begun(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "ray", None)  # as if it could not be found
    with pytest.raises(ConfigError, match=r"--backend is 'ray', but Ray is not installed; pip"):
        run_suite(plan(), tmp_path / "out", backend="ray")
    assert not (tmp_path / "out").exists()


@pytest.mark.usefixtures("two_workers")
@pytest.mark.filterwarnings("ignore")
def test_ray_names_the_call_whose_worker_died_and_goes_on() -> None:
    def work(number: int) -> int:
        if number == 1:
            os.kill(os.getpid(), signal.SIGKILL)
        return number

    done = list(with_ray(work, [(n,) for n in range(4)], 2))
    (killed,) = [one for one in done if isinstance(one, Killed)]
    assert killed.call == (1,)
    assert sorted(one for one in done if one is not killed) == [0, 2, 3]


@pytest.mark.usefixtures("two_workers")
@pytest.mark.filterwarnings("ignore")
def test_ray_begins_again_what_a_killed_worker_had_begun(tmp_path: Path) -> None:
    def work(number: int) -> tuple[int, int]:
        """Return the number and how often the call was begun; the first time it only waits."""
        mine = tmp_path / f"{number}-{os.getpid()}"
        mine.touch()
        begun = len(list(tmp_path.glob(f"{number}-*")))
        while number == 1 and begun == 1:
            time.sleep(0.05)
        return number, begun

    def kill() -> None:
        while not (found := list(tmp_path.glob("1-*"))):
            time.sleep(0.05)
        os.kill(int(found[0].name.partition("-")[2]), signal.SIGKILL)

    killer = threading.Thread(target=kill)
    killer.start()
    done = list(with_ray(work, [(n,) for n in range(4)], 2))
    killer.join()
    assert sorted(done) == [(0, 1), (1, 2), (2, 1), (3, 1)]


@pytest.mark.usefixtures("two_workers")
@pytest.mark.filterwarnings("ignore")
def test_a_cluster_runs_no_more_calls_at_once_than_jobs(tmp_path: Path) -> None:
    import ray

    def alone(number: int) -> tuple[float, float]:
        start = time.time()
        time.sleep(0.2)
        return start, time.time()

    def met(number: int) -> bool:
        """Return whether the other call is running while this one is."""
        (tmp_path / str(number)).touch()
        until = time.time() + 60
        while not (tmp_path / str(1 - number)).exists() and time.time() < until:
            time.sleep(0.05)
        return (tmp_path / str(1 - number)).exists()

    ray.init(address="local", num_cpus=2, include_dashboard=False, log_to_driver=False)
    one_by_one = sorted(with_ray(alone, [(n,) for n in range(3)], 1))
    assert all(end <= start for (_, end), (start, _) in itertools.pairwise(one_by_one))
    assert list(with_ray(met, [(0,), (1,)], None)) == [True, True]
