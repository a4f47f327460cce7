"""Let an agent learn on in another process."""

from __future__ import annotations

import hashlib
import json
import multiprocessing
from concurrent.futures import ProcessPoolExecutor

from dsrl_agent import DSRL


def learned_on(agent: DSRL) -> str:
    """Let an agent learn for 20 steps; return the digest of all that a checkpoint holds then."""
    arrays, data = agent.learn(20).checkpoint()
    digest = hashlib.sha256(json.dumps(data, sort_keys=True).encode())
    for group in sorted(arrays):
        for name in sorted(arrays[group]):
            digest.update(f"{group}.{name}".encode() + arrays[group][name].tobytes())
    return digest.hexdigest()


def learned_elsewhere(agent: DSRL, method: str, workers: int) -> set[str]:
    """Return the digests of copies of an agent that learned on in processes, one in each."""
    context = multiprocessing.get_context(method)
    with ProcessPoolExecutor(workers, context) as pool:
        return set(pool.map(learned_on, [agent] * workers))
