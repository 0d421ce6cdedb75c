"""Telling people about a case, in the transaction of the act: the requester by a link, officers on their desk."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from django.urls import reverse

from ronghe.casework.models import Case
from ronghe.casework.queries.links import Purpose, link_token
from ronghe.casework.rules import WORKING
from ronghe.definitions import queries as definitions
from ronghe.messages.domain import Address, send
from ronghe.organisations.models import Person
from ronghe.organisations.queries import holders


def tell_requester(
    case: Case, *, kind: str, title: str, text: str, at: dt.datetime, purpose: Purpose = "follow"
) -> None:
    """Tell who asked, when they left a way to be reached; the link opens without a sign-in."""
    if case.identity_id is None:
        return
    link = reverse("link", args=[link_token(case.pk, purpose, case.round)])
    to = Address("identity", case.identity_id)
    send(to, kind=kind, title=title, text=text, link=link, about=("case", case.pk), at=at)


def tell_people(
    people: Iterable[int], case: Case, *, kind: str, title: str, text: str, at: dt.datetime
) -> None:
    """Tell officers; each once."""
    link = reverse("case", args=[case.number])
    for person in dict.fromkeys(people):
        send(
            Address("person", person),
            kind=kind,
            title=title,
            text=text,
            link=link,
            about=("case", case.pk),
            at=at,
        )


def officers(unit: int | None, on: dt.date, power: str = "") -> list[Person]:
    """Who works in the unit that day: holders of posts that may handle or lead (or hold just `power`)."""
    wanted = {power} if power else WORKING
    kinds = [loaded.edition.code for loaded in definitions.live("post", on) if wanted & set(loaded.body.may)]
    return holders(kinds, unit, on) if unit else []
