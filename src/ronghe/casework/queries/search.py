"""Cases found by their words: what an index finds, cut to what somebody may see.

The order is that of time, the newest first, and depends on nothing else: a rank by how rare a word is would be reckoned over
cases the reader may not see, and would tell of them. Everything counted is counted over the visible ones alone.
"""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from django.db import connection
from django.db.models import Case as Choose, Count, F, IntegerField, Q, QuerySet, Value, When
from django.db.models.expressions import RawSQL
from django.utils import timezone

from ronghe.casework.enums import CaseState
from ronghe.casework.managers import CaseQuerySet
from ronghe.casework.models import Case, SearchMark, SearchText
from ronghe.definitions.models import Edition
from ronghe.ledger.models import Entry
from ronghe.ledger.queries import watermark
from ronghe.organisations.models import Organisation
from ronghe.organisations.queries import Powers
from ronghe.text.masking import mask
from ronghe.text.tokens import Term, for_fts5, for_tsquery, spots, terms

PAGE = 20
LATE = dt.timedelta(days=3)  # how far back what is not indexed yet is looked for by number and title
YEARS = 30  # back from now that are told apart
MANY = 1000  # hits from which on a page is filled from the newest case
EXCERPTS, AROUND = 2, 24  # so many pieces of a text, so many characters on each side
_YEAR = re.compile("(?:19|20)[0-9]{2}")
FACETS = ("state", "procedure", "unit", "year")

_FTS5 = "SELECT rowid FROM casework_searchindex WHERE casework_searchindex MATCH %s"
_TSQUERY = "SELECT case_id FROM casework_searchtext WHERE vector @@ %s::tsquery"

Piece = tuple[str, bool]  # words, and whether they are what was looked for


@dataclass(frozen=True)
class Wanted:
    """What is looked for, and which part of what is found. `unit` is a code; `before`: only what comes after that key."""

    text: str
    state: str = ""
    procedure: str = ""
    unit: str = ""
    year: str = ""
    before: str = ""

    @property
    def terms(self) -> tuple[Term, ...]:
        """The words; none: nothing can be found."""
        return terms(self.text)

    @property
    def known_year(self) -> str:
        """The year, where it is one."""
        return self.year if _YEAR.fullmatch(self.year) else ""


@dataclass(frozen=True)
class Hit:
    """A case found: its title in pieces, and where the words stand in the rest, [(what it is, pieces)]."""

    case: Case
    title: list[Piece]
    excerpts: list[tuple[str, list[Piece]]] = field(default_factory=list)


@dataclass(frozen=True)
class Option:
    """A part of what was found: how many, and whether it is the one chosen."""

    code: str
    title: str
    count: int
    is_chosen: bool = False


@dataclass(frozen=True)
class Found:
    """A page of hits, how many there are in all, their parts, and the key the next page begins after."""

    hits: list[Hit]
    total: int = 0
    facets: dict[str, list[Option]] = field(default_factory=dict)
    next: str = ""


def hits(cases: CaseQuerySet, text: str, now: dt.datetime, *, are_many: bool = False) -> CaseQuerySet:
    """Those of these (visible) cases that hold all the words; nothing when there are none.

    What came in these days and is not indexed yet (the worker is away) is found by number and title; one statement for that.
    `are_many`: the words are known to stand in many cases. Then the sum keeps the database from fetching every hit before it
    sorts them; it goes through the cases from the newest on and soon has a page full.
    """
    asked = terms(text)
    if not asked:
        return cases.none()
    fresh = cases.filter(opened_at__gte=now - LATE, search_text=None)
    late = list(fresh.filter(told_by(text)).order_by().values_list("pk", flat=True))
    found = Q(itself__in=_ids(asked)) if are_many else indexed(asked)
    every: CaseQuerySet = cases.annotate(itself=F("pk") + 0) if are_many else cases
    return every.filter(found | Q(pk__in=late)) if late else every.filter(found)


def told_by(text: str) -> Q:
    """That number or title hold exactly these characters."""
    words = text.replace("\0", "").strip()
    return Q(number__icontains=words) | Q(title__icontains=words)


def indexed(asked: Iterable[Term]) -> Q:
    """That the index holds all of these words; at least one must be asked for."""
    return Q(pk__in=_ids(asked))


def _ids(asked: Iterable[Term]) -> RawSQL:
    if connection.vendor == "postgresql":
        return RawSQL(_TSQUERY, [for_tsquery(asked)])  # noqa: S611 - a constant; what was typed is a parameter
    return RawSQL(_FTS5, [for_fts5(asked)])  # noqa: S611 - as above


def search_cases(powers: Powers, wanted: Wanted, now: dt.datetime, most: int = PAGE) -> Found:
    """A page of the visible cases that hold the words, the newest first; nine statements at most, whatever is found."""
    visible: CaseQuerySet = Case.objects.visible_with(powers)
    facets, total = facets_of(hits(visible, wanted.text, now), wanted, now)
    cases = newest(visible, wanted, now, total, most + 1) if total else []
    following = key_of(cases[most - 1]) if len(cases) > most else ""
    return Found(_told(cases[:most], wanted.terms), total, facets, following)


def newest(visible: CaseQuerySet, wanted: Wanted, now: dt.datetime, total: int, most: int) -> list[Case]:
    """The newest of the `total` hits from the key on.

    Databases guess badly how many cases hold a word. Of few, all their places in time are fetched and sorted here; of many,
    the cases are gone through from the newest on until there are enough.
    """
    if total > MANY:
        found = narrowed(hits(visible, wanted.text, now, are_many=True), wanted)
        return list(_after(found, wanted.before).with_units().order_by("-opened_at", "-pk")[:most])
    found = narrowed(hits(visible, wanted.text, now), wanted)
    places = sorted(_after(found, wanted.before).order_by().values_list("opened_at", "pk"), reverse=True)
    rows = Case.objects.with_units().in_bulk([pk for _, pk in places[:most]])
    return [rows[pk] for _, pk in places[:most]]


def narrowed(cases: CaseQuerySet, wanted: Wanted) -> CaseQuerySet:
    """Those of the parts that are chosen."""
    given = {
        "state": wanted.state,
        "procedure": wanted.procedure,
        "responsible__code": wanted.unit,
        "opened_at__year": wanted.known_year,
    }
    return cases.filter(**{name: value for name, value in given.items() if value})


def key_of(case: Case) -> str:
    """Where a case stands in the order."""
    return f"{case.opened_at.astimezone(dt.UTC):%Y%m%dT%H%M%S.%f}-{case.pk}"


def _after(cases: CaseQuerySet, key: str) -> CaseQuerySet:
    """What follows the key; the beginning when it is none."""
    moment, _, number = key.partition("-")
    try:
        at, pk = dt.datetime.strptime(moment, "%Y%m%dT%H%M%S.%f").replace(tzinfo=dt.UTC), int(number)
    except ValueError:
        return cases
    return cases.filter(Q(opened_at__lt=at) | Q(opened_at=at, pk__lt=pk))


def facets_of(visible: CaseQuerySet, wanted: Wanted, now: dt.datetime) -> tuple[dict[str, list[Option]], int]:
    """The parts of what was found, and how many cases all choices together leave; three statements.

    A part is counted with every other choice applied, so that one may change one's mind.
    """
    rows: QuerySet[Any, Any] = (
        visible.order_by()
        .annotate(year=_year(now))
        .values_list("state", "edition", "responsible", "year")
        .annotate(count=Count("pk"))
    )
    counted = list(rows)
    editions = Edition.objects.only("code", "title").in_bulk({row[1] for row in counted})
    units = Organisation.objects.only("code", "name").in_bulk({row[2] for row in counted if row[2]})
    chosen = (wanted.state, wanted.procedure, wanted.unit, wanted.known_year)
    counts: dict[str, Counter[str]] = {name: Counter() for name in FACETS}
    titles: dict[str, dict[str, str]] = {name: {} for name in FACETS}
    total = 0
    for state, edition, responsible, year, count in counted:
        kind, unit = editions[edition], units.get(responsible)
        here = (state, kind.code, unit.code if unit else "", str(year or ""))
        told = (str(CaseState(state).label), kind.title, unit.name if unit else "", str(year))
        misses = [n for n, (is_, want) in enumerate(zip(here, chosen, strict=True)) if want and is_ != want]
        total += 0 if misses else count
        for n, facet in enumerate(FACETS):
            if here[n] and not set(misses) - {n}:
                counts[facet][here[n]] += count
                titles[facet][here[n]] = told[n]
    options = {
        facet: _options(counts[facet], titles[facet], chosen[n], by_code=facet == "year")
        for n, facet in enumerate(FACETS)
    }
    return options, total


def _year(now: dt.datetime) -> Choose:
    """The year of filing, told by comparing alone: taking it out of each instant costs SQLite a call to Python."""
    here = timezone.localtime(now)
    years = range(here.year, here.year - YEARS, -1)
    begins = (
        here.replace(year=year, month=1, day=1, hour=0, minute=0, second=0, microsecond=0) for year in years
    )
    when = [When(opened_at__gte=begin, then=Value(begin.year)) for begin in begins]
    return Choose(*when, default=None, output_field=IntegerField())


def _options(counts: Counter[str], titles: dict[str, str], chosen: str, *, by_code: bool) -> list[Option]:
    order: Callable[[str], Any] = (
        (lambda code: -int(code)) if by_code else (lambda code: (-counts[code], code))
    )
    return [Option(code, titles[code], counts[code], code == chosen) for code in sorted(counts, key=order)]


def _told(cases: list[Case], asked: tuple[Term, ...]) -> list[Hit]:
    texts = SearchText.objects.in_bulk([case.pk for case in cases])
    return [_hit(case, texts.get(case.pk), asked) for case in cases]


def _hit(case: Case, text: SearchText | None, asked: tuple[Term, ...]) -> Hit:
    fields = [(what, words) for what, words in (text.fields if text else ()) if what != "title"]
    shown = [(what, pieces(words, asked)) for what, words in fields if spots(words, asked)]
    return Hit(case, pieces(mask(case.title), asked, whole=True), shown[:EXCERPTS])


def pieces(text: str, asked: tuple[Term, ...], *, whole: bool = False) -> list[Piece]:
    """A text, or what stands around the first words found in it, in pieces; what was cut away reads …."""
    found = spots(text, asked)
    start, end = 0, len(text)
    if not whole and found:
        start = max(0, found[0][0] - AROUND)
        reached = [to for _, to in found if to <= found[0][0] + 3 * AROUND]
        end = min(len(text), (reached[-1] if reached else found[0][1]) + AROUND)
    cut = [("…", False)] if start else []
    cut += [piece for piece in _between(text, found, start, end) if piece[0]]
    return [*cut, ("…", False)] if end < len(text) else cut


def _between(text: str, found: list[tuple[int, int]], start: int, end: int) -> Iterator[Piece]:
    at = start
    for begins, ends in found:
        if begins >= end:
            break
        yield text[at:begins], False
        yield text[begins : min(ends, end)], True
        at = min(ends, end)
    yield text[at:end], False


@dataclass(frozen=True)
class Lag:
    """How many entries the index is behind the ledger, and since when; None: it is not behind."""

    entries: int
    since: dt.datetime | None = None


def indexing_lag() -> Lag:
    """How far behind what people do the index is; three statements at most."""
    mark = SearchMark.objects.filter(pk=1).first()
    position = mark.position if mark else 0
    waiting = max(0, watermark() - position) + Entry.objects.filter(position=None).count()
    if not waiting:
        return Lag(0)
    first = Entry.objects.filter(Q(position__position__gt=position) | Q(position=None)).order_by(
        "recorded_at"
    )
    return Lag(waiting, first.values_list("recorded_at", flat=True).first())
