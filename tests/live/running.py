"""A process of live events beside the tests, and somebody who follows its streams."""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import queue
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from random import SystemRandom
from typing import Any
from urllib.parse import quote, urlencode

from django.conf import settings
from django.db import connection

from ronghe.live.tokens import Ticket, write

BEGINS = 90.0  # on a busy machine
SOON = 3.0
BELOW, CHANCE = (20_000, 32_000), SystemRandom()


@dataclass(frozen=True)
class Event:
    """One event of a stream."""

    name: str
    seq: int | None
    id: str


class Stream:
    """Reads one stream in a thread; `status` is that of the answer."""

    def __init__(self, port: int, path: str, headers: dict[str, str] | None = None) -> None:
        self._line = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        self._line.request("GET", path, headers=headers or {})
        self._socket = self._line.sock
        self._answer = self._line.getresponse()
        self.status = self._answer.status
        self.headers = dict(self._answer.getheaders())
        self.events: queue.Queue[Event | None] = queue.Queue()
        if self.status == 200:
            threading.Thread(target=self._read, daemon=True).start()

    def _read(self) -> None:
        given: dict[str, str] = {}
        try:
            for raw in self._answer:
                line = raw.decode().rstrip("\n")
                if line:
                    name, _, value = line.partition(": ")
                    given[name] = value
                elif "event" in given:
                    data = json.loads(given["data"])
                    self.events.put(Event(given["event"], data.get("seq"), given.get("id", "")))
                    given = {}
                else:
                    given = {}
        except (OSError, ValueError, AttributeError, http.client.HTTPException):
            pass  # closed by us or by the process
        self.events.put(None)

    def take(self, seconds: float = SOON) -> Event | None:
        """The next event; None when the stream has ended. Fails when nothing comes."""
        return self.events.get(timeout=seconds)

    def seqs(self, count: int) -> list[int | None]:
        """The numbers of so many entries."""
        return [event.seq if (event := self.take()) else None for _ in range(count)]

    def rest(self) -> list[str]:
        """What still comes until the stream ends; that a worklist may have changed is said as often as it may."""
        names = iter(lambda: event.name if (event := self.take()) else "", "")
        return [name for name in names if name != "changed"]

    def is_silent(self, seconds: float = 0.7) -> bool:
        """Whether nothing comes."""
        try:
            self.events.get(timeout=seconds)
        except queue.Empty:
            return True
        return False

    def close(self) -> None:
        with contextlib.suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)  # wakes the thread that reads
        self._socket.close()


class Running:
    """The process, reached at `port`."""

    def __init__(self, port: int = 0, **given: str) -> None:
        self.port = port or free_port()
        self.given = given
        self.process: subprocess.Popen[bytes] | None = None
        self.streams: list[Stream] = []

    def start(self) -> None:
        """Begin, unless it runs."""
        if self.process is not None and self.process.poll() is None:
            return
        env = {
            **os.environ,
            "RONGHE_DATABASE_URL": database_url(),
            "RONGHE_SECRET_KEY": settings.SECRET_KEY,
            "RONGHE_PORT": "8000",
            **self.given,
        }
        command = [sys.executable, "-m", "ronghe", "live", "--port", str(self.port)]
        self.process = subprocess.Popen(command, env=env)
        wait_for(lambda: self.process.poll() is not None or self.health()[0] == 200, BEGINS)
        assert self.process.poll() is None, "the process ended at once"

    def stop(self, sign: int = signal.SIGTERM) -> float:
        """End the process; how long it took."""
        began = time.monotonic()
        assert self.process is not None
        self.process.send_signal(sign)
        try:
            self.process.wait(10)
        finally:
            self.process.kill()
        return time.monotonic() - began

    def close_streams(self) -> None:
        for stream in self.streams:
            stream.close()
        self.streams = []

    def end(self) -> None:
        self.close_streams()
        if self.process is not None and self.process.poll() is None:
            self.stop(signal.SIGKILL)

    def health(self) -> tuple[int, dict[str, Any]]:
        try:
            line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=2)
            line.request("GET", "/health")
            answer = line.getresponse()
            told = json.loads(answer.read())
        except OSError:
            return 0, {}
        line.close()
        return answer.status, told

    def follow(
        self, ticket: Ticket | str, *, after: int | None = None, headers: dict[str, str] | None = None
    ) -> Stream:
        token = ticket if isinstance(ticket, str) else write(ticket)
        asked = {"token": token} | ({} if after is None else {"after": str(after)})
        stream = Stream(self.port, f"/events?{urlencode(asked)}", headers)
        self.streams.append(stream)
        return stream


def wait_for(is_so: Callable[[], bool], seconds: float = SOON) -> None:
    until = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < until, "it did not come to be in time"
        time.sleep(0.03)


def free_port() -> int:
    """One at which nobody listens, below those the system lends to whoever connects: nothing takes it before it is used."""
    while True:
        port = CHANCE.randrange(*BELOW)
        with socket.socket() as held, contextlib.suppress(OSError):
            held.bind(("127.0.0.1", port))
            return port


def database_url() -> str:
    """The database of the tests, for another process."""
    given = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{given['NAME']}"
    user = quote(given["USER"]) + (f":{quote(given['PASSWORD'])}" if given["PASSWORD"] else "")
    return f"postgresql://{user}@{given['HOST']}:{given['PORT']}/{given['NAME']}"
