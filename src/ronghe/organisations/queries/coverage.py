"""Enterprises by what is kept about them, and how far services and branches reach on a day.

Stock figures: counted over the rows that are live on the day asked, not over what happened in a period.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass

from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.db.models.fields.json import KT

from ronghe.organisations.managers import OrganisationQuerySet
from ronghe.organisations.models import Appointment, Organisation, Placement, Post, Relationship
from ronghe.organisations.queries.directory import ENTERPRISE, ORGANISATION, POST
from ronghe.organisations.queries.names import plain
from ronghe.organisations.queries.trees import live_on, names_on, subtree_ids

DISTRICT = "district"
SERVICE, SERVICE_GROUP = "assigned-service", "service-group"
BRANCH_OF, OFFICE, BRANCHES = "party-branch-of", "office", ("branch", "general-branch")
PARTY_GROUP, SECRETARY = "leading-party-group", "branch-secretary"
STEWARD, COMMISSIONER = "steward-of", "commissioner-of"
KEEPERS = (STEWARD, COMMISSIONER)
NOWHERE, ANY_CLASS = "none", "any"


@dataclass(frozen=True, slots=True)
class Share:
    """A numerator and its denominator."""

    part: int
    whole: int

    @property
    def rate(self) -> float | None:
        """The ratio; None where there is nothing to divide by."""
        return self.part / self.whole if self.whole else None

    @property
    def gap(self) -> int:
        """How many are missing."""
        return self.whole - self.part


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which enterprises are looked for on a day.

    `district`: a code, or `NOWHERE` for those without one; `scale`: a class, or `ANY_CLASS` for every 四上企业;
    `served`: None, or whether one is assigned by the relationship `by`: a service group unless said otherwise;
    `group`: the group's id.
    """

    on: dt.date
    text: str = ""
    district: str = ""
    scale: str = ""
    served: bool | None = None
    group: int | None = None
    by: str = SERVICE


def find_enterprises(wanted: Wanted) -> OrganisationQuerySet:
    """The enterprises that live on the day and are wanted, by name."""
    found = Organisation.objects.live(wanted.on).filter(kind=ENTERPRISE)
    if wanted.text:
        text = plain(wanted.text)
        found = found.filter(
            Q(name__icontains=wanted.text.strip())
            | Q(name__icontains=text)
            | Q(credit_code__icontains=text.upper())
            | Exists(Placement.objects.filter(organisation=OuterRef("pk"), name__icontains=text).order_by())
        )
    if wanted.district:
        found = found.filter(_in_district(wanted.district))
    if wanted.scale:
        key = Q(**{"values__four-above": True}) if wanted.scale == ANY_CLASS else _of_class(wanted.scale)
        found = found.filter(key)
    if wanted.group is not None:
        found = found.filter(
            Exists(services_on(wanted.on).filter(from_id=wanted.group, to_id=OuterRef("pk")))
        )
    if wanted.served is not None:
        served = _served(wanted.on, wanted.by)
        found = found.filter(served if wanted.served else ~served)
    return found.order_by("name", "pk")


def services_on(on: dt.date) -> QuerySet[Relationship]:
    """The services assigned to enterprises that are live on the day."""
    return (
        Relationship.objects.filter(live_on(on), kind=SERVICE, from_type=ORGANISATION, to_type=ORGANISATION)
    ).order_by()


def _served(on: dt.date, by: str) -> Exists:
    """Whether some other end is linked to the enterprise; a steward or commissioner by the post they sit in."""
    edges = Relationship.objects.filter(live_on(on), kind=by, to_type=ORGANISATION, to_id=OuterRef("pk"))
    return Exists(edges.filter(from_type=POST if by in KEEPERS else ORGANISATION).order_by())


@dataclass(frozen=True, slots=True)
class Keeper:
    """Who looks after an enterprise since when: the seat, and who sits in it on the day (nobody: it is vacant)."""

    edge: Relationship
    post: Post
    sitting: tuple[Appointment, ...]


def keepers_of(enterprise: int, on: dt.date) -> dict[str, list[Keeper]]:
    """The stewards and commissioners of an enterprise on a day, by the kind of relationship; three queries."""
    edges = list(
        Relationship.objects.filter(
            live_on(on), kind__in=KEEPERS, from_type=POST, to_type=ORGANISATION, to_id=enterprise
        ).order_by("begins", "pk")
    )
    posts = Post.objects.select_related("organisation").in_bulk([edge.from_id for edge in edges])
    sitting: dict[int, list[Appointment]] = {}
    rows = Appointment.objects.filter(live_on(on), post__in=list(posts)).select_related("person")
    for row in rows.order_by("begins", "pk"):
        sitting.setdefault(row.post_id, []).append(row)
    told: dict[str, list[Keeper]] = {kind: [] for kind in KEEPERS}
    for edge in edges:
        if edge.from_id in posts:
            found = Keeper(edge, posts[edge.from_id], tuple(sitting.get(edge.from_id, ())))
            told[edge.kind].append(found)
    return told


def _in_district(code: str) -> Q:
    return (
        Q(values__district__isnull=True) | Q(values__district="")
        if code == NOWHERE
        else Q(values__district=code)
    )


def _of_class(code: str) -> Q:
    return Q(**{"values__scale-class": code})


def districts_on(on: dt.date) -> dict[str, str]:
    """The districts of the day: code → name; one query."""
    live = Organisation.objects.live(on).filter(kind=DISTRICT).order_by("name", "pk")
    return dict(live.values_list("code", "name"))


def groups_of(enterprises: Collection[int], on: dt.date) -> dict[int, list[tuple[int, str]]]:
    """Enterprise → (id, name that day) of the groups assigned to it; two queries."""
    edges = list(
        services_on(on).filter(to_id__in=enterprises).order_by("begins", "pk").values_list("to_id", "from_id")
    )
    names = names_on({group for _, group in edges}, on)
    told: dict[int, list[tuple[int, str]]] = {number: [] for number in enterprises}
    for enterprise, group in edges:
        told[enterprise].append((group, names.get(group, "")))
    return told


def served_share(wanted: Wanted) -> Share:
    """Enterprises with a live group (or what `by` says) ÷ all that are wanted; one query."""
    counted = (
        find_enterprises(wanted)
        .order_by()
        .aggregate(part=Count("pk", filter=_served(wanted.on, wanted.by)), whole=Count("pk"))
    )
    return Share(counted["part"], counted["whole"])


def served_by_district(wanted: Wanted) -> dict[str, Share]:
    """The same by the district's code; `NOWHERE` for those without one. One query."""
    rows = (
        find_enterprises(wanted)
        .order_by()
        .annotate(place=KT("values__district"))
        .values("place")
        .annotate(part=Count("pk", filter=_served(wanted.on, wanted.by)), whole=Count("pk"))
    )
    told: dict[str, Share] = {}
    for row in rows:
        code = row["place"] or NOWHERE
        before = told.get(code, Share(0, 0))
        told[code] = Share(before.part + row["part"], before.whole + row["whole"])
    return dict(sorted(told.items(), key=lambda item: (item[0] == NOWHERE, item[0])))


def served_by_group(wanted: Wanted) -> dict[int, int]:
    """Every service group that lives on the day → how many of the wanted enterprises it serves; two queries."""
    groups = Organisation.objects.live(wanted.on).filter(kind=SERVICE_GROUP).order_by("pk")
    told = dict.fromkeys(groups.values_list("pk", flat=True), 0)
    served = services_on(wanted.on).filter(to_id__in=find_enterprises(wanted).order_by().values("pk"))
    for row in served.values("from_id").annotate(count=Count("to_id", distinct=True)):
        told[row["from_id"]] = row["count"]
    return told


def find_offices(on: dt.date, *, has_branch: bool | None = None) -> OrganisationQuerySet:
    """The offices (科室) that live on the day; those with, or without, a branch of their own (支部建在科上)."""
    offices = Organisation.objects.live(on).filter(kind=OFFICE).order_by("name", "pk")
    if has_branch is None:
        return offices
    return offices.filter(_branched(on) if has_branch else ~_branched(on))


def office_share(on: dt.date) -> Share:
    """Offices with a branch ÷ all offices; one query."""
    counted = find_offices(on).order_by().aggregate(part=Count("pk", filter=_branched(on)), whole=Count("pk"))
    return Share(counted["part"], counted["whole"])


def branches_of(offices: Collection[int], on: dt.date) -> dict[int, list[tuple[int, str]]]:
    """Office → (id, name that day) of the branches set up in it; two queries."""
    edges = list(
        _branch_edges(on).filter(to_id__in=offices).order_by("begins", "pk").values_list("to_id", "from_id")
    )
    names = names_on({branch for _, branch in edges}, on)
    told: dict[int, list[tuple[int, str]]] = {number: [] for number in offices}
    for office, branch in edges:
        told[office].append((branch, names.get(branch, "")))
    return told


def _branch_edges(on: dt.date) -> QuerySet[Relationship]:
    branches = Organisation.objects.filter(kind__in=BRANCHES).order_by().values("pk")
    return Relationship.objects.filter(
        live_on(on), kind=BRANCH_OF, from_type=ORGANISATION, to_type=ORGANISATION, from_id__in=branches
    ).order_by()


def _branched(on: dt.date) -> Exists:
    return Exists(_branch_edges(on).filter(to_id=OuterRef("pk")))


@dataclass(frozen=True, slots=True)
class Branch:
    """A branch set up in a unit or below it; `has_secretary`: somebody sat as its secretary that day."""

    pk: int
    name: str
    has_secretary: bool


def branches_under(unit: int, on: dt.date) -> list[Branch]:
    """The branches set up in a unit and in what stands below it, by name; four queries."""
    edges = _branch_edges(on).filter(to_id__in=subtree_ids([unit], on))
    ids = sorted(set(edges.values_list("from_id", flat=True)))
    names = names_on(ids, on)
    led = set(
        Appointment.objects.filter(live_on(on), post__organisation__in=ids, post__kind=SECRETARY)
        .order_by()
        .values_list("post__organisation", flat=True)
    )
    told = [Branch(pk, names.get(pk, ""), pk in led) for pk in ids]
    return sorted(told, key=lambda one: (one.name, one.pk))


def answers_as(unit: Organisation, on: dt.date) -> Organisation:
    """The unit whose work a leading Party group leads (党组 set up in it); any other unit answers as itself. One query."""
    if unit.kind != PARTY_GROUP:
        return unit
    edges = Relationship.objects.filter(
        live_on(on), kind=BRANCH_OF, from_type=ORGANISATION, from_id=unit.pk, to_type=ORGANISATION
    )
    found = Organisation.objects.filter(pk__in=edges.values("to_id")).order_by("pk").first()
    return found or unit
