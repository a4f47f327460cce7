"""Write a model card: what an agent is, what it believes, how good it is, how it was made."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping
from typing import Any, NamedTuple

import yaml

from dsrl_agent.agent.dsrl import DSRL
from dsrl_agent.explain.beliefs.beliefs import beliefs
from dsrl_agent.explain.words.beliefs_text import beliefs_in_words
from dsrl_agent.records.type_names import TypeNames

_WIDTH = 96  # columns of text in a block


class Origin(NamedTuple):
    """Where an agent comes from."""

    name: str  # of its run
    env: str  # id of the environment of training
    settings: Mapping[str, Any]  # of the run
    versions: Mapping[str, Any]  # of the code, the libraries and the machine
    # Of the last evaluation: by the actor and the measure, such as `agent_score`; none if there
    # was none.
    measured: Mapping[str, float]


def card(agent: DSRL, origin: Origin, names: TypeNames) -> str:
    """Return the card as Markdown, with the data in front that model hubs read."""
    parts = [
        _front_matter(agent, origin),
        f"# {origin.name}\n\nA deep symbolic agent for `{origin.env}`. It sees pixels, turns them "
        "into facts (type and location of each object), and decides by "
        f"`{agent.front_end.kind}`. Nobody told it the grid, the types, or which one it is.",
        _use(origin),
        _block("What it believes", _folded(agent, names)),
        _results(origin),
        _making(agent, origin),
        "## Limits\n\nIt sees worlds drawn on a grid in which its actions move one thing. What it "
        "has never met it takes for unknown. The figures above are of the worlds of its own "
        "environment alone.",
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def _front_matter(agent: DSRL, origin: Origin) -> str:
    metrics = [
        {"type": name.removeprefix("agent_"), "name": name.removeprefix("agent_"), "value": value}
        for name, value in origin.measured.items()
        if name.startswith("agent_")
    ]
    result = {
        "task": {"type": "reinforcement-learning", "name": "reinforcement-learning"},
        "dataset": {"type": origin.env, "name": origin.env},
        "metrics": metrics,
    }
    data: dict[str, Any] = {
        "library_name": "dsrl-agent",
        "pipeline_tag": "reinforcement-learning",
        "tags": ["reinforcement-learning", "neuro-symbolic", "interpretability", origin.env],
    }
    if metrics:
        data["model-index"] = [{"name": f"DSRL ({agent.front_end.kind})", "results": [result]}]
    return f"---\n{yaml.safe_dump(data, sort_keys=False, allow_unicode=True)}---"


def _use(origin: Origin) -> str:
    return (
        "## Use\n\nLoading executes nothing: the files are safetensors and JSON.\n\n```python\n"
        'from dsrl_agent import DSRL\n\nagent = DSRL.load("agent")  # in the folder of this card\n'
        "frame, _ = agent.env.reset(seed=1)\n"
        "action, state = agent.predict(frame, deterministic=True)\n```"
    )


def _folded(agent: DSRL, names: TypeNames) -> list[str]:
    believed = beliefs(agent.front_end, agent.perception.known)
    lines = map(names.put_into, beliefs_in_words(believed))
    return [part for line in lines for part in textwrap.wrap(line, _WIDTH, subsequent_indent="  ")]


def _block(title: str, lines: list[str]) -> str:
    # No line begins with the fence: names of types stand within sentences.
    return "\n".join([f"## {title}\n\n```text", *lines, "```"])


def _results(origin: Origin) -> str:
    """Return a table of the last evaluation; empty if there was none."""
    found: dict[str, dict[str, float]] = {}
    for name, value in origin.measured.items():
        actor, _, measure = name.partition("_")
        found.setdefault(measure, {})[actor] = value
    if not found:
        return ""
    actors = list(dict.fromkeys(actor for of in found.values() for actor in of))
    rows = [["measure", *actors], ["---"] * (len(actors) + 1)]
    rows += [
        [measure, *(f"{of[actor]:.3f}" if actor in of else "-" for actor in actors)]
        for measure, of in found.items()
    ]
    table = "\n".join("| " + " | ".join(row) + " |" for row in rows)
    return f"## How good it is\n\nMeans over worlds after its training.\n\n{table}"


def _making(agent: DSRL, origin: Origin) -> str:
    versions = origin.versions
    packages = ", ".join(f"{name} {of}" for name, of in versions.get("packages", {}).items() if of)
    revision = (versions.get("git") or {}).get("revision")
    lines = [
        f"- {agent.num_timesteps:,} steps of the environment, seed {agent.seed}",
        f"- Python {versions.get('python', '?')}; {packages}",
        *([f"- revision {revision}"] if revision else []),
        "- all settings: `config.yaml`; train it again with "
        "`dsrl train --config config.yaml --run_dir NEW`",
    ]
    return "## How it was made\n\n" + "\n".join(lines)
