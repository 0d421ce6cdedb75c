"""清除: a requester's identity, once nothing of theirs is open, and what their cases still tell of who they are.

Source: 个人信息保护法 art. 19 (no longer than needed), art. 47 (at the end of the term, or when asked to).
"""

from __future__ import annotations

import datetime as dt
from dataclasses import asdict

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from ronghe.casework.domain.acting import By, Work, act_on
from ronghe.casework.enums import CaseState
from ronghe.casework.exceptions import DomainError
from ronghe.casework.models import Case, Draft
from ronghe.casework.queries.keeping import RETENTION, due_identities
from ronghe.definitions import queries as definitions
from ronghe.definitions.enums import Kind
from ronghe.erasure import GROUNDS, Erasure, erase_beside, taken_away
from ronghe.messages.domain import Address, wipe
from ronghe.messages.domain.forgetting import wipe_before
from ronghe.organisations import domain as organisations
from ronghe.organisations.domain.claims import end_claims_of
from ronghe.organisations.domain.visitors import actor_of
from ronghe.organisations.models import Identity, SignInCode

_MOST = 200  # identities of one batch


@transaction.atomic
def erase_requester(identity: Identity, *, ground: str, actor: str, at: dt.datetime) -> int:
    """Wipe an identity, its messages and drafts, and cover what its cases tell of the person; give how many cases.

    The cases themselves, their numbers and their ledger stay. Raises DomainError `still-open` while one is open.
    """
    if ground not in GROUNDS:
        raise DomainError("ground-unknown", "请选择清除的原因，没有清除。")
    cases = list(Case.objects.select_for_update().filter(identity=identity).order_by("pk"))
    still_open = sum(case.state == CaseState.OPEN for case in cases)
    if still_open:
        message = f"还有 {still_open} 件没有办结，办件要用到身份信息，没有清除。请在办结以后再清除。"
        raise DomainError("still-open", message, open=still_open)
    known = tuple(said for said in asdict(organisations.open_contact(identity)).values() if len(said) > 1)
    erasure = Erasure(ground, actor, at, known)
    for case in cases:
        act_on(case.pk, By(actor, at), lambda work: _cover(work, erasure))
        erase_beside(("case", case.pk), erasure)
    visitor = getattr(identity, "visitor", None)
    if visitor is not None:
        end_claims_of(visitor, actor=actor, at=at)
        Draft.objects.filter(owner=actor_of(visitor)).delete()
    wipe(Address("identity", identity.pk))
    organisations.erase(identity, actor=actor, at=at)
    return len(cases)


def erase_expired(*, actor: str, at: dt.datetime, most: int = _MOST) -> int:
    """Erase the identities whose term is over, as a named person decided; give how many. Asked again, it goes on."""
    done = 0
    for identity in due_identities(at)[:most]:
        erase_requester(identity, ground="expired", actor=actor, at=at)
        done += 1
    return done


def forget_expired(at: dt.datetime) -> int:
    """What needs nobody's decision: words of old messages and old sign-in codes; give how many."""
    terms = {
        line.code: dt.timedelta(days=int(line.as_dict()["days"]))
        for line in definitions.get(Kind.LIST, RETENTION, timezone.localdate(at)).body.lines
    }
    codes, _ = SignInCode.objects.filter(sent_at__lt=at - terms["sign-in-code"]).delete()
    return codes + wipe_before(at - terms["message"])


def _cover(work: Work, erasure: Erasure) -> None:
    """Mask the words of the case and take its files away; rows keep their numbers."""
    case = work.case
    case.title, case.values = erasure.covered(case.title), erasure.covered(case.values)
    for step in case.steps.exclude(values={}):
        step.values = erasure.covered(step.values)
        step.save(update_fields=["values"])
    for note in case.notes.all():
        note.text = erasure.covered(note.text)
        note.save(update_fields=["text"])
    for reply in case.replies.all():
        reply.text = erasure.covered(reply.text, by_office=True)
        reply.parts = erasure.covered(reply.parts, by_office=True)
        reply.save(update_fields=["text", "parts"])
    theirs = Q(actor=f"requester:{case.pk}") | (~Q(field="") & Q(step=None))
    files = taken_away(case.attachments.exclude(path="").filter(theirs))
    work.course.emit(
        "case.erased", organisation=work.course.record.responsible, ground=erasure.ground, rows=files
    )
