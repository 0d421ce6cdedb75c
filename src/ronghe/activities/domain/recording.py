"""Planning, recording, correcting, cancelling: each one transaction with its ledger entries."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from django.db import transaction
from django.utils import timezone

from ronghe.activities import rules
from ronghe.activities.domain.checking import Checking
from ronghe.activities.domain.entitled import check_quorum
from ronghe.activities.domain.entries import Writer, standing, write
from ronghe.activities.domain.once import check_once
from ronghe.activities.domain.told import Settled, Told
from ronghe.activities.enums import Ground, Role, State
from ronghe.activities.exceptions import DomainError, StaleRevision
from ronghe.activities.models import Activity, Participant, Side
from ronghe.casework import domain as casework
from ronghe.casework.domain import By
from ronghe.definitions import queries as definitions
from ronghe.definitions.domain import freeze
from ronghe.definitions.queries import Loaded
from ronghe.ledger.domain import Draft
from ronghe.ledger.models import Entry

PLAIN = ("title", "begins_at", "ends_at", "place", "is_online", "people", "values", "quantities")
UNCOUNTED = frozenset({"title", "place", "is_online", "participants"})


def plan(
    kind: Loaded, by: By, told: Told, *, submission: uuid.UUID | None = None, is_confirmed: bool = False
) -> Activity:
    """Put one on the list of what is to come. The same `submission` again gives the same one and writes nothing.

    Raises DomainError `past`, `not-yours`, `invalid`, `requires`, `one-per`, `one-per-flag`.
    """
    if timezone.localdate(told.begins_at) < timezone.localdate(by.at):
        raise DomainError("past", "安排的时间已经过去。已经开展的，请直接登记；还没有的，请改时间。")
    return _new(kind, by, told, State.PLANNED, submission, is_confirmed=is_confirmed)


def record(
    kind: Loaded, by: By, told: Told, *, submission: uuid.UUID | None = None, is_confirmed: bool = False
) -> Activity:
    """Record one that took place. Raises DomainError as `plan` does, and `future`."""
    _check_begun(told, by)
    return _new(kind, by, told, State.HELD, submission, is_confirmed=is_confirmed)


def hold(activity_id: int, by: By, told: Told, *, is_confirmed: bool = False) -> Activity:
    """Record that a planned one took place, as it did. Held already by the same form: as it stands.

    Raises DomainError `no-such-activity`, `not-planned`, StaleRevision and as `record` does.
    """
    _check_begun(told, by)
    with transaction.atomic():
        activity = lock(activity_id, by)
        if activity.state != State.PLANNED:
            raise DomainError("not-planned", "这次活动已经登记或取消了，请刷新页面看最新情况。")
        kind = definitions.by_edition(activity.edition_id)
        settled = _settled(kind, by, _with_kept(activity, told), activity, is_confirmed=is_confirmed)
        check_quorum(kind.body.quorum, settled, timezone.localdate(told.begins_at))
        _fill(activity, settled)
        activity.state, activity.recorded_at = State.HELD, by.at
        _store(activity, settled)
        write(activity, _writer(activity, kind, settled, by).held())
        _tell_runs(activity, settled.sides, by)
        return activity


def change(activity_id: int, by: By, told: Told, *, is_confirmed: bool = False) -> Activity:
    """Mend what was told: a correcting entry names the fields; nothing changed writes nothing.

    Raises DomainError `no-such-activity`, `cancelled`, StaleRevision and as `record` does.
    """
    with transaction.atomic():
        activity = lock(activity_id, by)
        if activity.state == State.CANCELLED:
            raise DomainError("cancelled", "这次活动已经取消，不能再改。需要的话请重新登记。")
        if activity.state == State.HELD:
            _check_begun(told, by)
        kind = definitions.by_edition(activity.edition_id)
        before = _picture(activity)
        settled = _settled(kind, by, _with_kept(activity, told), activity, is_confirmed=is_confirmed)
        if activity.state == State.HELD:
            check_quorum(kind.body.quorum, settled, timezone.localdate(told.begins_at))
        _fill(activity, settled)
        fields = _differing(before, _pictured(activity, settled))
        if not fields:
            return activity
        stood = standing(activity)
        _store(activity, settled)
        write(activity, _mended(_writer(activity, kind, settled, by), fields, stood))
        return activity


def cancel(activity_id: int, by: By, *, ground: Ground) -> Activity:
    """Take it off the list: it will not take place, or was recorded by mistake. Its entries count no more.

    Raises DomainError `no-such-activity`, `cancelled`, `not-yours`, `invalid`, StaleRevision.
    """
    with transaction.atomic():
        activity = lock(activity_id, by)
        if activity.state == State.CANCELLED:
            raise DomainError("cancelled", "这次活动已经取消了。")
        if ground not in rules.GROUNDS[activity.state]:
            words = "、".join(str(one.label) for one in rules.GROUNDS[activity.state])
            said = f"这次活动{State(activity.state).label}，取消的原因可以是：{words}。"
            raise DomainError("invalid", said, errors={"ground": said})
        kind, stood = definitions.by_edition(activity.edition_id), standing(activity)
        sides = tuple((side.role, side.type, side.ref) for side in activity.sides.order_by("pk"))
        activity.state, activity.cancelled_at = State.CANCELLED, by.at
        activity.save(update_fields=["state", "cancelled_at"])
        writer = Writer(activity, kind, sides, by.actor, by.at, by.origin)
        main = next((row.pk for row in stood if row.kind != "quantity.recorded"), None)
        activity.quantities = {}
        write(activity, [writer.cancelled(str(ground), main), *_figures(writer, stood)])
        return activity


def lock(activity_id: int, by: By) -> Activity:
    """The row, locked, for one of its organisers; `by.revision` is what the person saw."""
    found = Activity.objects.select_for_update(of=("self",)).filter(pk=activity_id).first()
    if found is None:
        raise DomainError("no-such-activity", "没有找到这次活动。")
    activity: Activity = found
    organisers = activity.sides.filter(role=Role.ORGANISER).values_list("ref", flat=True)
    if by.powers is not None and not rules.may_record(by.powers, set(organisers)):
        raise DomainError("not-yours", "这次活动由组织单位登记和更正，您的岗位不能改。请联系组织单位。")
    if by.revision is not None and activity.revision != by.revision:
        raise StaleRevision(
            "stale-revision",
            "在您填写期间，别人改过这次活动。您填写的内容已保留，请对照最新内容再提交。",
            revision=activity.revision,
        )
    return activity


def _check_begun(told: Told, by: By) -> None:
    if told.begins_at > by.at:
        raise DomainError("future", "还没有到开始的时间。请点“先安排”，开展以后再登记；或者核对时间。")


def _new(
    kind: Loaded, by: By, told: Told, state: State, submission: uuid.UUID | None, *, is_confirmed: bool
) -> Activity:
    if submission and (before := Activity.objects.filter(submission=submission).first()):
        found: Activity = before
        return found
    with transaction.atomic():
        settled = _settled(kind, by, told, None, is_confirmed=is_confirmed)
        is_held = state == State.HELD
        if is_held:
            check_quorum(kind.body.quorum, settled, timezone.localdate(told.begins_at))
        freeze(kind.edition, at=by.at)
        activity = Activity(
            edition=kind.edition,
            activity=kind.edition.code,
            state=state,
            submission=submission,
            source=told.source,
            source_number=told.source_number,
            opener=by.actor,
            planned_at=None if is_held else by.at,
            recorded_at=by.at if is_held else None,
        )
        _fill(activity, settled)
        _store(activity, settled)
        writer = _writer(activity, kind, settled, by)
        write(activity, writer.held() if is_held else [writer.planned()])
        if is_held:
            _tell_runs(activity, settled.sides, by)
        return activity


def _settled(kind: Loaded, by: By, told: Told, own: Activity | None, *, is_confirmed: bool) -> Settled:
    figures, named = (own.quantities, _named(own)) if own else ({}, frozenset[int]())
    settled = Checking(kind, told, by.powers, figures, named).settle()
    check_once(kind, settled, but=own.pk if own else None, is_confirmed=is_confirmed)
    return settled


def _named(activity: Activity) -> frozenset[int]:
    """Who took part by name already: each stays so, whoever mends it."""
    return frozenset(activity.participants.exclude(person=None).values_list("person", flat=True))


def _with_kept(activity: Activity, told: Told) -> Told:
    """What a form does not ask stays: the case it runs for, the programme."""
    kept: dict[str, Any] = {
        name: (side.type, side.ref)
        for name, role in (("runs", Role.RUN), ("programme", Role.PROGRAMME))
        if getattr(told, name) is None
        for side in activity.sides.filter(role=role)[:1]
    }
    return replace(told, **kept) if kept else told


def _fill(activity: Activity, settled: Settled) -> None:
    told = settled.told
    activity.organisation = told.organisers[0]
    activity.title, activity.people = settled.title, settled.people
    activity.begins_at, activity.ends_at = told.begins_at, told.ends_at
    activity.place, activity.is_online = told.place[:200], told.is_online
    activity.values, activity.quantities = settled.values, settled.quantities


def _store(activity: Activity, settled: Settled) -> None:
    """Its row, its sides and who took part."""
    activity.save()
    activity.sides.all().delete()
    activity.participants.all().delete()
    Side.objects.bulk_create(
        Side(activity=activity, role=role, type=type_, ref=ref) for role, type_, ref in settled.sides
    )
    Participant.objects.bulk_create(
        Participant(activity=activity, person_id=person, organisation_id=unit, count=count, part=part)
        for person, unit, count, part in settled.participants
    )


def _writer(activity: Activity, kind: Loaded, settled: Settled, by: By) -> Writer:
    return Writer(activity, kind, settled.sides, by.actor, by.at, by.origin)


def _mended(writer: Writer, fields: set[str], stood: list[Entry]) -> Iterable[Draft]:
    """The correcting entry, and after it what now stands, where something that counts was changed."""
    main = next((row for row in stood if row.kind != "quantity.recorded"), None)
    counts = bool(fields - UNCOUNTED) and main is not None
    yield writer.changed(fields, main.pk if main and counts else None)
    if counts and writer.activity.state == State.HELD:
        yield writer.held()[0]
        yield from _figures(writer, stood)


def _figures(writer: Writer, stood: list[Entry]) -> Iterable[Draft]:
    """Each figure anew, correcting the one that stood; one that is gone is taken back."""
    old = {(row.code, row.organisation_id): row.pk for row in stood if row.kind == "quantity.recorded"}
    kinds = {kind.code: kind for kind in writer.kind.body.quantities}
    for draft in writer.quantities():
        yield replace(draft, corrects=old.pop((draft.code, draft.organisation_id), None))
    for (code, organisation), entry in old.items():
        if kind := kinds.get(code):
            whose = str(organisation) if kind.per == Role.ORGANISER else ""
            yield replace(writer.quantity(kind, whose, None), corrects=entry)


def _picture(activity: Activity) -> dict[str, Any]:
    """What an activity says, in comparable parts."""
    sides = {(side.role, side.type, side.ref) for side in activity.sides.all()}
    rows = {(one.person_id, one.organisation_id, one.count, one.part) for one in activity.participants.all()}
    return _parts({name: getattr(activity, name) for name in PLAIN}, sides, rows)


def _pictured(activity: Activity, settled: Settled) -> dict[str, Any]:
    plain = {name: getattr(activity, name) for name in PLAIN}
    return _parts(plain, set(settled.sides), set(settled.participants))


def _parts(plain: Mapping[str, Any], sides: set[Any], rows: set[Any]) -> dict[str, Any]:
    parts = {name: value for name, value in plain.items() if name not in ("values", "quantities")}
    parts |= {**plain["values"], **plain["quantities"], "participants": rows}
    for role in Role:
        name = "place-of" if role == Role.PLACE else str(role)
        parts[name] = {side for side in sides if side[0] == role}
    return parts


def _differing(before: Mapping[str, Any], after: Mapping[str, Any]) -> set[str]:
    return {name for name in before.keys() | after.keys() if before.get(name) != after.get(name)}


def _tell_runs(activity: Activity, sides: Iterable[tuple[str, str, int]], by: By) -> None:
    """The steps that waited for it are done."""
    mine = ("activity", activity.pk)
    for role, type_, ref in sides:
        if role == Role.RUN and type_ == "case":
            casework.ran(ref, kind="activity", code=activity.activity, ref=mine, actor=by.actor, at=by.at)
