"""Write HTML pages from templates. A page is one file that needs nothing beside it."""

from __future__ import annotations

import re
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape


def render(template: str, **values: Any) -> str:
    """Return the page of a template's file in `templates/`, in which all text is escaped.

    The values are what the template shows, by the names that it uses.

    Raises:
        jinja2.UndefinedError: The template uses a name that is not given.
    """
    environment = Environment(
        loader=PackageLoader("dsrl_agent.experiments.report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters["code"] = marked
    return environment.get_template(template).render(**values)


def marked(text: str) -> Markup:
    """Return text as HTML, with what stands between backquotes as code."""
    return Markup(re.sub(r"`([^`]*)`", r"<code>\1</code>", str(escape(text))))
