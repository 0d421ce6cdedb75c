"""How often a token may ask: counted in each process and added up on the database once in a while.

A count on every request would cost more than many of the requests. Each process keeps its own until it has a hundredth of
what is allowed, then adds it to the count of all and reads that; so some more than allowed may pass, never much.
"""

from __future__ import annotations

import datetime as dt
import threading

from ronghe.organisations.domain.tallies import count_up, key_of, span_begins

MINUTE = dt.timedelta(minutes=1)
_WHAT = "api"
_MOST_KNOWN = 10_000


class Pace:
    """The counts of one process."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._counts: dict[str, tuple[dt.datetime, int, int]] = {}

    def refuses(self, who: str, most: int, now: dt.datetime) -> dt.datetime | None:
        """Count one more; when the next is taken, if this one is too many."""
        begins = span_begins(MINUTE, now)
        step = max(1, most // 100)
        with self._lock:
            since, own, of_all = self._counts.get(who, (begins, 0, 0))
            if since != begins:
                own = of_all = 0
            own += 1
            is_full = own >= step
            if len(self._counts) >= _MOST_KNOWN:
                self._counts.clear()
            self._counts[who] = (begins, 0 if is_full else own, of_all)
        if is_full and of_all <= most:
            of_all = count_up(key_of(_WHAT, who), MINUTE, at=now, by=own)
            with self._lock:
                self._counts[who] = (begins, self._counts[who][1], of_all)
        return begins + MINUTE if of_all > most else None
