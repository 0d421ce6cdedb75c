"""Signing in the order the definition says, by as many different people; the last signature issues it."""

from __future__ import annotations

import datetime as dt
import hashlib
import json

from django.db import connection, transaction

from ronghe.bulletins import rules
from ronghe.bulletins.domain.recording import lock, note, reason, write
from ronghe.bulletins.domain.telling import tell_issued, tell_next, tell_returned
from ronghe.bulletins.enums import State
from ronghe.bulletins.exceptions import DomainError, StaleBulletin
from ronghe.bulletins.models import Bulletin
from ronghe.bulletins.queries.composing import day_of, draft_paper, loaded_of, parts_of
from ronghe.casework import domain as casework
from ronghe.core.worktime import SHANGHAI, Limit, due_after
from ronghe.definitions import queries as definitions
from ronghe.ledger.queries import watermark
from ronghe.organisations.queries import Powers

_COUNT = (
    "INSERT INTO bulletins_numbering (organisation_id, prefix, last) VALUES (%s, %s, 1) "
    "ON CONFLICT (organisation_id, prefix) DO UPDATE SET last = bulletins_numbering.last + 1 RETURNING last"
)


@transaction.atomic
def sign(bulletin_id: int, *, revision: int, powers: Powers, at: dt.datetime) -> Bulletin:
    """Sign what was read (`revision`): the next of the definition's signatures; after the last it is issued.

    Raises `not-yours`, `signed-before` (each by another person), `not-last` (the last leads the unit), `stale`, `missing`.
    """
    paper = lock(bulletin_id)
    signs = tuple(loaded_of(paper).body.signs)
    check_may_sign(paper, signs, powers)
    if revision != paper.revision:
        raise StaleBulletin("stale", "您打开以后，这份文稿又有改动。请看过现在的文稿再签。")
    check_complete(paper)
    actor = f"person:{powers.person_id}"
    place = len(paper.signed)
    name = signs[place] if place < len(signs) else "签发"
    paper.signed = [*paper.signed, {"sign": name, "actor": actor, "at": at.isoformat()}]
    is_last = len(paper.signed) >= max(len(signs), 1)
    paper.state = State.SIGNING
    write(paper, "bulletin.signed", actor=actor, at=at, sign=place + 1)
    if is_last:
        _issue(paper, actor=actor, at=at)
    else:
        tell_next(paper, signs[place + 1], at=at)
    return paper


def issue(bulletin_id: int, *, revision: int, powers: Powers, at: dt.datetime) -> Bulletin:
    """Issue one that needs a single signature or none: signing it is issuing it. Raises as `sign`, and `signs-lacking`."""
    paper = Bulletin.objects.filter(pk=bulletin_id).select_related("edition").first()
    lacking = len(loaded_of(paper).body.signs) - len(paper.signed) if paper else 0
    if lacking > 1:
        raise DomainError("signs-lacking", f"还差 {lacking} 道签名，不能发布。请按顺序签完。")
    return sign(bulletin_id, revision=revision, powers=powers, at=at)


def check_may_sign(paper: Bulletin, signs: tuple[str, ...], powers: Powers) -> None:
    """Raise DomainError unless this person may give the next signature."""
    if not rules.may_write(powers, paper):
        raise DomainError("not-yours", "这份文稿不由您签，或者已经发布。")
    if rules.has_signed(powers, paper):
        raise DomainError("signed-before", "您已经签过这份文稿，下一道要由另一个人签。")
    if not rules.may_sign(powers, paper, signs):
        raise DomainError("not-last", f"最后一道“{signs[-1]}”要由单位负责人签。")


def check_complete(paper: Bulletin) -> None:
    """Raise `missing` naming the parts that must say something and say nothing."""
    parts = paper.content.get("parts", {})
    loaded = loaded_of(paper)
    errors = {
        part.code: f"“{part.title}”还没有写。"
        for part in parts_of(loaded, day_of(paper))
        if part.required and not parts.get(part.code, "").strip()
    }
    if errors:
        named = "".join(errors.values())
        raise DomainError("missing", f"还不能送签：{named}", errors=errors)


@transaction.atomic
def return_(bulletin_id: int, *, note_text: str, powers: Powers, at: dt.datetime) -> Bulletin:
    """Hand it back to be changed, saying why; what was signed must be signed again. Raises `not-yours`, `reason-missing`."""
    paper = lock(bulletin_id)
    if not rules.may_return(powers, paper):
        raise DomainError("not-yours", "这份文稿不在送签，或者不由您的单位签，没有退回。")
    text = reason(note_text, "请写明退回修改的意见")
    actor = f"person:{powers.person_id}"
    number = note(paper, text, actor=actor, at=at)
    sign_no = len(paper.signed) + 1
    before = rules.signers(paper)
    paper.state, paper.signed = State.DRAFT, []
    write(paper, "bulletin.returned", actor=actor, at=at, sign=sign_no, note=number)
    tell_returned(paper, {*before, paper.opener} - {actor}, text, at=at)
    return paper


def _issue(paper: Bulletin, *, actor: str, at: dt.datetime) -> None:
    """Number it, freeze what it says with its hash, and say until when it stands; what waits for it goes on."""
    loaded = loaded_of(paper)
    paper.issued_at = at
    paper.until = end_of(loaded.body.stands, at)
    paper.number = _number(paper, loaded.body.number, at)
    day = at.astimezone(SHANGHAI).date()
    paper.content = {**paper.content, "paper": draft_paper(paper, day=day, until=paper.until)}
    paper.title = paper.content["paper"]["title"]
    paper.hash = hash_of(paper)
    paper.state = State.ISSUED
    write(
        paper,
        "bulletin.issued",
        actor=actor,
        at=at,
        edition_id=paper.edition_id,
        until=paper.until.isoformat() if paper.until else None,
        hash=paper.hash,
        watermark=watermark(),
    )
    tell_issued(paper, at=at)
    if paper.until is None:
        tell_case(paper, "", actor=actor, at=at)


def tell_case(paper: Bulletin, outcome: str, *, actor: str, at: dt.datetime) -> None:
    """The step that runs it is done: when it is issued, or when it stood its time."""
    paper.over_at = at
    Bulletin.objects.filter(pk=paper.pk).update(over_at=at, ending=paper.ending)
    if paper.case_id is not None:
        ref = ("bulletin", paper.pk)
        casework.ran(
            paper.case_id, kind="bulletin", code=paper.bulletin, ref=ref, outcome=outcome, actor=actor, at=at
        )


def end_of(stands: Limit | None, at: dt.datetime) -> dt.datetime | None:
    """Until when it stands: the day of issue is not counted, make-up working days are."""
    if stands is None:
        return None
    return due_after(definitions.calendar(), at, stands)


def hash_of(paper: Bulletin) -> str:
    """SHA-256 over what was issued; anybody can reckon it again."""
    told = {"number": paper.number, "organisation": paper.organisation_id, "content": paper.content["paper"]}
    text = json.dumps(told, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def _number(paper: Bulletin, pattern: str, at: dt.datetime) -> str:
    """The next number of the unit under this beginning; its counter's row is locked until the transaction ends."""
    if not pattern:
        return ""
    unit = paper.organisation.short_name or paper.organisation.name
    words = {"unit": unit, "year": at.astimezone(SHANGHAI).year}
    prefix = pattern.split("{seq", maxsplit=1)[0].format(**words)
    with connection.cursor() as cursor:
        cursor.execute(_COUNT, [paper.organisation_id, prefix])
        (last,) = cursor.fetchone()
    return pattern.format(**words, seq=last)
