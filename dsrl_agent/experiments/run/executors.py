"""Execute calls in processes of this machine, or on a Ray cluster."""

from __future__ import annotations

import itertools
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import BrokenExecutor
from dataclasses import dataclass
from importlib.util import find_spec
from typing import Any

from joblib import Parallel, delayed

from dsrl_agent.errors import ConfigError

Work = Callable[..., Any]
Calls = Sequence[tuple[Any, ...]]
"""The arguments of each call of a work."""


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
    if name not in EXECUTORS:
        raise ConfigError(f"--backend is {name!r}, but it must be one of {', '.join(EXECUTORS)}.")
    if name == "ray" and find_spec("ray") is None:
        raise ConfigError(
            "--backend is 'ray', but Ray is not installed; pip install 'dsrl-agent[ray]', or use "
            "--backend joblib."
        )


def with_joblib(work: Work, calls: Calls, jobs: int | None) -> Iterator[Any]:
    """Yield the result of each call as soon as it is finished.

    When a process dies, joblib loses all calls that run at that time and does not name the cause.
    Those that may have been running are run again, each alone; the others go on together. There
    are `jobs` processes at once; by default 1, which is this process.
    """
    if jobs is None or jobs == 1:
        for call in calls:
            yield work(*call)
        return
    left = dict(enumerate(calls))
    while left:
        parallel = Parallel(n_jobs=jobs, return_as="generator_unordered", batch_size=1)
        waiting = [delayed(_numbered)(number, work, call) for number, call in left.items()]
        try:
            for number, result in parallel(waiting):
                del left[number]
                yield result
        except BrokenExecutor:
            for number in list(left)[:jobs]:
                yield _alone(work, left.pop(number))


def _numbered(number: int, work: Work, call: tuple[Any, ...]) -> tuple[int, Any]:
    return number, work(*call)


def _alone(work: Work, call: tuple[Any, ...]) -> Any:
    try:
        (result,) = Parallel(n_jobs=2)([delayed(work)(*call)])  # two, or it would be this process
    except BrokenExecutor as error:
        return Killed(call, " ".join(str(error).split()))
    return result


def with_ray(work: Work, calls: Calls, jobs: int | None) -> Iterator[Any]:
    """Yield the result of each call as soon as it is finished, from a Ray cluster.

    `RAY_ADDRESS` names the cluster. Without it, a local instance of `jobs` workers is started, and
    stopped afterwards. By default `jobs` are as many as a cluster has room for, 1 on a local one.
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
        waiting = {remote.remote(*call): call for call in itertools.islice(left, jobs)}
        while waiting:
            (ready,), _ = ray.wait(list(waiting))
            call = waiting.pop(ready)
            waiting |= {remote.remote(*other): other for other in itertools.islice(left, 1)}
            try:
                yield ray.get(ready)
            except ray.exceptions.RayTaskError:  # the call's own
                raise
            except ray.exceptions.RayError as error:  # the worker or its whole machine is gone
                yield Killed(call, " ".join(str(error).split()))
    finally:
        if own:
            ray.shutdown()


EXECUTORS: Mapping[str, Callable[[Work, Calls, int | None], Iterator[Any]]] = {
    "joblib": with_joblib,
    "ray": with_ray,
}
"""The executors by their names in `--backend`."""
