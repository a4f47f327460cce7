"""Trace a decision back to facts: decisive objects, counterfactuals and the expected course."""
