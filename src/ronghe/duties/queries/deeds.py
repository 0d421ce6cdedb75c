"""What was done, as the ledger tells it: by which things it counts, without what was cancelled, voided or corrected."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple, TypeAlias

from django.db.models import Q, QuerySet

from ronghe.core.periods import SHANGHAI
from ronghe.core.select import Facts, Where
from ronghe.definitions.things import Ref, facts_of
from ronghe.duties.queries.holders import Holder
from ronghe.duties.queries.lines import Line, Want
from ronghe.ledger.models import Entry, Touch

UNDONE = {
    "activity.cancelled": "activity.held",
    "judgement.voided": "judgement.given",
    "bulletin.withdrawn": "bulletin.issued",
    "case.reopened": "case.closed",
}
"""What takes back what came before it."""
CORRECTING = frozenset({"activity.changed", "activity.cancelled"})
"""Entries that end what they correct; what stands instead follows them. So does a later entry of the same kind."""
MOST = 900  # values in one statement on SQLite
_COLUMNS = (
    "pk",
    "kind",
    "definition",
    "edition",
    "at",
    "subject_type",
    "subject_id",
    "organisation_id",
    "seq",
    "data",
)


class Deed(NamedTuple):
    """One thing done. It sorts by its day."""

    day: dt.date
    entry: int
    kind: str
    definition: str
    edition: str
    ref: Ref
    values: Mapping[str, Any]


_UNDOING = ("kind", "subject_type", "subject_id", "seq", "corrects_id")
Undoing: TypeAlias = tuple[str, str, int, int, int | None]
Row: TypeAlias = tuple[int, str, str, str, dt.datetime, str, int, int | None, int, dict[str, Any]]


@dataclass
class Deeds:
    """What was done, by the thing it counts for and the kind of entry and definition."""

    by_thing: dict[Ref, dict[tuple[str, str], list[Deed]]] = field(default_factory=dict)
    holding: dict[tuple[int, int], bool] = field(default_factory=dict)

    def add(self, ref: Ref, deed: Deed) -> None:
        """Let it count for a thing; once, however often it touches it."""
        known = self.by_thing.setdefault(ref, {}).setdefault((deed.kind, deed.definition), [])
        if not known or known[-1].entry != deed.entry:
            known.append(deed)

    def of(self, holder: Holder, wants: Iterable[Want]) -> list[Deed]:
        """What meets any of the wants for a holder, each once, as it happened."""
        own = self.by_thing.get(holder.ref)
        if own is None and not holder.both:
            return []
        found: dict[int, Deed] = {}
        for want in wants:
            for deed in self._meant(own or {}, want):
                found[deed.entry] = deed
            for deed in self._of_both(holder.both, want) if holder.both else ():
                found[deed.entry] = deed
        return sorted(found.values()) if len(found) > 1 else list(found.values())

    def _of_both(self, ends: tuple[Ref, ...], want: Want) -> Iterator[Deed]:
        """What was done by, for or with both ends of a pairing."""
        first, second = (self.by_thing.get(end, {}) for end in ends)
        theirs = {deed.entry for deed in self._meant(second, want)}
        return (deed for deed in self._meant(first, want) if deed.entry in theirs)

    def _meant(self, known: Mapping[tuple[str, str], list[Deed]], want: Want) -> Iterator[Deed]:
        for definition, editions in want.definitions.items():
            for kind in want.kinds:
                for deed in known.get((kind, definition), ()):
                    if editions is not None and deed.edition not in editions:
                        continue
                    if (want.where is None and not want.line) or self._holds(deed, want):
                        yield deed

    def _holds(self, deed: Deed, want: Want) -> bool:
        key = (deed.entry, id(want))
        if key not in self.holding:
            is_line = not want.line or str(deed.values.get("line", "")) == want.line
            self.holding[key] = is_line and (want.where is None or holds(deed, want.where))
        return self.holding[key]


def holds(deed: Deed, where: Where) -> bool:
    """Whether a filter holds of what was done: by what its entry tells, else by what its room knows of it."""
    asked = {name.partition(".")[0] for kind, name in where.names() if kind == "field"}
    facts: Facts | None = dict(deed.values)
    if not asked <= deed.values.keys():
        facts = facts_of(deed.ref, deed.day)
    return facts is not None and where.matches(facts)


@dataclass(frozen=True)
class Asked:
    """Which entries may count: the kinds, and the definitions, some since an instant, some since ever."""

    kinds: frozenset[str]
    recent: frozenset[str]
    ever: frozenset[str]
    since: dt.datetime

    @classmethod
    def of(cls, lines: Iterable[Line], since: dt.date) -> Asked:
        """What these lines ask for; where a length runs from the last time, however long ago that was."""
        recent, ever, kinds = set[str](), set[str](), set[str]()
        for line in lines:
            for want in line.wants:
                (recent if line.every.each else ever).update(want.definitions)
                kinds |= want.kinds
        start = dt.datetime.combine(since, dt.time(), SHANGHAI)
        return cls(frozenset(kinds), frozenset(recent - ever), frozenset(ever), start)

    def entries(self) -> QuerySet[Entry]:
        """The entries themselves."""
        named = Q(definition__in=sorted(self.recent), at__gte=self.since) | Q(
            definition__in=sorted(self.ever)
        )
        return Entry.objects.filter(named, kind__in=sorted(self.kinds))


def all_deeds(asked: Asked) -> Deeds:
    """Everything done in the city that may count."""
    entries = asked.entries()
    undoing = Entry.objects.filter(Q(kind__in=UNDONE) | Q(corrects__isnull=False))
    touches = Touch.objects.filter(entry__in=entries.values("pk")).values_list("entry_id", "type", "ref")
    return _sorted(_read(entries), touches.iterator(chunk_size=5000), undoing.values_list(*_UNDOING))


def deeds_of(refs: Collection[Ref], asked: Asked) -> Deeds:
    """The same of some things only: by their organisations' entries, their own, and those that touch them."""
    by_type: dict[str, list[int]] = defaultdict(list)
    for type_, number in sorted(set(refs)):
        by_type[type_].append(number)
    found: dict[int, Row] = {}
    for type_, numbers in by_type.items():
        for start in range(0, len(numbers), MOST):
            part = numbers[start : start + MOST]
            is_unit = type_ == "organisation"
            own = Q(organisation__in=part) if is_unit else Q(subject_type=type_, subject_id__in=part)
            touched = Q(touches__type=type_, touches__ref__in=part)
            for which in (own, touched):
                found |= {row[0]: row for row in _read(asked.entries().filter(which))}
    ids = sorted(found)
    touches, undoing = list[tuple[int, str, int]](), list[Undoing]()
    for start in range(0, len(ids), MOST):
        part = ids[start : start + MOST]
        types, subjects = {found[one][5] for one in part}, {found[one][6] for one in part}
        theirs = Entry.objects.filter(subject_type__in=types, subject_id__in=subjects)
        undoing += theirs.filter(Q(kind__in=UNDONE) | Q(corrects__isnull=False)).values_list(*_UNDOING)
        touches += Touch.objects.filter(entry__in=part).values_list("entry_id", "type", "ref")
    return _sorted((found[number] for number in ids), touches, undoing)


def _read(entries: QuerySet[Entry]) -> Iterator[Row]:
    return entries.order_by("pk").values_list(*_COLUMNS).iterator(chunk_size=5000)


def _sorted(
    rows: Iterable[Row], touches: Iterable[tuple[int, str, int]], undoing: Iterable[Undoing]
) -> Deeds:
    """By the things they count for: the organisation whose it is, the subject itself, and whatever it touches."""
    undone: dict[tuple[str, str, int], int] = {}
    dead: dict[int, str] = {}
    for kind, type_, number, seq, corrects in undoing:
        if kind in UNDONE:
            key = (UNDONE[kind], type_, number)
            undone[key] = max(undone.get(key, 0), seq)
        if corrects is not None:
            dead[corrects] = kind
    deeds, found = dict[int, Deed](), Deeds()
    for pk, kind, definition, edition, at, type_, number, unit, seq, data in rows:
        if dead.get(pk) in {kind, *CORRECTING} or undone.get((kind, type_, number), 0) > seq:
            continue
        deed = Deed(
            at.astimezone(SHANGHAI).date(), pk, kind, definition, edition, (type_, number), _values(data)
        )
        deeds[pk] = deed
        found.add((type_, number), deed)
        if unit is not None:
            found.add(("organisation", unit), deed)
    for entry, type_, number in touches:
        if entry in deeds:
            found.add((type_, number), deeds[entry])
    return found


def _values(data: Mapping[str, Any]) -> dict[str, Any]:
    values = data.get("values")
    return {**data, **values} if isinstance(values, dict) else dict(data)
