"""Small servers on 127.0.0.1 that speak what the gateways speak, so that nothing of ours is replaced in a test."""

from __future__ import annotations

import json
import socketserver
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass
class Asked:
    """One request as it came."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes

    def json(self) -> Any:
        return json.loads(self.body)


Reply = tuple[int, dict[str, str], bytes]


@dataclass
class Web:
    """What was asked, and what is answered: `replies` in turn, the last one for ever."""

    url: str = ""
    asked: list[Asked] = field(default_factory=list)
    replies: list[Reply] = field(default_factory=lambda: [(200, {}, b"")])
    decide: Callable[[Asked], Reply] | None = None

    def answer(self, asked: Asked) -> Reply:
        self.asked.append(asked)
        if self.decide is not None:
            return self.decide(asked)
        return self.replies.pop(0) if len(self.replies) > 1 else self.replies[0]


def said(value: Any, status: int = 200) -> Reply:
    return status, {"Content-Type": "application/json"}, json.dumps(value).encode()


@contextmanager
def web() -> Iterator[Web]:
    """An HTTP server for the length of a test."""
    state = Web()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            length = int(self.headers.get("Content-Length") or 0)
            headers = {name.lower(): value for name, value in self.headers.items()}
            asked = Asked(self.command, self.path, headers, self.rfile.read(length))
            status, more, body = state.answer(asked)
            self.send_response(status)
            for name, value in {**more, "Content-Length": str(len(body))}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        do_GET = do_POST  # noqa: N815 - the name the library looks for

        def log_message(self, *args: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        state.url = f"http://127.0.0.1:{server.server_port}"
        thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        try:
            yield state
        finally:
            server.shutdown()
            thread.join(10)


@dataclass
class Post:
    """A mail server: what it took, and the answer to a recipient."""

    port: int = 0
    letters: list[tuple[str, list[str], bytes]] = field(default_factory=list)
    recipient: bytes = b"250 ok"


@contextmanager
def smtp() -> Iterator[Post]:
    """An SMTP server for the length of a test; plain, without a password."""
    state = Post()

    class Handler(socketserver.StreamRequestHandler):
        def say(self, line: bytes) -> None:
            self.wfile.write(line + b"\r\n")

        def handle(self) -> None:
            self.say(b"220 here")
            sender, to = "", list[str]()
            while line := self.rfile.readline().strip():
                word = line[:4].upper()
                if word == b"MAIL":
                    sender, to = line.decode(), []
                    self.say(b"250 ok")
                elif word == b"RCPT":
                    to.append(line.decode())
                    self.say(state.recipient)
                elif word == b"DATA":
                    self.say(b"354 go on")
                    lines = []
                    while (text := self.rfile.readline()) != b".\r\n":
                        lines.append(text)
                    state.letters.append((sender, to, b"".join(lines)))
                    self.say(b"250 taken")
                elif word == b"QUIT":
                    self.say(b"221 bye")
                    return
                else:
                    self.say(b"250 ok")

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        state.port = server.server_address[1]
        thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        try:
            yield state
        finally:
            server.shutdown()
            thread.join(10)
