"""Rates of faithfulness, with their interval, and the measurement as text."""

from __future__ import annotations

from dsrl_agent.evaluation.estimate import Estimate
from dsrl_agent.explain.faithfulness import Faithfulness, faithfulness_in_words


def test_the_measurement_in_words() -> None:
    rate = Estimate(0.5, 0.25, 0.75)
    measured = Faithfulness(40, 2, rate, Estimate(0.0, 0.0, 0.09), rate, {1: 30, 2: 10}, 1)
    assert faithfulness_in_words(measured) == [
        "Faithfulness over 40 frames of its own play in unseen worlds; the objects are painted out "
        "of the picture",
        "  the action changes without the objects named:       0.500 [0.250, 0.750]",
        "  the action changes without all the other objects:   0.000 [0.000, 0.090]",
        "  … without as many of the others, drawn at random:   0.500 [0.250, 0.750]",
        "  objects named: 1 in 30, 2 in 10; in 1 frames none were found that decide",
        "  left out: 2 frames in which nothing mattered to it",
    ]
