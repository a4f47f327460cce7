"""Provide actors and learners to compare an agent with.

The learners from Stable-Baselines3 are imported from their modules: they need torch.
"""

from dsrl_agent.baselines.oracle import Oracle, has_solver
from dsrl_agent.baselines.random_actor import RandomActor

__all__ = ["Oracle", "RandomActor", "has_solver"]
