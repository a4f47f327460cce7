"""Lay out a session: the page, and what changes on it with each command."""

from __future__ import annotations

from typing import Any

from dsrl_agent.explain.beliefs.beliefs import beliefs
from dsrl_agent.explain.page.beliefs import belief_view
from dsrl_agent.explain.page.heat_maps import heat_maps
from dsrl_agent.explain.page.live.commands import Answer
from dsrl_agent.explain.page.live.session import LiveSession
from dsrl_agent.explain.page.moments import Moment
from dsrl_agent.explain.page.overlay import called_by
from dsrl_agent.explain.page.steps import StepView, scales_of, step_view
from dsrl_agent.explain.policy import names_of
from dsrl_agent.perception.redrawing import redrawing
from dsrl_agent.records.pages import png_address, render_page

_PACKAGE = "dsrl_agent.explain.page"


def live_page(session: LiveSession, run: str, env: str, seed: int) -> str:
    """Return the page of a session; `run` and `env` are its title and its environment in words."""
    return render_page(
        _PACKAGE,
        "live.html.jinja",
        title=f"Inside the run {run}, live",
        env=env,
        seed=seed,
        kind=session.agent.front_end.kind,
        actions=session.decision.why.actions,
        things=[
            (thing.key, thing.name, None if thing.picture is None else png_address(thing.picture))
            for thing in session.things
        ],
        colours=session.colours,
        said=session.said,
        state=live_state(session, []),
    )


def live_state(session: LiveSession, said: Answer, seen: int | None = None) -> dict[str, Any]:
    """Return all that a command may have changed on the page, JSON-able.

    `seen` is the number of changes of beliefs that the page shows already.
    """
    point, decision = session.point, session.decision
    lattice = point.board.lattice
    stands = point.board.stands().items()
    state: dict[str, Any] = {
        "said": said,
        "step": render_page(_PACKAGE, "article.html.jinja", step=_step(session)),
        "revisable": render_page(
            _PACKAGE, "revise.html.jinja", beliefs=session.revisable, names=session.names
        ),
        "episode": session.episode + 1,
        "number": point.number,
        "total": f"{point.total:+z.2f}",
        "ended": point.ended,
        "action": None if point.ended else decision.action,
        "values": [float(value) for value in decision.why.values],
        "back": session.steps_back,
        "painted": len(point.board.painted),
        "revisions": session.revisions,
        "lattice": {"rows": list(lattice.rows), "cols": list(lattice.cols)},
        "cells": {f"{row},{col}": called_by(of.type, session.names) for (row, col), of in stands},
    }
    if seen != session.revisions:
        state["beliefs"] = _beliefs(session)
    return state


def _step(session: LiveSession) -> StepView:
    point, agent = session.point, session.agent
    moment = Moment(
        number=point.number,
        frame=point.board.frame,
        facts=point.board.facts,
        redrawing=redrawing(agent.perception, point.board.frame[None]),
        why=None if point.ended else session.decision.why,
        reward=point.reward,
        total=point.total,
    )
    return step_view(agent, moment, session.names, scales_of([moment]))


def _beliefs(session: LiveSession) -> str:
    agent, names = session.agent, session.names
    front_end, known = agent.front_end, agent.perception.known
    return render_page(
        _PACKAGE,
        "beliefs.html.jinja",
        believed=belief_view(agent, beliefs(front_end, known), names),
        maps=heat_maps(front_end.knowledge(), known, names_of(front_end)),
        names=names,
        grid=agent.perception.grid,
    )
