"""Asking who asked to rate what was done: once for each closed round, by a link that serves once."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext

from ronghe.casework import domain as casework
from ronghe.core.worktime import due_after
from ronghe.definitions.domain import freeze
from ronghe.definitions.queries import Loaded, calendar
from ronghe.judgements.models import Judgement, Progress
from ronghe.judgements.queries.asked import rating_for
from ronghe.judgements.queries.cases import (
    Closing,
    Opening,
    closed_after,
    first_closing_since,
    merged_or_reopened,
    openings_of,
)
from ronghe.judgements.rules import is_asked
from ronghe.ledger.domain import Draft, Touch, record_all
from ronghe.ledger.queries import watermark
from ronghe.messages.domain import Address, send

JOB, BATCH, OLDEST = "ask-rating", 200, dt.timedelta(days=40)
CLOCK = "system:clock"


def ask_due(at: dt.datetime) -> int:
    """Ask for the rating of rounds closed since the last time, at most `BATCH` of them; give how many were asked.

    Reads closings in the ledger's order as far as they have positions, so that each is met exactly once however often and by
    however many workers this is called. Not asked: what was declined, taken back, put into another case or brought in from
    elsewhere; what was taken up again meanwhile; what nobody can be reached about; what was rated already.
    """
    last = watermark()
    if Progress.objects.filter(job=JOB, position__gte=last).exists():
        return 0
    with transaction.atomic():
        progress = _progress(at)
        closings = closed_after(progress.position, last, BATCH)
        asked = _ask(closings, at)
        progress.position = closings[-1].position if len(closings) == BATCH else max(last, progress.position)
        progress.save(update_fields=["position"])
    return asked


def _progress(at: dt.datetime) -> Progress:
    """How far we are, locked; on the first day ever not from the beginning of the ledger."""
    begun, is_new = Progress.objects.get_or_create(job=JOB)
    if is_new and (first := first_closing_since(at - OLDEST)):
        Progress.objects.filter(pk=begun.pk).update(position=first - 1)
    locked: Progress = Progress.objects.select_for_update().get(pk=begun.pk)
    return locked


def _ask(closings: Sequence[Closing], at: dt.datetime) -> int:
    gone = merged_or_reopened(closings)
    wanted = [one for one in closings if is_asked(one.result) and one.key not in gone]
    openings = openings_of({one.case_id for one in wanted})
    known = Judgement.objects.filter(
        subject_type="case", subject_id__in={one.case_id for one in wanted}, draw=None, is_review=False
    ).order_by("round")
    by_case: dict[tuple[str, int], list[Judgement]] = {}
    for row in known:
        by_case.setdefault((row.judgement, row.subject_id), []).append(row)
    asked = 0
    for closing in wanted:
        loaded = rating_for(closing.procedure, timezone.localdate(at))
        opening = openings.get(closing.case_id)
        if loaded is None or opening is None or opening.identity is None:
            continue
        before = by_case.setdefault((loaded.edition.code, closing.case_id), [])
        if any(row.round == closing.round for row in before) or _is_stale(loaded, closing, at):
            continue
        before.append(_ask_one(loaded, closing, opening, before, at))
        asked += 1
    return asked


def _ask_one(
    loaded: Loaded, closing: Closing, opening: Opening, before: Sequence[Judgement], at: dt.datetime
) -> Judgement:
    rated = [row for row in before if row.given_at is not None]
    row = Judgement.objects.create(
        edition=loaded.edition,
        judgement=loaded.edition.code,
        subject_type="case",
        subject_id=closing.case_id,
        round=closing.round,
        organisation_id=closing.organisation_id,
        identity_id=opening.identity,
        asked_at=at,
        due=_ends(loaded, at),
        second_of=rated[-1] if rated else None,
    )
    record_all([_draft(loaded, row)])
    freeze(loaded.edition, at=at)
    assert opening.identity is not None  # noqa: S101 - the caller looked
    send(
        Address("identity", opening.identity),
        kind="rating-asked",
        title=gettext("%(number)s 办结了，请您评一评") % {"number": opening.number},
        text=_words(row),
        link=reverse("link", args=[casework.link_token(closing.case_id, "rate", closing.round)]),
        about=("case", closing.case_id),
        at=at,
    )
    return row


def _words(row: Judgement) -> str:
    if row.second_of is not None:
        return gettext("您上次不满意，我们重新办了一遍。请点开看新的答复，再评一次；上次的评价照样保留。")
    return gettext("请点开看答复，花十秒钟评一评。不满意的会重新办理；不评不算好评。链接只能用一次。")


def _draft(loaded: Loaded, row: Judgement) -> Draft:
    second = (Touch("second-of", "judgement", row.second_of_id),) if row.second_of_id else ()
    return Draft(
        kind="judgement.asked",
        subject=("judgement", row.pk),
        actor=CLOCK,
        at=row.asked_at,
        organisation_id=row.organisation_id,
        touches=(Touch("of", "case", row.subject_id), *second),
        definition=loaded.edition.reference,
        edition=loaded.edition.edition,
        data={"round": row.round, "due": row.due.isoformat() if row.due else None},
        origin="clock",
    )


def _ends(loaded: Loaded, at: dt.datetime) -> dt.datetime | None:
    if loaded.body.within is None:
        return None
    return due_after(calendar(), at, loaded.body.within)


def _is_stale(loaded: Loaded, closing: Closing, at: dt.datetime) -> bool:
    """Whether it closed so long ago that the time to rate it would be over."""
    ends = _ends(loaded, closing.at)
    return ends is not None and ends < at
