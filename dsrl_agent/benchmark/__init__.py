"""Measurements over many seeds, and what they come to."""

from dsrl_agent.benchmark.main_job import Plan, run_seed
from dsrl_agent.benchmark.run import benchmark
from dsrl_agent.benchmark.summary import summarise

__all__ = ["Plan", "benchmark", "run_seed", "summarise"]
