"""Serve a session in a thread, and speak HTTP with it."""

from __future__ import annotations

import http.client
import json
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

from dsrl_agent.explain.page.live.server import LOOPBACK, loopback_socket, make_server
from dsrl_agent.explain.page.live.session import LiveSession


class Reply(NamedTuple):
    """An answer of the server."""

    status: int
    headers: dict[str, str]  # names in lower case
    text: str

    @property
    def data(self) -> Any:
        """The answer read as JSON."""
        return json.loads(self.text)


@contextmanager
def served(session: LiveSession) -> Iterator[int]:
    """Serve a session; yield the port."""
    listener = loopback_socket(0)
    server = make_server(session, ("a run", "a world", 0), listener)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.005)
    try:
        yield listener.getsockname()[1]
    finally:
        server.should_exit = True
        thread.join(10)
        listener.close()
        assert not thread.is_alive()


def sent(
    port: int, method: str = "GET", path: str = "/", body: Any = None, **headers: str | None
) -> Reply:
    """Send a request as the page does; headers with underscores for dashes, `None` leaves out."""
    own: dict[str, str | None] = {}
    if body is not None:
        own = {"content-type": "application/json", "origin": f"http://{LOOPBACK}:{port}"}
    given = own | {name.replace("_", "-"): value for name, value in headers.items()}
    text = body if isinstance(body, bytes) else json.dumps(body).encode()
    connection = http.client.HTTPConnection(LOOPBACK, port, timeout=10)
    try:
        connection.putrequest(method, path, skip_host="host" in given)
        for name, value in given.items():
            if value is not None:
                connection.putheader(name, value)
        if body is not None:
            connection.putheader("content-length", str(len(text)))
        connection.endheaders(None if body is None else text)
        answer = connection.getresponse()
        found = {name.lower(): value for name, value in answer.getheaders()}
        return Reply(answer.status, found, answer.read().decode())
    finally:
        connection.close()


def addresses_of(port: int) -> list[str]:
    """Return the addresses of this machine, other than the loopback's, that a port answers at."""
    found = []
    for info in socket.getaddrinfo(socket.gethostname(), port, socket.AF_INET, socket.SOCK_STREAM):
        address = str(info[4][0])
        with socket.socket() as one:
            one.settimeout(0.2)
            if not address.startswith("127.") and one.connect_ex((address, port)) == 0:
                found.append(address)
    return found
