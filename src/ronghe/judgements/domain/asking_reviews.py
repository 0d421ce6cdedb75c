"""Asking officers for reviews: when a thing happened, a while after, each period of all or of some drawn, or for a step."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from ronghe.casework.domain import standing_cases
from ronghe.casework.domain.giving import Giver
from ronghe.core.draw import commitment
from ronghe.core.periods import Every, Period
from ronghe.core.select import Create, Kinds
from ronghe.core.worktime import Calendar, Limit, due_after
from ronghe.definitions import queries as definitions
from ronghe.definitions.domain import freeze
from ronghe.definitions.queries import Loaded
from ronghe.definitions.things import Ref, facts_of
from ronghe.judgements.domain.asked import asked_entry, tell_asked
from ronghe.judgements.domain.drawing import CLOCK, draw_entry, seed_of
from ronghe.judgements.domain.panelling import close_due, fill_seat, form_panel
from ronghe.judgements.domain.strata import drawn_of, keep_strata, strata_of
from ronghe.judgements.models import Draw, Judgement, Panel, Progress
from ronghe.judgements.queries.judges import bench_for
from ronghe.judgements.queries.subjects import (
    CLOSED,
    STEP,
    TYPE_OF,
    WHAT_HAPPENED,
    Subject,
    choices_of,
    happened_after,
    happened_between,
    is_judged,
    is_named,
    keys_of,
    reviews_live,
    standing_entries,
    subject_of,
    unit_of,
)
from ronghe.ledger.domain import record_all
from ronghe.ledger.queries import watermark

JOB, BATCH = "ask-reviews", 500
LOOKED_BACK = dt.timedelta(days=60)  # a clock that stood still so long asks for nothing older


def ask_reviews(at: dt.datetime, calendar: Calendar) -> int:
    """Ask for every review that is due; give how many. Safe to repeat, and by several workers at once."""
    asked = _of_what_happened(at, calendar)
    on = calendar.local(at).date()
    for loaded in reviews_live(on):
        when = loaded.body.when
        for choice in choices_of(loaded) if when is not None else ():
            if when.after is not None:
                asked += _a_while_after(loaded, choice, when.after, at, calendar)
            if when.each is not None:
                asked += _of_the_period(loaded, choice, at, calendar)
    return asked + _give_to_somebody(at, calendar) + close_due(at)


def _of_what_happened(at: dt.datetime, calendar: Calendar) -> int:
    """Read on in the ledger; the first time ever, from its end."""
    last = watermark()
    with transaction.atomic():
        begun, _is_new = Progress.objects.get_or_create(job=JOB, defaults={"position": last})
        progress = Progress.objects.select_for_update().get(pk=begun.pk)
        if progress.position >= last:
            return 0
        found = happened_after(progress.position, last, BATCH)
        on = calendar.local(at).date()
        asked = sum(
            ask(loaded, subject_of(entry), at=at, calendar=calendar) is not None
            for _, entry in found
            for loaded in reviews_live(on)
            if any(
                _is_meant(loaded, choice, entry)
                and is_judged(choice, subject_of(entry), on, closed=entry.kind == CLOSED)
                for choice in choices_of(loaded)
            )
        )
        progress.position = found[-1][0] if len(found) == BATCH else last
        progress.save(update_fields=["position"])
    return asked


def _is_meant(loaded: Loaded, choice: Kinds, entry: Any) -> bool:
    when = loaded.body.when
    if when is None or when.at is None or not is_named(choice, entry):
        return False
    if when.at in WHAT_HAPPENED:
        return bool(entry.kind == WHAT_HAPPENED[when.at])
    return bool(entry.kind == STEP and entry.code == when.at)


def _a_while_after(loaded: Loaded, choice: Kinds, length: Limit, at: dt.datetime, calendar: Calendar) -> int:
    """Of what ended so long ago and was not taken up again since (回头看)."""
    on, asked = calendar.local(at).date(), 0
    earliest = at - _at_most(length) - LOOKED_BACK
    for subject in happened_between(choice, earliest, at):
        due = due_after(calendar, subject.at or at, length)
        if due <= at and not _known(loaded, subject) and is_judged(choice, subject, on):
            asked += ask(loaded, subject, at=at, calendar=calendar) is not None
    return asked


def _at_most(length: Limit) -> dt.timedelta:
    """No length lasts longer than this: a month 31 days, five working days three weeks."""
    return dt.timedelta(days=length.amount * (31 if str(length.unit) == "月" else 4) + 31)


def _of_the_period(loaded: Loaded, choice: Kinds, at: dt.datetime, calendar: Calendar) -> int:
    """Once in each period, of the one before it: of all, or of those drawn. The draw is kept with its commitment."""
    on = calendar.local(at).date()
    period = Period.holding(on, Every(str(loaded.body.when.each))).previous()
    code = loaded.edition.code
    if Draw.objects.filter(judgement=code, procedure=choice.name, day=period.last).exists():
        return 0
    subjects = keys_of(population(choice, period, on))
    seed = seed_of(code, choice.name, period.last)
    strata = strata_of(loaded, {key: one.ref for key, one in subjects.items()}, on)
    keys = drawn_of(loaded, strata, seed)
    with transaction.atomic():
        made, is_new = Draw.objects.get_or_create(
            judgement=code,
            procedure=choice.name,
            day=period.last,
            defaults={
                "edition": loaded.edition,
                "seed": seed,
                "hash": commitment(seed),
                "watermark": watermark(),
                "rows": len(subjects),
                "drawn": len(keys),
                "at": at,
            },
        )
        if not is_new:
            return 0
        keep_strata(made, strata)
        record_all([draw_entry(made, loaded)])
        freeze(loaded.edition, at=at)
        for key in keys:
            ask(loaded, subjects[key], at=at, calendar=calendar, drawn=made, again=True)
    return len(keys)


def population(choice: Kinds, period: Period, on: dt.date) -> list[Subject]:
    """What a period is drawn from: what ended or was held in it; where the definition names a step, the cases standing there."""
    asks = {name for kind, name in choice.where.names() if kind == "field"} if choice.where else set()
    if choice.kind == "procedure" and asks & {"step", "state"}:
        return [
            Subject(ref, int(str(facts.get("round") or 1)), unit_of(facts))
            for ref, facts in standing_cases(choice.name, choice.where, on)
        ]
    found = (
        standing_entries(choice.name)
        if choice.kind == "register"
        else happened_between(choice, period.start, period.end)
    )
    return [subject for subject in found if is_judged(choice, subject, on)]


def _known(loaded: Loaded, subject: Subject) -> bool:
    return Judgement.objects.filter(
        judgement=loaded.edition.code,
        subject_type=subject.ref[0],
        subject_id=subject.ref[1],
        round=subject.round,
    ).exists()


def ask(
    loaded: Loaded,
    subject: Subject,
    *,
    at: dt.datetime,
    calendar: Calendar,
    actor: str = CLOCK,
    came_from: Ref | None = None,
    drawn: Draw | None = None,
    again: bool = False,
    organiser: int | None = None,
) -> Judgement | Panel | None:
    """Ask for a review of a thing, once for a round of it, or with `again` once more; None when it was asked before.

    Where its definition has a panel, several are asked; `organiser`: the unit that closes it.
    """
    mine = Judgement.objects.filter(
        judgement=loaded.edition.code, subject_type=subject.ref[0], subject_id=subject.ref[1]
    )
    last = mine.aggregate(last=Max("round"))["last"] or 0
    if not again and mine.filter(round=subject.round).exists():
        return None
    facts = facts_of(subject.ref, calendar.local(at).date())
    if loaded.body.panel is not None:
        whole = replace(
            subject,
            round=last + 1 if again else subject.round,
            organisation=subject.organisation or (unit_of(facts) if facts else None),
        )
        freeze(loaded.edition, at=at)
        return form_panel(
            loaded,
            whole,
            at=at,
            calendar=calendar,
            actor=actor,
            came_from=came_from,
            organiser=organiser,
            drawn=drawn,
        )
    row = Judgement.objects.create(
        edition=loaded.edition,
        judgement=loaded.edition.code,
        subject_type=subject.ref[0],
        subject_id=subject.ref[1],
        round=last + 1 if again else subject.round,
        organisation_id=subject.organisation or (unit_of(facts) if facts else None),
        is_review=True,
        came_from_type=came_from[0] if came_from else "",
        came_from_id=came_from[1] if came_from else None,
        draw=drawn,
        asked_at=at,
        due=due_after(calendar, at, loaded.body.within) if loaded.body.within else None,
    )
    freeze(loaded.edition, at=at)
    _assign(row, loaded, at, calendar)
    record_all([asked_entry(row, loaded, actor, at)])
    return row


def _give_to_somebody(at: dt.datetime, calendar: Calendar) -> int:
    """Give what nobody could be asked for to whoever may be asked now."""
    waiting = Judgement.objects.filter(
        is_review=True, given_at=None, judge=None, panel__closed_at=None
    ).select_related("edition", "panel")
    found = 0
    for row in waiting.order_by("pk")[:BATCH]:
        loaded = definitions.by_edition(row.edition_id)
        is_of_panel = row.panel_id is not None
        found += fill_seat(row, loaded, at, calendar) if is_of_panel else _assign(row, loaded, at, calendar)
    return found


def _assign(row: Judgement, loaded: Loaded, at: dt.datetime, calendar: Calendar) -> bool:
    """Name who is asked and tell them; False when there is nobody."""
    on = calendar.local(at).date()
    subject = Subject((row.subject_type, row.subject_id), row.round, row.organisation_id)
    facts = facts_of(subject.ref, on)
    judge = bench_for(loaded.body.by, facts, subject, on).least_busy() if facts else None
    if judge is None:
        return False
    if not Judgement.objects.filter(pk=row.pk, judge=None).update(judge=judge):
        return False  # another worker asked somebody meanwhile
    row.judge = judge
    tell_asked(row, loaded, at)
    return True


def make_judgement(item: Create, _values: Mapping[str, Any], giver: Giver) -> Ref | None:
    """Ask for the review that a step runs or something gives: of the first thing at hand that it judges, else of the source."""
    loaded = definitions.get("judgement", item.name, timezone.localdate(giver.at))
    calendar, on = definitions.calendar(), timezone.localdate(giver.at)
    at_hand = [giver.source, giver.thing, _organisation(giver.about), _organisation(giver.organisation)]
    ref = next((ref for ref in at_hand if ref and _judges(loaded, ref, on)), giver.source)
    unit = giver.organisation.pk if giver.organisation and ref == giver.source else None
    row = ask(
        loaded,
        Subject(ref, 1, unit),
        at=giver.at,
        calendar=calendar,
        actor=giver.actor,
        came_from=giver.source,
        again=True,
        organiser=giver.organisation.pk if giver.organisation else None,
    )
    return (("panel" if isinstance(row, Panel) else "judgement"), row.pk) if row else None


def _organisation(unit: Any) -> Ref | None:
    return ("organisation", unit.pk) if unit else None


def _judges(loaded: Loaded, ref: Ref, on: dt.date) -> bool:
    facts = facts_of(ref, on)
    kinds = {TYPE_OF.get(choice.kind, choice.kind): choice.name for choice in choices_of(loaded)}
    names = {choice.name for choice in choices_of(loaded)}
    return facts is not None and ref[0] in kinds and facts.get("kind") in names
