"""Render pages from templates, and pictures into them."""

from __future__ import annotations

import base64
import io
from pathlib import Path

import numpy as np
import pytest
from jinja2 import TemplateNotFound, UndefinedError
from PIL import Image

from dsrl_agent.records.pages import marked, png_address, render_page


def test_text_is_escaped_and_backquotes_mark_code() -> None:
    assert marked("`a<b>` & c") == "<code>a&lt;b&gt;</code> &amp; c"


def test_the_shared_template_is_a_page_in_itself() -> None:
    page = render_page("dsrl_agent.records.pages", "page.html.jinja", title="A <b>")
    assert page.startswith("<!doctype html>")
    assert "<h1>A &lt;b&gt;</h1>" in page
    with pytest.raises(UndefinedError, match="title"):
        render_page("dsrl_agent.records.pages", "page.html.jinja")


def test_a_template_that_is_in_neither_folder_is_an_error() -> None:
    with pytest.raises(TemplateNotFound):
        render_page("dsrl_agent.records.pages", "none.html.jinja")


def test_a_picture_is_the_same_after_its_address_is_read() -> None:
    picture = np.arange(2 * 3 * 3, dtype=np.uint8).reshape(2, 3, 3)
    start, _, content = png_address(picture).partition(",")
    assert start == "data:image/png;base64"
    with Image.open(io.BytesIO(base64.b64decode(content))) as read:
        assert np.array_equal(np.asarray(read), picture)


TEMPLATE = """{% extends "page.html.jinja" %}
{% block main %}
<ul>
  {% for name in names %}
  <li>{{ name }}</li>
  {% endfor %}
</ul>
{% endblock %}
"""


def test_lines_of_control_leave_no_blank_lines(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "paged" / "templates").mkdir(parents=True)
    (tmp_path / "paged" / "__init__.py").touch()
    (tmp_path / "paged" / "templates" / "list.jinja").write_text(TEMPLATE)
    monkeypatch.syspath_prepend(tmp_path)
    page = render_page("paged", "list.jinja", title="T", names=["a<", "b"])
    assert page.partition("</style>\n")[2] == (
        "</head>\n<body>\n<main>\n<h1>T</h1>\n<ul>\n  <li>a&lt;</li>\n  <li>b</li>\n</ul>\n"
        "</main>\n</body>\n</html>\n"
    )
