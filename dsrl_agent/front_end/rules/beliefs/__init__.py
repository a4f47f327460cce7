"""Beliefs of `rules` about contacts: effects as rules, rewards with change points, sentences."""
