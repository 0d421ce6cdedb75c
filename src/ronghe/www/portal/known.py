"""What is known of whoever fills in a page, so that it is not asked again, and the drafts they left elsewhere."""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.utils import timezone

from ronghe.casework.domain.drafts import Kept, drafts_at, end_draft, take_draft
from ronghe.organisations.domain import visitors
from ronghe.organisations.domain.identity import phone_indices
from ronghe.organisations.queries.visitors import spoken_for
from ronghe.www.access import visitor_of
from ronghe.www.portal.offers import Offer, offer_of
from ronghe.www.visitor.drafts import owners_of

START, PLACE = "submit", "submit-"
_UUID = 36


def known_of(request: HttpRequest, offer: Offer) -> dict[str, Any]:
    """The visitor's name and phone, and the enterprise they speak for where one is asked."""
    visitor = visitor_of(request)
    if visitor is None:
        return {}
    contact = visitors.contact_of(visitor)
    firms = firms_of(request) if offer.wants_enterprise else []
    return {
        "name": contact.name,
        "phone": contact.phone,
        **({"credit_code": firms[0][0]} if firms else {}),
    }


def firms_of(request: HttpRequest) -> list[tuple[str, str]]:
    """Code and name of the enterprises the visitor speaks for."""
    visitor = visitor_of(request)
    if visitor is None:
        return []
    return [(claim.enterprise.credit_code or "", claim.enterprise.name) for claim in spoken_for(visitor)]


def learn(request: HttpRequest, name: str, phone: str) -> None:
    """Remember the name a visitor gave together with their own phone."""
    visitor = visitor_of(request)
    if visitor is not None and set(phone_indices(phone)) & set(visitors.phones_of(visitor)):
        visitors.learn_name(visitor, name)


def place_of(offer: Offer, submission: uuid.UUID) -> str:
    """Where the second page keeps its draft."""
    return f"{PLACE}{offer.code}-{submission}"


@dataclass(frozen=True)
class Unfinished:
    """A submission begun on this or another device and not sent."""

    offer: Offer
    submission: str
    at: dt.datetime
    text: str


def unfinished(request: HttpRequest) -> Unfinished | None:
    """The last one, of whoever is signed in."""
    owners = owners_of(request)
    kept = drafts_at(owners, PLACE, timezone.now()) if owners else []
    return next((one for one in map(_unfinished, kept) if one), None)


def _unfinished(kept: Kept) -> Unfinished | None:
    offer = offer_of(kept.place[len(PLACE) : -_UUID - 1])
    text = max((given[0] for given in kept.values.values() if given), key=len, default="")
    return Unfinished(offer, kept.place[-_UUID:], kept.at, text) if offer else None


def draft_of(request: HttpRequest, offer: Offer, submission: uuid.UUID) -> dict[str, Any]:
    """What was typed on the second page, to go on from; nothing where it is not one's own."""
    owners = owners_of(request)
    kept = take_draft(owners, place_of(offer, submission), timezone.now()) if owners else None
    values = kept.values if kept else {}
    return {name: given if len(given) > 1 else given[0] for name, given in values.items()}


def end_drafts(request: HttpRequest, offer: Offer, submission: uuid.UUID) -> None:
    """It was sent."""
    owners = owners_of(request)
    if owners:
        end_draft(owners, START, place_of(offer, submission))
