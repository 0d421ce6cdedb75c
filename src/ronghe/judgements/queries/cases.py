"""What the ledger says of the cases that are judged: when they closed, who answered, who asked, who handled them."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass

from django.db.models import Min, QuerySet

from ronghe.core.worktime import SHANGHAI
from ronghe.ledger.models import Entry, Position, Touch

CLOSED, ANSWERED, OPENED = "case.closed", "case.answered", "case.opened"
PROCEDURE = "procedure:"


@dataclass(frozen=True)
class Closing:
    """One round of a case that was closed. `reply` is the number of the reply sent in it; 0: none was."""

    case_id: int
    round: int
    procedure: str
    organisation_id: int | None
    result: str
    at: dt.datetime
    position: int = 0
    reply: int = 0

    @property
    def key(self) -> str:
        """Its name in a draw."""
        return f"case:{self.case_id}:{self.round}"


@dataclass(frozen=True)
class Opening:
    """What a case began with: its number, who asked, and the unit it complains of."""

    number: str
    identity: int | None = None
    about_unit: int | None = None


def closed_on(procedure: str, day: dt.date, watermark: int) -> list[Closing]:
    """The rounds of a kind closed on a day with a reply sent, as the ledger had them up to the watermark.

    A case that another answers for is left out: its reply is the other's.
    """
    start = dt.datetime.combine(day, dt.time(), SHANGHAI)
    entries = Entry.objects.filter(
        kind=CLOSED,
        subject_type="case",
        definition=PROCEDURE + procedure,
        at__gte=start,
        at__lt=start + dt.timedelta(days=1),
        position__position__lte=watermark,
    ).exclude(origin="import")
    replies, merged = _replies(entries, watermark), _merged(entries, watermark)
    found = [_closing(entry, 0, replies) for entry in entries.order_by("at", "pk")]
    return [closing for closing in found if closing.reply and closing.case_id not in merged]


def closed_after(position: int, watermark: int, most: int) -> list[Closing]:
    """The next rounds closed after a position of the ledger, in its order; what was brought in from elsewhere left out."""
    places = (
        Position.objects.filter(position__gt=position, position__lte=watermark, entry__kind=CLOSED)
        .exclude(entry__origin="import")
        .select_related("entry")
        .order_by("position")[:most]
    )
    return [_closing(place.entry, place.position, {}) for place in places]


def first_closing_since(since: dt.datetime) -> int | None:
    """The position of the first closing since then; None when there is none."""
    found = Position.objects.filter(entry__kind=CLOSED, entry__at__gte=since).aggregate(first=Min("position"))
    first: int | None = found["first"]
    return first


def closing_of(case_id: int, round_: int) -> Closing | None:
    """How that round of the case was closed."""
    entries = Entry.objects.filter(kind=CLOSED, subject_type="case", subject_id=case_id).order_by("-seq")
    return next((_closing(entry, 0, {}) for entry in entries if entry.data["round"] == round_), None)


def openings_of(case_ids: Collection[int]) -> dict[int, Opening]:
    """What these cases began with; one query."""
    entries = Entry.objects.filter(kind=OPENED, subject_type="case", subject_id__in=case_ids)
    return {
        entry.subject_id: Opening(
            entry.data["number"], entry.data.get("identity"), entry.data.get("about_unit")
        )
        for entry in entries
    }


def handled_by(case_ids: Collection[int]) -> dict[int, set[int]]:
    """Everybody who did anything with these cases, those in whose name it was done included; two queries."""
    people: dict[int, set[int]] = defaultdict(set)
    mine = Entry.objects.filter(subject_type="case", subject_id__in=case_ids)
    for case_id, actor in mine.filter(actor__startswith="person:").values_list("subject_id", "actor"):
        people[case_id].add(int(actor.removeprefix("person:")))
    touched = Touch.objects.filter(
        type="person", entry__subject_type="case", entry__subject_id__in=case_ids
    ).values_list("entry__subject_id", "ref")
    for case_id, person in touched:
        people[case_id].add(person)
    return people


def merged_or_reopened(closings: Collection[Closing]) -> set[str]:
    """The keys of those that were put into another case or taken up again since; one query."""
    ids = {closing.case_id for closing in closings}
    later: dict[int, list[tuple[str, int]]] = defaultdict(list)
    moves = Entry.objects.filter(
        subject_type="case", subject_id__in=ids, kind__in=("case.reopened", "case.merged", "case.split")
    ).order_by("seq")
    for entry in moves:
        later[entry.subject_id].append((entry.kind, entry.data.get("round", 0)))
    return {closing.key for closing in closings if _is_gone(closing, later[closing.case_id])}


def _is_gone(closing: Closing, moves: list[tuple[str, int]]) -> bool:
    if any(kind == "case.reopened" and round_ > closing.round for kind, round_ in moves):
        return True
    joined = [kind for kind, _ in moves if kind in ("case.merged", "case.split")]
    return bool(joined) and joined[-1] == "case.merged"


def _replies(entries: QuerySet[Entry], watermark: int) -> dict[tuple[int, int], int]:
    sent = Entry.objects.filter(
        kind=ANSWERED,
        subject_type="case",
        subject_id__in=entries.order_by().values("subject_id"),
        position__position__lte=watermark,
    ).order_by("seq")
    return {(entry.subject_id, entry.data.get("round", 1)): entry.data["reply"] for entry in sent}


def _merged(entries: QuerySet[Entry], watermark: int) -> set[int]:
    """Those of the cases that stand merged into another."""
    moves = Entry.objects.filter(
        kind__in=("case.merged", "case.split"),
        subject_type="case",
        subject_id__in=entries.order_by().values("subject_id"),
        position__position__lte=watermark,
    ).order_by("seq")
    last = dict(moves.values_list("subject_id", "kind"))
    return {case for case, kind in last.items() if kind == "case.merged"}


def _closing(entry: Entry, position: int, replies: dict[tuple[int, int], int]) -> Closing:
    round_ = entry.data["round"]
    return Closing(
        case_id=entry.subject_id,
        round=round_,
        procedure=entry.definition.removeprefix(PROCEDURE),
        organisation_id=entry.organisation_id,
        result=entry.data["result"],
        at=entry.at,
        position=position,
        reply=replies.get((entry.subject_id, round_), 0),
    )
