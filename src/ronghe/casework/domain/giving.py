"""What comes of something: what outcomes, verdicts, escalations and records give, and the promises of a reply.

The table `MAKERS` says which room makes a kind of thing, `CHANGERS` which room sets, ends or reopens a thing of a type;
a room that stands beside this one enters its own in `ready`. What cannot be done is refused in words, and then nothing
of it all is written.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import partial
from typing import Any

from django.utils import timezone

from ronghe.casework.domain import asides, sitting
from ronghe.casework.domain.acting import By, Work
from ronghe.casework.domain.facts import RowFacts
from ronghe.casework.domain.filing import open_case
from ronghe.casework.enums import FOLLOW_UP
from ronghe.casework.exceptions import DomainError
from ronghe.casework.models import Case, Reply
from ronghe.core.procedure import Outcome
from ronghe.core.select import Change, Create, Facts, Gives, Path, Quantity
from ronghe.definitions import queries as definitions
from ronghe.definitions.things import Ref, facts_of, ref_of
from ronghe.organisations.models import Organisation
from ronghe.organisations.queries import LineFacts, OrganisationFacts, PersonFacts

_SUBMISSIONS = uuid.UUID("5f0a2f52-0c0e-5d53-9b0f-6a5d1f6f3c11")


@dataclass(frozen=True)
class Giver:
    """What gives: the facts its paths are read in, who answers for it, what it is about, and who acts when.

    `source` is what the new thing comes from; `thing` what it is about beside the organisation `about`. `key` names this
    giving among those of its source: the same again makes no second case.
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
    key: str = ""

    def __post_init__(self) -> None:
        """The day of what is given is the office's, whatever zone the caller's clock is in."""
        object.__setattr__(self, "at", timezone.localtime(self.at))

    @property
    def submission(self) -> uuid.UUID | None:
        """The same for the same giving; None where the giver watches over that itself."""
        return uuid.uuid5(_SUBMISSIONS, f"{self.source[0]}:{self.source[1]}/{self.key}") if self.key else None

    def of(self, facts: Facts, place: str) -> Giver:
        """The same, its paths read in other facts."""
        return replace(self, facts=facts, key=f"{self.key}/{place}" if self.key else "")


@dataclass(frozen=True)
class Together:
    """Two sets of facts as one: the second answers what the first does not know."""

    first: Facts
    second: Facts

    @property
    def ref(self) -> Ref | None:
        return ref_of(self.first) or ref_of(self.second)

    def get(self, name: str, /) -> object | None:
        own = self.first.get(name)
        return self.second.get(name) if own is None else own


Maker = Callable[[Create, Mapping[str, Any], Giver], Ref | None]
"""Makes the thing named, its form filled with the values; gives None when it was there already."""
Changer = Callable[[Change, Ref, str, Any, Giver], Ref | None]
"""Sets the field of a thing to a value, or ends or reopens the thing (then field and value are empty)."""
MAKERS: dict[str, Maker] = {}
CHANGERS: dict[str, Changer] = {}


def give(gives: Gives | None, giver: Giver) -> list[Ref]:
    """Make what is given, in the order written, in the caller's transaction; each remembers what it came from.

    Whom `end` means is found before anything is made: it is about who or what was there. Raises DomainError.
    """
    items = gives.items if gives else ()
    acts = [act for no, item in enumerate(items) for act in _acts(item, giver, no)]
    return [ref for act in acts if (ref := act())]


def _acts(item: Create | Change, giver: Giver, no: int) -> Iterator[Callable[[], Ref | None]]:
    for place, facts in _rows(item, giver.facts):
        if item.where is not None and not item.where.matches(facts, giver.facts):
            continue
        mine = giver.of(facts, f"{no}{place}")
        if isinstance(item, Create):
            yield partial(_create, item, mine)
        elif item.act == "set":
            yield partial(_set, item, mine)
        else:
            for ref in _meant(item, mine):
                yield partial(_change, item, ref, "", None, mine)


def _rows(item: Create | Change, facts: Facts) -> Iterator[tuple[str, Facts]]:
    """The facts each one is made from: those of the giver, or with `for_each` the row first."""
    if item.for_each is None:
        yield "", facts
        return
    for no, row in enumerate(item.for_each.resolve(facts), 1):
        own = row if hasattr(row, "get") else {str(item.for_each.parts[-1]): row}
        yield f".{no}", Together(_Self(own), facts)


@dataclass(frozen=True)
class _Self:
    """A row or thing that also answers to `row`, and to nothing a role is called."""

    facts: Facts

    @property
    def ref(self) -> Ref | None:
        return ref_of(self.facts)

    def get(self, name: str, /) -> object | None:
        return self.facts if name == "row" else self.facts.get(name)


def _create(item: Create, giver: Giver) -> Ref | None:
    if item.kind not in MAKERS:
        raise DomainError(
            "cannot-give", f"系统还不会自动生成“{item.name}”，没有保存。请联系系统管理员。", kind=item.kind
        )
    return MAKERS[item.kind](item, _values(item, giver), _about(item, giver))


def _about(item: Create, giver: Giver) -> Giver:
    """What the new thing is about: where `about` leads, each row where it is made for things, else what gives is about."""
    if item.about is None:
        row = _row_of(giver.facts)
        ref = ref_of(row) if row else None
        return replace(giver, thing=ref) if ref and ref[0] != "organisation" else giver
    found = item.about.resolve(giver.facts)
    thing = found[0] if found else None
    if isinstance(thing, OrganisationFacts):
        return replace(giver, about=thing.organisation, thing=None)
    ref = ref_of(thing)
    if ref is None:
        raise DomainError("about-unknown", f"没有找到“{item.about}”指的对象，没有保存。请先补齐。")
    return replace(giver, about=None, thing=ref)


def _row_of(facts: Facts) -> Facts | None:
    """The row that facts are of, when something is made for each."""
    is_row = isinstance(facts, Together) and isinstance(facts.first, _Self)
    return facts.first.facts if is_row else None  # type: ignore[attr-defined]


def _values(item: Create, giver: Giver) -> dict[str, Any]:
    """What the new thing is filled with: what is written, and of a row what its form asks too."""
    values, facts = _of_row(item, giver), giver.facts
    for name, value in item.values.items():
        resolved = value.resolve(facts) if isinstance(value, Path) else [value.value]
        if resolved:
            values[name] = answer_of(resolved[0])
    return values


def _of_row(item: Create, giver: Giver) -> dict[str, Any]:
    row = _row_of(giver.facts)
    if row is None:
        return {}
    loaded = definitions.find(item.kind, item.name, giver.at.date())
    form = loaded.body.form if loaded else None
    stored = row.values if isinstance(row, RowFacts) else {}
    known = {
        field.code: stored.get(field.code, row.get(field.code)) for field in (form.fields if form else ())
    }
    return {code: answer_of(value) for code, value in known.items() if value is not None}


def answer_of(value: object) -> Any:
    """A fact as the answer to a field: units and lines by their code, persons and entries by their number."""
    if isinstance(value, OrganisationFacts | LineFacts):
        return value.get("code")
    if isinstance(value, list):
        return [answer_of(one) for one in value]
    if isinstance(value, PersonFacts) or (ref_of(value) and hasattr(value, "get")):
        ref = ref_of(value)
        return str(ref[1]) if ref else None
    if isinstance(value, Quantity):
        return str(value.amount)
    if isinstance(value, Decimal):
        return str(value)
    return value.isoformat() if isinstance(value, dt.date) else value


def _set(item: Change, giver: Giver) -> Ref | None:
    """Set what the last word of the path names, of each thing before it."""
    value = (
        item.value.resolve(giver.facts) if isinstance(item.value, Path) else [item.value and item.value.value]
    )
    refs = [ref for one in Path(item.path.parts[:-1]).resolve(giver.facts) if (ref := ref_of(one))]
    if not refs or not value:
        raise _nowhere(item)
    made = [_change(item, ref, item.path.parts[-1], answer_of(value[0]), giver) for ref in refs]
    return made[0]


def _meant(item: Change, giver: Giver) -> list[Ref]:
    """Which things `end` and `reopen` mean: who sits in a post or what stands in a relationship of a unit, or a thing."""
    if item.act == "end" and (seats := sitting.standing(item.path, giver)) is not None:
        return seats
    refs = [ref for one in item.path.resolve(giver.facts) if (ref := ref_of(one))]
    if not refs:
        raise _nowhere(item)
    return refs


def _change(item: Change, ref: Ref, field: str, value: Any, giver: Giver) -> Ref | None:
    if ref[0] not in CHANGERS:
        raise DomainError("cannot-change", f"系统不能自动更改“{item.path}”，没有保存。请联系系统管理员。")
    return CHANGERS[ref[0]](item, ref, field, value, giver)


def _nowhere(item: Change) -> DomainError:
    return DomainError(
        "path-empty", f"没有找到“{item.path}”指的对象，没有保存。请先补齐。", path=str(item.path)
    )


def follow_up(work: Work, by: By, reply: int | None, way: Outcome) -> None:
    """After a step: what the outcome gives, and a case for each promise of the reply that was sent."""
    carry_out(work, way.gives, actor=by.actor, at=by.at)
    if reply is None or way.end is None:
        return
    promises = Reply.objects.filter(case=work.case, no=reply).values_list("promises", flat=True).first() or []
    for promise in promises:
        values = {"promise": promise["text"], "within": promise["due"]}
        # Who promised, also where another unit's officer checked and sent.
        giver = replace(giver_of(work, by.actor, by.at), title=str(promise["text"]))
        opened = _open(FOLLOW_UP, values, giver, responsible=work.case.responsible)
        asides.give(work.course, ("case", opened.pk))


def carry_out(
    work: Work, gives: Gives | None, *, actor: str, at: dt.datetime, facts: Facts | None = None
) -> list[Ref]:
    """Make what something of a case gives; the case's own entries name what was made."""
    if gives is None:
        return []
    giver = giver_of(work, actor, at)
    made = give(gives, replace(giver, facts=facts) if facts else giver)
    for ref in made:
        if ref != giver.source:
            asides.give(work.course, ref)
    return made


def giver_of(work: Work, actor: str, at: dt.datetime) -> Giver:
    """A case as what gives."""
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


MAKERS |= {
    "procedure": _make_case,
    "post": sitting.make_post,
    "relationship": sitting.make_relationship,
}
CHANGERS |= {
    "appointment": sitting.change_appointment,
    "relationship": sitting.change_relationship,
    "post": sitting.change_post,
    "organisation": sitting.change_organisation,
}


def _kinds_of(thing: Ref, on: dt.date) -> set[object]:
    """What a thing may be called where a procedure says what it is about."""
    facts = facts_of(thing, on)
    return {thing[0], facts.get("kind"), facts.get("code")} if facts else {thing[0]}


def _open(
    code: str, values: Mapping[str, Any], giver: Giver, *, responsible: Organisation | None = None
) -> Case:
    loaded = definitions.get("procedure", code, giver.at.date())
    kinds, on = loaded.body.about, giver.at.date()
    units = [one for one in (giver.about, giver.organisation) if one is not None]
    about = next((one for one in units if one.kind in kinds), giver.about)
    is_thing = not kinds or (giver.thing is not None and _kinds_of(giver.thing, on) & set(kinds))
    return open_case(
        loaded,
        values=values,
        actor=giver.actor,
        at=giver.at,
        submission=giver.submission,
        related=giver.related,
        about=about,
        about_unit=giver.about_unit,
        thing=giver.thing if is_thing else None,
        came_from=giver.source,
        responsible=responsible,
        title=giver.title[:200],
        origin=giver.origin,
    ).case
