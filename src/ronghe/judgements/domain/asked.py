"""What asking one reviewer and asking several have in common: the term, the word to who is asked, the entry."""

from __future__ import annotations

import datetime as dt

from django.urls import reverse
from django.utils.translation import gettext

from ronghe.core.worktime import SHANGHAI
from ronghe.definitions.queries import Loaded
from ronghe.definitions.things import titles_of
from ronghe.judgements.domain.drawing import CLOCK
from ronghe.judgements.models import Judgement
from ronghe.ledger.domain import Draft, Touch
from ronghe.messages.domain import Address, send


def tell_asked(row: Judgement, loaded: Loaded, at: dt.datetime) -> None:
    """Tell who is asked."""
    ref = (row.subject_type, row.subject_id)
    send(
        Address("person", row.judge_id or 0),
        kind="review-asked",
        title=gettext("请您作“%(what)s”") % {"what": loaded.body.title},
        text=gettext("对象：%(title)s。看过以后如实填写，写好后不能改。")
        % {"title": titles_of({ref}).get(ref, loaded.body.title)},
        link=reverse("review", args=[row.pk]),
        about=("judgement", row.pk),
        at=at,
    )


def asked_entry(row: Judgement, loaded: Loaded, actor: str, at: dt.datetime) -> Draft:
    """That a review was asked for, and of whom."""
    came_from = (Touch("because", row.came_from_type, row.came_from_id),) if row.came_from_id else ()
    panel = (Touch("panel", "panel", row.panel_id),) if row.panel_id else ()
    return Draft(
        kind="judgement.asked",
        subject=("judgement", row.pk),
        actor=actor,
        at=at,
        code=loaded.edition.code,
        organisation_id=row.organisation_id,
        touches=(Touch("of", row.subject_type, row.subject_id), *came_from, *panel),
        definition=loaded.edition.reference,
        edition=loaded.edition.edition,
        data={
            "round": row.round,
            "due": row.due.astimezone(SHANGHAI).isoformat() if row.due else None,
            "person": row.judge_id,
        },
        origin="clock" if actor == CLOCK else "page",
    )
