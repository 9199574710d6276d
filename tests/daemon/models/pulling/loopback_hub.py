"""A hub on this machine: as much of Hugging Face's HTTP interface as a pull needs, with faults on request."""

from __future__ import annotations

import hashlib
import json
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

COMMIT = "0123456789abcdef0123456789abcdef01234567"
LARGE_BYTES = 1 << 20  # the hub keeps larger files apart, with another checksum
PAGE = b"<!DOCTYPE html><html><body>Sign in to this network</body></html>"
WAIT_SECONDS = 30


@dataclass
class Fault:
    """What is wrong with the answers whose path ends so.

    Attributes:
        ends: of the path.
        status: instead of 200.
        headers: besides.
        body: instead of what was asked for, and how long it says it is.
        stops_after: bytes, after which the connection is closed.
        hangs: instead of being closed, nothing more comes.
        times: how often; None for always.

    """

    ends: str
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes | None = None
    stops_after: int | None = None
    hangs: bool = False
    ignores_range: bool = False
    times: int | None = None


@dataclass
class Request:
    """What was asked for."""

    path: str
    range: str | None
    authorization: str | None


class LoopbackHub:
    """The repositories that there are, and what has been asked for."""

    def __init__(self) -> None:
        self.repositories: dict[str, dict[str, bytes]] = {}
        self.licence: str | None = "apache-2.0"
        self.faults: list[Fault] = []
        self.requests: list[Request] = []
        self.has_stopped = threading.Event()  # in the middle of a file
        self.may_go_on = threading.Event()
        self.port = 0

    @property
    def endpoint(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def ranges(self, name: str) -> list[str | None]:
        """With which ranges a file was asked for."""
        return [request.range for request in self.requests if request.path.endswith(f"/{name}")]

    def description(self, name: str) -> dict[str, Any]:
        return {
            "id": name,
            "sha": COMMIT,
            "cardData": {"license": self.licence} if self.licence else None,
            "siblings": [_sibling(file, data) for file, data in self.repositories[name].items()],
        }

    def take_fault(self, path: str) -> Fault | None:
        for fault in self.faults:
            if path.endswith(fault.ends) and fault.times != 0:
                if fault.times is not None:
                    fault.times -= 1
                return fault
        return None


def _sibling(name: str, data: bytes) -> dict[str, Any]:
    blob = hashlib.sha1(b"blob %d\0" % len(data) + data, usedforsecurity=False).hexdigest()
    sibling: dict[str, Any] = {"rfilename": name, "size": len(data), "blobId": blob}
    if len(data) > LARGE_BYTES:
        sibling["blobId"] = "f" * 40  # git has only a pointer
        sibling["lfs"] = {"sha256": hashlib.sha256(data).hexdigest(), "size": len(data), "pointerSize": 134}
    return sibling


@contextmanager
def loopback_hub() -> Iterator[LoopbackHub]:
    """Serve on a free port until left."""
    hub = LoopbackHub()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, format: str, *arguments: object) -> None:
            pass

        def do_GET(self) -> None:
            path = self.path.partition("?")[0]
            asked = self.headers.get("Range")
            hub.requests.append(Request(path, asked, self.headers.get("Authorization")))
            fault = hub.take_fault(path)
            body, status = _found(hub, path)
            headers = {"Content-Type": "application/json" if "/api/" in path else "text/plain; charset=utf-8"}
            if fault is not None:
                body, status = body if fault.body is None else fault.body, fault.status
                headers |= fault.headers
            start = 0
            if asked and status == 200 and not (fault and (fault.ignores_range or fault.body is not None)):
                start = int(asked.removeprefix("bytes=").removesuffix("-"))
                headers["Content-Range"] = f"bytes {start}-{len(body) - 1}/{len(body)}"
                body, status = body[start:], 206
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            if fault is None or fault.stops_after is None:
                self.wfile.write(body)
                return
            self.wfile.write(body[: fault.stops_after])
            self.wfile.flush()
            hub.has_stopped.set()
            if fault.hangs:
                hub.may_go_on.wait(WAIT_SECONDS)
            self.close_connection = True

    class Server(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, request: object, client_address: object) -> None:
            pass  # who asked went away

    server = Server(("127.0.0.1", 0), Handler)
    hub.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, name="hub")
    thread.start()
    try:
        yield hub
    finally:
        hub.may_go_on.set()
        server.shutdown()
        server.server_close()
        thread.join()


def _found(hub: LoopbackHub, path: str) -> tuple[bytes, int]:
    for name, files in hub.repositories.items():
        if path == f"/api/models/{name}":
            return json.dumps(hub.description(name)).encode(), 200
        file = path.removeprefix(f"/{name}/resolve/{COMMIT}/")
        if file in files:
            return files[file], 200
    return b"Repository not found", 401  # as the hub says to whom it does not know
