"""Explain an agent from its knowledge and its decisions: text, JSON, plots, logic programs."""

from dsrl_agent.explain.words.asking import beliefs_of, believed, reasons_of, why

__all__ = ["beliefs_of", "believed", "reasons_of", "why"]
