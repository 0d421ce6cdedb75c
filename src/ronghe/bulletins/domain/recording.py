"""One row locked, one entry written: what every act on a bulletin shares."""

from __future__ import annotations

import datetime as dt
from typing import Any

from ronghe.bulletins.enums import SUBJECT
from ronghe.bulletins.exceptions import DomainError
from ronghe.bulletins.models import Bulletin
from ronghe.ledger.domain import Touch, record


def lock(number: int) -> Bulletin:
    """The bulletin, its row locked. Raises `no-such-bulletin`."""
    row = (
        Bulletin.objects.select_for_update(of=("self",))
        .select_related("edition", "organisation")
        .filter(pk=number)
        .first()
    )
    if row is None:
        raise DomainError("no-such-bulletin", "没有找到这份文稿，请回到文稿清单重新打开。")
    found: Bulletin = row
    return found


def write(
    paper: Bulletin, kind: str, *, actor: str, at: dt.datetime, origin: str = "page", **data: Any
) -> None:
    """Save the row and write its entry; `data` without a value is left out."""
    paper.revision += 1
    paper.save()
    record(
        kind,
        subject=(SUBJECT, paper.pk),
        actor=actor,
        at=at,
        organisation_id=paper.organisation_id,
        touches=tuple(_touches(paper)),
        code=paper.bulletin,
        period=paper.period,
        definition=paper.edition.reference,
        edition=paper.edition.edition,
        data={name: value for name, value in data.items() if value is not None},
        origin=origin,
        seq=paper.revision,
    )


def _touches(paper: Bulletin) -> list[Touch]:
    touches = [Touch("issuer", "organisation", paper.organisation_id)]
    if paper.about_id is not None:
        touches.append(Touch("about", paper.about_type, paper.about_id))
    if paper.case_id is not None:
        touches.append(Touch("because", "case", paper.case_id))
    return touches


def note(paper: Bulletin, text: str, *, actor: str, at: dt.datetime) -> int:
    """Keep words beside the row; their number goes into the ledger."""
    number = len(paper.notes) + 1
    paper.notes = [*paper.notes, {"no": number, "text": text, "actor": actor, "at": at.isoformat()}]
    return number


def reason(text: str, asked: str, most: int = 500) -> str:
    """A reason that says something. Raises `reason-missing` naming its field."""
    text = text.strip()
    if not 2 <= len(text) <= most:
        said = f"{asked}（2 至 {most} 字）。"
        raise DomainError("reason-missing", said, errors={"note": said})
    return text
