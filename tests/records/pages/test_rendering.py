"""Render pages from templates, and pictures into them."""

from __future__ import annotations

import base64
import io

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
