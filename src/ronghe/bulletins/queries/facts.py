"""A bulletin as the notation and other rooms see it, and what its words in braces are read from."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from ronghe.bulletins.models import Bulletin
from ronghe.core.select.path import is_thing
from ronghe.definitions.things import Keeper, Ref, facts_of
from ronghe.organisations.queries import organisation_facts


@dataclass(frozen=True)
class BulletinFacts:
    """One bulletin on a day; `get` knows `title number state issued until ending code issuer about case` and its parts."""

    paper: Bulletin
    on: dt.date

    @property
    def ref(self) -> Ref:
        return "bulletin", self.paper.pk

    def __eq__(self, other: object) -> bool:
        return isinstance(other, BulletinFacts) and other.paper.pk == self.paper.pk

    def __hash__(self) -> int:
        return hash(self.ref)

    def get(self, name: str, /) -> object | None:
        paper = self.paper
        plain = {
            "title": paper.title,
            "code": paper.bulletin,
            "number": paper.number or None,
            "state": paper.state,
            "issued": paper.issued_at,
            "until": paper.until,
            "ending": paper.ending or None,
            "period": paper.period or None,
        }
        if name in plain:
            return plain[name]
        if name in ("issuer", "responsible", "organisation"):
            return organisation_facts(paper.organisation_id, self.on)
        if name == "about" and paper.about_id is not None:
            return facts_of((paper.about_type, paper.about_id), self.on)
        if name == "case" and paper.case_id is not None:
            return facts_of(("case", paper.case_id), self.on)
        found: object | None = paper.content.get("parts", {}).get(name)
        return found


@dataclass(frozen=True)
class Beside:
    """What a draft is filled from: what is given with it, its case and what the case was asked, what it is about."""

    on: dt.date
    about: Ref | None = None
    case: int | None = None
    values: Mapping[str, Any] = field(default_factory=dict)

    def get(self, name: str, /) -> object | None:
        if name in self.values:
            found: object = self.values[name]
            return found
        if name in ("case", "form"):
            return facts_of(("case", self.case), self.on) if self.case else None
        if name == "about":
            return facts_of(self.about, self.on) if self.about else None
        case = self.get("case")
        return case.get(name) if is_thing(case) else None


def _facts(number: int, on: dt.date) -> BulletinFacts | None:
    paper = Bulletin.objects.filter(pk=number).first()
    return BulletinFacts(paper, on) if paper else None


def _titles(numbers: Collection[int]) -> dict[int, str]:
    return dict(Bulletin.objects.filter(pk__in=numbers).values_list("pk", "title"))


def _visible(powers: Any, numbers: Collection[int]) -> frozenset[int]:
    return frozenset(
        Bulletin.objects.visible_with(powers).filter(pk__in=numbers).values_list("pk", flat=True)
    )


KEEPER = Keeper(_facts, _titles, _visible)
