"""Who may speak for an enterprise: asked by its 统一代码, verified by its registered phone or by whoever serves it, ended at once."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from ronghe.core import creditcode
from ronghe.ledger import domain as ledger
from ronghe.messages import domain as messages
from ronghe.messages.domain import Address
from ronghe.organisations.domain.visitors import (
    actor_of,
    learn_name,
    mobile,
    phones_of,
    visitor_for,
)
from ronghe.organisations.exceptions import VisitorError
from ronghe.organisations.models import Claim, Organisation, Visitor
from ronghe.organisations.queries.trees import by_credit_code
from ronghe.organisations.queries.visitors import (
    Grounds,
    is_registered_contact,
    live_claims,
    may_settle,
    may_speak,
    who_settles,
)

if TYPE_CHECKING:
    from ronghe.organisations.queries import Powers

MOST_CLAIMS = 20
MOST_DELEGATES = 30
MINE, DESK = "/my/enterprises/", "/desk/claims/"


def ask_claim(visitor: Visitor, credit_code: str, *, at: dt.datetime) -> Claim:
    """Ask to speak for an enterprise of the register. Whoever signed in with its registered contact phone may at once; else
    those who serve it are told and decide. Asked again, the same claim is given. Raises VisitorError, CreditCodeError.
    """
    enterprise = by_credit_code(creditcode.check(credit_code))
    if enterprise is None or (enterprise.ends is not None and enterprise.ends <= timezone.localdate(at)):
        message = "企业名录里没有这个统一社会信用代码，没有提交。请对照营业执照核对；没有错的话，请拨打 12345 请工作人员登记。"
        raise VisitorError("no-such-enterprise", message)
    with transaction.atomic():
        locked = Visitor.objects.select_for_update().get(pk=visitor.pk)
        claims = list(live_claims(locked))
        before = next((claim for claim in claims if claim.enterprise_id == enterprise.pk), None)
        if before is not None:
            return before
        if len(claims) >= MOST_CLAIMS:
            message = f"一个人最多代表 {MOST_CLAIMS} 家企业，没有提交。请先解除不再代表的企业。"
            raise VisitorError("too-many-claims", message)
        claim = Claim.objects.create(visitor=locked, enterprise=enterprise, asked_at=at)
        _record("asked", claim, actor=actor_of(visitor), at=at)
        if is_registered_contact(phones_of(visitor), enterprise, timezone.localdate(at)):
            _settle(claim, Claim.State.VERIFIED, actor=actor_of(visitor), at=at, ground=Grounds.PHONE)
        else:
            _tell_staff(claim, at)
    return claim


def settle_claim(
    claim: Claim, *, powers: Powers, approve: bool, at: dt.datetime, ground: str = Grounds.KNOWN
) -> Claim:
    """Confirm or refuse a claim, as one who serves the enterprise or sits at the triage desk; the visitor is told."""
    with transaction.atomic():
        row = _locked(claim)
        if not may_settle(powers, row):
            message = (
                "这家企业由别的小组服务，没有保存。请由服务它的小组或分办员核实；您自己的申请也不能自己核实。"
            )
            raise VisitorError("not-yours", message)
        if row.state != Claim.State.ASKED:
            raise VisitorError("claim-settled", "这份申请已经有人处理了，没有再改。请刷新列表看结果。")
        state = Claim.State.VERIFIED if approve else Claim.State.REFUSED
        _settle(row, state, actor=f"person:{powers.person_id}", at=at, ground=ground)
        _tell_visitor(row, at, ground)
    return row


def add_delegate(owner: Claim, *, phone: str, name: str = "", at: dt.datetime) -> Claim:
    """Let somebody else act for the enterprise (经办人); they sign in with their own phone. Only a verified owner may."""
    plain = mobile(phone)
    with transaction.atomic():
        row = _locked(owner)
        _check_owner(row)
        actor = actor_of(row.visitor)
        visitor = visitor_for(plain, actor=actor, at=at)
        before = live_claims(visitor).filter(enterprise=row.enterprise_id).first()
        if before is not None and before.state == Claim.State.VERIFIED:
            message = "这个手机号已经能代表这家企业，没有重复添加。"
            raise VisitorError("already-speaks", message)
        granted = Claim.objects.filter(
            granted_by=row.visitor_id, enterprise=row.enterprise_id, state=Claim.State.VERIFIED
        )
        if granted.count() >= MOST_DELEGATES:
            message = f"一家企业最多 {MOST_DELEGATES} 位经办人，没有添加。请先移除不再经办的人。"
            raise VisitorError("too-many-delegates", message)
        if before is not None:
            _end(before, actor=actor, at=at, ground=Grounds.REPLACED)
        if not visitor.seen_at:
            learn_name(visitor, name)
        claim = Claim.objects.create(
            visitor=visitor,
            enterprise=row.enterprise,
            role=Claim.Role.DELEGATE,
            granted_by=row.visitor,
            asked_at=at,
        )
        _record("asked", claim, actor=actor, at=at)
        _settle(claim, Claim.State.VERIFIED, actor=actor, at=at, ground=Grounds.GRANTED)
        text = f"{row.enterprise.name}把您加为经办人。用这个手机号登录，就能替它提诉求、看办理进度。"
        messages.send(
            Address("identity", visitor.identity_id),
            kind="claim-settled",
            title="您成了企业的经办人",
            text=text,
            link=MINE,
            about=("claim", claim.pk),
            at=at,
        )
    return claim


def end_claim(
    claim: Claim, *, at: dt.datetime, by: Visitor | None = None, powers: Powers | None = None
) -> Claim:
    """End a claim: one's own, a delegate's as the owner, any as staff who could settle it. Whom its owner let in goes with it.

    From this instant nothing of the enterprise is seen with it. Nothing happens when it is over already.
    """
    with transaction.atomic():
        row = _locked(claim)
        if row.state not in (Claim.State.ASKED, Claim.State.VERIFIED):
            return row
        actor, ground = _who_ends(row, by, powers)
        _end(row, actor=actor, at=at, ground=ground)
        if row.role == Claim.Role.OWNER:
            granted = Claim.objects.select_for_update().filter(
                granted_by=row.visitor_id, enterprise=row.enterprise_id, state=Claim.State.VERIFIED
            )
            for one in granted.order_by("pk"):
                _end(one, actor=actor, at=at, ground=Grounds.OWNER_LEFT)
        if by is None or by.pk != row.visitor_id:
            _tell_visitor(row, at, ground)
    return row


def end_claims_of(visitor: Visitor, *, actor: str, at: dt.datetime) -> None:
    """End all claims of somebody whose identity is erased, and of those they let in; nobody is told: there is nobody to tell."""
    with transaction.atomic():
        live = Q(state__in=(Claim.State.ASKED, Claim.State.VERIFIED))
        theirs = Q(visitor=visitor) | Q(granted_by=visitor)
        for row in Claim.objects.select_for_update().filter(live, theirs).order_by("pk"):
            _end(row, actor=actor, at=at, ground=Grounds.ERASED)


def _who_ends(row: Claim, by: Visitor | None, powers: Powers | None) -> tuple[str, str]:
    if by is not None and by.pk == row.visitor_id:
        return actor_of(by), Grounds.OWN
    if by is not None and row.granted_by_id == by.pk and may_speak(by, row.enterprise_id, as_owner=True):
        return actor_of(by), Grounds.BY_OWNER
    if powers is not None and may_settle(powers, row):
        return f"person:{powers.person_id}", Grounds.BY_STAFF
    raise VisitorError("not-yours", "只有本人、企业管理员或服务这家企业的工作人员能解除，没有改动。")


def _check_owner(row: Claim) -> None:
    if row.state != Claim.State.VERIFIED or row.role != Claim.Role.OWNER:
        message = "只有核实过的企业管理员能添加经办人，没有添加。请先完成企业核实。"
        raise VisitorError("not-owner", message)


def _locked(claim: Claim) -> Claim:
    rows = Claim.objects.select_for_update(of=("self",)).select_related("enterprise", "visitor")
    found: Claim = rows.get(pk=claim.pk)
    return found


def _settle(claim: Claim, state: str, *, actor: str, at: dt.datetime, ground: str) -> None:
    claim.state, claim.settled_at, claim.settled_by = state, at, actor
    claim.save(update_fields=["state", "settled_at", "settled_by"])
    _record(str(state), claim, actor=actor, at=at, ground=ground)


def _end(claim: Claim, *, actor: str, at: dt.datetime, ground: str) -> None:
    _settle(claim, Claim.State.ENDED, actor=actor, at=at, ground=ground)


def _record(what: str, claim: Claim, *, actor: str, at: dt.datetime, ground: str = "") -> None:
    data: dict[str, object] = {"about": claim.enterprise_id}
    if ground:
        data["ground"] = str(ground)
    ledger.record(f"claim.{what}", subject=("claim", claim.pk), actor=actor, at=at, data=data)


def _tell_staff(claim: Claim, at: dt.datetime) -> None:
    enterprise: Organisation = claim.enterprise
    for person in who_settles(enterprise, timezone.localdate(at)):
        messages.send(
            Address("person", person.pk),
            kind="claim-asked",
            title=f"请核实：有人申请代表{enterprise.name}",
            text="请与企业联系，确认这个人能代表它，再同意或不同意。",
            link=DESK,
            about=("claim", claim.pk),
            at=at,
        )


def _tell_visitor(claim: Claim, at: dt.datetime, ground: str) -> None:
    name = claim.enterprise.name
    words = {
        Claim.State.VERIFIED: (
            "企业核实通过",
            f"您现在可以代表{name}提诉求、看办理进度，也可以添加经办人。",
        ),
        Claim.State.REFUSED: (
            "企业核实没有通过",
            f"您申请代表{name}没有通过：{Grounds(ground).label}。有疑问请联系服务这家企业的工作人员，也可以再次申请。",
        ),
    }
    ended = ("不再代表企业", f"您已不能再代表{name}查看和提出诉求。您自己提的诉求不受影响。")
    title, text = words.get(Claim.State(claim.state), ended)
    messages.send(
        Address("identity", claim.visitor.identity_id),
        kind="claim-settled",
        title=title,
        text=text,
        link=MINE,
        about=("claim", claim.pk),
        at=at,
    )
