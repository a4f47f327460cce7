"""Run `dsrl explain`: say what a trained agent believes, and why it acts as it does."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Set
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import gymnasium as gym

from dsrl_agent.agent.dsrl import DSRL
from dsrl_agent.cli import text
from dsrl_agent.cli.commands.evaluate import load_agent
from dsrl_agent.cli.fitting import fitted
from dsrl_agent.cli.options import ExplainOptions
from dsrl_agent.cli.pictures import read_pictures
from dsrl_agent.explain.as_json import beliefs_as_json, plain
from dsrl_agent.explain.beliefs.beliefs import beliefs
from dsrl_agent.explain.faithfulness import faithfulness, faithfulness_in_words
from dsrl_agent.explain.logic import program, scene_as_logic
from dsrl_agent.explain.reasons.reasons import reasons
from dsrl_agent.explain.replay import Decision, replay
from dsrl_agent.explain.words.beliefs_text import beliefs_in_words
from dsrl_agent.explain.words.reasons_text import reasons_in_words
from dsrl_agent.records.files import to_json, write_at
from dsrl_agent.records.type_names import NO_NAMES, TypeNames
from dsrl_agent.runtime.envs import door_of
from dsrl_agent.runtime.progress import Bars, progress_bar
from dsrl_agent.types import Frame


class Answer(NamedTuple):
    """An explanation."""

    text: str  # for a person
    data: dict[str, Any]  # the same for a program, JSON-able
    scene: str  # the scene that was explained, in logic; empty if none was


def run(options: ExplainOptions, given: Set[str]) -> int:
    """Explain, print the answer and write the files."""
    agent, env = load_agent(options.run, options)
    frame = None if options.frame is None else _picture(options.frame, agent)
    names = TypeNames.read(Path(options.run))
    answer = explain(agent, env, frame, options, names)
    env.close()
    print(text.folded(answer.text))
    for path in list(_write(agent, answer, options, names)):
        print(f"Wrote {path}")
    return 0


def _picture(name: str, agent: DSRL) -> Frame:
    """Return an image file as a frame `uint8 [H, W, 3]`; say on stderr what is read of it."""
    frames, remarks = read_pictures([name], agent.config.perception.stills.most_pixels)
    door = door_of(agent.env)
    whole = frames[0] if door is None else door.frames_of(frames[0])
    picture = fitted(name, whole, agent)
    for remark in (*remarks, *picture.remarks):
        print(f"dsrl: {remark}", file=sys.stderr)
    return picture.frame


def explain(
    agent: DSRL,
    env: gym.Env[Any, Any],
    frame: Frame | None,
    options: ExplainOptions,
    names: TypeNames = NO_NAMES,
) -> Answer:
    """Explain an agent's beliefs, one decision if the options name one, and test explanations.

    The environment has the worlds of the agent's play. The frame `uint8 [H, W, 3]` is one to decide
    about, if there is one. The names are those of types in the text.

    Raises:
        ConfigError: There is no such step.
    """
    known = agent.perception.known
    believed = beliefs(agent.front_end, known)
    said = list(map(names.put_into, beliefs_in_words(believed)))
    sections = [_section("What it believes", said)]
    data: dict[str, Any] = {"beliefs": beliefs_as_json(believed)}
    decision = _decision(agent, env, frame, options)
    scene = ""
    if decision is not None:
        title = "Why, in this picture"
        if options.episode is not None:
            title = f"Why, in step {options.step or 0} of episode {options.episode}"
        facts, shape = decision.facts, agent.perception.shape_of(decision.frame)
        episode, chosen = decision.episode, decision.action
        why = reasons(agent.front_end, facts, known, shape=shape, episode=episode, chosen=chosen)
        sections.append(_section(title, reasons_in_words(why, names)))
        data["reasons"] = plain(why)
        scene = scene_as_logic(agent.front_end, facts, shape, episode)
    if options.faithfulness is not None:
        with progress_bar(total=options.faithfulness, desc="frames") as bar:
            wanted = options.faithfulness
            told = partial(_show, bar)
            measured = faithfulness(agent, env, wanted, options.seed, told)
        sections.append("\n".join(faithfulness_in_words(measured)))
        sizes = {str(size): count for size, count in measured.sizes.items()}
        data["faithfulness"] = {**plain(measured), "sizes": sizes}
    return Answer("\n\n".join(sections), data, scene)


def _write_plots(agent: DSRL, folder: Path, names: TypeNames) -> list[Path]:
    """Write a PNG of the types' appearances and one of the table of every type."""
    from dsrl_agent.explain.plots import table_picture, types_picture  # Matplotlib takes long

    knowledge = agent.front_end.knowledge()
    own = knowledge.agency.self_types
    pictures = {"types.png": types_picture(agent.perception.pictures(), own, names)}
    for number in agent.perception.known:
        if number not in own and knowledge.entries_of(number):
            pictures[f"type_{number}.png"] = table_picture(knowledge, number, names)
    return [write_at(folder / name, content) for name, content in pictures.items()]


def _write(
    agent: DSRL, answer: Answer, options: ExplainOptions, names: TypeNames
) -> Iterator[Path]:
    """Write the files that the options name; yield the path of each.

    Raises:
        ConfigError: A file cannot be written, or there is no program for this front end.
    """
    if options.json is not None:
        yield write_at(Path(options.json), to_json(answer.data))
    if options.logic is not None:
        rules = program(agent.front_end)
        yield write_at(Path(options.logic), f"{rules}\n{answer.scene}".encode())
    if options.plots is not None:
        yield from _write_plots(agent, Path(options.plots), names)


def _decision(
    agent: DSRL, env: gym.Env[Any, Any], frame: Frame | None, options: ExplainOptions
) -> Decision | None:
    """Return the decision to explain, if the options name one."""
    if frame is not None:
        return Decision(frame, agent.facts(frame), episode=None, action=None, reward=0.0)
    if options.episode is None:
        return None
    with closing(Bars()) as bars:
        played = partial(bars.update, "episodes")
        return replay(agent, env, options.seed, options.episode, options.step or 0, played)


def _show(bar: Any, done: int, _: int) -> None:
    """Show how many frames are done."""
    bar.update(done - bar.n)


def _section(title: str, lines: list[str]) -> str:
    return "\n".join([title, *(f"  {line}" for line in lines)])
