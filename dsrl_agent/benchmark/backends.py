"""Where runs are run: in processes of this machine, or on a Ray cluster. The plan is the same."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from joblib import Parallel, delayed

from dsrl_agent.errors import ConfigError

Work = Callable[..., Any]
Calls = Sequence[tuple[Any, ...]]


def with_joblib(work: Work, calls: Calls, jobs: int) -> Iterator[Any]:
    """Yield the result of each call as soon as it is there; one job runs in this process."""
    if jobs == 1:
        for call in calls:
            yield work(*call)
        return
    parallel = Parallel(n_jobs=jobs, return_as="generator_unordered", batch_size=1)
    yield from parallel(delayed(work)(*call) for call in calls)


def with_ray(work: Work, calls: Calls, jobs: int) -> Iterator[Any]:
    """Yield the result of each call as soon as it is there, from a Ray cluster.

    The cluster is the one that `RAY_ADDRESS` names; without it a local one of `jobs` workers is
    begun, and ended afterwards.

    Raises:
        ConfigError: Ray is not installed.
    """
    try:
        import ray
    except ImportError as error:
        raise ConfigError(
            "--backend is 'ray', but Ray is not installed; pip install 'dsrl-agent[ray]', or use "
            "--backend joblib."
        ) from error
    own = not ray.is_initialized()
    if own:
        if os.environ.get("RAY_ADDRESS"):
            ray.init(log_to_driver=False)
        else:
            ray.init(num_cpus=jobs, include_dashboard=False, log_to_driver=False)
    try:
        remote = ray.remote(num_cpus=1)(work)
        waiting = [remote.remote(*call) for call in calls]
        while waiting:
            ready, waiting = ray.wait(waiting)
            yield ray.get(ready[0])
    finally:
        if own:
            ray.shutdown()


BACKENDS: Mapping[str, Callable[[Work, Calls, int], Iterator[Any]]] = {
    "joblib": with_joblib,
    "ray": with_ray,
}
