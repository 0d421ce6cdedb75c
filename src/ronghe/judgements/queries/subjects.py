"""What reviews are about: cases that ended, activities that were held, entries that began, as the ledger tells them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from ronghe.core.select import Facts, Kinds, Name
from ronghe.definitions import queries as definitions
from ronghe.definitions.queries import Loaded
from ronghe.definitions.things import Ref, facts_of, ref_of
from ronghe.ledger.models import Entry, Position
from ronghe.organisations.queries import OrganisationFacts

CLOSED, HELD, BEGAN, ENDED, STEP = "case.closed", "activity.held", "entry.began", "entry.ended", "step.done"
WHAT_HAPPENED = {"closed": CLOSED, "held": HELD, "began": BEGAN}
"""The words that `at` may name; any other is the code of a step."""
ENTRY_OF = {"procedure": CLOSED, "activity": HELD, "register": BEGAN}
TYPE_OF = {"procedure": "case", "activity": "activity", "register": "entry"}
PROCEDURE = "procedure:"
UNITS = ("responsible", "organiser", "organisation")
"""Where facts name the unit that is judged, in this order."""


@dataclass(frozen=True)
class Subject:
    """One thing to be judged, for one round of it."""

    ref: Ref
    round: int = 1
    organisation: int | None = None
    at: dt.datetime | None = None

    @property
    def key(self) -> str:
        """Its name in a draw."""
        return f"{self.ref[0]}:{self.ref[1]}:{self.round}"


def reviews_live(on: dt.date) -> list[Loaded]:
    """The judgements of the day that officers give: not ratings by who asked, nor the daily draw of replies."""
    return [
        loaded
        for loaded in definitions.live("judgement", on)
        if loaded.body.by != Name("requester") and not _is_daily_draw(loaded)
    ]


def _is_daily_draw(loaded: Loaded) -> bool:
    when = loaded.body.when
    return when is not None and str(when.each) == "day" and when.draw is not None


def choices_of(loaded: Loaded) -> list[Kinds]:
    """The kinds of things it judges."""
    return [choice for choice in loaded.body.judges if isinstance(choice, Kinds)]


def reviewed_procedures(on: dt.date) -> frozenset[str]:
    """The procedures whose cases officers review."""
    return frozenset(
        choice.name
        for loaded in reviews_live(on)
        for choice in choices_of(loaded)
        if choice.kind == "procedure"
    )


def happened_after(position: int, watermark: int, most: int) -> list[tuple[int, Entry]]:
    """What happened after a position of the ledger that a review may be asked of; imports left out."""
    places = (
        Position.objects.filter(
            position__gt=position,
            position__lte=watermark,
            entry__kind__in=[*WHAT_HAPPENED.values(), STEP],
        )
        .exclude(entry__origin="import")
        .select_related("entry")
        .order_by("position")[:most]
    )
    return [(place.position, place.entry) for place in places]


def happened_between(choice: Kinds, start: dt.datetime, end: dt.datetime) -> list[Subject]:
    """The cases closed, activities held or entries begun from `start` and before `end`."""
    kind = ENTRY_OF.get(choice.kind)
    if kind is None:
        return []
    rows = Entry.objects.filter(kind=kind, at__gte=start, at__lt=end).exclude(origin="import")
    if choice.kind == "procedure":
        rows = rows.filter(definition=PROCEDURE + choice.name)
    else:
        rows = rows.filter(code=choice.name)
    return [subject_of(entry) for entry in rows.order_by("at", "pk")]


def standing_entries(register: str) -> list[Subject]:
    """The entries of a register that began and did not end."""
    over = Entry.objects.filter(kind=ENDED, code=register).values("subject_id")
    rows = Entry.objects.filter(kind=BEGAN, code=register).exclude(subject_id__in=over)
    return [subject_of(entry) for entry in rows.order_by("at", "pk")]


def subject_of(entry: Entry) -> Subject:
    """What an entry of the ledger is about."""
    return Subject(
        (entry.subject_type, entry.subject_id),
        int(entry.data.get("round", 1)),
        entry.organisation_id,
        entry.at,
    )


def is_named(choice: Kinds, entry: Entry) -> bool:
    """Whether an entry of the ledger is about a thing of this kind."""
    if TYPE_OF.get(choice.kind) != entry.subject_type:
        return False
    if choice.kind == "procedure":
        return bool(entry.definition == PROCEDURE + choice.name)
    return bool(entry.code == choice.name)


def is_judged(choice: Kinds, subject: Subject, on: dt.date, *, closed: bool = True) -> bool:
    """Whether the thing is still as it must be: there, not cancelled, in the same round, and as `where` says."""
    facts = facts_of(subject.ref, on)
    if facts is None or facts.get("state") == "cancelled":
        return False
    if subject.ref[0] == "case" and facts.get("round") != subject.round:
        return False
    if closed and subject.ref[0] == "case" and facts.get("state") != "closed":
        return False
    return choice.where is None or choice.where.matches(facts)


def unit_of(facts: Facts) -> int | None:
    """The unit that is judged with the thing."""
    for name in UNITS:
        found = facts.get(name)
        for one in found if isinstance(found, list) else [found]:
            if isinstance(one, OrganisationFacts):
                return int(one.organisation.pk)
    ref = ref_of(facts)
    return ref[1] if ref and ref[0] == "organisation" else None


def keys_of(subjects: Iterable[Subject]) -> dict[str, Subject]:
    """The subjects by their names in a draw."""
    return {subject.key: subject for subject in subjects}
