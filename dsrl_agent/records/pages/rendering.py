"""Write HTML pages from templates. A page is one file that needs nothing beside it."""

from __future__ import annotations

import base64
import io
import re
from functools import cache
from typing import Any

from jinja2 import ChoiceLoader, Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape
from PIL import Image

from dsrl_agent.types import Frame

_SHARED = "dsrl_agent.records.pages"


def render_page(package: str, template: str, **values: Any) -> str:
    """Return the page of a template's file, in which all text is escaped.

    The file lies in the folder `templates/` of a package. It can extend and include the templates
    that all pages share. The values are what the template shows, by the names that it uses.

    Raises:
        jinja2.UndefinedError: The template uses a name that is not given.
    """
    return _environment(package).get_template(template).render(**values)


@cache
def _environment(package: str) -> Environment:
    environment = Environment(
        loader=ChoiceLoader([PackageLoader(package), PackageLoader(_SHARED)]),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters["code"] = marked
    return environment


def marked(text: str) -> Markup:
    """Return text as HTML, with what stands between backquotes as code."""
    return Markup(re.sub(r"`([^`]*)`", r"<code>\1</code>", str(escape(text))))


def png_address(picture: Frame) -> str:
    """Return a picture `uint8 [H, W, 3]` as the address of a PNG that the page itself holds."""
    buffer = io.BytesIO()
    Image.fromarray(picture).save(buffer, "PNG", optimize=True)
    return f"data:image/png;base64,{base64.b64encode(buffer.getvalue()).decode()}"
