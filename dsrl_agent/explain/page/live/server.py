"""Serve a session to a browser on this machine; needs the extra `[live]`.

The server listens on the loopback address alone. A page of another origin can neither read nor act:
the host that a request names must be this machine's (against DNS rebinding), and a command must
come from the page itself (against cross-site requests).
"""

from __future__ import annotations

import importlib.util
import json
import socket
from collections.abc import Mapping
from threading import Lock
from typing import Any

from dsrl_agent.errors import ConfigError, DSRLError
from dsrl_agent.explain.page.live.commands import carry_out
from dsrl_agent.explain.page.live.session import LiveSession
from dsrl_agent.explain.page.live.view import live_page, live_state
from dsrl_agent.runtime.threads import one_thread

LOOPBACK = "127.0.0.1"
_NAMES = (LOOPBACK, "localhost")
_LONGEST = 10_000  # bytes of a command
_HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "frame-ancestors 'none'",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}


def require_server() -> None:
    """Refuse to go on where the server's libraries are not installed.

    Raises:
        ConfigError: The message names the extra.
    """
    missing = [of for of in ("starlette", "uvicorn") if importlib.util.find_spec(of) is None]
    if missing:
        raise ConfigError(
            f"--live needs {' and '.join(missing)}, which this Python lacks; install the extra: "
            'pip install "dsrl-agent[live]".'
        )


def loopback_socket(port: int) -> socket.socket:
    """Return a socket that listens on this machine's loopback address; port 0 takes any free one.

    Raises:
        ConfigError: The port is taken, or not allowed.
    """
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((LOOPBACK, port))
        listener.listen()
    except OSError as error:
        listener.close()
        raise ConfigError(
            f"--port is {port}, but the server cannot listen there ({error.strerror}); give "
            "another one, or 0 for any that is free."
        ) from error
    return listener


def serve(session: LiveSession, title: tuple[str, str, int], listener: socket.socket) -> None:
    """Serve a session until the process is interrupted.

    `title` holds the run's name, the environment in words, and the seed of its worlds.
    """
    make_server(session, title, listener).run(sockets=[listener])


def make_server(session: LiveSession, title: tuple[str, str, int], listener: socket.socket) -> Any:
    """Return the server of a session (`uvicorn.Server`), which does not run yet."""
    import uvicorn

    port = listener.getsockname()[1]
    config = uvicorn.Config(
        live_app(session, title, port), log_level="warning", lifespan="off", ws="none"
    )
    return uvicorn.Server(config)


def live_app(session: LiveSession, title: tuple[str, str, int], port: int) -> Any:
    """Return the application (ASGI) that serves a session at a port."""
    from starlette.applications import Starlette
    from starlette.concurrency import run_in_threadpool
    from starlette.responses import HTMLResponse, JSONResponse
    from starlette.routing import Route

    lock = Lock()

    def page() -> str:
        with lock, one_thread():
            return live_page(session, *title)

    def acted(command: Mapping[str, Any]) -> dict[str, Any]:
        with lock, one_thread():
            return answer_to(session, command)

    async def get(request: Any) -> Any:
        if (fault := fault_of(request.headers, port, False)) is not None:
            return JSONResponse({"error": fault}, 403, _HEADERS)
        return HTMLResponse(await run_in_threadpool(page), headers=_HEADERS)

    async def post(request: Any) -> Any:
        if (fault := fault_of(request.headers, port, True)) is not None:
            return JSONResponse({"error": fault}, 403, _HEADERS)
        try:
            command = parsed_command(await _body(request.stream()))
        except ConfigError as error:
            return JSONResponse({"error": str(error)}, 400, _HEADERS)
        return JSONResponse(await run_in_threadpool(acted, command), headers=_HEADERS)

    return Starlette(routes=[Route("/", get), Route("/act", post, methods=["POST"])])


def fault_of(headers: Mapping[str, str], port: int, acts: bool) -> str | None:
    """Return why a request is refused, `None` if it is not; names of headers are in lower case."""
    hosts = [f"{name}:{port}" for name in _NAMES]
    if headers.get("host") not in hosts:
        return f"The host is {headers.get('host')!r}, but it must be {hosts[0]}."
    if not acts:
        return None
    if headers.get("origin") not in [f"http://{host}" for host in hosts]:
        return f"The origin is {headers.get('origin')!r}, but it must be this page itself."
    if headers.get("content-type", "").partition(";")[0].strip() != "application/json":
        return "A command must be application/json."
    return None


def parsed_command(body: bytes) -> Mapping[str, Any]:
    """Return the command in the body of a request.

    Raises:
        ConfigError: It is none.
    """
    try:
        command = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise ConfigError(f"The command is no JSON: {error}") from error
    if not isinstance(command, dict):
        raise ConfigError("A command is a mapping with the name of what to do under 'do'.")
    return command


def answer_to(session: LiveSession, command: Mapping[str, Any]) -> dict[str, Any]:
    """Carry out a command; return what to show then, or what was wrong with it."""
    seen = command.get("seen")
    shown = seen if type(seen) is int else None
    try:
        said = carry_out(session, command)
    except DSRLError as error:
        return {"error": str(error), "state": live_state(session, [], shown)}
    return {"state": live_state(session, said, shown)}


async def _body(stream: Any) -> bytes:
    body = b""
    async for part in stream:
        body += part
        if len(body) > _LONGEST:
            raise ConfigError(f"A command has at most {_LONGEST} bytes.")
    return body
