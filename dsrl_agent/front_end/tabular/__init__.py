"""Tabular Q-learning on facts and on relations between facts."""
