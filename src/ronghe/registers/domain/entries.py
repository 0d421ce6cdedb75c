"""Entries: begun, changed from a day on, confirmed, ended."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils import timezone

from ronghe.core.memory import forget
from ronghe.definitions import queries as definitions
from ronghe.definitions.domain import freeze
from ronghe.definitions.enums import Kind
from ronghe.definitions.kinds import RegisterDefinition
from ronghe.definitions.queries import Loaded
from ronghe.definitions.things import Ref
from ronghe.enclosed import Enclosed
from ronghe.ledger import domain as ledger
from ronghe.ledger.rules import is_label
from ronghe.organisations.domain.relationships import close_relationships
from ronghe.organisations.models import Organisation
from ronghe.organisations.queries import Powers
from ronghe.registers import rules
from ronghe.registers.domain.answers import (
    check_requires,
    cleaned,
    form_of,
    ledger_values,
    naming_field,
    touches_of,
)
from ronghe.registers.domain.enclosing import beside_kept, keep_files, numbers_of
from ronghe.registers.domain.living import begin_life, refuse_while_it_lives
from ronghe.registers.domain.once import check_once
from ronghe.registers.exceptions import DomainError, StaleEntry
from ronghe.registers.facts import EntryFacts
from ronghe.registers.models import Entry, EntryState
from ronghe.registers.queries.entries import entry_facts, states_of
from ronghe.registers.states import Change, State, amended, change_between

NOT_YOURS = "这本台账不由您的单位登记，没有保存。请联系登记它的单位。"


@dataclass(frozen=True)
class Begun:
    """An entry that is there now; `is_new`: this act made it."""

    entry: Entry
    is_new: bool


def begin_entry(
    register: str,
    *,
    values: Mapping[str, Any],
    title: str = "",
    organisation: Organisation | None,
    actor: str,
    at: dt.datetime,
    on: dt.date | None = None,
    powers: Powers | None = None,
    submission: uuid.UUID | None = None,
    may_be_alike: bool = False,
    came_from: Ref | None = None,
    source: str = "",
    source_number: str = "",
    origin: str = "page",
    files: Enclosed | None = None,
) -> Begun:
    """Register something. The same `submission`, or number of the same source, again gives the same entry.

    A register with a `life` opens its procedure with the entry. Raises `invalid` with `errors`, `requires`, `taken`,
    `future-day`, LooksAlike (unless `may_be_alike`).
    """
    if before := _before(register, submission, source, source_number):
        return Begun(before, is_new=False)
    day = _day(at, on)
    loaded = definitions.get(Kind.REGISTER, register, timezone.localdate(at))
    body: RegisterDefinition = loaded.body
    if powers is not None and (organisation is None or organisation.pk not in rules.keepers(body, powers)):
        raise DomainError("not-yours", NOT_YOURS)
    numbers = numbers_of(body, files or {})
    named, answers = cleaned(body, title, form_of(body).with_files(values, numbers), day)
    keeper = organisation.pk if organisation else None
    facts = EntryFacts(body, named, answers, day, organisation=keeper, begins=day)
    check_requires(body, facts)
    with ExitStack() as undo, transaction.atomic():
        freeze(loaded.edition, at=at)
        check_once(body, loaded.edition, facts, may_be_alike=may_be_alike)
        entry = Entry.objects.create(
            edition=loaded.edition, register=register, title=named, organisation=organisation, values=answers,
            begins=day, confirmed_on=timezone.localdate(at), opener=actor, submission=submission,
            source=source, source_number=source_number, **_from(came_from),
        )  # fmt: skip
        _keep_states(entry, [State(day, named, answers)], actor, at)
        keep_files(entry, numbers, files or {}, undo, at=at, actor=actor)
        told = ledger_values(body, answers)
        data = {"day": day.isoformat(), **({"values": told} if told else {})}
        because = (ledger.Touch("because", *came_from),) if came_from else ()
        touches = (*touches_of(body, answers, day), *because)
        write_entry("entry.began", entry, loaded, data, actor=actor, at=at, touches=touches, origin=origin)
        if body.life:
            begin_life(entry, body, actor=actor, at=at, came_from=came_from, origin=origin)
    return Begun(entry, is_new=True)


def change_entry(
    entry_id: int,
    *,
    values: Mapping[str, Any],
    title: str = "",
    actor: str,
    at: dt.datetime,
    on: dt.date | None = None,
    powers: Powers | None = None,
    revision: int | None = None,
    may_be_alike: bool = False,
    origin: str = "page",
    files: Enclosed | None = None,
) -> Entry:
    """Let the entry say this from a day on until now; the days before say what they said. Saying the same writes nothing.

    `revision` is what the person saw. Raises StaleEntry with what it says now when somebody else changed it meanwhile.
    """
    day = _day(at, on)
    with ExitStack() as undo, transaction.atomic():
        entry = lock_entry(entry_id, powers)
        loaded = definitions.get(Kind.REGISTER, entry.register, timezone.localdate(at))
        body: RegisterDefinition = loaded.body
        numbers = numbers_of(body, files or {}, entry)
        given = form_of(body).with_files(values, beside_kept(body, entry, numbers))
        named, answers = cleaned(body, title if title or naming_field(body) else entry.title, given, day)
        change = change_between(State(day, entry.title, entry.values), named, answers)
        if not change:
            return entry
        if revision is not None and revision != entry.revision:
            raise _stale(entry)
        if day < entry.begins:
            message = (
                f"这一条从 {entry.begins.isoformat()} 起登记，不能从更早的日子改起；没有保存。请改日期。"
            )
            raise DomainError("before-begin", message)
        facts = EntryFacts(
            body, named, answers, day, entry.pk, entry.organisation_id, entry.begins,
            more=entry_facts(entry, day).more,
        )  # fmt: skip
        check_requires(body, facts)
        check_once(body, loaded.edition, facts, may_be_alike=may_be_alike)
        freeze(loaded.edition, at=at)
        _change(entry, change, day, actor, at)
        keep_files(entry, numbers, files or {}, undo, at=at, actor=actor)
        entry.edition, entry.confirmed_on = loaded.edition, max(entry.confirmed_on, timezone.localdate(at))
        codes = frozenset(change.fields)
        told = ledger_values(body, answers, codes)
        fields = [*sorted(codes), *(["title"] if change.title is not None else [])]
        data = {"day": day.isoformat(), "fields": fields, **({"values": told} if told else {})}
        touches = touches_of(body, {code: answers.get(code) for code in codes}, day)
        write_entry("entry.changed", entry, loaded, data, actor=actor, at=at, touches=touches, origin=origin)
    return entry


def confirm_entry(
    entry_id: int, *, actor: str, at: dt.datetime, powers: Powers | None = None, origin: str = "page"
) -> Entry:
    """Say that the entry is still so: it is fresh again. Once a day is enough."""
    day = timezone.localdate(at)
    with transaction.atomic():
        entry = lock_entry(entry_id, powers)
        if entry.confirmed_on < day:
            entry.confirmed_on = day
            loaded = definitions.get(Kind.REGISTER, entry.register, day)
            data = {"day": day.isoformat()}
            write_entry("entry.confirmed", entry, loaded, data, actor=actor, at=at, origin=origin)
    return entry


def end_entry(
    entry_id: int,
    *,
    because: str,
    actor: str,
    at: dt.datetime,
    on: dt.date | None = None,
    powers: Powers | None = None,
    by_life: bool = False,
    origin: str = "page",
) -> Entry:
    """Take the entry off from a day on, with its relationships; past days still show it. Ended already: nothing happens.

    While its life goes on it ends only through it (`by_life`): raises `life-open`.
    """
    day = _day(at, on)
    ground = " ".join(because.split())
    with transaction.atomic():
        entry = lock_entry(entry_id, powers, may_be_ended=True)
        if entry.ends is not None:
            return entry
        if not is_label(ground):
            message = "请用一句短话写明注销的原因（40 字以内，不写电话号码和人名），例如 项目终止。"
            raise DomainError("ground-missing", message, errors={"because": message})
        if day < entry.begins:
            message = f"这一条从 {entry.begins.isoformat()} 起登记，不能更早注销；没有保存。请改日期。"
            raise DomainError("before-begin", message, errors={"on": message})
        if not by_life:
            refuse_while_it_lives(entry)
        entry.ends, entry.ended_because = day, ground
        close_relationships(("entry", entry.pk), day, actor=actor, at=at)
        loaded = definitions.get(Kind.REGISTER, entry.register, day)
        data = {"day": day.isoformat(), "ground": ground}
        write_entry("entry.ended", entry, loaded, data, actor=actor, at=at, origin=origin)
    return entry


def _before(register: str, submission: uuid.UUID | None, source: str, number: str) -> Entry | None:
    """The one that the same form, or the same line of a source, gave already."""
    found: Entry | None = Entry.objects.filter(submission=submission).first() if submission else None
    if found is None and number:
        found = Entry.objects.filter(register=register, source=source, source_number=number).first()
    return found


def _day(at: dt.datetime, on: dt.date | None) -> dt.date:
    today = timezone.localdate(at)
    if on is not None and on > today:
        message = f"日期 {on.isoformat()} 还没有到，没有保存。请在当天或之后再登记。"
        raise DomainError("future-day", message, errors={"on": message})
    return on or today


def _from(came_from: Ref | None) -> dict[str, Any]:
    return {"came_from_type": came_from[0], "came_from_id": came_from[1]} if came_from else {}


def lock_entry(entry_id: int, powers: Powers | None, *, may_be_ended: bool = False) -> Entry:
    """The entry's row, locked, for whoever may keep it (None: asked already). Raises DomainError."""
    entry: Entry | None = Entry.objects.select_for_update(of=("self",)).filter(pk=entry_id).first()
    if entry is None:
        raise DomainError("no-such-entry", "没有找到这一条，没有保存。请回到台账重新选择。")
    if powers is not None:
        body = definitions.get(Kind.REGISTER, entry.register, powers.on).body
        if not rules.may_keep(powers, body, entry.organisation_id):
            raise DomainError("not-yours", NOT_YOURS)
    if entry.ends is not None and not may_be_ended:
        raise DomainError("ended", "这一条已经注销，不能再改；没有保存。需要时请重新登记一条。")
    return entry


def _stale(entry: Entry) -> StaleEntry:
    message = "在您填写期间，别人改过这一条。您填写的内容已保留，请对照现在的内容，核对后再提交。"
    return StaleEntry(
        "stale-revision", message, revision=entry.revision, title=entry.title, values=dict(entry.values)
    )


def _change(entry: Entry, change: Change, day: dt.date, actor: str, at: dt.datetime) -> None:
    new = amended(states_of(entry), change, day)
    _keep_states(entry, new, actor, at)
    entry.title, entry.values = new[-1].title, dict(new[-1].values)


def _keep_states(entry: Entry, states: list[State], actor: str, at: dt.datetime) -> None:
    """Write states; two of one day and instant are told apart by a moment."""
    taken = set(entry.states.values_list("begins", "at"))
    for state in states:
        written = at
        while (state.begins, written) in taken:
            written += dt.timedelta(microseconds=1)
        EntryState.objects.create(
            entry=entry,
            begins=state.begins,
            title=state.title,
            values=dict(state.values),
            at=written,
            actor=actor,
        )


def write_entry(
    kind: str,
    entry: Entry,
    loaded: Loaded,
    data: dict[str, Any],
    *,
    actor: str,
    at: dt.datetime,
    touches: tuple[ledger.Touch, ...] = (),
    origin: str,
) -> None:
    """Write the ledger entry and the row that goes with it."""
    written = ledger.record(
        kind,
        subject=("entry", entry.pk),
        actor=actor,
        at=at,
        organisation_id=entry.organisation_id,
        touches=touches,
        code=entry.register,
        definition=loaded.edition.reference,
        edition=loaded.edition.edition,
        data=data,
        origin=origin,
    )
    entry.revision = written.seq
    entry.save(force_update=True)
    forget()
