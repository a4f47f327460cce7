"""Measure the agent beside others: plans, runs, contestants, analysis, reports, studies."""
