"""Execute calls in processes of this machine, or on a Ray cluster."""

from __future__ import annotations

import itertools
import os
import signal
import threading
import time
import warnings
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from concurrent.futures import BrokenExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from typing import Any

from joblib import Parallel, delayed

from dsrl_agent.checks import require_one_of
from dsrl_agent.errors import ConfigError

_LOOKS = 0.5  # seconds between two looks of a worker at its parent
_MANAGER = "ExecutorManagerThread"  # joblib's thread that hands calls to its workers
_OF_TERMINALS = ("SIGINT", "SIGHUP")  # signals that a terminal sends to workers too

Work = Callable[..., Any]
Calls = Sequence[tuple[Any, ...]]
"""The arguments of each call of a work."""
Results = Generator[Any, None, None]
"""The result of each call; when this is closed, no call goes on."""


@dataclass(frozen=True)
class Killed:
    """The arguments of a call whose process died, and the error that the executor gave."""

    call: tuple[Any, ...]
    why: str


def require_executor(name: str) -> None:
    """Refuse an executor that cannot be used.

    Raises:
        ConfigError: There is none of that name, or its library is not installed.
    """
    require_one_of("--backend", name, EXECUTORS)
    if name == "ray" and find_spec("ray") is None:
        raise ConfigError(
            "--backend is 'ray', but Ray is not installed; pip install 'dsrl-agent[ray]', or use "
            "--backend joblib."
        )


def with_joblib(work: Work, calls: Calls, jobs: int | None) -> Results:
    """Yield the result of each call as soon as it is finished.

    When a process dies, joblib loses all calls that run at that time and does not name the cause.
    Those that may have been running are run again, each alone; the others go on together. There
    are `jobs` processes at once; by default 1, which is this process. Others end with this one,
    and when the iterator is closed.
    """
    if jobs is None or jobs == 1:
        for call in calls:
            yield work(*call)
        return
    left = dict(enumerate(calls))
    while left:
        parallel = Parallel(jobs, "loky", return_as="generator_unordered", batch_size=1)
        own = os.getpid()
        waiting = [delayed(_numbered)(number, own, work, call) for number, call in left.items()]
        try:
            with _deaf_workers():
                results = parallel(waiting)
            with _ended(results):
                for number, result in results:
                    del left[number]
                    yield result
        except BrokenExecutor:
            for number in list(left)[:jobs]:
                yield _alone(work, left.pop(number))


@contextmanager
def _ended(results: Results) -> Iterator[None]:
    """End the workers when their results are no longer wanted."""
    try:
        yield
    finally:
        with warnings.catch_warnings(), _without_missed_calls():
            warnings.simplefilter("ignore", UserWarning)  # joblib counts the calls given up
            results.close()


@contextmanager
def _without_missed_calls() -> Iterator[None]:
    """Say nothing of a call that joblib's thread misses because it was given up a moment before.

    That thread forgets the calls that wait, kills the workers, and may then look for one of them.
    """
    told = threading.excepthook

    def tell(args: threading.ExceptHookArgs) -> None:
        own = args.thread is not None and args.thread.name == _MANAGER
        if not (own and args.exc_type is KeyError):
            told(args)

    threading.excepthook = tell
    try:
        yield
    finally:
        threading.excepthook = told


def _alone(work: Work, call: tuple[Any, ...]) -> Any:
    parallel = Parallel(2, "loky")  # two, or it would be this process
    try:
        ((_, result),) = parallel([delayed(_numbered)(0, os.getpid(), work, call)])
    except BrokenExecutor as error:
        return Killed(call, " ".join(str(error).split()))
    return result


def _numbered(number: int, parent: int, work: Work, call: tuple[Any, ...]) -> tuple[int, Any]:
    """Return the result of a call by its number, from a worker of the process `parent`."""
    _end_with(parent)
    return number, work(*call)


def _end_with(parent: int) -> None:
    """End this process soon after its parent, so that none goes on for a run that was killed."""

    def look() -> None:
        while os.getppid() == parent:
            time.sleep(_LOOKS)
        os._exit(1)

    if _end_with.__name__ not in {thread.name for thread in threading.enumerate()}:
        threading.Thread(target=look, name=_end_with.__name__, daemon=True).start()


@contextmanager
def _deaf_workers() -> Iterator[None]:
    """Let processes that are started here never get the signals of a terminal.

    This process gets those that come meanwhile afterwards, and ends its workers.
    """
    if not hasattr(signal, "pthread_sigmask"):  # Windows
        yield
        return
    numbers = {getattr(signal, name) for name in _OF_TERMINALS}
    before = signal.pthread_sigmask(signal.SIG_BLOCK, numbers)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def with_ray(work: Work, calls: Calls, jobs: int | None) -> Results:
    """Yield the result of each call as soon as it is finished, from a Ray cluster.

    `RAY_ADDRESS` names the cluster. Without it, a local instance of `jobs` workers is started, and
    stopped afterwards. By default `jobs` are as many as a cluster has room for, 1 on a local one.
    A call whose worker is lost is begun again, once: it may have met the end of its machine. One
    that loses its second worker is given up.
    """
    import ray

    own = not ray.is_initialized()
    if own:
        # By default Ray would join an instance that happens to run on this machine.
        local: dict[str, Any] = {
            "address": "local",
            "num_cpus": jobs or 1,
            "include_dashboard": False,
        }
        ray.init(log_to_driver=False, **({} if os.environ.get("RAY_ADDRESS") else local))
    try:
        remote = ray.remote(num_cpus=1, max_retries=0)(work)
        left = iter(calls)
        # With each call, whether it was begun again.
        waiting = {remote.remote(*call): (call, False) for call in itertools.islice(left, jobs)}
        while waiting:
            (ready,), _ = ray.wait(list(waiting))
            call, again = waiting.pop(ready)
            try:
                result = ray.get(ready)
            except ray.exceptions.RayTaskError:  # the call's own
                raise
            except ray.exceptions.RayError as error:  # the worker or its whole machine is gone
                if not again:
                    waiting[remote.remote(*call)] = (call, True)
                    continue
                result = Killed(call, " ".join(str(error).split()))
            waiting |= {
                remote.remote(*other): (other, False) for other in itertools.islice(left, 1)
            }
            yield result
    finally:
        if own:
            ray.shutdown()


EXECUTORS: Mapping[str, Callable[[Work, Calls, int | None], Results]] = {
    "joblib": with_joblib,
    "ray": with_ray,
}
"""The executors by their names in `--backend`."""
