"""The server: what it answers, and whom."""

from __future__ import annotations

import importlib.util
from collections.abc import Iterator
from typing import Any

import pytest
from live_sessions import session_of
from serving import addresses_of, sent, served

from dsrl_agent.errors import ConfigError
from dsrl_agent.explain.page.live.server import (
    answer_to,
    fault_of,
    loopback_socket,
    parsed_command,
    require_server,
)
from dsrl_agent.explain.page.live.session import LiveSession

has_server = importlib.util.find_spec("starlette") and importlib.util.find_spec("uvicorn")
needs_server = pytest.mark.skipif(not has_server, reason="the extra [live] is not installed")
pytestmark = pytest.mark.usefixtures("one_thread")


@pytest.fixture
def session() -> LiveSession:
    return session_of()


@pytest.fixture
def port(session: LiveSession) -> Iterator[int]:
    with served(session) as port:
        yield port


@needs_server
def test_a_page_is_served_and_its_commands_are_carried_out(session: LiveSession, port: int) -> None:
    page = sent(port)
    assert page.status == 200
    assert page.headers["content-type"].startswith("text/html")
    assert "frame-ancestors 'none'" in page.headers["content-security-policy"]
    assert "<title>Inside the run a run, live</title>" in page.text
    answer = sent(port, "POST", "/act", {"do": "step", "seen": 0})
    assert answer.status == 200
    assert answer.data["state"]["number"] == session.point.number == 1
    fault = sent(port, "POST", "/act", {"do": "fly"})
    assert fault.data["error"].startswith("'fly' is no command")
    assert fault.data["state"]["number"] == 1


@needs_server
@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 200),
        ({"origin": None}, 403),
        ({"origin": "null"}, 403),
        ({"origin": "http://evil.example"}, 403),
        ({"host": "evil.example"}, 403),
        ({"content_type": "text/plain"}, 403),
        ({"content_type": "application/json; charset=utf-8"}, 200),
    ],
)
def test_commands_come_from_the_page_itself(
    headers: dict[str, Any], status: int, session: LiveSession, port: int
) -> None:
    assert sent(port, "POST", "/act", {"do": "step"}, **headers).status == status
    assert session.point.number == (1 if status == 200 else 0)


@needs_server
def test_other_requests_are_refused(session: LiveSession, port: int) -> None:
    assert sent(port, host="evil.example").status == 403  # a name bound to this machine anew
    assert sent(port, host=f"localhost:{port}").status == 200
    assert sent(port, "GET", "/act").status == 405
    assert sent(port, "POST", "/", {"do": "step"}).status == 405
    assert sent(port, "GET", "/settings").status == 404
    assert sent(port, "POST", "/act", b"{").status == 400
    assert sent(port, "POST", "/act", b"[]").status == 400
    assert sent(port, "POST", "/act", b'{"do": "step"}' + b" " * 20_000).status == 400
    assert session.point.number == 0
    assert addresses_of(port) == []


def test_headers_are_checked_by_hand() -> None:
    good = {
        "host": "127.0.0.1:80",
        "origin": "http://localhost:80",
        "content-type": "application/json",
    }
    assert fault_of(good, 80, True) is None
    assert "must be 127.0.0.1:81" in (fault_of(good, 81, True) or "")
    assert fault_of({"host": "localhost:80"}, 80, False) is None
    assert "The origin is None" in (fault_of({"host": "localhost:80"}, 80, True) or "")
    assert "The host is None" in (fault_of({}, 80, False) or "")


def test_commands_are_parsed_and_answered(session: LiveSession) -> None:
    assert parsed_command(b'{"do": "step"}') == {"do": "step"}
    for body in (b"", b"3", b"[" * 100_000, b"\xff"):
        with pytest.raises(ConfigError):
            parsed_command(body)
    assert "error" not in answer_to(session, {"do": "step"})
    assert answer_to(session, {"do": "back", "seen": "x"})["state"]["number"] == 0
    assert "nothing to go back to" in answer_to(session, {"do": "back"})["error"]


def test_a_port_that_is_taken_is_told() -> None:
    taken = loopback_socket(0)
    try:
        with pytest.raises(ConfigError, match=r"cannot listen there .*give another one"):
            loopback_socket(taken.getsockname()[1])
    finally:
        taken.close()


def test_the_extra_is_named_where_it_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    found = importlib.util.find_spec
    monkeypatch.setattr(
        importlib.util, "find_spec", lambda name: None if name == "uvicorn" else found(name)
    )
    with pytest.raises(ConfigError) as caught:
        require_server()
    assert (
        'uvicorn, which this Python lacks; install the extra: pip install "dsrl-agent[live]"'
        in (str(caught.value))
    )
    assert "\n" not in str(caught.value)
