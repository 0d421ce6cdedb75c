"""What the requester is asked for just now, so that their page can ask it too."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from ronghe.casework.enums import CaseState
from ronghe.casework.models import Case, Note
from ronghe.casework.queries.clocks import pause_titles
from ronghe.ledger.queries import entries_of
from ronghe.messages.models import Message

SUPPLEMENT, ASKED = "supplement", "supplement.asked"


@dataclass(frozen=True)
class Question:
    """What is asked (empty: only the ground is said), since when, and until when the clock waits for it."""

    ground: str
    text: str
    since: dt.datetime
    until: dt.datetime | None


def question_of(case: Case) -> Question | None:
    """The question the clock waits for; None when it stands still for another reason, or runs."""
    if case.state != CaseState.OPEN or case.paused_at is None or not _is_asked(case, case.paused_at):
        return None
    paused = entries_of(("case", case.pk)).filter(kind="case.paused").order_by("-seq").first()
    number = paused.data.get("note", 0) if paused else 0
    text = Note.objects.filter(case=case, no=number).values_list("text", flat=True).first() if number else ""
    ground = pause_titles(case).get(case.pause_ground, "")
    return Question(ground, text or "", case.paused_at, case.paused_until)


def was_supplemented(case: Case) -> bool:
    """Whether the requester answered a question of this round."""
    kinds = ("case.supplemented", "case.reopened")
    last = entries_of(("case", case.pk)).filter(kind__in=kinds).order_by("-seq").first()
    return last is not None and last.kind == "case.supplemented"


def _is_asked(case: Case, since: dt.datetime) -> bool:
    """By its ground; or, on a ground that may mean other things, because the requester was sent a question then."""
    if case.pause_ground == SUPPLEMENT:
        return True
    sent = Message.objects.filter(kind=ASKED, about_type="case", about_id=case.pk, at=since)
    return bool(sent.exists())
