"""One question to a gateway over HTTP: bounded in time and size, never led elsewhere, nothing of it logged."""

from __future__ import annotations

import contextlib
import http.client
import json
import socket
import ssl
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from ronghe.messages.exceptions import TransportError

PATIENCE = 10.0  # seconds for each word of the other side
LONGEST = 20.0  # seconds for the whole answer
MOST_READ = 64 * 1024
Resolve = Callable[[str, int], str]


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back."""

    status: int
    body: bytes

    def json(self) -> dict[str, Any]:
        """The body as an object; TransportError `unreadable` when it is none."""
        try:
            read = json.loads(self.body)
        except ValueError:
            read = None
        if not isinstance(read, dict):
            raise TransportError("unreadable", "通道的回答看不懂，稍后再试。请核对通道地址。")
        return read


def resolved(host: str, port: int) -> str:
    """The first address of a host."""
    try:
        return str(socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][4][0])
    except OSError:
        raise TransportError("no-such-host", "找不到通道的地址，稍后再试。请核对通道地址和网络。") from None


def ask(
    url: str,
    body: bytes | None = None,
    headers: Mapping[str, str] | None = None,
    *,
    resolve: Resolve = resolved,
) -> Answer:
    """POST the body, or GET without one. `resolve` gives the address that is connected to and may refuse it.

    Raises TransportError `unreachable`, `too-slow`, `redirected`, `no-such-host`.
    """
    parts = urlsplit(url)
    host, secure = parts.hostname or "", parts.scheme == "https"
    port = parts.port or (443 if secure else 80)
    connection = _Connection(host, port, resolve(host, port), secure=secure)
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    method = "GET" if body is None else "POST"
    deadline = threading.Timer(LONGEST, connection.cut)
    deadline.daemon = True
    deadline.start()
    try:
        connection.request(method, target, body, dict(headers or {}))
        got = connection.getresponse()
        answer = Answer(got.status, got.read(MOST_READ))
    except TimeoutError:
        raise TransportError("too-slow", "通道没有及时应答，稍后再试。") from None
    except (OSError, http.client.HTTPException, ValueError):
        code = "too-slow" if connection.is_cut else "unreachable"
        raise TransportError(code, "通道连不上或没有应答，稍后再试。请核对通道地址和网络。") from None
    finally:
        deadline.cancel()
        connection.close()
    if 300 <= answer.status < 400:
        raise TransportError("redirected", "通道要转到别的地址，没有跟过去。请改用最终的地址。")
    return answer


class _Connection(http.client.HTTPConnection):
    """Connects to the address that was looked at, and proves the name of the host when encrypted."""

    def __init__(self, host: str, port: int, address: str, *, secure: bool) -> None:
        super().__init__(host, port, timeout=PATIENCE)
        self.address, self.secure, self.is_cut = address, secure, False

    def connect(self) -> None:
        plain = socket.create_connection((self.address, self.port), self.timeout)
        self.sock = plain
        if self.secure:
            self.sock = ssl.create_default_context().wrap_socket(plain, server_hostname=self.host)

    def cut(self) -> None:
        """Wake whoever waits for a side that answers drop by drop."""
        self.is_cut = True
        if self.sock is not None:
            with contextlib.suppress(OSError):
                self.sock.shutdown(socket.SHUT_RDWR)
