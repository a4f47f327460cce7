"""What `dsrl explain` does: from options to text and files."""

from __future__ import annotations

from pathlib import Path
from typing import Any, NamedTuple

import gymnasium as gym

from dsrl_agent.agent.dsrl import DSRL
from dsrl_agent.explain.as_json import beliefs_as_json, plain, reasons_as_json
from dsrl_agent.explain.beliefs.beliefs import beliefs
from dsrl_agent.explain.faithfulness import Faithfulness, faithfulness, faithfulness_in_words
from dsrl_agent.explain.logic import facts_as_logic, program
from dsrl_agent.explain.reasons.reasons import reasons
from dsrl_agent.explain.replay import Decision, replay
from dsrl_agent.explain.text import beliefs_in_words, reasons_in_words
from dsrl_agent.records.files import to_json, write_at
from dsrl_agent.types import Facts, Frame, Shape


class Question(NamedTuple):
    """What is to be explained.

    Attributes:
        frame: A frame to decide about, as if an episode began with it.
        episode: An episode of the agent's play, from 1, instead.
        step: A step of it, from 0.
        seed: Decides the worlds of play.
        faithfulness: Frames to test explanations on, 0 for none.
    """

    frame: Frame | None
    episode: int | None
    step: int
    seed: int
    faithfulness: int


class Answer(NamedTuple):
    """What was found.

    Attributes:
        text: For a person.
        data: The same for a program, JSON-able.
        facts: The scene that was explained; empty if none was.
        shape: Rows and columns of its grid, `None` if none was.
    """

    text: str
    data: dict[str, Any]
    facts: Facts
    shape: Shape | None


def explain(agent: DSRL, env: gym.Env[Any, Any], question: Question) -> Answer:
    """Say what an agent believes, and why it does what it does.

    Args:
        agent: Who, as loaded.
        env: The worlds of its play.
        question: What to explain.

    Raises:
        ConfigError: There is no such step.
    """
    known = known_types(agent)
    believed = beliefs(agent.front_end, known)
    sections = [_section("What it believes", beliefs_in_words(believed))]
    data: dict[str, Any] = {"beliefs": beliefs_as_json(believed)}
    decision = _decision(agent, env, question)
    facts: Facts = ()
    shape: Shape | None = None
    if decision is not None:
        title = "Why, in this picture"
        if question.episode is not None:
            title = f"Why, in step {question.step} of episode {question.episode}"
        facts, shape = decision.facts, agent.perception.shape_of(decision.frame)
        why = reasons(
            agent.front_end, facts, known,
            shape=shape, episode=decision.episode, chosen=decision.action,
        )  # fmt: skip
        sections.append(_section(title, reasons_in_words(why)))
        data["reasons"] = reasons_as_json(why)
    if question.faithfulness:
        measured = faithfulness(agent, env, question.faithfulness, question.seed)
        sections.append("\n".join(faithfulness_in_words(measured)))
        data["faithfulness"] = _faithfulness_as_data(measured)
    return Answer("\n\n".join(sections), data, facts, shape)


def known_types(agent: DSRL) -> list[int]:
    """Return the types that an agent tells apart, itself among them."""
    return agent.perception.known


def write_plots(agent: DSRL, folder: Path) -> list[Path]:
    """Write a PNG of the types' looks and one of the table of every type into a folder."""
    from dsrl_agent.explain.plots import table_picture, types_picture  # matplotlib takes long

    knowledge = agent.front_end.knowledge()
    own = knowledge.agency.self_types
    pictures = {"types.png": types_picture(agent.perception.pictures(), own)}
    for number in known_types(agent):
        if number not in own and knowledge.entries_of(number):
            pictures[f"type_{number}.png"] = table_picture(knowledge, number)
    return [write_at(folder / name, content) for name, content in pictures.items()]


def write_all(
    agent: DSRL, answer: Answer, json: str | None, logic: str | None, plots: str | None
) -> list[Path]:
    """Write what was asked for and return the files' paths.

    Args:
        agent: Who was explained.
        answer: What was found.
        json: Where to write it as JSON.
        logic: Where to write the agent as a logic program, with the scene that was explained.
        plots: A folder for pictures.

    Raises:
        ConfigError: A file cannot be written, or there is no program for this front end.
    """
    written = []
    if json is not None:
        written.append(write_at(Path(json), to_json(answer.data)))
    if logic is not None:
        text = program(agent.front_end) + "\n" + facts_as_logic(answer.facts, 0, answer.shape)
        written.append(write_at(Path(logic), text.encode()))
    if plots is not None:
        written += write_plots(agent, Path(plots))
    return written


def _decision(agent: DSRL, env: gym.Env[Any, Any], question: Question) -> Decision | None:
    """Return the decision to explain, if one is."""
    if question.frame is not None:
        return Decision(question.frame, agent.facts(question.frame), None, None, 0.0)
    if question.episode is None:
        return None
    return replay(agent, env, question.seed, question.episode, question.step)


def _section(title: str, lines: list[str]) -> str:
    return "\n".join([title, *(f"  {line}" for line in lines)])


def _faithfulness_as_data(measured: Faithfulness) -> dict[str, Any]:
    data: dict[str, Any] = plain(measured)
    data["sizes"] = {str(size): count for size, count in measured.sizes.items()}
    return data
