"""Ask an agent what it believes, and why it would act as it does in a frame."""

from __future__ import annotations

from dsrl_agent.agent.dsrl import DSRL
from dsrl_agent.explain.beliefs.beliefs import Beliefs, beliefs
from dsrl_agent.explain.reasons.reasons import Reasons, reasons
from dsrl_agent.explain.words.beliefs_text import beliefs_in_words
from dsrl_agent.explain.words.reasons_text import reasons_in_words
from dsrl_agent.records.type_names import NO_NAMES, TypeNames
from dsrl_agent.types import Frame


def reasons_of(agent: DSRL, frame: Frame) -> Reasons:
    """Return the reasons of an agent's decision in a frame, as if an episode began with it.

    Args:
        agent: An agent that has learned to see.
        frame: A frame `uint8 [H, W, 3]` as `agent.env` gives them.

    Raises:
        PerceptionError: The agent has not learned to see yet.
    """
    facts, known = agent.facts(frame), agent.perception.known
    return reasons(agent.front_end, facts, known, shape=agent.perception.shape_of(frame))


def why(agent: DSRL, frame: Frame, names: TypeNames = NO_NAMES) -> str:
    """Return the same in sentences, a line each: what the agent sees, does, expects, and why.

    `names` are those of types; without any, types have numbers.
    """
    return "\n".join(reasons_in_words(reasons_of(agent, frame), names))


def beliefs_of(agent: DSRL) -> Beliefs:
    """Return what an agent believes of itself, of the types it knows, and its table or rules."""
    return beliefs(agent.front_end, agent.perception.known)


def believed(agent: DSRL, names: TypeNames = NO_NAMES) -> str:
    """Return the same in sentences, a line each; without names, types have numbers."""
    return "\n".join(map(names.put_into, beliefs_in_words(beliefs_of(agent))))
