"""Measurements over many seeds, and what they come to."""

from dsrl_agent.benchmark.main_job import Plan, run_seed
from dsrl_agent.benchmark.summary import summarise

__all__ = ["Plan", "run_seed", "summarise"]
