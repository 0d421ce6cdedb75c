"""Giving among organisations: who comes into a post and who leaves it, what is linked, renamed, ended."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from django.db.models import Q

from ronghe.casework.exceptions import DomainError
from ronghe.core.select import Change, Create, Path
from ronghe.definitions import queries as definitions
from ronghe.definitions.enums import Kind
from ronghe.definitions.things import Ref, facts_of, ref_of
from ronghe.organisations import domain as organisations
from ronghe.organisations.models import Appointment, Organisation, Person, Post, Relationship
from ronghe.organisations.queries import OrganisationFacts, PersonFacts, live_on, live_relationships

if TYPE_CHECKING:
    from ronghe.casework.domain.giving import Giver

LEADING = ("head", "secretary")
"""What a path may call whoever sits in a leading post, without naming its kind."""


def make_post(item: Create, values: Mapping[str, Any], giver: Giver) -> Ref | None:
    """Put into a post whom `held_by` names, who sat there before leaving it where only one may; without it set up a post.

    The post stands in the unit the giver is about, or in that which answers, whichever may have one.
    """
    body = definitions.get(Kind.POST, item.name, giver.at.date()).body
    unit = next((one for one in (giver.about, giver.organisation) if one and _may_stand(body, one)), None)
    if unit is None:
        raise DomainError("no-unit", f"没有可以设“{body.title}”的单位，没有保存。请先写明在哪个单位。")
    if item.held_by is None:
        return "post", _new_post(item, values, unit, giver).pk
    people = [one.person for one in item.held_by.resolve(giver.facts) if isinstance(one, PersonFacts)]
    if not people:
        raise DomainError("nobody-named", f"还没有写明由谁任“{body.title}”，没有保存。请先补齐。")
    seat = (
        Post.objects.filter(live_on(giver.at.date()), organisation=unit, kind=item.name)
        .order_by("pk")
        .first()
    )
    post = seat or _new_post(item, values, unit, giver)
    is_single = body.one_per is not None and tuple(body.one_per.keys) == ("post",)
    seated = [_seat(post, person, giver, is_single=is_single) for person in people]
    made = [one for one in seated if one is not None]
    return ("appointment", made[-1].pk) if made else None


def _may_stand(body: Any, unit: Organisation) -> bool:
    return not body.in_ or unit.kind in body.in_


def _new_post(item: Create, values: Mapping[str, Any], unit: Organisation, giver: Giver) -> Post:
    post = organisations.create_post(
        unit, kind=item.name, actor=giver.actor, at=giver.at, title=str(values.get("title") or "")
    )
    form = definitions.get(Kind.POST, item.name, giver.at.date()).body.form
    asked = {code: value for code, value in values.items() if form is not None and form.get(code)}
    return organisations.describe_post(post, values=asked, actor=giver.actor, at=giver.at) if asked else post


def _seat(post: Post, person: Person, giver: Giver, *, is_single: bool) -> Appointment | None:
    """None: they sit there already."""
    sitting = list(post.appointments.filter(live_on(giver.at.date())).select_related("person"))
    if any(one.person_id == person.pk for one in sitting):
        return None
    if is_single and sitting:
        return organisations.hand_over(sitting[0], to=person, actor=giver.actor, at=giver.at)
    return organisations.appoint(post, person=person, actor=giver.actor, at=giver.at)


def make_relationship(item: Create, _values: Mapping[str, Any], giver: Giver) -> Ref | None:
    """Link two things; an end that is not written is what the giver is about, or the unit that answers."""
    day = giver.at.date()
    body = definitions.get(Kind.RELATIONSHIP, item.name, day).body
    from_ = _end(item.ends[0], body.from_, giver, ())
    to = _end(item.ends[1], body.to, giver, (from_,))
    if from_ is None or to is None:
        raise DomainError("end-missing", f"“{body.title}”还缺一方，没有保存。请先补齐双方。")
    if live_relationships(item.name, day, from_=from_, to=to).exists():
        return None
    edge = organisations.relate(item.name, from_=from_, to=to, actor=giver.actor, at=giver.at)
    return "relationship", edge.pk


def _end(
    path: Path | None, kinds: tuple[str, ...], giver: Giver, taken: tuple[Ref | None, ...]
) -> Ref | None:
    """The first that fits of what the path leads to, or of what the giver knows."""
    if path is not None:
        found = path.resolve(giver.facts)
    else:
        units = [OrganisationFacts(one, giver.at.date()) for one in (giver.about, giver.organisation) if one]
        found = [*units, *([facts_of(giver.thing, giver.at.date())] if giver.thing else [])]
    fitting = (ref for one in found for ref in _as_end(one, kinds, giver) if ref not in taken)
    return next(fitting, None)


def _as_end(found: object, kinds: tuple[str, ...], giver: Giver) -> Iterator[Ref]:
    ref = ref_of(found)
    if isinstance(found, PersonFacts):
        mine = Post.objects.filter(
            live_on(giver.at.date()), kind__in=kinds, appointments__person=found.person
        )
        yield from (("post", number) for number in mine.order_by("pk").values_list("pk", flat=True))
    elif ref is not None and (ref[0] == "entry" or _kind_of(found) in kinds):
        yield ref


def _kind_of(found: object) -> object:
    return found.get("kind") if hasattr(found, "get") else None


def standing(path: Path, giver: Giver) -> list[Ref] | None:
    """The appointments or relationships a path means by its last word (`about.branch-secretary`, `about.paired`).

    None: it means neither. Somebody the path leads to by a field means the one post they hold in the unit.
    """
    day, name = giver.at.date(), path.parts[-1]
    before = [one for one in Path(path.parts[:-1]).resolve(giver.facts) if isinstance(one, OrganisationFacts)]
    if before and definitions.find(Kind.RELATIONSHIP, name, day):
        edges = [
            edge.pk for one in before for edge in live_relationships(name, day, either=one.ref).only("pk")
        ]
        return [("relationship", number) for number in edges]
    if before and (name in LEADING or definitions.find(Kind.POST, name, day)):
        units = [one.organisation.pk for one in before]
        people = [one.person for one in path.resolve(giver.facts) if isinstance(one, PersonFacts)]
        return _seats(
            Q(post__organisation__in=units, person__in=people), giver, "" if name in LEADING else name
        )
    people = [one.person for one in path.resolve(giver.facts) if isinstance(one, PersonFacts)]
    if not people:
        return None
    units = [one.pk for one in (giver.about, giver.organisation) if one]
    seats = _seats(Q(post__organisation__in=units, person__in=people), giver)
    if len(seats) != len(people):
        raise DomainError("seat-unclear", "看不出要免去哪个职务，没有保存。请在任职页面上办理。")
    return seats


def _seats(which: Q, giver: Giver, kind: str = "") -> list[Ref]:
    rows = Appointment.objects.filter(which, live_on(giver.at.date()))
    rows = rows.filter(post__kind=kind) if kind else rows
    return [("appointment", number) for number in rows.order_by("pk").values_list("pk", flat=True)]


def change_appointment(item: Change, ref: Ref, _field: str, _value: Any, giver: Giver) -> Ref | None:
    """End an appointment."""
    row = Appointment.objects.filter(pk=ref[1]).first()
    if item.act != "end" or row is None:
        raise _cannot(item)
    organisations.end_appointment(row, actor=giver.actor, at=giver.at)
    return None


def change_relationship(item: Change, ref: Ref, _field: str, _value: Any, giver: Giver) -> Ref | None:
    """End a relationship."""
    row = Relationship.objects.filter(pk=ref[1]).first()
    if item.act != "end" or row is None:
        raise _cannot(item)
    organisations.end_relationship(row, actor=giver.actor, at=giver.at)
    return None


def change_post(item: Change, ref: Ref, field: str, value: Any, giver: Giver) -> Ref | None:
    """Abolish a post, or write down what its form asks."""
    row = Post.objects.filter(pk=ref[1]).first()
    if row is None or item.act == "reopen":
        raise _cannot(item)
    if item.act == "end":
        organisations.end_post(row, actor=giver.actor, at=giver.at)
    elif field == "title":
        organisations.rename_post(row, title=str(value), actor=giver.actor, at=giver.at)
    else:
        organisations.describe_post(row, values={**row.values, field: value}, actor=giver.actor, at=giver.at)
    return None


def change_organisation(item: Change, ref: Ref, field: str, value: Any, giver: Giver) -> Ref | None:
    """End a unit, rename it, or write down what the form of its kind asks."""
    row = Organisation.objects.filter(pk=ref[1]).first()
    if row is None or item.act == "reopen":
        raise _cannot(item)
    if item.act == "end":
        organisations.end_organisation(row, actor=giver.actor, at=giver.at)
        return None
    if field == "name":
        organisations.rename_organisation(row, name=str(value), actor=giver.actor, at=giver.at)
        return None
    form = definitions.get(Kind.ORGANISATION, row.kind, giver.at.date()).body.form
    if form is None or form.get(field) is None:
        raise DomainError("no-such-field", f"“{row.name}”没有“{field}”这一项，没有保存。请联系系统管理员。")
    organisations.describe_organisation(
        row,
        credit_code=row.credit_code,
        values={**row.values, field: value},
        actor=giver.actor,
        at=giver.at,
    )
    return None


def _cannot(item: Change) -> DomainError:
    return DomainError("cannot-change", f"系统不能自动更改“{item.path}”，没有保存。请联系系统管理员。")
