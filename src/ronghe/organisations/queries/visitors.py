"""For which enterprises a visitor speaks, and whose claims are whose to settle: the only door for lists of claims."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection

from django.db import models
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from ronghe.organisations.models import Appointment, Claim, Organisation, Person, Visitor
from ronghe.organisations.queries.coverage import SERVICE
from ronghe.organisations.queries.directory import ORGANISATION
from ronghe.organisations.queries.people import holders, live_relationships
from ronghe.organisations.queries.powers import Powers
from ronghe.organisations.queries.trees import live_on

CONTACT_POST, STEWARD_POST, TRIAGE_POST = "enterprise-contact", "steward", "triage-officer"
LIVE = (Claim.State.ASKED, Claim.State.VERIFIED)


class Grounds(models.TextChoices):
    """Why a claim was settled or ended as it was; what a ledger entry may say of it."""

    PHONE = "registered-phone", _("登录的手机号就是企业登记的联系电话")
    KNOWN = "known", _("与企业核实过，同意")
    UNKNOWN_PERSON = "unknown-person", _("企业说不认识这个人，或没有委托他")
    NOT_REACHED = "not-reached", _("按登记的电话联系不上企业，没法核实")
    WRONG_ENTERPRISE = "wrong-enterprise", _("填错了企业")
    GRANTED = "granted-by-owner", _("企业管理员添加")
    REPLACED = "replaced", _("由企业管理员直接添加，申请不再需要")
    OWN = "own-wish", _("本人解除")
    BY_OWNER = "by-owner", _("企业管理员移除")
    BY_STAFF = "by-staff", _("工作人员解除")
    OWNER_LEFT = "owner-left", _("添加他的企业管理员已不再代表企业")
    ERASED = "erased", _("身份信息已按规定清除")


REFUSALS = (Grounds.UNKNOWN_PERSON, Grounds.NOT_REACHED, Grounds.WRONG_ENTERPRISE)


def live_claims(visitor: Visitor) -> QuerySet[Claim]:
    """What a visitor asked for and is allowed, the oldest first, with the enterprises."""
    mine = Claim.objects.filter(visitor=visitor, state__in=LIVE)
    return mine.select_related("enterprise").order_by("asked_at", "pk")


def claims_of(visitor: Visitor) -> list[Claim]:
    """Those in force or waiting, then the last refusal of each enterprise that has neither; one query."""
    found = Claim.objects.filter(visitor=visitor, state__in=(*LIVE, Claim.State.REFUSED))
    rows = list(found.select_related("enterprise").order_by("-asked_at", "-pk"))
    live = [row for row in rows if row.state in LIVE]
    taken = {row.enterprise_id for row in live}
    refused = {row.enterprise_id: row for row in reversed(rows) if row.enterprise_id not in taken}
    return [*reversed(live), *refused.values()]


def spoken_for(visitor: Visitor) -> QuerySet[Claim]:
    """The verified claims of a visitor, with the enterprises."""
    return live_claims(visitor).filter(state=Claim.State.VERIFIED)


def may_speak(visitor: Visitor, enterprise_id: int | None, *, as_owner: bool = False) -> bool:
    """Whether the visitor speaks for the enterprise now, or, with `as_owner`, decides who else does."""
    if enterprise_id is None:
        return False
    claims = Claim.objects.filter(visitor=visitor, enterprise=enterprise_id, state=Claim.State.VERIFIED)
    return (claims.filter(role=Claim.Role.OWNER) if as_owner else claims).exists()


def own_claim(visitor: Visitor, pk: int) -> Claim | None:
    """A claim a visitor may act on: their own, or one they granted; None: hidden or absent."""
    mine = Q(visitor=visitor) | Q(granted_by=visitor)
    return (
        Claim.objects.filter(mine, pk=pk, state__in=LIVE)
        .select_related("enterprise", "visitor__identity")
        .first()
    )


def delegates_of(owner: Visitor) -> QuerySet[Claim]:
    """Those a visitor let speak for their enterprises, by enterprise."""
    granted = Claim.objects.filter(granted_by=owner, state=Claim.State.VERIFIED)
    return granted.select_related("visitor__identity").order_by("enterprise_id", "asked_at", "pk")


def is_registered_contact(phones: Collection[str], enterprise: Organisation, on: dt.date) -> bool:
    """Whether one of these blind indices is the phone of the enterprise's registered contact."""
    seats = Appointment.objects.filter(live_on(on), post__kind=CONTACT_POST, post__organisation=enterprise)
    return seats.filter(person__identity__phone_index__in=list(phones)).exists()


def to_settle(powers: Powers) -> QuerySet[Claim]:
    """The claims of owners that these powers may look at and settle: all at the triage desk, else those of enterprises one serves.

    Never one's own.
    """
    claims = Claim.objects.filter(role=Claim.Role.OWNER).select_related("enterprise", "visitor__identity")
    if not powers.has("triage"):
        served = live_relationships(SERVICE, powers.on).filter(
            from_type=ORGANISATION, from_id__in=_serving(powers), to_type=ORGANISATION
        )
        claims = claims.filter(enterprise__in=served.order_by().values("to_id"))
    return claims.exclude(visitor__identity__phone_index__in=_own_phones(powers))


def _serving(powers: Powers) -> frozenset[int]:
    return powers.of("handle") | powers.of("lead")


def _own_phones(powers: Powers) -> list[str]:
    """The phone of whoever asks, where it is known."""
    mine = Person.objects.filter(pk=powers.person_id or 0).exclude(identity__phone_index="")
    return [index for index in mine.values_list("identity__phone_index", flat=True) if index]


def may_settle(powers: Powers, claim: Claim) -> bool:
    """Whether these powers may settle or end this claim of an owner."""
    return to_settle(powers).filter(pk=claim.pk).exists()


def may_settle_any(powers: Powers) -> bool:
    """Whether somebody has a desk of claims at all: triage, or an officer of a group that serves an enterprise."""
    if powers.has("triage"):
        return True
    return (
        live_relationships(SERVICE, powers.on)
        .filter(from_type=ORGANISATION, from_id__in=_serving(powers))
        .exists()
    )


def who_settles(enterprise: Organisation, on: dt.date) -> list[Person]:
    """Who is asked about a claim: the stewards of the group that serves the enterprise; without any, the triage officers."""
    groups = live_relationships(SERVICE, on, to=(ORGANISATION, enterprise.pk)).filter(from_type=ORGANISATION)
    stewards = [
        person
        for group in groups.values_list("from_id", flat=True)
        for person in holders(STEWARD_POST, group, on)
    ]
    return list(dict.fromkeys(stewards)) or holders(TRIAGE_POST, None, on)
