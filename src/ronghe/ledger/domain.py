"""The only writer of the ledger: entries are added, checked and given their place; nothing is ever changed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any, NamedTuple, TypedDict, Unpack

from django.db import IntegrityError, connection, transaction
from django.utils import timezone
from pydantic_core import to_json

from ronghe.ledger import queries, rules
from ronghe.ledger.entries import kind_of
from ronghe.ledger.exceptions import LedgerError, SeqTaken
from ronghe.ledger.models import Entry, Touch as TouchRow
from ronghe.rows import asked, insert, insertion, on_postgresql

Subject = tuple[str, int]
NATURES = frozenset({"", "actual", "plan", "target", "benchmark"})
_FEW = 100  # entries written with their touches in one statement
_ACTOR_WIDTH, _TYPE_WIDTH = 64, 24  # of the columns
_SEQUENCER_LOCK = 0x726F6E676865  # one number for the whole installation, on PostgreSQL's advisory locks


@dataclass(frozen=True, slots=True)
class Touch:
    """What else an entry is about: `Touch("about", "organisation", 12)`."""

    role: str
    type: str
    ref: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """An entry to be written. `quantity` counts the smallest unit; `seq` None takes the subject's next."""

    kind: str
    at: dt.datetime
    actor: str
    subject: Subject
    organisation_id: int | None = None
    touches: tuple[Touch, ...] = ()
    code: str = ""
    quantity: int | None = None
    nature: str = ""
    period: str = ""
    definition: str = ""
    edition: str = ""
    data: Mapping[str, object] = field(default_factory=dict)
    corrects: int | None = None
    origin: str = ""
    batch: str = ""
    seq: int | None = None


class Details(TypedDict, total=False):
    """What `record` takes besides kind, subject, actor and time; as in `Draft`."""

    organisation_id: int | None
    touches: tuple[Touch, ...]
    code: str
    quantity: int | None
    nature: str
    period: str
    definition: str
    edition: str
    data: Mapping[str, object]
    corrects: int | None
    origin: str
    batch: str
    seq: int | None


class Written(NamedTuple):
    """An entry that stands in the ledger: its id, and its place among those of its subject."""

    pk: int
    seq: int


def record(
    kind: str, *, subject: Subject, actor: str, at: dt.datetime, **details: Unpack[Details]
) -> Written:
    """Write one entry in the caller's transaction, which holds the subject's row lock and writes the change.

    `at` is when it happened (aware). Raises LedgerError; then nothing was written.
    """
    return record_all([Draft(kind=kind, subject=subject, actor=actor, at=at, **details)])[0]


def record_all(drafts: Iterable[Draft]) -> list[Written]:
    """Write entries with their touches, all or none, and tell where they stand, in the order given.

    A draft without `seq` takes the next of its subject after those before it in `drafts`. Within a subject `seq` must rise
    in the order given. All drafts are checked before the first is written. Raises LedgerError; SeqTaken when
    another transaction took a `seq` first: then the caller's transaction must end, there is no savepoint.
    """
    drafts = list(drafts)
    for draft in drafts:
        check(draft)
    now = timezone.now()
    rows = [_row(draft, seq, now) for draft, seq in zip(drafts, _seqs(drafts), strict=True)]
    try:
        return _insert_all(rows, drafts)
    except IntegrityError as error:
        if "entry_seq_once" in str(error) or "ledger_entry.seq" in str(error):
            raise SeqTaken from error
        raise


def check(draft: Draft) -> None:
    """Raise LedgerError unless the draft may be written: known kind, an actor, a subject, an aware time, clean data."""
    kind = kind_of(draft.kind)
    if not rules.is_actor(draft.actor) or len(draft.actor) > _ACTOR_WIDTH:
        message = f"{kind.code} 没有写明是谁做的（{draft.actor!r}），没有记账。写法：person:12、requester:34、system:clock、import:批次。"
        raise LedgerError("bad-actor", message, kind=kind.code)
    if not _is_thing(draft.subject) or not all(
        rules.is_type(touch.role) and _is_thing((touch.type, touch.ref)) for touch in draft.touches
    ):
        message = f"{kind.code} 没有写明是哪一件事（类别和编号），没有记账。"
        raise LedgerError("bad-subject", message, kind=kind.code, subject=draft.subject)
    if draft.at is None or draft.at.tzinfo is None or draft.at.utcoffset() is None:
        raise LedgerError("naive-time", f"{kind.code} 的时间没有时区，没有记账。", kind=kind.code)
    _check_columns(draft)
    kind.check(draft.data)


def _check_columns(draft: Draft) -> None:
    wrong = [
        name
        for name, width in (
            ("code", 64),
            ("period", 24),
            ("definition", 96),
            ("edition", 40),
            ("origin", 24),
            ("batch", 40),
        )
        if (text := getattr(draft, name)) and not (len(text) <= width and rules.is_word(text))
    ]
    wrong += [
        name
        for name, good in (
            ("nature", draft.nature in NATURES),
            ("quantity", draft.quantity is None or type(draft.quantity) is int),
            ("corrects", draft.corrects is None or rules.is_id(draft.corrects)),
            ("organisation_id", draft.organisation_id is None or rules.is_id(draft.organisation_id)),
            ("seq", draft.seq is None or rules.is_id(draft.seq)),
        )
        if not good
    ]
    if wrong:
        message = f"{draft.kind} 的 {'、'.join(wrong)} 不合规定（只能写代码、编号和数），没有记账。"
        raise LedgerError("bad-column", message, kind=draft.kind, fields=wrong)


def _is_thing(thing: object) -> bool:
    match thing:
        case (str(kind), number):
            return rules.is_type(kind) and len(kind) <= _TYPE_WIDTH and rules.is_id(number)
    return False


def _seqs(drafts: Sequence[Draft]) -> list[int]:
    last = queries.last_seqs({draft.subject for draft in drafts if draft.seq is None})
    seqs = []
    written: dict[Subject, int] = {}
    for draft in drafts:
        before = written.get(draft.subject, 0)
        seq = draft.seq or max(before, last.get(draft.subject, 0)) + 1
        if seq <= before:
            raise LedgerError(
                "seq-order", "同一件事的记账顺序颠倒了，没有记账。", subject=draft.subject, seq=seq
            )
        written[draft.subject] = seq
        seqs.append(seq)
    return seqs


def _row(draft: Draft, seq: int, now: dt.datetime) -> dict[str, Any]:
    """The columns of an entry."""
    return {
        "at": draft.at,
        "recorded_at": now,
        "kind": draft.kind,
        "actor": draft.actor,
        "organisation_id": draft.organisation_id,
        "subject_type": draft.subject[0],
        "subject_id": draft.subject[1],
        "seq": seq,
        "code": draft.code,
        "quantity": draft.quantity,
        "nature": draft.nature,
        "period": draft.period,
        "definition": draft.definition,
        "edition": draft.edition,
        "data": dict(draft.data),
        "corrects_id": draft.corrects,
        "origin": draft.origin,
        "batch": draft.batch,
    }


def _insert_all(rows: Sequence[dict[str, Any]], drafts: Sequence[Draft]) -> list[Written]:
    """Entries and their touches; the few of an act in one statement where the database can."""
    if on_postgresql() and 0 < len(rows) <= _FEW:
        return _insert_few(rows, drafts)
    entries = [Entry(**row) for row in rows]
    with transaction.atomic(savepoint=False):
        insert(entries)
        insert(
            [
                TouchRow(entry_id=entry.pk, role=touch.role, type=touch.type, ref=touch.ref)
                for entry, draft in zip(entries, drafts, strict=True)
                for touch in dict.fromkeys(draft.touches)
            ]
        )
    return [Written(entry.pk, entry.seq) for entry in entries]


def _insert_few(rows: Sequence[dict[str, Any]], drafts: Sequence[Draft]) -> list[Written]:
    places = [(row["subject_type"], row["subject_id"], row["seq"]) for row in rows]
    touches = [
        {
            "subject_type": thing,
            "subject_id": ref,
            "seq": seq,
            "role": one.role,
            "type": one.type,
            "ref": one.ref,
        }
        for (thing, ref, seq), draft in zip(places, drafts, strict=True)
        for one in dict.fromkeys(draft.touches)
    ]
    texts = [to_json(rows).decode(), to_json(touches).decode()]
    ids = {tuple(place): pk for *place, pk in asked(_with_touches(), texts)}
    return [Written(ids[place], place[2]) for place in places]


@cache
def _with_touches() -> str:
    """One statement that writes entries and their touches."""
    into = insertion(Entry, has_id=False)
    return (
        f"WITH entry AS ({into.head} {into.given} RETURNING id, subject_type, subject_id, seq), touched AS ("  # noqa: S608
        "INSERT INTO ledger_touch (entry_id, role, type, ref) "
        "SELECT entry.id, given.role, given.type, given.ref FROM ROWS FROM (json_to_recordset(%s::json) AS "
        "(subject_type text, subject_id bigint, seq integer, role text, type text, ref bigint)) WITH ORDINALITY "
        "AS given(subject_type, subject_id, seq, role, type, ref, no) "
        "JOIN entry USING (subject_type, subject_id, seq) ORDER BY given.no) "
        "SELECT subject_type, subject_id, seq, id FROM entry"
    )


def sequence() -> int:
    """Give the next positions to committed entries that have none; return the watermark (the last position).

    Positions are dense and never change. One sequencer runs at a time: a second waits for the first. An entry whose
    transaction commits late gets a later position than entries with higher ids; within a subject positions rise with `seq`.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_SEQUENCER_LOCK])
        cursor.execute(
            "INSERT INTO ledger_position (position, entry_id) "
            "SELECT (SELECT COALESCE(MAX(position), 0) FROM ledger_position) + ROW_NUMBER() OVER (ORDER BY entry.id), entry.id "
            "FROM ledger_entry entry LEFT JOIN ledger_position given ON given.entry_id = entry.id "
            "WHERE given.entry_id IS NULL"
        )
    return queries.watermark()
