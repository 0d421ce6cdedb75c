"""Where it is heard that entries were committed: PostgreSQL tells, SQLite is asked. A thread with one connection of its own."""

from __future__ import annotations

import logging
import random
import threading
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable

import psycopg
from django.db import DatabaseError, connection

from ronghe.live.looking import MISSED, Mark

log = logging.getLogger(__name__)
CHANNEL = "ronghe_ledger"
EVERY = 0.12  # seconds between two questions to SQLite
LISTEN = 0.5  # seconds; how soon a listener notices that it is to stop
QUIET = 20  # times LISTEN without a word, after which the line is tried
FIRST, LONGEST = 0.2, 5.0  # seconds until the database is tried again
MOST = 500  # subjects told one by one


class Source(ABC):
    """Calls `hear` with marks; `MISSED` first, and again whenever it was away."""

    word = ""

    def __init__(self, hear: Callable[[Iterable[Mark]], object]) -> None:
        self._hear = hear
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="live-source", daemon=True)
        self.is_here = False

    def start(self) -> None:
        """Begin in a thread."""
        self._thread.start()

    def stop(self) -> None:
        """Come to an end soon."""
        self._stop.set()
        self._thread.join(2)

    def _run(self) -> None:
        wait, chance = FIRST, random.Random()  # noqa: S311 - so that several do not come back at the same moment
        while not self._stop.is_set():
            try:
                self._attend()
            except (DatabaseError, psycopg.Error) as error:
                if self.is_here:
                    log.warning("live: the database went away: %s", error)
                wait = FIRST if self.is_here else min(LONGEST, wait * 2)
            self.is_here = False
            self._stop.wait(wait * chance.uniform(0.7, 1.3))

    def _here(self) -> None:
        self.is_here = True
        self._hear([MISSED])

    @abstractmethod
    def _attend(self) -> None:
        """Hear until told to stop; raises the database's error when it goes away."""


class Listening(Source):
    """PostgreSQL: the trigger `ledger_entry_told` names each subject (`ledger/migrations/0003_told.py`)."""

    word = "listening"

    def _attend(self) -> None:
        given = connection.get_connection_params()
        given.pop("cursor_factory", None)
        given.pop("context", None)
        with psycopg.connect(**given, autocommit=True, application_name="ronghe-live") as line:
            line.execute(f"LISTEN {CHANNEL}")
            self._here()
            silent = 0
            while not self._stop.is_set():
                marks = [_mark(told.payload) for told in line.notifies(timeout=LISTEN, stop_after=1)]
                silent = 0 if marks else silent + 1
                if marks:
                    self._hear(marks)
                elif silent >= QUIET:
                    line.execute("SELECT 1")
                    silent = 0


class Asking(Source):
    """SQLite: one writer at a time, so the highest entry id says whether there is anything new."""

    word = "asking"

    def _attend(self) -> None:
        try:
            last = self._highest()
            self._here()
            while not self._stop.wait(EVERY):
                highest = self._highest()
                if highest != last:
                    self._hear(self._since(last) if highest > last else [MISSED])
                    last = highest
        finally:
            connection.close()

    def _highest(self) -> int:
        with connection.cursor() as cursor:
            cursor.execute("SELECT MAX(id) FROM ledger_entry")
            return int(cursor.fetchone()[0] or 0)

    def _since(self, last: int) -> list[Mark]:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT subject_type, subject_id, MAX(seq) FROM ledger_entry WHERE id > %s GROUP BY 1, 2 LIMIT %s",
                [last, MOST + 1],
            )
            rows: list[Mark] = [(str(kind), int(ref), int(seq)) for kind, ref, seq in cursor.fetchall()]
        return [MISSED] if len(rows) > MOST else rows


def source_for(hear: Callable[[Iterable[Mark]], object]) -> Source:
    """The one that suits the database."""
    return (Listening if connection.vendor == "postgresql" else Asking)(hear)


def _mark(payload: str) -> Mark:
    kind, _, rest = payload.partition(":")
    ref, _, seq = rest.partition(":")
    return (kind, int(ref), int(seq)) if seq else MISSED
