"""Opening a case: clean the form, number it, find who answers, start the clock, all in one transaction."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import ExitStack, nullcontext
from dataclasses import dataclass, replace
from typing import Any

from django.db import transaction
from django.utils import timezone

from ronghe.casework.domain.course import Course, Party, Terms
from ronghe.casework.domain.enclosing import Enclosed, enclose_first, names_of
from ronghe.casework.domain.facts import CaseFacts
from ronghe.casework.domain.record import CaseRecord
from ronghe.casework.domain.routing import SelectorRouting
from ronghe.casework.domain.store import save, store_new
from ronghe.casework.exceptions import DomainError
from ronghe.casework.models import Case, Note
from ronghe.casework.queries.finding import follow_code_of, hash_code
from ronghe.core.forms import Form
from ronghe.core.worktime import SHANGHAI
from ronghe.definitions import queries as definitions
from ronghe.definitions.domain import freeze
from ronghe.definitions.queries import Loaded
from ronghe.definitions.things import Ref
from ronghe.ledger.domain import Draft
from ronghe.organisations.domain import Contact
from ronghe.organisations.domain.identity import keep_identity, recorded
from ronghe.organisations.models import Identity, Organisation
from ronghe.organisations.queries import know, with_successor
from ronghe.rows import Question, asked, on_postgresql

TITLE_LENGTH = 30
SYSTEM = "system:one-per"
BEFORE_OPENING: list[Callable[[Case, Loaded], str]] = []
"""What must hold before a case is opened: each raises, or gives the number of a case that says the same."""
WHEN_OPENED: list[Callable[[Case, Loaded, Course], None]] = []
"""What follows of itself when a case was stored whose steps something else does."""
REQUESTER = "requester:0"
"""Stands for the requester of a case that has no id yet; `named_entries` puts the id in."""
UNNUMBERED = "~"
_FILED = Question(lambda submission: Case.objects.filter(submission=submission), submission=uuid.UUID)
_COUNT = (
    "INSERT INTO casework_numbering (prefix, last) VALUES (%s, %s) "
    "ON CONFLICT (prefix) DO UPDATE SET last = casework_numbering.last + excluded.last RETURNING last, "
)
_NUMBERS = {  # by `on_postgresql`
    True: _COUNT + "nextval('casework_case_id_seq')",
    # Nobody else writes meanwhile, so this is the id that AUTOINCREMENT would give.
    False: _COUNT + "COALESCE((SELECT seq FROM sqlite_sequence WHERE name = 'casework_case'), 0) + 1",  # noqa: S608
}
_RELATED = ("about", "about_unit", "related")
LEDGER_TYPES = frozenset({"choice", "choices", "checks", "yes-no", "date"})


@dataclass(frozen=True)
class Opened:
    """A filed case and the code with which its requester follows it (shown once, kept only as a hash)."""

    case: Case
    follow_code: str


@dataclass(frozen=True)
class Filing:
    """What is filed, before it has a number."""

    values: Mapping[str, Any]
    channel: str = ""
    contact: Contact | None = None
    identity: Identity | None = None
    about: Organisation | None = None
    about_unit: Organisation | None = None
    responsible: Organisation | None = None
    related: Case | None = None
    thing: Ref | None = None
    came_from: Ref | None = None
    source: str = ""
    source_number: str = ""
    title: str = ""


def open_case(
    procedure: Loaded,
    *,
    values: Mapping[str, Any],
    actor: str = "",
    at: dt.datetime,
    submission: uuid.UUID | None = None,
    origin: str = "page",
    files: Enclosed | None = None,
    **more: Any,
) -> Opened:
    """File a case, with the `files` of its form. The same `submission` again gives the same case and code, and writes nothing.

    Without `actor` the requester files. Raises DomainError `invalid` with `errors` {field code: message}.
    """
    # The day it is filed on is the office's, whatever zone the caller's clock is in.
    at = definitions.calendar().local(at)
    before = _FILED.first(submission=submission) if submission else None
    submission = submission or uuid.uuid4()
    follow_code = follow_code_of(submission)
    if before is not None:
        return Opened(before, follow_code)
    names = names_of(procedure.body.form, files or {})
    filing = Filing(values=cleaned(procedure, values, at.date(), names), **more)
    complained_of = with_successor(filing.about_unit.pk if filing.about_unit else None)
    if filing.responsible is not None and filing.responsible.pk in complained_of:
        raise DomainError("routed-to-complained-of", "不能由被反映单位承办本件，请另选承办单位。")
    for unit in (filing.about, filing.about_unit, filing.responsible):
        know(unit)
    case = new_case(procedure, filing, UNNUMBERED, at=at, submission=submission)
    case.opener = actor or REQUESTER
    # Two that may not both stand wait for each other; nobody else reads what routes a case while a row is locked.
    with transaction.atomic() if _has_terms(procedure) else nullcontext():
        same = "".join(check(case, procedure) for check in BEFORE_OPENING) if _has_terms(procedure) else ""
        course = course_for(case, procedure, origin=origin).by(case.opener, at)
        course.open(
            responsible=filing.responsible.pk if filing.responsible else None,
            **opening_data(case, procedure),
        )
        with ExitStack() as undo, transaction.atomic(savepoint=False):
            _store(case, course, procedure, filing, follow_code)
            if files and any(files.values()):
                enclose_first(case, course, files, undo)
            if same:
                _flag(case, course, same)
    return Opened(case, follow_code)


def _has_terms(procedure: Loaded) -> bool:
    """Whether something must hold before such a case is opened."""
    return procedure.body.requires is not None or procedure.body.one_per is not None


def _flag(case: Case, course: Course, same: str) -> None:
    """Note that another case says the same; whoever works on it looks."""
    course.record.id = case.pk
    Note.objects.create(case=case, no=1, text=f"可能与 {same} 重复，请核对。", at=course.at, actor=SYSTEM)
    course.by(SYSTEM, course.at).note(1)
    save(case, course)


def _store(case: Case, course: Course, procedure: Loaded, filing: Filing, follow_code: str) -> None:
    """Write it all; the number last, because others who file wait for its row until this case is stored."""
    freeze(procedure.edition, at=course.at)
    case.identity = keep_identity(filing.contact, at=course.at) if filing.contact else filing.identity
    case.pk, number = next_place(procedure, course.at)
    renumber(case, number, follow_code)
    course.entries = named_entries(course.entries, case)
    sealed = case.identity if filing.contact else None
    beside = [recorded(sealed, actor=case.opener, at=course.at)] if sealed else []
    store_new(case, course, beside=beside)
    if procedure.body.flow.runs:
        _start(case, course, procedure)


def _start(case: Case, course: Course, procedure: Loaded) -> None:
    """What its first steps run begins with it."""
    course.record.id = case.pk
    on = case.opened_at.astimezone(SHANGHAI).date()
    course.routing = SelectorRouting(facts_of(case, procedure, on), on)
    for follow in WHEN_OPENED:
        follow(case, procedure, course.by(case.opener, course.at))
    if course.entries:
        save(case, course)


def named_entries(drafts: Iterable[Draft], case: Case) -> list[Draft]:
    """What was drafted before the case had id, number and identity, with them: `requester:0` becomes who they are."""
    requester = f"requester:{case.pk}"
    case.opener = requester if case.opener == REQUESTER else case.opener
    given = {"number": case.number, "identity": case.identity_id}
    known = {name: value for name, value in given.items() if value is not None}
    return [
        replace(
            draft,
            subject=("case", case.pk),
            actor=requester if draft.actor == REQUESTER else draft.actor,
            data={**draft.data, **known} if draft.kind == "case.opened" else draft.data,
        )
        for draft in drafts
    ]


def cleaned(
    procedure: Loaded,
    values: Mapping[str, Any],
    on: dt.date,
    files: Mapping[str, Sequence[str]] | None = None,
) -> dict[str, Any]:
    """The form's values, clean; raises `invalid` naming what is wrong in each field."""
    return clean_answers(procedure.body.form, values, on, files)


def clean_answers(
    form: Form | None,
    values: Mapping[str, Any],
    on: dt.date,
    files: Mapping[str, Sequence[str]] | None = None,
) -> dict[str, Any]:
    """The answers to any form of a definition, clean; without a form there are none. Raises `invalid`.

    `files`: what is kept or sent under its file fields; nothing else answers those.
    """
    if form is None:
        return {}
    result = form.clean(form.with_files(values, files or {}), lists=definitions.lists_of(form, on))
    if result.errors:
        first = next(iter(result.errors.values()))
        raise DomainError("invalid", f"有内容需要修改：{first}您填写的内容已保留。", errors=result.errors)
    return dict(result.values)


def new_case(
    procedure: Loaded, filing: Filing, number: str, *, at: dt.datetime, submission: uuid.UUID
) -> Case:
    """The row of a case about to be opened, not saved; the caller seals its contact and gives it its number."""
    return Case(
        number=number,
        edition=procedure.edition,
        procedure=procedure.edition.code,
        title=filing.title or title_of(filing.values, procedure),
        values=dict(filing.values),
        channel=filing.channel,
        source=filing.source,
        source_number=filing.source_number,
        submission=submission,
        **{name: one for name in _RELATED if (one := getattr(filing, name)) is not None},
        **_named("thing", filing.thing),
        **_named("came_from", filing.came_from),
        opened_at=at,
    )


def _named(name: str, ref: Ref | None) -> dict[str, Any]:
    """The two columns that hold a thing by type and id."""
    return {f"{name}_type": ref[0], f"{name}_id": ref[1]} if ref else {}


def renumber(case: Case, number: str, follow_code: str) -> None:
    """Give a case its number, and the hash of the follow code that goes with it."""
    case.number, case.code_hash = number, hash_code(number, follow_code)


def title_of(values: Mapping[str, Any], procedure: Loaded) -> str:
    """The title that was given, else the beginning of the text, else the procedure's name."""
    for code in ("title", "detail"):
        text = " ".join(str(values.get(code) or "").split())
        if text:
            return text if len(text) <= TITLE_LENGTH or code == "title" else text[:TITLE_LENGTH] + "…"
    return procedure.edition.title


def course_for(case: Case, procedure: Loaded, *, record: CaseRecord | None = None, **more: Any) -> Course:
    """A course over the case with the terms it pinned; `record` None for a case about to be opened."""
    on = case.opened_at.astimezone(SHANGHAI).date()
    routing = SelectorRouting(facts_of(case, procedure, on), on)
    record = record or CaseRecord(id=case.pk or 0)
    parties = tuple(
        Party(role, "organisation", ref)
        for role, ref in (("about", case.about_id), ("about-unit", case.about_unit_id))
        if ref is not None
    )
    parties += tuple(
        Party(role, kind, ref)
        for role, kind, ref in (
            ("about", case.thing_type, case.thing_id),
            ("because", case.came_from_type, case.came_from_id),
        )
        if ref is not None
    )
    limit = routing.limit(record, procedure.body.limit) if on >= procedure.first_effective else None
    terms = Terms(
        procedure.edition.reference,
        procedure.edition.edition,
        procedure.body.flow,
        limit,
        from_acceptance=procedure.body.limit_from == "accepted",
    )
    return Course(record, terms, definitions.calendar(), routing, parties, **more)


def facts_of(case: Case, procedure: Loaded, on: dt.date | None = None) -> CaseFacts:
    """The case as the notation sees it on the day it was opened (or `on`)."""
    return CaseFacts(
        procedure.body.form,
        case.values,
        on or timezone.localdate(case.opened_at),
        case.about_id,
        case.about_unit_id,
        opener=case.opener,
        related=_related(case, procedure, on),
        thing=(case.thing_type, case.thing_id) if case.thing_id else None,
        number=case.pk or 0,
        step_forms=procedure.body.flow.forms,
    )


def _related(case: Case, procedure: Loaded, on: dt.date | None) -> CaseFacts | None:
    """The case this one is about, where its procedure is about cases (督办)."""
    about = case.related
    if about is None or about.procedure not in procedure.body.about:
        return None
    record = CaseRecord(
        state=about.state,
        result=about.result,
        round=about.round,
        responsible=about.responsible_id,
        first_receiver=about.first_receiver_id,
    )
    day = on or timezone.localdate(case.opened_at)
    return facts_of(about, definitions.by_edition(about.edition_id), day).with_record(record)


def opening_data(case: Case, procedure: Loaded) -> dict[str, Any]:
    """What `case.opened` says besides the limit: ids, codes and the values indicators may ask for; no words."""
    form: Form | None = procedure.body.form
    said = {
        item.code: case.values[item.code]
        for item in (form.fields if form else ())
        if item.type in LEDGER_TYPES and case.values.get(item.code) not in (None, "", [])
    }
    return {
        "number": case.number,
        "edition_id": procedure.edition.pk,
        "channel": case.channel or None,
        "source": case.source or None,
        "identity": case.identity_id,
        "about": case.about_id,
        "about_unit": case.about_unit_id,
        "related": case.related_id,
        "values": said or None,
    }


def next_place(procedure: Loaded, at: dt.datetime) -> tuple[int, str]:
    """The id and the number of the next case; the counter's row is locked until the case is stored."""
    number, pk = _take(procedure, at.year, at.month, 1)
    return pk, number[0]


def take_numbers(procedure: Loaded, year: int, month: int, count: int) -> list[str]:
    """The next `count` numbers of a year (and month, where the pattern says so), in order."""
    return _take(procedure, year, month, count)[0]


def _take(procedure: Loaded, year: int, month: int, count: int) -> tuple[list[str], int]:
    """Numbers by the definition's pattern, and an id for a case, in one statement on either database."""
    pattern: str = procedure.body.number
    words = {"code": procedure.edition.code, "year": year, "month": month}
    prefix = pattern.split("{seq", maxsplit=1)[0].format(**words)
    ((last, pk),) = asked(_NUMBERS[on_postgresql()], [prefix, count])
    return [pattern.format(**words, seq=seq) for seq in range(last - count + 1, last + 1)], pk
