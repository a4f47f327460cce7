"""Write the pages of reports and studies from their templates."""

from __future__ import annotations

from typing import Any

from dsrl_agent.records.pages import render_page


def render(template: str, **values: Any) -> str:
    """Return the page of a template's file in `templates/`; see `render_page`."""
    return render_page("dsrl_agent.experiments.report", template, **values)
