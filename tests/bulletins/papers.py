"""Papers for the tests of this room and of its pages: a city with enough people to sign."""

from __future__ import annotations

import datetime as dt
from typing import Any

from ronghe.bulletins import domain
from ronghe.bulletins.models import Bulletin
from ronghe.definitions import queries as definitions
from ronghe.organisations.models import Account
from ronghe.organisations.queries import Powers, powers_of
from tests.city import City, moment

AT = "2026-03-02 10:00"
NOTICE = {
    "title": "关于拟推荐先进集体的公示",
    "opening": "经集体研究，拟推荐下列单位为先进集体。",
    "content": "一、第一支部\n二、第二支部",
    "ways": "公示期至{until}。有异议的请反映。",
}


def seated(city: City, unit: str, post: str, name: str) -> Account:
    """Somebody more; what a test adds to the city is gone after it, so it is looked for where it would be."""
    found: Account | None = Account.objects.filter(username=name).first()
    if found is None:
        return city.seat(unit, post, name)
    city.accounts[name] = found
    return found


def third(city: City) -> Account:
    """A second officer of 市生态环境局, so that three can sign."""
    return seated(city, "sthjj", "handler", "环境经办二")


def powers(city: City, who: str, on: dt.date | None = None) -> Powers:
    return powers_of(city.accounts[who], on or moment(AT).date())


def begun(
    city: City, code: str = "public-notice", at: str = AT, unit: str = "sthjj", **more: Any
) -> Bulletin:
    loaded = definitions.get("bulletin", code, moment(at).date())
    values = more.pop("values", NOTICE if code == "public-notice" else {})
    actor = more.pop("actor", f"person:{city.people['环境经办'].pk}")
    return domain.draft(
        loaded, organisation=city.units[unit], values=values, actor=actor, at=moment(at), **more
    )


def signed(city: City, paper: Bulletin, *names: str, at: str = AT) -> Bulletin:
    for name in names:
        paper.refresh_from_db()
        paper = domain.sign(paper.pk, revision=paper.revision, powers=powers(city, name), at=moment(at))
    return paper


def issued(city: City, at: str = AT, **more: Any) -> Bulletin:
    """A notice signed by three and issued."""
    third(city)
    return signed(city, begun(city, at=at, **more), "环境经办", "环境经办二", "环境局长", at=at)
