"""Definitions as administrators read them: all by kind, one with its editions, in words and beside each other."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import dataclass

from ronghe.core.memory import remembered
from ronghe.definitions.comparing import differences
from ronghe.definitions.enums import Kind
from ronghe.definitions.models import Edition
from ronghe.definitions.wording import Names, Paper, paper_of


@dataclass(frozen=True)
class Standing:
    """One definition: its editions, the oldest first, and the one in force on a day; `coming`: not yet in force."""

    editions: tuple[Edition, ...]
    now: Edition
    coming: tuple[Edition, ...]

    @property
    def past(self) -> int:
        """How many editions are no longer in force."""
        return len(self.editions) - len(self.coming) - 1


def catalogue(on: dt.date) -> list[tuple[Kind, list[Standing]]]:
    """Every definition by kind, as it stands on a day; one statement."""
    rows: dict[Kind, dict[str, list[Edition]]] = {kind: {} for kind in Kind}
    for edition in Edition.objects.defer("body").order_by("title", "code", "effective"):
        rows[Kind(edition.kind)].setdefault(edition.code, []).append(edition)
    return [(kind, [_standing(one, on) for one in codes.values()]) for kind, codes in rows.items() if codes]


def standing(kind: str, code: str, on: dt.date) -> Standing | None:
    """One definition as it stands on a day."""
    editions = list(Edition.objects.filter(kind=kind, code=code).order_by("effective"))
    return _standing(editions, on) if editions else None


def _standing(editions: list[Edition], on: dt.date) -> Standing:
    begun = [one for one in editions if one.effective <= on] or editions[:1]
    return Standing(
        tuple(editions), begun[-1], tuple(one for one in editions if one.effective > begun[-1].effective)
    )


def names() -> Names:
    """What codes are called; one statement, once in a piece of work."""
    return remembered("definition-names", _names)


def _names() -> Names:
    rows = Edition.objects.order_by("effective").values_list("kind", "code", "title")
    return Names({(kind, code): title for kind, code, title in rows})


def paper(edition: Edition) -> Paper:
    """An edition in words."""
    return paper_of(json.loads(edition.body), names())


def changes(before: Edition, after: Edition) -> list[str]:
    """What one edition says otherwise than another."""
    return differences(paper(before), paper(after))
