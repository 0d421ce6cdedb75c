"""The cases a visitor may follow without a code: those filed with their phone, and those of enterprises they speak for."""

from __future__ import annotations

from django.db.models import Q

from ronghe.casework.managers import CaseQuerySet
from ronghe.casework.models import Case
from ronghe.core.memory import remembered
from ronghe.definitions import queries as definitions
from ronghe.definitions.enums import Identity, Kind, Requester
from ronghe.definitions.models import Edition
from ronghe.organisations.domain.visitors import phones_of
from ronghe.organisations.models import Visitor
from ronghe.organisations.queries.visitors import spoken_for


def followed_by(visitor: Visitor) -> CaseQuerySet:
    """The cases of a visitor, the newest first.

    What was filed with their phone, protected or not; and what was asked in the name of an enterprise they speak for now,
    when its procedure says so. A resident's word about an enterprise, or any protected case, is never the enterprise's to see.
    """
    mine = Q(identity__phone_index__in=phones_of(visitor))
    enterprises = spoken_for(visitor).order_by().values("enterprise")
    named = Q(about__in=enterprises, edition__in=_asked_by_enterprises())
    return Case.objects.filter(mine | named).with_units().order_by("-opened_at", "-pk")


def may_follow(visitor: Visitor, case: Case) -> bool:
    """Whether this is one of them."""
    return followed_by(visitor).filter(pk=case.pk).exists()


def _asked_by_enterprises() -> list[int]:
    """The editions by which an enterprise asks openly in its own name; one query, once in a piece of work."""
    return remembered(
        "editions-asked-by-enterprises",
        lambda: [
            edition.pk
            for edition in Edition.objects.filter(kind=Kind.PROCEDURE)
            if _is_asked_by_enterprises(edition)
        ],
    )


def _is_asked_by_enterprises(edition: Edition) -> bool:
    body = definitions.body_of(edition)
    return body.requester is Requester.ENTERPRISE and body.identity is Identity.OPEN
