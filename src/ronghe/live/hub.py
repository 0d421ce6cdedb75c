"""Everybody who follows something, and the one task that tells them.

It collects what was heard and who came, looks once for all of them (`looking.Look`, in a thread), and puts what is new in
each follower's outbox. What a follower was told last decides what is new, never what was heard: so nothing is lost and
nothing told twice, whatever the database says, twice or in another order, or not at all.
"""

from __future__ import annotations

import asyncio
import json
import logging
from collections import defaultdict
from collections.abc import Callable, Iterable, MutableMapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

from ronghe.live.looking import MISSED, Answer, Mark, Question
from ronghe.live.tokens import ACCOUNT, Reader, Ticket

log = logging.getLogger(__name__)
OUTBOX = 32  # chunks; who does not take them is sent away and replays what was missed
AT_ONCE = 250  # who are let in by one look
PAUSE = 0.02  # between two looks: what happens meanwhile is looked at together
AGAIN = 1.0  # after a look that failed
SWEEP = 60.0  # how often everybody is asked again though nothing happened
PER_SESSION = 20  # streams of one browser
CHANGED, GONE = b"event: changed\ndata: {}\n\n", b"event: gone\ndata: {}\n\n"


@dataclass(eq=False, slots=True)
class Follower:
    """One open stream. `last`: the last seq told (None: tell from now on); an empty chunk ends it."""

    ticket: Ticket
    last: int | None = None
    outbox: asyncio.Queue[bytes] = field(default_factory=lambda: asyncio.Queue(OUTBOX))
    task: asyncio.Task[None] | None = None

    @property
    def reader(self) -> Reader:
        return self.ticket.reader

    @property
    def case(self) -> int | None:
        return self.ticket.case


class Hub:
    """Holds the followers; everything but the look itself happens in the one thread of the loop."""

    def __init__(self, look: Callable[[Question], Answer]) -> None:
        self._look = look
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="live-look")
        self._cases: dict[int, dict[Follower, None]] = defaultdict(dict)
        self._desks: dict[Reader, dict[Follower, None]] = defaultdict(dict)
        self._sessions: dict[str, dict[Follower, None]] = defaultdict(dict)
        self._coming: dict[Follower, asyncio.Future[bool]] = {}
        self._marks: set[Mark] = set()
        self._suspects: set[Reader] = set()
        self._woken = asyncio.Event()
        self.is_closing = False

    def __len__(self) -> int:
        return sum(map(len, self._sessions.values()))

    def tell(self, marks: Iterable[Mark]) -> None:
        """Entries were committed (or may have been: `MISSED`)."""
        self._marks.update(marks)
        self._woken.set()

    async def join(self, follower: Follower) -> bool:
        """Let somebody in, what they missed first; False: they may not."""
        if self.is_closing:
            return False
        same = self._sessions[follower.reader.session]
        if len(same) >= PER_SESSION:
            self._end(next(iter(same)))
        same[follower] = None
        (self._desks[follower.reader] if follower.case is None else self._cases[follower.case])[follower] = (
            None
        )
        waiting = self._coming[follower] = asyncio.get_running_loop().create_future()
        self._woken.set()
        return await waiting

    def leave(self, follower: Follower) -> None:
        """They are gone; what is kept of them is not."""
        self._coming.pop(follower, None)
        _take_out(self._sessions, follower.reader.session, follower)
        _take_out(self._desks, follower.reader, follower)
        _take_out(self._cases, follower.case, follower)

    async def run(self) -> None:
        """Look and tell until cancelled."""
        while True:
            await self._woken.wait()
            self._woken.clear()
            coming = dict(list(self._coming.items())[:AT_ONCE])
            marks, self._marks = self._marks, set()
            suspects, self._suspects = self._suspects, set()
            question = self._question(marks, coming, suspects)
            if question.is_idle:
                continue
            try:
                answer = await asyncio.get_running_loop().run_in_executor(self._thread, self._look, question)
            except Exception as error:  # noqa: BLE001 - whatever the database refuses, the next look may get
                log.warning("live: a look failed: %r", error)
                self._marks |= {*marks, MISSED}
                self._suspects |= suspects
                await asyncio.sleep(AGAIN)
                self._woken.set()
                continue
            self._deliver(answer, coming)
            if self._coming or self._marks:
                self._woken.set()
            await asyncio.sleep(PAUSE)

    async def sweep(self) -> None:
        """Ask again who may still read, again and again: nobody keeps a stream only because nothing happens on it."""
        while True:
            await asyncio.sleep(SWEEP)
            self._suspects |= {one.reader for some in self._sessions.values() for one in some}
            self._woken.set()

    async def close(self) -> None:
        """End all streams; their browsers come back to the next process by themselves."""
        self.is_closing = True
        for follower in [one for some in self._sessions.values() for one in some]:
            self._end(follower)
        for waiting in self._coming.values():
            if not waiting.done():
                waiting.set_result(False)
        self._coming.clear()

    def stop(self) -> None:
        """Let go of the thread."""
        self._thread.shutdown(wait=False, cancel_futures=True)

    def _question(self, marks: set[Mark], coming: Iterable[Follower], suspects: set[Reader]) -> Question:
        if MISSED in marks:
            affected = set(self._cases)
        elif any(kind == "judgement" for kind, _id, _seq in marks):
            affected = set(self._cases)  # which cases they are of is known to the database only
        else:
            affected = {ref for kind, ref, _seq in marks if kind == "case" and ref in self._cases}
        coming = list(coming)
        joining: dict[Reader, set[int]] = defaultdict(set)
        for one in coming:
            joining[one.reader] |= set() if one.case is None else {one.case}
        affected |= {one.case for one in coming if one.case is not None}
        closed = {ref for kind, ref, _seq in marks if kind == "account"}
        if closed:
            suspects = suspects | {
                one.reader
                for some in self._sessions.values()
                for one in some
                if one.reader.kind == ACCOUNT and one.reader.ref in closed
            }
        return Question(
            marks=tuple(marks),
            since={case: self._lowest(case) for case in affected},
            readers={case: {one.reader for one in self._cases.get(case, ())} for case in affected},
            joining=joining,
            desks=tuple(self._desks),
            everybody=suspects,
        )

    def _lowest(self, case: int) -> int | None:
        return min((one.last for one in self._cases.get(case, ()) if one.last is not None), default=None)

    def _deliver(self, answer: Answer, coming: dict[Follower, asyncio.Future[bool]]) -> None:
        news: dict[tuple[int, int, bool], bytes] = {}
        for follower, waiting in coming.items():
            self._coming.pop(follower, None)
            may = self._may(answer, follower)
            if may and follower.case is None:
                self._put(follower, CHANGED)
            if not waiting.done():
                waiting.set_result(may)
        for reader in answer.asked:
            if reader not in answer.allowed:
                self._send_away(reader)
        for case in {case for cases in answer.asked.values() for case in cases}:
            for follower in list(self._cases.get(case, ())):
                if case in answer.asked.get(follower.reader, ()):
                    self._tell(follower, case, answer, news)
        for reader in answer.desks:
            for follower in list(self._desks.get(reader, ())):
                if follower not in coming:
                    self._put(follower, CHANGED)

    def _may(self, answer: Answer, follower: Follower) -> bool:
        seen = answer.allowed.get(follower.reader)
        return seen is not None and (follower.case is None or follower.case in seen)

    def _send_away(self, reader: Reader) -> None:
        """Their session or account has ended."""
        for follower in list(self._sessions.get(reader.session, ())):
            if follower.reader == reader and follower not in self._coming:
                self._put(follower, GONE)
                self._end(follower)

    def _tell(
        self, follower: Follower, case: int, answer: Answer, news: dict[tuple[int, int, bool], bytes]
    ) -> None:
        if follower in self._coming or not self._may(answer, follower):
            if follower not in self._coming and follower.reader in answer.allowed:
                self._put(follower, GONE)
                self._end(follower)
            return
        head = answer.heads.get(case, 0)
        if follower.last is None or follower.last > head:
            follower.last = head  # they begin with what comes from now on
            return
        key = (case, follower.last, follower.reader.is_staff)
        if key not in news:
            news[key] = _words(answer.entries.get(case, ()), follower.last, is_staff=follower.reader.is_staff)
            if case in answer.judged and follower.reader.is_staff:
                news[key] += CHANGED
        follower.last = head
        if news[key]:
            self._put(follower, news[key])

    def _put(self, follower: Follower, chunk: bytes) -> None:
        try:
            follower.outbox.put_nowait(chunk)
        except asyncio.QueueFull:
            self._end(follower)

    def _end(self, follower: Follower) -> None:
        """End a stream: after what waits in its outbox, or at once when nobody takes that."""
        self.leave(follower)
        try:
            follower.outbox.put_nowait(b"")
        except asyncio.QueueFull:
            if follower.task is not None:
                follower.task.cancel()


def _take_out(places: MutableMapping[Any, dict[Follower, None]], key: object, follower: Follower) -> None:
    there = places.get(key)
    if there is not None:
        there.pop(follower, None)
        if not there:
            del places[key]


def _words(entries: Iterable[tuple[int, bool]], last: int, *, is_staff: bool) -> bytes:
    """The entries after `last` as events: their numbers and nothing else; the page asks for the words."""
    told = [seq for seq, to_requester in entries if seq > last and (is_staff or to_requester)]
    return "".join(f"id: {seq}\nevent: entry\ndata: {json.dumps({'seq': seq})}\n\n" for seq in told).encode()
