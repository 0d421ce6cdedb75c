"""Several threads on one database at the same moment, on either kind of it."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from django.db import connection, connections


def all_at_once(works: Sequence[Callable[[], Any]], folder: Path) -> list[Any]:
    """What each gives, begun together, each in a thread with a connection of its own.

    SQLite in memory has one writer by its nature: there they work on a copy in a file, which `on_copy` then asks.
    """
    if connection.vendor == "sqlite":
        copied = sqlite3.connect(folder / "copy.sqlite3")
        connection.connection.backup(copied)
        copied.close()
    gate, given = threading.Barrier(len(works)), [None] * len(works)

    def work(place: int) -> None:
        gate.wait(30)
        given[place] = works[place]()

    threads = [
        threading.Thread(target=_on_own_connection, args=(lambda place=place: work(place), folder))
        for place in range(len(works))
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return given


def on_copy(ask: Callable[[], Any], folder: Path) -> Any:
    """What a question gives on the database the threads worked on."""
    found: list[Any] = []
    thread = threading.Thread(target=_on_own_connection, args=(lambda: found.append(ask()), folder))
    thread.start()
    thread.join(60)
    return found[0]


def _on_own_connection(work: Callable[[], Any], folder: Path) -> None:
    own = connections["default"]
    if own.vendor == "sqlite":
        own.settings_dict = {**own.settings_dict, "NAME": str(folder / "copy.sqlite3")}
    try:
        work()
    finally:
        own.close()
