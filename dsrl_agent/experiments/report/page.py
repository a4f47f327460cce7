"""The report as one HTML file that needs nothing beside it."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Sequence
from importlib.resources import files

from dsrl_agent.experiments.report.figures import Plot
from dsrl_agent.experiments.report.films import Strip
from dsrl_agent.experiments.report.tables import Table

_PROSE = ("claims", "comparisons")  # tables of sentences, which a phone shows one below the other


def page(
    tables: Sequence[Table], plots: Sequence[Plot], strips: Sequence[Strip], suites: Sequence[str]
) -> str:
    """Return the page: claims first, then what they rest on; `suites` are those it is made from."""
    named = {table.name: table for table in tables}
    first = [_table(named[name]) for name in _PROSE if name in named]
    rest = [_table(table) for table in tables if table.name not in _PROSE]
    parts = [
        "<h1>Deep symbolic RL beside a pixel DQN</h1>",
        '<p class="lead">The same worlds, the same evaluator and the same count of steps for all. '
        "Every figure is computed from raw results of single episodes.</p>",
        *first,
        _plots(plots),
        _films(strips),
        *rest,
        "<h2>How to reproduce</h2>",
        f"<pre>{html.escape(_reproduce(suites))}</pre>" if suites else "",
        '<p class="note">Tables and plots name their suite; the same command, with the options '
        "that were given (--seeds, --only, --configs), goes on where it was stopped. A run is "
        "decided by its suite and its seed. Seeds begin at 1000. "
        "<code>score</code> is the return divided by the number of positive objects; "
        "<code>positive_share</code> the positives among the objects touched; "
        "<code>collected</code> the share of all positives that were touched.</p>",
    ]
    assets = files("dsrl_agent.experiments.report") / "assets"
    style = (assets / "style.css").read_text(encoding="utf-8")
    script = (assets / "player.js").read_text(encoding="utf-8")
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        "<title>Deep symbolic RL beside a pixel DQN</title>\n"
        '<link rel="icon" href="data:,">\n'
        f"<style>\n{style}</style>\n</head>\n<body>\n<main>\n"
        + "\n".join(part for part in parts if part)
        + f"\n</main>\n<script>\n{script}</script>\n</body>\n</html>\n"
    )


def _reproduce(suites: Sequence[str]) -> str:
    runs = [f"dsrl benchmark --suite {suite} --out runs/{suite}" for suite in suites]
    folders = " ".join(f"runs/{suite}" for suite in suites)
    return "\n".join([*runs, f"dsrl benchmark --report {folders} --out runs/report"])


def _table(table: Table) -> str:
    head = "".join(f'<th scope="col">{_text(cell)}</th>' for cell in table.head)
    rows = "".join(_row(cells, table) for cells in table.rows)
    kind = ' class="stacked"' if table.name in _PROSE else ""
    note = f'<p class="note">{_text(table.note)}</p>' if table.note else ""
    return (
        f'<h2 id="{table.name}">{_text(table.title)}</h2>\n<div class="wide"><table{kind}>'
        f"<thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table></div>\n{note}"
    )


def _row(cells: Sequence[str], table: Table) -> str:
    made = [f'<th scope="row">{_text(cells[0])}</th>']
    for head, cell in zip(table.head[1:], cells[1:], strict=True):
        kind = "figure" if table.name != "claims" else ""
        if head == "verdict":
            kind = f"verdict {cell.replace(' ', '-')}"
        attributes = f' class="{kind}"' if kind else ""
        named = f' data-head="{html.escape(head)}"' if table.name in _PROSE else ""
        made.append(f"<td{attributes}{named}>{_text(cell)}</td>")
    return f"<tr>{''.join(made)}</tr>"


def _plots(plots: Sequence[Plot]) -> str:
    if not plots:
        return ""
    drawn = "\n".join(
        f'<figure id="plot-{plot.name}"><figcaption>{_text(_caption(plot))}</figcaption>'
        f"{plot.svg()}</figure>"
        for plot in plots
    )
    note = "Interquartile means over seeds; bands and bars are stratified bootstrap 95 % intervals."
    return f'<h2>Plots</h2>\n<div class="plots">\n{drawn}\n</div>\n<p class="note">{note}</p>'


def _caption(plot: Plot) -> str:
    return f"{plot.title} ({', '.join(f'`{suite}`' for suite in plot.suites)})"


def _films(strips: Sequence[Strip]) -> str:
    if not strips:
        return ""
    return (
        "<h2>The same unseen world, played by each</h2>\n"
        '<div class="controls"><button id="play" type="button">Play</button>'
        '<input id="step" type="range" min="0" value="0" aria-label="step of the episode"></div>\n'
        f'<div class="films">\n{"".join(_film(one) for one in strips)}</div>\n'
        '<p class="note">Crosses are worth +1, circles &minus;1. An episode ends after 25 steps '
        "or when the crosses are gone.</p>"
    )


def _film(one: Strip) -> str:
    returns = [int(value) if float(value).is_integer() else value for value in one.returns]
    style = (
        f"aspect-ratio:{one.width}/{one.height};background-size:{100 * one.frames}% 100%;"
        f"background-image:url(data:image/png;base64,{one.png})"
    )
    after = f"after {one.steps:,} steps" if one.steps else "does not learn"
    return (
        f'<div class="film" data-frames="{one.frames}" data-returns="{json.dumps(returns)}">'
        f'<div class="screen" style="{style}"></div><b>{_text(one.contestant)}</b>'
        f"<small>{after}</small><br><span></span></div>\n"
    )


def _text(text: str) -> str:
    """Return text as HTML, what stands between backquotes as code."""
    return re.sub(r"`([^`]*)`", r"<code>\1</code>", html.escape(text))
