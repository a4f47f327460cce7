"""Put an agent's knowledge, an evaluation and a run's times into text for a terminal."""

from __future__ import annotations

import itertools
import shlex
import textwrap
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from dsrl_agent.agent.dsrl import DSRL
from dsrl_agent.evaluation.estimate import Estimate, mean
from dsrl_agent.evaluation.evaluate import MEASURES, Report
from dsrl_agent.front_end import describe_policy, describe_types
from dsrl_agent.records.type_names import NO_NAMES, TypeNames
from dsrl_agent.types import Frame

WIDTH = 80
"""Columns of the terminal that text is folded to."""
_INDENT = "  "
_LABEL = 10  # characters that the label in front of a line takes at most


def knowledge(agent: DSRL, names: TypeNames = NO_NAMES, frame: Frame | None = None) -> str:
    """List the types that an agent has found, its grid, and its policy for one object alone.

    The grid is that of a frame `uint8 [H, W, 3]` of the world that is played, if one is given.
    """
    grid, numbers = agent.perception.grid, agent.perception.known
    if grid is not None and frame is not None:
        grid = grid.fitted(*frame.shape[:2])
    lines = ["Types found, from pixels and reward alone"]
    lines += [f"  {line}" for line in describe_types(agent.front_end, numbers)]
    if grid is not None:
        lines.append(
            f"  grid: {grid.shape[0]} x {grid.shape[1]} cells of {grid.pitch[0]} x "
            f"{grid.pitch[1]} pixels, the first at row {grid.origin[0]}, column {grid.origin[1]}"
        )
    policy = describe_policy(agent.front_end, numbers)
    if policy:
        lines += ["", "What it does about one object alone (the agent is the + in the middle)"]
        lines += [f"  {line}" for line in policy]
        legend = "arrow: the best action; x: some action is bad, none is good; .: all alike"
        lines.append(f"  {legend}")
    return "\n".join(map(names.put_into, lines))


def taken(agent: DSRL) -> str:
    """List what the environment handed over that was unusual and taken; empty if nothing was."""
    counts = agent.taken
    lines = (f"  {what} ({count} times)" for what, count in counts.items())
    return "\n".join(["Unusual, but taken from the environment", *lines]) if counts else ""


def comparison(reports: Mapping[str, Report], *, unseen: bool) -> str:
    """Tabulate the measures of each actor, with 95 % intervals; wide ones stand below the means."""
    first = next(iter(reports.values()))
    measures = [name for name in MEASURES if getattr(first, name) is not None]
    cells = {
        name: [str(getattr(report, measure) or "-") for measure in measures]
        for name, report in reports.items()
    }
    kind = "unseen worlds" if unseen else "worlds"
    worlds = f"Evaluation on {len(first.returns)} {kind} (95 % intervals)"
    ends = [_stopped(name, report) for name, report in reports.items() if report.stopped]
    return "\n".join([worlds, *_estimates(measures, cells), *ends])


def over_seeds(reports: Sequence[Mapping[str, Report]]) -> str:
    """Tabulate the means over seeds of each actor's measures, with 95 % intervals."""
    first = reports[0]
    measures = [name for name in MEASURES if getattr(first["agent"], name) is not None]
    cells = {
        actor: [_over_seeds([getattr(each[actor], name) for each in reports]) for name in measures]
        for actor in first
    }
    title = f"Means over {len(reports)} seeds (bootstrap 95 % intervals over seeds)"
    return "\n".join([title, *_estimates(measures, cells)])


def _over_seeds(found: Sequence[Estimate | None]) -> str:
    values = [each.value for each in found if each is not None]
    return str(mean(np.array(values))) if values else "-"


def main_figure(reports: Mapping[str, Report]) -> str:
    """Return the score of the agent, or its mean return where there is none, in words."""
    report = reports["agent"]
    if report.score is not None:
        return f"score {report.score.value:.3f}"
    return f"mean return {report.mean_return.value:.3f}"


def _estimates(measures: Sequence[str], cells: Mapping[str, Sequence[str]]) -> list[str]:
    """Return a table of estimates by actor; wide ones have their intervals below the means."""
    rows = [["", *measures], *([name, *found] for name, found in cells.items())]
    if max(map(len, lined_up(rows))) + len(_INDENT) > WIDTH:
        rows = [["", *measures]]
        for name, found in cells.items():
            parts = [cell.partition(" ") for cell in found]
            rows.append([name, *(mean for mean, _, _ in parts)])
            rows.append(["", *(interval for _, _, interval in parts)])
    return [_INDENT + line for line in lined_up(rows)]


def lined_up(rows: Sequence[Sequence[str]]) -> list[str]:
    """Return rows of cells as lines in which columns are lined up."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return [
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in rows
    ]


def side_by_side(rows: Sequence[Sequence[str]]) -> list[str]:
    """Return rows of cells as lines of a terminal's width at most.

    Columns without room follow below, beside the first column again.
    """
    if len(rows[0]) == 1:
        return lined_up(rows)
    first, shown, lines = 1, 1, list[str]()
    while first < len(rows[0]):
        parts = [[row[0], *row[first : first + shown]] for row in rows]
        wider = [[row[0], *row[first : first + shown + 1]] for row in rows]
        if first + shown < len(rows[0]) and max(map(len, lined_up(wider))) <= WIDTH:
            shown += 1
            continue
        lines += ["", *lined_up(parts)]
        first, shown = first + shown, 1
    return lines[1:]


def from_markdown(text: str) -> str:
    """Return a page of Markdown for a terminal: columns of tables are lined up, lines folded."""
    lines: list[str] = []
    for is_table, block in itertools.groupby(text.splitlines(), lambda line: line.startswith("|")):
        if is_table:
            rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in block]
            lines += side_by_side([rows[0], *rows[2:]])  # without the rule
        else:
            lines += block
    return folded("\n".join(lines))


def folded(text: str) -> str:
    """Fold the long lines of a text; what is folded is indented by two more.

    Lines with columns, which three spaces beyond a label keep apart, stay as they are.
    """
    lines = []
    for line in text.splitlines():
        words = line.lstrip()
        if len(line) <= WIDTH or "   " in words[_LABEL:]:
            lines.append(line)
            continue
        indent = line[: len(line) - len(words)]
        fold = textwrap.TextWrapper(
            WIDTH, initial_indent=indent, subsequent_indent=f"{indent}  ",
            break_long_words=False, break_on_hyphens=False,
        )  # fmt: skip
        lines += fold.wrap(words)
    return "\n".join(lines)


def _stopped(name: str, report: Report) -> str:
    """Return how the evaluation of an actor was bounded."""
    return (
        f"  {name}: {len(report.returns)} worlds, stopped {report.stopped} (settings "
        "evaluation.seconds and evaluation.steps)"
    )


def times(seconds: Mapping[str, float], reports: Mapping[str, Report]) -> str:
    """Return the wall time of each phase and the median time of a decision in ms."""
    parts = [f"{phase} {spent:.1f} s" for phase, spent in seconds.items()]
    parts.append(f"all {sum(seconds.values()):.1f} s")
    decision = 1000 * reports["agent"].decision_seconds
    return f"Wall time: {', '.join(parts)}; {decision:.2f} ms a decision (median)"


def next_commands(path: Path, before: str = "") -> str:
    """List the commands that use a finished run, to be pasted into a shell.

    `before` stands before each command of `dsrl`.
    """
    run, dsrl = shlex.quote(str(path)), f"{before}dsrl"
    commands = [
        (f"{dsrl} inspect {run}", "# look into an episode, in a browser"),
        (f"{dsrl} play {run}", "# watch it act; --video out.gif without a screen"),
        (f"{dsrl} evaluate {run} --episodes 1000", ""),
        (f"{dsrl} train --resume {run} --total_timesteps 10000", ""),
        (f"tensorboard --logdir {run}", ""),
    ]
    width = max(len(command) for command, meaning in commands if meaning)
    lines = ["Next"]
    for command, meaning in commands:
        line = f"  {command.ljust(width)}  {meaning}".rstrip()
        lines.append(line if len(line) <= WIDTH else f"  {command}")  # no room for the meaning
    return "\n".join(lines)
