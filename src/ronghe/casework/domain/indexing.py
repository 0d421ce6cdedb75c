"""What cases are found by, kept up with the ledger; and the initials of units and people, which follow it the same way.

The marks and the texts stand in tables of their own and can be thrown away and made again at any time. A case is made anew
after each of its entries, so doing it twice, or after being killed half-way, gives the same; erasure and merging are entries
like any other. What is kept is what everybody who may see the case reads, personal data covered: no identity, no draft, no
internal note, and nothing a mask hides, for a hit would tell it.
"""

from __future__ import annotations

import datetime as dt
import re
import time
from collections.abc import Collection, Iterable, Iterator
from typing import Any

from django.db import DatabaseError, connection, transaction
from django.db.models import Prefetch, Q

from ronghe.casework.models import Case, Reply, SearchMark, SearchText, Step
from ronghe.casework.queries.said import said_in
from ronghe.definitions import queries as definitions
from ronghe.ledger.models import Entry
from ronghe.ledger.queries import watermark
from ronghe.organisations.domain.initials import refresh_initials
from ronghe.organisations.models import Organisation
from ronghe.text.masking import mask
from ronghe.text.tokens import EDITION, GAP, document

NUMBER, TITLE, SAID, REPLY, NAMES = "number", "title", "said", "reply", "names"
ENTRIES = 200  # of the ledger in one transaction
CASES = 100  # made anew in one transaction
BUSY = 0.8  # seconds of one turn; what is left is done in the next
NAMING = frozenset({"organisation.began", "organisation.renamed", "organisation.merged"})
_TAIL = re.compile(r"\d+$")

Fields = list[tuple[str, str]]


def index_new(now: dt.datetime) -> int:
    """Follow the ledger from where the mark stands, for a moment at most; give how many cases were made anew.

    Under other rules of cutting words it begins at the first entry again.
    """
    started, done = time.monotonic(), 0
    mark, _ = SearchMark.objects.get_or_create(pk=1)
    if mark.edition == EDITION and mark.position >= watermark():
        return 0
    while time.monotonic() - started < BUSY:
        count = _advance(now)
        if count is None:
            break
        done += count
    return done


@transaction.atomic
def _advance(now: dt.datetime) -> int | None:
    """The next entries after the mark; None: there are none."""
    mark = SearchMark.objects.select_for_update().get(pk=1)
    if mark.edition != EDITION:
        mark.position, mark.edition = 0, EDITION
    entries = list(
        Entry.objects.filter(position__position__gt=mark.position)
        .order_by("position__position")
        .values_list("position__position", "subject_type", "subject_id", "kind")[:ENTRIES]
    )
    mark.at = now
    if not entries:
        mark.save()
        return None
    told: dict[str, set[int]] = {"case": set(), "organisation": set(), "person": set()}
    for _, of, number, kind in entries:
        if of in told and (of != "organisation" or kind in NAMING):
            told[of].add(number)
    refresh_initials(units=told["organisation"], people=told["person"])
    wanted = told["case"] | set(_bearing(told["organisation"]))
    count = sum(index_cases(chunk) for chunk in _chunks(sorted(wanted)))
    mark.position = entries[-1][0]
    mark.save()
    return count


def _bearing(units: Collection[int]) -> Iterable[int]:
    """The cases in whose texts the names of these units stand."""
    if not units:
        return ()
    of_case = Case.objects.filter(
        Q(about__in=units) | Q(responsible__in=units) | Q(first_receiver__in=units)
    ).values_list("pk", flat=True)
    of_step = Step.objects.filter(holder__in=units).values_list("case_id", flat=True)
    return {*of_case, *of_step}


def index_cases(ids: Collection[int]) -> int:
    """Make the search texts of these cases anew, in the caller's transaction; give how many there were."""
    rows = [SearchText(case_id=pk, fields=fields, tokens=tokens_of(fields)) for pk, fields in texts_of(ids)]
    SearchText.objects.filter(pk__in=ids).delete()
    SearchText.objects.bulk_create(rows)
    return len(rows)


def tokens_of(fields: Iterable[tuple[str, str]]) -> str:
    """What the index keeps. A number is found by its last digits without their noughts as well."""
    words = []
    for what, text in fields:
        words.append(text)
        if what == NUMBER and (tail := _TAIL.search(text)):
            words.append(tail[0].lstrip("0"))
    return document(words)


def texts_of(ids: Collection[int]) -> Iterator[tuple[int, Fields]]:
    """The words of each of these cases; a fixed number of statements, and those of their definitions."""
    sent = Reply.objects.exclude(sent_at=None).order_by("no").only("case_id", "no", "text")
    steps = Step.objects.exclude(holder=None).order_by("no").only("case_id", "no", "holder_id")
    cases = (
        Case.objects.filter(pk__in=ids)
        .select_related("about")
        .prefetch_related(Prefetch("replies", sent, "sent"), Prefetch("steps", steps, "held"))
    )
    found = list(cases.order_by("pk"))
    names = _names({unit for case in found for unit in _units(case)})
    for case in found:
        yield case.pk, _fields(case, names)


def _units(case: Case) -> list[int]:
    """Through whose hands it went, each once."""
    held = [step.holder_id for step in case.held]  # type: ignore[attr-defined] # prefetched above
    return [unit for unit in dict.fromkeys([case.responsible_id, case.first_receiver_id, *held]) if unit]


def _names(units: Collection[int]) -> dict[int, str]:
    """What each unit is called today, in full and in short."""
    rows = Organisation.objects.filter(pk__in=units).values_list("pk", "name", "short_name")
    return {pk: " ".join(dict.fromkeys(filter(None, names))) for pk, *names in rows}


def _fields(case: Case, names: dict[int, str]) -> Fields:
    said = said_in(case, definitions.by_edition(case.edition_id))
    replies: list[Reply] = case.sent  # type: ignore[attr-defined] # prefetched above
    fields: Iterable[tuple[str, str]] = [
        (NUMBER, case.number),
        (NUMBER, case.source_number),
        (TITLE, mask(case.title)),
        *((SAID, mask(words)) for _, words in said),
        *((REPLY, mask(reply.text, by_office=True)) for reply in replies),
        (NAMES, case.about.name if case.about else ""),
        *((NAMES, names.get(unit, "")) for unit in _units(case)),
    ]
    return [(what, words) for what, words in fields if words]


def rebuild(now: dt.datetime) -> dict[str, int]:
    """Make every text and the whole index anew; people go on working and searching, what they do meanwhile follows."""
    last = watermark()
    SearchMark.objects.update_or_create(pk=1, defaults={"position": last, "edition": EDITION, "at": now})
    done = sum(map(_index_chunk, _all_ids()))
    if connection.vendor == "sqlite":
        _tell_index("INSERT INTO casework_searchindex(casework_searchindex) VALUES ('rebuild')")
    return {"cases": done, "position": last}


@transaction.atomic
def _index_chunk(ids: list[int]) -> int:
    SearchMark.objects.select_for_update().get(pk=1)  # nobody else does the same cases now
    return index_cases(ids)


def check() -> dict[str, Any]:
    """Compare every search text and the index with what the cases say: {"cases", "differences": [{case, what}]}."""
    report: dict[str, Any] = {"cases": 0, "differences": []}
    for ids in _all_ids():
        kept = SearchText.objects.in_bulk(ids)
        numbers = dict(Case.objects.filter(pk__in=ids).values_list("pk", "number"))
        for pk, fields in texts_of(ids):
            report["cases"] += 1
            what = _difference(kept.get(pk), fields)
            if what:
                report["differences"].append({"case": numbers[pk], "what": what})
    if connection.vendor == "sqlite" and not _is_whole():
        report["differences"].append({"case": "", "what": "index"})
    return report


def _difference(row: SearchText | None, fields: Fields) -> str:
    """What is wrong with a search text: `missing`, `text` (not what the case says) or `index` (not what the text says)."""
    if row is None:
        return "missing"
    if [tuple(one) for one in row.fields] != fields:
        return "text"
    tokens = tokens_of(fields)
    if connection.vendor == "sqlite":
        return "" if row.tokens == tokens else "index"
    with connection.cursor() as cursor:
        cut = " ".join(f"'{token}':{n}" for n, token in enumerate(tokens.split(" "), 1) if token != GAP)
        cursor.execute(
            "SELECT vector = %s::tsvector FROM casework_searchtext WHERE case_id = %s", [cut, row.pk]
        )
        return "" if cursor.fetchone() == (True,) else "index"


def _is_whole() -> bool:
    """Whether SQLite's index holds exactly the tokens of the texts, by its own word."""
    try:
        with transaction.atomic():
            _tell_index(
                "INSERT INTO casework_searchindex(casework_searchindex, rank) VALUES ('integrity-check', 1)"
            )
    except DatabaseError:
        return False
    return True


def _tell_index(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)


def _all_ids() -> Iterator[list[int]]:
    last = 0
    while ids := list(Case.objects.filter(pk__gt=last).order_by("pk").values_list("pk", flat=True)[:CASES]):
        yield ids
        last = ids[-1]


def _chunks(ids: list[int]) -> Iterator[list[int]]:
    for start in range(0, len(ids), CASES):
        yield ids[start : start + CASES]
