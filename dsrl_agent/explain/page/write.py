"""Write the page of an episode from an agent's play and beliefs."""

from __future__ import annotations

from pathlib import Path
from typing import Any, NamedTuple

import gymnasium as gym

from dsrl_agent.agent.dsrl import DSRL
from dsrl_agent.explain.beliefs.beliefs import beliefs
from dsrl_agent.explain.page.beliefs import belief_view
from dsrl_agent.explain.page.heat_maps import heat_maps
from dsrl_agent.explain.page.moments import RecordedEpisode, Tell, record
from dsrl_agent.explain.page.steps import StepView, step_views
from dsrl_agent.explain.policy import names_of
from dsrl_agent.explain.replay import Played
from dsrl_agent.records.files import write_at
from dsrl_agent.records.pages import render_page
from dsrl_agent.records.type_names import TypeNames

_MOST_BYTES = 4_000_000  # of pictures: a page of some 6 MB opens at once on a phone


class Shown(NamedTuple):
    """What a page shows."""

    run: str  # the run, as a title
    env: str  # the environment, in words
    seed: int  # of the worlds
    episode: int  # number of the episode, from 1
    steps: int  # the most steps shown


def write_page(
    agent: DSRL,
    env: gym.Env[Any, Any],
    shown: Shown,
    names: TypeNames,
    out: Path,
    tell: Tell | None = None,
    played: Played | None = None,
) -> Path:
    """Play an episode, write its page to a file, and return the file's path.

    The environment has the worlds of the agent's play. `tell` is told of each step,
    `played` of each episode before.

    Raises:
        ConfigError: There is no such episode, or the file cannot be written.
    """
    film = record(agent, env, shown.seed, shown.episode, shown.steps, tell, played)
    views = list(step_views(agent, film.moments, names, _MOST_BYTES))
    return write_at(out, page(agent, film, views, shown, names).encode())


def page(
    agent: DSRL, film: RecordedEpisode, views: list[StepView], shown: Shown, names: TypeNames
) -> str:
    """Return the page of an episode."""
    front_end, known = agent.front_end, agent.perception.known
    grid = agent.perception.grid
    ending = film.ending
    if len(views) < len(film.moments):
        ending = f"shown up to step {len(views)}, as its pictures are large"
    return render_page(
        "dsrl_agent.explain.page",
        "inspect.html.jinja",
        title=f"Inside the run {shown.run}",
        shown=shown,
        kind=front_end.kind,
        grid=grid,
        steps=views,
        total=f"{film.total:+z.2f}",
        ending=ending,
        believed=belief_view(agent, beliefs(front_end, known), names),
        maps=heat_maps(front_end.knowledge(), known, names_of(front_end)),
        names=names,
    )
