"""Explain an agent from its knowledge and its decisions: text, JSON, plots, logic programs."""
