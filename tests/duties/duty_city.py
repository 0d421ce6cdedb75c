"""A small Party tree for tests of duties: a committee with two branches, and what they did written into the ledger."""

from __future__ import annotations

import datetime as dt
from typing import Any

from ronghe.ledger.domain import Touch, record
from ronghe.organisations import domain
from ronghe.organisations.models import Organisation
from tests.city import ACTOR, FOUNDED, City, moment

BRANCHES = ("zb1", "zb2")


def build_branches(city: City) -> None:
    """机关党委 with two branches under it; a secretary in each, and one of the committee."""
    committee = city.unit("jgdw", "party-committee", "市生态环境局机关党委", parent=city.units["szgw"])
    for code, name in zip(BRANCHES, ("第一党支部", "第二党支部"), strict=True):
        city.unit(code, "branch", name, parent=committee)
    city.seat("jgdw", "party-committee-secretary", "党委书记")
    city.seat("zb1", "branch-secretary", "一支部书记")
    city.seat("zb2", "branch-secretary", "二支部书记")
    city.seat("zb1", "branch-committee-member", "一支部委员")


def held(
    unit: Organisation,
    code: str,
    on: str,
    *,
    number: int,
    seq: int = 1,
    touches: tuple[Touch, ...] = (),
    **data: Any,
):
    """An activity as its room writes it: one entry, at the time it took place."""
    return record(
        "activity.held",
        subject=("activity", number),
        seq=seq,
        actor=ACTOR,
        at=moment(f"{on} 10:00"),
        organisation_id=unit.pk,
        code=code,
        definition=f"activity:{code}",
        edition="2019-12-27",
        touches=(Touch("organiser", "organisation", unit.pk), *touches),
        data=data,
    )


def day(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


__all__ = ["ACTOR", "BRANCHES", "FOUNDED", "build_branches", "day", "domain", "held"]
