"""Telling who signs next, who wrote, and whom a bulletin is about, in the transaction of the act."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext

from ronghe.bulletins import rules
from ronghe.bulletins.enums import SUBJECT
from ronghe.bulletins.models import Bulletin
from ronghe.definitions import queries as definitions
from ronghe.definitions.enums import Kind, Power
from ronghe.messages.domain import Address, send
from ronghe.organisations.models import Person
from ronghe.organisations.queries import holders


def tell_next(paper: Bulletin, sign: str, *, at: dt.datetime) -> None:
    """Tell those of the unit who may give the next signature; for the last, who leads it."""
    signs = definitions.by_edition(paper.edition_id).body.signs
    powers = (Power.LEAD, Power.OVERSEE) if len(paper.signed) == len(signs) - 1 else rules.WORKING
    done = set(rules.signers(paper))
    for person in _sitting(powers, paper.organisation_id, timezone.localdate(at)):
        if f"person:{person.pk}" not in done:
            title = gettext("请%(sign)s：%(title)s") % {"sign": sign, "title": paper.title}
            _send(person.pk, paper, "paper-to-sign", title, gettext("看过以后签名，或者写明意见退回。"), at)


def tell_returned(paper: Bulletin, actors: Collection[str], why: str, *, at: dt.datetime) -> None:
    """Tell who wrote and who signed that it was handed back, and why."""
    title = gettext("退回修改：%(title)s") % {"title": paper.title}
    for actor in sorted(actors):
        if actor.startswith("person:"):
            _send(int(actor.removeprefix("person:")), paper, "paper-returned", title, why, at)


def tell_issued(paper: Bulletin, *, at: dt.datetime) -> None:
    """Tell who leads the unit it is about or to."""
    units = {paper.about_id} if paper.about_type == "organisation" else set()
    if paper.case is not None:
        units |= {paper.case.responsible_id}
    title = gettext("收到%(unit)s的文件：%(title)s") % {
        "unit": paper.organisation,
        "title": paper.title,
    }
    for unit in units - {None, paper.organisation_id}:
        for person in _sitting((Power.LEAD,), unit, timezone.localdate(at)):
            _send(person.pk, paper, "paper-issued", title, paper.number, at)


def _sitting(powers: Iterable[Power], unit: int | None, on: dt.date) -> list[Person]:
    if unit is None:
        return []
    wanted = frozenset(powers)
    kinds = [one.edition.code for one in definitions.live(Kind.POST, on) if wanted & frozenset(one.body.may)]
    found: list[Person] = holders(kinds, unit, on)
    return found


def _send(person: int, paper: Bulletin, kind: str, title: str, text: str, at: dt.datetime) -> None:
    send(
        Address("person", person),
        kind=kind,
        title=title[:200],
        text=text,
        link=reverse("paper", args=[paper.pk]),
        about=(SUBJECT, paper.pk),
        at=at,
    )
