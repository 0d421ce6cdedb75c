"""Panels: several reviewers drawn by a seed nobody chooses, who give alone; closed, what they gave becomes one figure."""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Sequence
from typing import Any

from django.db import transaction

from ronghe.core.draw import commitment, draw, draw_strata
from ronghe.core.errors import RongheError
from ronghe.core.panels import rounded
from ronghe.core.select import Facts, Path
from ronghe.core.worktime import SHANGHAI, Calendar, due_after
from ronghe.definitions import queries as definitions
from ronghe.definitions.queries import Loaded
from ronghe.definitions.things import Ref, facts_of
from ronghe.judgements.domain.asked import asked_entry, tell_asked
from ronghe.judgements.domain.drawing import CLOCK, seed_of
from ronghe.judgements.domain.following import Found, follow
from ronghe.judgements.exceptions import DomainError
from ronghe.judgements.models import Draw, Judgement, Panel
from ronghe.judgements.queries.judges import bench_for
from ronghe.judgements.queries.panels import combined_of, least_of, may_organise, seats_of
from ronghe.judgements.queries.subjects import Subject
from ronghe.ledger.domain import Draft, Touch, record_all
from ronghe.organisations.models import Person
from ronghe.organisations.queries import OrganisationFacts, PersonFacts, Powers
from ronghe.organisations.queries.rolls import seats_of as seats_held

ALL = "all"
logger = logging.getLogger(__name__)


def form_panel(
    loaded: Loaded,
    subject: Subject,
    *,
    at: dt.datetime,
    calendar: Calendar,
    actor: str,
    came_from: Ref | None,
    organiser: int | None,
    drawn: Draw | None = None,
) -> Panel:
    """Ask every member: those drawn, or all whom the definition means. A seat nobody is found for waits for somebody."""
    on = calendar.local(at).date()
    panel = Panel.objects.create(
        edition=loaded.edition,
        judgement=loaded.edition.code,
        subject_type=subject.ref[0],
        subject_id=subject.ref[1],
        round=subject.round,
        organisation_id=subject.organisation,
        organiser_id=organiser,
        came_from_type=came_from[0] if came_from else "",
        came_from_id=came_from[1] if came_from else None,
        seed=seed_of(loaded.edition.code, subject.key, on),
        asked_at=at,
        due=due_after(calendar, at, loaded.body.within) if loaded.body.within else None,
    )
    order = bench_order(panel, loaded, on)
    size = len(order) if loaded.body.panel.size == ALL else int(loaded.body.panel.size)
    members: list[Person | None] = [*order[:size], *([None] * (size - len(order)))]
    record_all([_formed(panel, loaded, actor, bench=len(order), size=size)])
    for seat, judge in enumerate(members, 1):
        _seat(panel, loaded, seat, judge, actor=actor, at=at, drawn=drawn)
    return panel


def bench_order(panel: Panel, loaded: Loaded, on: dt.date) -> list[Person]:
    """Everybody who may sit on it, in the order of its draw: nobody with a stake, nobody who stepped aside before."""
    subject = Subject((panel.subject_type, panel.subject_id), panel.round, panel.organisation_id)
    facts = facts_of(subject.ref, on)
    if facts is None:
        return []
    people = {str(one.pk): one for one in bench_for(loaded.body.by, facts, subject, on).people}
    held = seats_held([one.pk for one in people.values()], on) if people else {}
    units = {key: {seat.organisation_id for seat in held.get(one.pk, ())} for key, one in people.items()}
    stakes = _stakes(loaded.body.panel.recuse, facts)
    aside = set(
        Judgement.objects.filter(panel=panel, recused_at__isnull=False).values_list("judge", flat=True)
    )
    free = [
        key
        for key, one in people.items()
        if one.pk not in aside and ("person", one.pk) not in stakes
        and not any(("organisation", unit) in stakes for unit in units[key])
    ]  # fmt: skip
    if loaded.body.panel.strata is None or loaded.body.panel.size == ALL:
        return [people[key] for key in draw(free, seed=panel.seed, count=len(free))]
    strata = {key: str(min(units[key], default=0)) for key in free}
    first = draw_strata(strata, seed=panel.seed, count=min(int(loaded.body.panel.size), len(free)))
    chosen = [key for name in sorted(first) for key in first[name]]
    rest = [key for key in draw(free, seed=panel.seed, count=len(free)) if key not in chosen]
    return [people[key] for key in (*chosen, *rest)]


def _stakes(roles: Sequence[str], facts: Facts) -> set[Ref]:
    """The units and persons whom `recuse` names."""
    found: set[Ref] = set()
    for role in roles:
        for one in Path.parse(role).resolve(facts):
            if isinstance(one, OrganisationFacts):
                found.add(("organisation", one.organisation.pk))
            elif isinstance(one, PersonFacts):
                found.add(("person", one.person.pk))
    return found


def _seat(
    panel: Panel, loaded: Loaded, seat: int, judge: Person | None, *, actor: str, at: dt.datetime,
    drawn: Draw | None = None,
) -> Judgement:  # fmt: skip
    row = Judgement.objects.create(
        edition=panel.edition,
        judgement=panel.judgement,
        subject_type=panel.subject_type,
        subject_id=panel.subject_id,
        round=panel.round,
        organisation_id=panel.organisation_id,
        is_review=True,
        panel=panel,
        seat=seat,
        judge=judge,
        draw=drawn,
        asked_at=at,
        due=panel.due,
    )
    record_all([asked_entry(row, loaded, actor, at)])
    if judge is not None:
        tell_asked(row, loaded, at)
    return row


@transaction.atomic
def fill_seat(row: Judgement, loaded: Loaded, at: dt.datetime, calendar: Calendar) -> bool:
    """Ask the next of the draw for a seat nobody sits in; False when nobody is left, or somebody was asked meanwhile."""
    lock_panel_of(row.pk)
    panel = Panel.objects.get(reviews=row.pk)
    seats = Judgement.objects.filter(panel=panel, recused_at=None)
    if panel.closed_at is not None or not seats.filter(pk=row.pk, judge=None).exists():
        return False
    taken = set(seats.values_list("judge", flat=True))
    order = bench_order(panel, loaded, calendar.local(at).date())
    judge = next((one for one in order if one.pk not in taken), None)
    if judge is None:
        return False
    row.judge = judge
    row.save(update_fields=["judge"])
    tell_asked(row, loaded, at)
    return True


def recuse(review_id: int, *, powers: Powers, at: dt.datetime) -> Judgement:
    """Step aside from a panel, before giving; the next of the draw is asked.

    Raises DomainError `no-such-review`, `not-yours`, `given-before`.
    """
    with transaction.atomic():
        lock_panel_of(review_id)
        row = _locked(review_id)
        if row.judge_id is None or row.judge_id != powers.person_id:
            raise DomainError("not-yours", "这一项没有请您评判，不用回避。请回到您的清单。")
        if row.given_at is not None or row.recused_at is not None:
            raise DomainError("given-before", "这一项已经评过或者已经回避了，不能再改。")
        row.recused_at = at
        row.save(update_fields=["recused_at"])
        loaded = definitions.by_edition(row.edition_id)
        record_all([_recused(row, loaded, f"person:{powers.person_id}", at)])
        panel = row.panel
        if panel is not None and panel.closed_at is None:
            last = Judgement.objects.filter(panel=panel).order_by("-seat").values_list("seat", flat=True)[0]
            empty = _seat(panel, loaded, last + 1, None, actor=CLOCK, at=at)
            fill_seat(empty, loaded, at, definitions.calendar())
        return row


def lock_panel_of(review_id: int) -> None:
    """Wait for whoever gives, steps aside, is asked or closes in the panel of this review; before its row is locked."""
    Panel.objects.select_for_update(of=("self",)).filter(reviews=review_id).first()


def _locked(review_id: int) -> Judgement:
    row = (
        Judgement.objects.select_for_update(of=("self",))
        .select_related("edition", "panel")
        .filter(pk=review_id, is_review=True, panel__isnull=False)
        .first()
    )
    if row is None:
        raise DomainError("no-such-review", "没有找到这次评判，请回到清单重新打开。")
    found: Judgement = row
    return found


def close_panel(panel_id: int, *, powers: Powers | None, at: dt.datetime, origin: str = "page") -> Panel:
    """Make one figure of what was given, and let follow what the definition says. Closed already: as it stands.

    Raises DomainError `no-such-panel`, `not-yours`, `too-few`, and what a verdict's giving raises.
    """
    with transaction.atomic():
        panel = (
            Panel.objects.select_for_update(of=("self",))
            .select_related("edition")
            .filter(pk=panel_id)
            .first()
        )
        if panel is None or (powers is not None and not may_organise(panel, powers)):
            raise DomainError("no-such-panel", "没有找到这个评审组，请回到清单重新打开。")
        found: Panel = panel
        if found.closed_at is not None:
            return found
        loaded = definitions.by_edition(found.edition_id)
        given, least = sum(row.given_at is not None for row in seats_of(found)), least_of(loaded)
        if given < least:
            raise DomainError(
                "too-few",
                f"已有 {given} 人评完，至少要 {least} 人，还差 {least - given} 人，现在不能汇总。请催还没有评的人。",
                given=given,
                least=least,
            )
        _close(found, loaded, f"person:{powers.person_id}" if powers else CLOCK, at, origin)
        return found


def close_when_complete(panel: Panel, at: dt.datetime, origin: str) -> None:
    """Close it once everybody asked has given."""
    rows = seats_of(panel)
    loaded = definitions.by_edition(panel.edition_id)
    if all(row.given_at is not None for row in rows) and len(rows) >= least_of(loaded):
        close_panel(panel.pk, powers=None, at=at, origin=origin)


def close_due(at: dt.datetime) -> int:
    """Close the panels whose time is over and of which enough gave; give how many."""
    closed = 0
    for panel in Panel.objects.filter(closed_at=None, due__lte=at).select_related("edition").order_by("pk"):
        given = sum(row.given_at is not None for row in seats_of(panel))
        if given >= least_of(definitions.by_edition(panel.edition_id)):
            closed += _close_by_clock(panel.pk, at)
    return closed


def _close_by_clock(panel_id: int, at: dt.datetime) -> bool:
    """One that cannot be closed keeps no other waiting."""
    try:
        close_panel(panel_id, powers=None, at=at, origin="clock")
    except RongheError:
        logger.exception("panel %s cannot be closed", panel_id)
        return False
    return True


def _close(panel: Panel, loaded: Loaded, actor: str, at: dt.datetime, origin: str) -> None:
    figures = combined_of(panel, loaded)
    panel.closed_at, panel.closed_by = at, actor
    panel.values = {one.field.code: str(rounded(one.figure)) for one in figures if one.figure is not None}
    panel.save(update_fields=["closed_at", "closed_by", "values"])
    record_all([_closed(panel, loaded, actor, at, origin)])
    came_from = (panel.came_from_type, panel.came_from_id) if panel.came_from_id is not None else None
    follow(
        Found(
            ref=("panel", panel.pk),
            subject=(panel.subject_type, panel.subject_id),
            organisation=panel.organisation,
            actor=actor,
            at=at,
            came_from=came_from,
            values=panel.values,
            origin=origin,
        ),
        loaded,
    )


def _entry(
    kind: str, panel: Panel, loaded: Loaded, data: dict[str, Any], *, actor: str, at: dt.datetime, origin: str
) -> Draft:
    return Draft(
        kind=kind,
        subject=("panel", panel.pk),
        actor=actor,
        at=at,
        code=panel.judgement,
        organisation_id=panel.organisation_id,
        touches=(Touch("of", panel.subject_type, panel.subject_id),),
        definition=loaded.edition.reference,
        edition=loaded.edition.edition,
        data={"round": panel.round, **data},
        origin=origin,
    )


def _formed(panel: Panel, loaded: Loaded, actor: str, *, bench: int, size: int) -> Draft:
    due = panel.due.astimezone(SHANGHAI).isoformat() if panel.due else None
    data = {"hash": commitment(panel.seed), "rows": bench, "drawn": size, "due": due}
    origin = "clock" if actor == CLOCK else "page"
    return _entry("panel.formed", panel, loaded, data, actor=actor, at=panel.asked_at, origin=origin)


def _closed(panel: Panel, loaded: Loaded, actor: str, at: dt.datetime, origin: str) -> Draft:
    rows = seats_of(panel)
    given = sum(row.given_at is not None for row in rows)
    data = {"rows": given, "drawn": len(rows), "values": dict(panel.values)}
    return _entry("panel.closed", panel, loaded, data, actor=actor, at=at, origin=origin)


def _recused(row: Judgement, loaded: Loaded, actor: str, at: dt.datetime) -> Draft:
    return Draft(
        kind="judgement.recused",
        subject=("judgement", row.pk),
        actor=actor,
        at=at,
        code=row.judgement,
        organisation_id=row.organisation_id,
        touches=(Touch("panel", "panel", row.panel_id or 0),),
        definition=loaded.edition.reference,
        edition=loaded.edition.edition,
        data={"round": row.round},
    )
