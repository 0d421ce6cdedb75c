"""The ASGI application: `/events` streams, `/health` answers. It knows no pages and no cookies; the token says everything."""

from __future__ import annotations

import asyncio
import contextlib
import json
import random
from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from typing import Any
from urllib.parse import parse_qsl

from django.conf import settings
from django.http.request import split_domain_port, validate_host

from ronghe.live.hub import Follower, Hub
from ronghe.live.looking import Look, Mark
from ronghe.live.sources import Source, source_for
from ronghe.live.tokens import read

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
Header = tuple[bytes, bytes]
MOST = 10_000  # streams of one process
BEAT = (15.0, 20.0)  # seconds between two signs of life
RETRY = (1000, 4000)  # milliseconds after which a browser comes back, so that not all come at once
STREAM: tuple[Header, ...] = (
    (b"content-type", b"text/event-stream; charset=utf-8"),
    (b"cache-control", b"no-store"),
    (b"x-accel-buffering", b"no"),
)


class Live:
    """One process of live events: a hub, its source and its doors."""

    def __init__(self) -> None:
        self.hub = Hub(Look())
        self.source: Source | None = None
        self._tasks: list[asyncio.Task[None]] = []
        self._chance = random.Random()  # noqa: S311 - spreads what would happen at the same moment

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._live(receive, send)
        elif scope["type"] == "http":
            await self._answer(scope, receive, send)

    async def start(self) -> None:
        """Begin to listen and to tell."""
        loop = asyncio.get_running_loop()

        def hear(marks: Iterable[Mark]) -> None:
            with contextlib.suppress(RuntimeError):  # the loop has ended before the thread
                loop.call_soon_threadsafe(self.hub.tell, marks)

        self.source = source_for(hear)
        self.source.start()
        self._tasks = [loop.create_task(self.hub.run()), loop.create_task(self.hub.sweep())]

    async def stop(self) -> None:
        """End all streams and whatever runs beside them."""
        await self.hub.close()
        for task in self._tasks:
            task.cancel()
        self.hub.stop()
        if self.source is not None:
            await asyncio.to_thread(self.source.stop)

    async def _live(self, receive: Receive, send: Send) -> None:
        while True:
            message = await receive()
            if message["type"] == "lifespan.startup":
                await self.start()
                await send({"type": "lifespan.startup.complete"})
            else:
                await self.stop()
                await send({"type": "lifespan.shutdown.complete"})
                return

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        given = {name.decode().lower(): value.decode("latin-1") for name, value in scope["headers"]}
        if scope["path"] == "/health" and scope["method"] in {"GET", "HEAD"}:
            await self._health(send)
            return
        allowed = origin_of(scope["scheme"], given.get("host", ""))
        if scope["path"] != "/events" or scope["method"] != "GET":
            await _say(send, 404, {"error": "not-found"})
        elif not allowed or given.get("origin", allowed) != allowed:
            await _say(send, 403, {"error": "origin"})
        else:
            headers = [(b"access-control-allow-origin", allowed.encode()), (b"vary", b"origin")]
            await self._follow(scope, given, receive, send, headers)

    async def _health(self, send: Send) -> None:
        is_well = self.source is not None and self.source.is_here and not self.hub.is_closing
        told = {
            "status": "ok" if is_well else "away",
            "source": self.source.word if self.source else "",
            "followers": len(self.hub),
        }
        await _say(send, 200 if is_well else 503, told)

    async def _follow(
        self, scope: Scope, given: dict[str, str], receive: Receive, send: Send, headers: list[Header]
    ) -> None:
        asked = dict(parse_qsl(scope["query_string"].decode("latin-1")))
        ticket = read(asked.get("token", ""))
        if ticket is None:
            await _say(send, 403, {"error": "token"}, headers)
            return
        if len(self.hub) >= MOST or self.hub.is_closing:
            await _say(send, 503, {"error": "full"}, [*headers, (b"retry-after", b"30")])
            return
        after = given.get("last-event-id") or asked.get("after", "")
        follower = Follower(ticket, int(after) if after.isascii() and after.isdigit() else None)
        follower.task = asyncio.current_task()
        left = asyncio.create_task(_gone(receive, follower))
        try:
            if await self.hub.join(follower):
                await send({"type": "http.response.start", "status": 200, "headers": [*STREAM, *headers]})
                await self._stream(follower, send)
            else:
                await _say(send, 403, {"error": "forbidden"}, headers)
        except asyncio.CancelledError:
            pass  # they take nothing any more: the server closes the connection when we return
        finally:
            left.cancel()
            self.hub.leave(follower)

    async def _stream(self, follower: Follower, send: Send) -> None:
        chunk = f"retry: {self._chance.randint(*RETRY)}\n\n".encode()
        while chunk:
            await send({"type": "http.response.body", "body": chunk, "more_body": True})
            try:
                async with asyncio.timeout(self._chance.uniform(*BEAT)):
                    chunk = await follower.outbox.get()
            except TimeoutError:
                chunk = b":\n\n"
        await send({"type": "http.response.body", "body": b"", "more_body": False})


def origin_of(scheme: str, host: str) -> str:
    """The one origin whose pages are answered: as set, else the pages on the same host; empty: not our host."""
    if settings.LIVE_ORIGIN:
        return str(settings.LIVE_ORIGIN)
    name, _port = split_domain_port(host)
    if not name or not validate_host(name, settings.ALLOWED_HOSTS):
        return ""
    usual = {"http": 80, "https": 443}.get(scheme)
    return f"{scheme}://{name}" + ("" if usual == settings.PORT else f":{settings.PORT}")


async def _gone(receive: Receive, follower: Follower) -> None:
    """End the stream when the browser closes it."""
    while (await receive())["type"] != "http.disconnect":
        pass
    if follower.task is not None:
        follower.task.cancel()


async def _say(send: Send, status: int, told: object, headers: Iterable[Header] = ()) -> None:
    body = json.dumps(told).encode()
    start = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode()), *headers]
    await send({"type": "http.response.start", "status": status, "headers": start})
    await send({"type": "http.response.body", "body": body})
