"""One look at the database for all that waits: new entries of the cases followed, and who may be told of them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from functools import reduce
from operator import or_

from django.db import connections
from django.db.models import Q

from ronghe.casework.queries.timeline import is_told
from ronghe.casework.queries.watched import was_on_worklist, worked
from ronghe.core.memory import remembering
from ronghe.ledger.models import Entry, Touch
from ronghe.ledger.queries import last_seqs
from ronghe.live.readers import Allowed, Readers, chunks
from ronghe.live.tokens import Reader

Mark = tuple[str, int, int]
"""Subject type, subject id and seq of an entry just committed: a hint where to look."""
MISSED: Mark = ("*", 0, 0)
"""Entries may have been committed of which nothing was heard."""
QUIET = frozenset({"case", "judgement"})  # the subjects that give nobody any power
TOGETHER = 100


@dataclass(frozen=True)
class Question:
    """What is asked at one look. `since`: case → the last seq its followers were told (None: they want what comes from now on)."""

    marks: tuple[Mark, ...]
    since: Mapping[int, int | None]
    readers: Mapping[int, Collection[Reader]]
    joining: Mapping[Reader, Collection[int]]
    desks: Collection[Reader]
    everybody: Collection[Reader] = ()

    @property
    def is_idle(self) -> bool:
        """Whether nobody waits for an answer and nothing remembered is touched."""
        waits = self.since or self.joining or self.desks or self.everybody
        return not waits and all(kind in QUIET for kind, _id, _seq in self.marks)


@dataclass
class Answer:
    """What was found. `entries`: case → (seq, whether the requester is told of it); `judged`: cases whose judgements changed."""

    entries: dict[int, list[tuple[int, bool]]] = field(default_factory=dict)
    heads: dict[int, int] = field(default_factory=dict)
    judged: frozenset[int] = frozenset()
    desks: frozenset[Reader] = frozenset()
    asked: Mapping[Reader, Collection[int]] = field(default_factory=dict)
    allowed: Allowed = field(default_factory=dict)


class Look:
    """Called from a thread, one call at a time; no connection is kept from one call to the next."""

    def __init__(self) -> None:
        self.readers = Readers()

    def __call__(self, question: Question) -> Answer:
        """The answer."""
        try:
            with remembering():
                return self._look(question)
        finally:
            connections.close_all()

    def _look(self, question: Question) -> Answer:
        missed = MISSED in question.marks
        if missed:
            self.readers.forget_all()
        else:
            self.readers.forget(question.marks)
        judged = _judged(question.marks)
        answer = Answer(judged=frozenset(judged & question.since.keys()))
        wanted: dict[Reader, set[int]] = defaultdict(set, {one: set() for one in question.everybody})
        touched = _touched(question, judged, answer, missed=missed)
        for case in touched:
            for reader in question.readers.get(case, ()):
                wanted[reader].add(case)
        for reader, cases in question.joining.items():
            wanted[reader] |= set(cases)
        answer.desks = self._desks(question, judged, missed=missed)
        for reader in answer.desks:
            wanted[reader] |= set()
        answer.asked, answer.allowed = wanted, self.readers.allowed(wanted)
        return answer

    def _desks(self, question: Question, judged: Collection[int], *, missed: bool) -> frozenset[Reader]:
        """The worklists that may have changed; where powers are not known, it is said rather once too often."""
        if missed:
            return frozenset(question.desks)
        if not question.marks:
            return frozenset()
        moved = {ref for kind, ref, _seq in question.marks if kind == "case"} | set(judged)
        cases = [case for some in chunks(sorted(moved)) for case in worked(some).values()]
        known = {reader: self.readers.known_powers(reader) for reader in question.desks}
        return frozenset(
            reader
            for reader, powers in known.items()
            if powers is None or any(was_on_worklist(powers, case) for case in cases)
        )


def _touched(question: Question, judged: Collection[int], answer: Answer, *, missed: bool) -> set[int]:
    """Read what is new of the cases asked about into the answer; which have anything new."""
    asked = set(question.since)
    heads = last_seqs({("case", case) for case in asked})
    answer.heads = {case: head for (_kind, case), head in heads.items()}
    low = {
        case: last
        for case, last in question.since.items()
        if last is not None and answer.heads.get(case, 0) > last
    }
    answer.entries = _entries(low)
    for case, rows in answer.entries.items():
        answer.heads[case] = rows[-1][0]
    return set(answer.entries) | (asked & set(judged)) | (asked if missed else set())


def _entries(low: Mapping[int, int]) -> dict[int, list[tuple[int, bool]]]:
    """The entries of each case after a seq."""
    found: dict[int, list[tuple[int, bool]]] = defaultdict(list)
    waiting = list(low.items())
    for start in range(0, len(waiting), TOGETHER):
        wanted = reduce(
            or_, (Q(subject_id=case, seq__gt=last) for case, last in waiting[start : start + TOGETHER])
        )
        rows = Entry.objects.filter(wanted, subject_type="case").order_by("subject_id", "seq")
        for entry in rows.only("subject_id", "seq", "kind", "actor", "data"):
            found[entry.subject_id].append((entry.seq, is_told(entry)))
    return dict(found)


def _judged(marks: Iterable[Mark]) -> set[int]:
    """The cases whose judgements have new entries."""
    judgements = {ref for kind, ref, _seq in marks if kind == "judgement"}
    return {
        case
        for some in chunks(judgements)
        for case in Touch.objects.filter(
            entry__subject_type="judgement", entry__subject_id__in=some, role="of", type="case"
        ).values_list("ref", flat=True)
    }
