"""What comes of something: what outcomes, verdicts, escalations and records give, and the promises of a reply.

The table `MAKERS` says which room makes a kind of thing; a room that stands beside this one enters its own in `ready`.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from ronghe.casework.domain import asides
from ronghe.casework.domain.acting import By, Work
from ronghe.casework.domain.filing import open_case
from ronghe.casework.enums import FOLLOW_UP
from ronghe.casework.models import Case, Reply
from ronghe.core.procedure import Outcome
from ronghe.core.select import Create, Facts, Gives, Path
from ronghe.definitions import queries as definitions
from ronghe.definitions.things import Ref
from ronghe.organisations.models import Organisation


@dataclass(frozen=True)
class Giver:
    """What gives: the facts its paths are read in, who answers for it, what it is about, and who acts when.

    `source` is what the new thing comes from; `thing` what it is about beside the organisation `about`.
    """

    facts: Facts
    source: Ref
    actor: str
    at: dt.datetime
    origin: str = "page"
    organisation: Organisation | None = None
    about: Organisation | None = None
    about_unit: Organisation | None = None
    thing: Ref | None = None
    related: Case | None = None
    title: str = ""


Maker = Callable[[Create, Mapping[str, Any], Giver], Ref | None]
MAKERS: dict[str, Maker] = {}


def give(gives: Gives | None, giver: Giver) -> list[Ref]:
    """Make what is given, in the order written, in the caller's transaction; each remembers what it came from."""
    made = []
    for item in gives.items if gives else ():
        if isinstance(item, Create) and item.kind in MAKERS:
            ref = MAKERS[item.kind](item, _values(item, giver.facts), giver)
            made += [ref] if ref else []
    return made


def _values(item: Create, facts: Facts) -> dict[str, Any]:
    """What the new thing is filled with; a path that leads nowhere gives nothing."""
    resolved = {
        name: value.resolve(facts) if isinstance(value, Path) else [value]
        for name, value in item.values.items()
    }
    return {name: found[0] for name, found in resolved.items() if found}


def follow_up(work: Work, by: By, reply: int | None, way: Outcome) -> None:
    """After a step: what the outcome gives, and a case for each promise of the reply that was sent."""
    carry_out(work, way.gives, actor=by.actor, at=by.at)
    if reply is None or way.end is None:
        return
    promises = Reply.objects.filter(case=work.case, no=reply).values_list("promises", flat=True).first() or []
    for promise in promises:
        values = {"promise": promise["text"], "within": promise["due"]}
        # Who promised, also where another unit's officer checked and sent.
        giver = replace(_giver(work, by.actor, by.at), title=str(promise["text"]))
        opened = _open(FOLLOW_UP, values, giver, responsible=work.case.responsible)
        asides.give(work.course, opened.pk)


def carry_out(work: Work, gives: Gives | None, *, actor: str, at: dt.datetime) -> list[Ref]:
    """Make what something of a case gives; the case's own entries name the cases among it."""
    made = give(gives, _giver(work, actor, at))
    for type_, number in made:
        if type_ == "case":
            asides.give(work.course, number)
    return made


def _giver(work: Work, actor: str, at: dt.datetime) -> Giver:
    case = work.case
    return Giver(
        facts=work.facts,
        source=("case", case.pk),
        actor=actor,
        at=at,
        origin=work.course.origin,
        organisation=case.responsible,
        about=case.about,
        about_unit=case.about_unit,
        thing=(case.thing_type, case.thing_id) if case.thing_id else None,
        related=case,
        title=case.title,
    )


def _make_case(item: Create, values: Mapping[str, Any], giver: Giver) -> Ref:
    return "case", _open(item.name, values, giver).pk


MAKERS["procedure"] = _make_case


def _open(
    code: str, values: Mapping[str, Any], giver: Giver, *, responsible: Organisation | None = None
) -> Case:
    loaded = definitions.get("procedure", code, giver.at.date())
    return open_case(
        loaded,
        values=values,
        actor=giver.actor,
        at=giver.at,
        related=giver.related,
        about=giver.about,
        about_unit=giver.about_unit,
        thing=giver.thing,
        came_from=giver.source,
        responsible=responsible,
        title=giver.title[:200],
        origin=giver.origin,
    ).case
