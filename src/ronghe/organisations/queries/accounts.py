"""Who sits where with which sign-in, which posts are vacant, and which units have nobody who can sign in."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from allauth.mfa.models import Authenticator
from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet

from ronghe.organisations.managers import OrganisationQuerySet
from ronghe.organisations.models import Account, Appointment, Organisation, Person, Placement, Post
from ronghe.organisations.queries.coverage import Share
from ronghe.organisations.queries.directory import ENTERPRISE
from ronghe.organisations.queries.factors import PRIMARY
from ronghe.organisations.queries.names import plain
from ronghe.organisations.queries.rolls import beside_rolls, open_posts, openly
from ronghe.organisations.queries.trees import live_on

SITTING, WITHOUT, NEVER, CLOSED, IDLE, LEFT = "", "no-account", "never", "closed", "idle", "left"
NO_ACCOUNT, VACANT = "no-account", "vacant"
Within = frozenset[int] | None  # the units somebody manages; None: the whole city


@dataclass(frozen=True, slots=True)
class WantedPeople:
    """Whose records are looked for: by a word of any kind, and by how they stand on the day."""

    on: dt.date
    within: Within = None
    text: str = ""
    phones: tuple[str, ...] = ()
    state: str = SITTING


@dataclass(frozen=True, slots=True)
class PersonRow:
    """A person, where they sit, and their sign-in; `has_factor` is whether a second step is asked of it."""

    person: Person
    seats: tuple[Appointment, ...]
    account: Account | None
    has_factor: bool


def find_people(wanted: WantedPeople) -> QuerySet[Person]:
    """The people wanted, by name; who is known by a roll only, by their number."""
    sits = _sitting(wanted.on, wanted.within)
    people = Person.objects.filter(_known(wanted) if wanted.within is None else Exists(sits))
    if wanted.text:
        people = people.filter(_like(wanted))
    match wanted.state:
        case "no-account":
            people = people.filter(Exists(sits), account=None, left_on=None)
        case "never":
            people = people.filter(account__is_active=True, account__last_login=None)
        case "closed":
            people = people.filter(account__is_active=False)
        case "idle":
            people = people.filter(~Exists(sits), left_on=None)
        case "left":
            people = people.filter(left_on__isnull=False)
        case _ if not wanted.text:
            people = people.filter(Exists(sits))
    return people.order_by("name", "pk")


def _known(wanted: WantedPeople) -> Q:
    known, number = beside_rolls(wanted.on), wanted.text.strip()
    return known | Q(employee_number__iexact=number) if number else known


def _like(wanted: WantedPeople) -> Q:
    text = wanted.text.strip()
    like = Q(name__icontains=text) | Q(employee_number__iexact=text) | Q(account__username__icontains=text)
    if text.isascii():
        like |= Q(initials__icontains=text.lower())
    return like | Q(identity__phone_index__in=wanted.phones) if wanted.phones else like


def _sitting(on: dt.date, within: Within) -> QuerySet[Appointment]:
    """The appointments of the outer person that run on the day, no rolls."""
    seats = Appointment.objects.filter(live_on(on), openly(on), person=OuterRef("pk")).order_by()
    return seats if within is None else seats.filter(post__organisation__in=within)


def person_rows(people: Collection[Person], on: dt.date) -> list[PersonRow]:
    """Each with seats and sign-in; three queries."""
    ids = [person.pk for person in people]
    seats: dict[int, list[Appointment]] = defaultdict(list)
    rows = Appointment.objects.filter(live_on(on), openly(on), person__in=ids)
    for row in rows.select_related("post__organisation").order_by("begins", "pk"):
        seats[row.person_id].append(row)
    accounts = {
        account.person_id: account for account in Account.objects.filter(person__in=ids).order_by("pk")
    }
    secured = with_factor([account.pk for account in accounts.values()])
    return [
        PersonRow(
            person,
            tuple(seats[person.pk]),
            (account := accounts.get(person.pk)),
            account is not None and account.pk in secured,
        )
        for person in people
    ]


def with_factor(accounts: Collection[int]) -> frozenset[int]:
    """Those of the accounts of which a second step is asked at sign-in; one query."""
    found = Authenticator.objects.filter(user__in=accounts, type__in=PRIMARY)
    return frozenset(found.order_by().values_list("user", flat=True))


@dataclass(frozen=True, slots=True)
class WantedUnits:
    """Which units are looked for on the day; `lacks`: somebody who can sign in, or somebody in a post."""

    on: dt.date
    within: Within = None
    text: str = ""
    kind: str = ""
    lacks: str = ""


@dataclass(frozen=True, slots=True)
class UnitRow:
    """A unit with its posts, the vacant among them, the people in them, and how many of those can sign in and did."""

    unit: Organisation
    posts: int
    vacant: int
    people: int
    accounts: int
    used: int


def find_units(wanted: WantedUnits) -> OrganisationQuerySet:
    """The units that live on the day and are wanted, by name; no enterprises."""
    units = Organisation.objects.live(wanted.on).exclude(kind=ENTERPRISE)
    if wanted.within is not None:
        units = units.filter(pk__in=wanted.within)
    if wanted.kind:
        units = units.filter(kind=wanted.kind)
    if wanted.text:
        units = units.filter(named_like(wanted.text))
    if wanted.lacks == NO_ACCOUNT:
        units = units.filter(~Exists(_signing_in(wanted.on)))
    elif wanted.lacks == VACANT:
        units = units.filter(Exists(vacant_posts(wanted.on).filter(organisation=OuterRef("pk"))))
    return units.order_by("name", "pk")


def named_like(text: str) -> Q:
    """Units that bear or bore a name like this, or whose initials are these."""
    words = {text.strip(), plain(text)}
    like = Q()
    for word in words:
        bearing = Placement.objects.filter(organisation=OuterRef("pk"), name__icontains=word).order_by()
        like |= Q(name__icontains=word) | Q(short_name__icontains=word) | Q(Exists(bearing))
    return like | Q(initials__icontains=plain(text).lower()) if text.isascii() else like


def _signing_in(on: dt.date) -> QuerySet[Appointment]:
    """Who sits in the outer unit on the day and can sign in."""
    seats = Appointment.objects.filter(live_on(on), openly(on), post__organisation=OuterRef("pk"))
    return seats.filter(person__account__is_active=True).order_by()


def vacant_posts(on: dt.date) -> QuerySet[Post]:
    """The posts that stand on the day and in which nobody sits; no rolls."""
    sitting = Appointment.objects.filter(live_on(on), post=OuterRef("pk")).order_by()
    return Post.objects.filter(~Exists(sitting), live_on(on), open_posts(on)).order_by()


def unit_rows(units: Collection[Organisation], on: dt.date) -> list[UnitRow]:
    """Each with its figures; three queries."""
    ids = [unit.pk for unit in units]
    posts = _counted(Post.objects.filter(live_on(on), open_posts(on), organisation__in=ids))
    vacant = _counted(vacant_posts(on).filter(organisation__in=ids))
    seats = Appointment.objects.filter(live_on(on), openly(on), post__organisation__in=ids).order_by()
    can = Q(person__account__is_active=True)
    people = {
        row["post__organisation"]: row
        for row in seats.values("post__organisation").annotate(
            people=Count("person", distinct=True),
            accounts=Count("person", distinct=True, filter=can),
            used=Count("person", distinct=True, filter=can & Q(person__account__last_login__isnull=False)),
        )
    }
    none = {"people": 0, "accounts": 0, "used": 0}
    return [
        UnitRow(
            unit,
            posts.get(unit.pk, 0),
            vacant.get(unit.pk, 0),
            *((people.get(unit.pk) or none)[key] for key in ("people", "accounts", "used")),
        )
        for unit in units
    ]


def _counted(posts: QuerySet[Post]) -> Mapping[int, int]:
    rows = posts.order_by().values("organisation").annotate(n=Count("pk"))
    return {row["organisation"]: row["n"] for row in rows}


@dataclass(frozen=True, slots=True)
class Reach:
    """Of the units of a kind: how many have somebody who can sign in, and in how many somebody ever did."""

    kind: str
    can: Share
    used: Share


def account_reach(on: dt.date, within: Within = None) -> list[Reach]:
    """By kind of unit, no enterprises, the kinds with the largest gap first; one query.

    Source: S-112, every district, department and service group has an account.
    """
    used = _signing_in(on).filter(person__account__last_login__isnull=False)
    rows = (
        find_units(WantedUnits(on, within))
        .order_by()
        .values("kind")
        .annotate(
            whole=Count("pk"),
            can=Count("pk", filter=Exists(_signing_in(on))),
            used=Count("pk", filter=Exists(used)),
        )
    )
    told = [
        Reach(row["kind"], Share(row["can"], row["whole"]), Share(row["used"], row["whole"])) for row in rows
    ]
    return sorted(told, key=lambda one: (-one.can.gap, one.kind))


@dataclass(frozen=True, slots=True)
class WantedPosts:
    """Which posts are looked for on the day."""

    on: dt.date
    within: Within = None
    text: str = ""
    kind: str = ""
    is_vacant: bool = False


def find_posts(wanted: WantedPosts) -> QuerySet[Post]:
    """The posts that stand on the day and are wanted, by unit and title; no contacts of enterprises, no rolls."""
    standing = Post.objects.filter(live_on(wanted.on), open_posts(wanted.on))
    posts = vacant_posts(wanted.on) if wanted.is_vacant else standing
    posts = posts.exclude(organisation__kind=ENTERPRISE)
    if wanted.within is not None:
        posts = posts.filter(organisation__in=wanted.within)
    if wanted.kind:
        posts = posts.filter(kind=wanted.kind)
    if wanted.text:
        text = wanted.text.strip()
        like = Q(title__icontains=text) | Q(organisation__name__icontains=text)
        if text.isascii():
            like |= Q(organisation__initials__icontains=text.lower())
        posts = posts.filter(like)
    return posts.select_related("organisation").order_by("organisation__name", "organisation", "title", "pk")


def sitting_in(posts: Collection[Post], on: dt.date) -> dict[int, list[Appointment]]:
    """Post → who sits in it on the day; one query."""
    told: dict[int, list[Appointment]] = {post.pk: [] for post in posts}
    rows = Appointment.objects.filter(live_on(on), post__in=list(told)).select_related("person")
    for row in rows.order_by("begins", "pk"):
        told[row.post_id].append(row)
    return told


def appointments_of(person: Person, on: dt.date) -> list[Appointment]:
    """Every post somebody holds or held, those that run first, then the latest, no rolls; one query."""
    rows = Appointment.objects.filter(openly(on), person=person).select_related("post__organisation")
    return list(rows.order_by(F("ends").desc(nulls_first=True), "-begins", "-pk"))
