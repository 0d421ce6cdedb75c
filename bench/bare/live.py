"""What `bench/live.py` compares with: every new ledger entry is told to every stream, without asking who reads. Run by it."""

from __future__ import annotations

import asyncio
import os
import sys
import threading
import time
from typing import Any

import django
import uvicorn


class Bare:
    """Streams and nothing else."""

    def __init__(self) -> None:
        self.streams: set[asyncio.Queue[bytes]] = set()

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "lifespan":
            await receive()
            threading.Thread(target=hear, args=(asyncio.get_running_loop(), self.tell), daemon=True).start()
            await send({"type": "lifespan.startup.complete"})
            return
        is_stream = scope["path"] == "/events"
        await send({"type": "http.response.start", "status": 200, "headers": []})
        if not is_stream:
            await send({"type": "http.response.body", "body": b"ok"})
            return
        outbox: asyncio.Queue[bytes] = asyncio.Queue()
        self.streams.add(outbox)
        chunk = b"retry: 1000\n\n"
        while True:
            await send({"type": "http.response.body", "body": chunk, "more_body": True})
            chunk = await outbox.get()

    def tell(self) -> None:
        for outbox in self.streams:
            outbox.put_nowait(b"event: entry\ndata: {}\n\n")


def hear(loop: asyncio.AbstractEventLoop, tell: Any) -> None:
    from django.db import connection  # noqa: PLC0415

    if connection.vendor == "postgresql":
        connection.ensure_connection()
        connection.connection.autocommit = True
        connection.connection.execute("LISTEN ronghe_ledger")
        for _told in connection.connection.notifies():
            loop.call_soon_threadsafe(tell)
    last = highest(connection)
    while True:
        time.sleep(0.12)
        if (now := highest(connection)) != last:
            last = now
            loop.call_soon_threadsafe(tell)


def highest(connection: Any) -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT MAX(id) FROM ledger_entry")
        return int(cursor.fetchone()[0] or 0)


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "ronghe.settings")
    django.setup()
    uvicorn.run(Bare(), host="127.0.0.1", port=int(sys.argv[1]), log_level="error", access_log=False)
