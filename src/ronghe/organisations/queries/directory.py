"""What a directory tells of organisations on a day: leaders, seats, past names and parents, what they are linked to."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.db.models import Exists, F, OuterRef, Q

from ronghe.definitions import queries as definitions
from ronghe.definitions.enums import Kind, Power
from ronghe.organisations.models import Appointment, Organisation, Person, Placement, Post, Relationship
from ronghe.organisations.queries.names import plain
from ronghe.organisations.queries.rolls import beside_rolls, open_posts, openly, roll_kinds
from ronghe.organisations.queries.trees import live_on, names_on, placements_on

ENTERPRISE = "enterprise"
ORGANISATION, POST = "organisation", "post"


def titles_of(kind: Kind, on: dt.date) -> dict[str, str]:
    """The title of every definition of a kind, by code."""
    return {loaded.edition.code: str(loaded.body.title) for loaded in definitions.live(kind, on)}


def leading_seats(on: dt.date) -> dict[str, list[str]]:
    """Kind of organisation → the kinds of post that lead it, the first one first; where none leads, its first seat.

    No roll is a seat to lead from.
    """
    rolls = roll_kinds(on)
    leads = {
        loaded.edition.code for loaded in definitions.live(Kind.POST, on) if Power.LEAD in loaded.body.may
    }
    seats = {
        loaded.edition.code: [post for post in loaded.body.seats if post not in rolls]
        for loaded in definitions.live(Kind.ORGANISATION, on)
    }
    return {kind: [post for post in posts if post in leads] or posts[:1] for kind, posts in seats.items()}


def leaders_on(kinds: Mapping[int, str], on: dt.date) -> dict[int, Appointment]:
    """Who leads each unit (id → kind) that day: whoever sits in its first leading seat that is not vacant. One query."""
    seats = leading_seats(on)
    wanted = {post for kind in kinds.values() for post in seats.get(kind, ())}
    sitting = Appointment.objects.filter(
        live_on(on), post__organisation__in=list(kinds), post__kind__in=wanted
    ).select_related("post", "person")
    ranked: dict[int, list[tuple[int, dt.date, int, Appointment]]] = defaultdict(list)
    for one in sitting.order_by("begins", "pk"):
        unit = one.post.organisation_id
        order = seats.get(kinds[unit], [])
        if one.post.kind in order:
            ranked[unit].append((order.index(one.post.kind), one.begins, one.pk, one))
    return {unit: min(found)[-1] for unit, found in ranked.items()}


@dataclass(frozen=True, slots=True)
class Named:
    """An organisation found by a name: `name` is that of the day, `borne` the one found when it is another."""

    organisation: Organisation
    name: str
    borne: str = ""


def search_names(text: str, on: dt.date, most: int) -> list[Named]:
    """Organisations (no enterprises) that bear, or ever bore, a name like this or have these initials; the living first.

    Three queries.
    """
    written = sorted({text.strip(), plain(text)})
    like, short = Q(), Q()
    for wanted in written:
        like |= Q(name__icontains=wanted)
        short |= Q(short_name__icontains=wanted)
    if text.isascii() and text.strip():
        short |= Q(initials__icontains=plain(text).lower())
    bearing = Placement.objects.filter(like, organisation=OuterRef("pk")).order_by()
    found = list(
        Organisation.objects.filter(like | short | Exists(bearing))
        .exclude(kind=ENTERPRISE)
        .select_related("merged_into")
        .order_by(F("ends").desc(nulls_first=True), "name", "pk")[:most]
    )
    ids = [unit.pk for unit in found]
    names = names_on(ids, on)
    others: dict[int, str] = {}
    for placement in Placement.objects.filter(like, organisation_id__in=ids).order_by("-begins", "-pk"):
        if placement.name != names.get(placement.organisation_id):
            others.setdefault(placement.organisation_id, placement.name)
    told = [Named(unit, names.get(unit.pk, unit.name), others.get(unit.pk, "")) for unit in found]
    return sorted(told, key=lambda one: (one.organisation.ends is not None, one.name, one.organisation.pk))


def ended_in(tree: str, on: dt.date, most: int) -> list[Organisation]:
    """Those that stood in the tree and had ended by the day, the latest first; no enterprises."""
    stood = Placement.objects.filter(tree=tree, organisation=OuterRef("pk")).order_by()
    ended = Organisation.objects.filter(Exists(stood), ends__lte=on).exclude(kind=ENTERPRISE)
    return list(ended.select_related("merged_into").order_by("-ends", "name", "pk")[:most])


def will_end(ids: Iterable[int], on: dt.date) -> dict[int, Organisation]:
    """Those of these that ended after the day, with their successors."""
    ended = Organisation.objects.filter(pk__in=list(ids), ends__gt=on).select_related("merged_into")
    return {unit.pk: unit for unit in ended.order_by("pk")}


@dataclass(frozen=True, slots=True)
class Span:
    """A name and a place in one tree, from a day to a day; the parent under the name it bore when the span began."""

    placement: Placement
    parent_name: str


def spans_of(organisation: Organisation) -> list[Span]:
    """Every name and parent the organisation had, oldest first; two queries."""
    placements = list(organisation.placements.order_by("begins", "tree", "pk"))
    parents: dict[int, list[Placement]] = defaultdict(list)
    ids = {placement.parent_id for placement in placements if placement.parent_id}
    for row in Placement.objects.filter(organisation_id__in=ids).order_by("begins", "pk"):
        parents[row.organisation_id].append(row)
    return [
        Span(placement, _name_among(parents.get(placement.parent_id or 0, []), placement.begins))
        for placement in placements
    ]


def _name_among(rows: Sequence[Placement], day: dt.date) -> str:
    """The name of the day among placements by their begin; before the first, the first."""
    name = rows[0].name if rows else ""
    for row in rows:
        if row.begins <= day:
            name = row.name
    return name


@dataclass(frozen=True, slots=True)
class Seat:
    """A post of a unit and who sat in it on the day; nobody: it is vacant."""

    post: Post
    sitting: tuple[Appointment, ...] = ()


@dataclass(frozen=True, slots=True)
class Seats:
    """The posts of a unit on a day; `past`: who left one by then, the latest first; `missing`: usual ones not set up."""

    seats: tuple[Seat, ...]
    past: tuple[Appointment, ...]
    missing: tuple[tuple[str, str], ...]


def seats_of(organisation: Organisation, on: dt.date) -> Seats:
    """The seats of a unit on a day in the order its kind names them, no rolls; two queries."""
    found = definitions.find(Kind.ORGANISATION, organisation.kind, on)
    usual: list[str] = list(found.body.seats) if found else []
    titles, rolls = titles_of(Kind.POST, on), roll_kinds(on)
    rows_of_posts = Post.objects.filter(open_posts(on), organisation=organisation)
    posts = {post.pk: post for post in rows_of_posts.order_by("begins", "pk")}
    sitting: dict[int, list[Appointment]] = defaultdict(list)
    past = []
    rows = Appointment.objects.filter(post__in=list(posts), begins__lte=on).select_related("person")
    for row in rows.order_by("begins", "pk"):
        row.post = posts[row.post_id]
        if row.ends is None or row.ends > on:
            sitting[row.post_id].append(row)
        else:
            past.append(row)
    live = [post for post in posts.values() if post.begins <= on and (post.ends is None or post.ends > on)]
    live.sort(key=lambda post: usual.index(post.kind) if post.kind in usual else len(usual))
    there = {post.kind for post in live}
    return Seats(
        tuple(Seat(post, tuple(sitting[post.pk])) for post in live),
        tuple(sorted(past, key=lambda row: (row.ends, row.pk), reverse=True)),
        tuple((kind, titles[kind]) for kind in usual if kind not in there | rolls and kind in titles),
    )


def children_of(organisation: Organisation, on: dt.date, most: int) -> list[Placement]:
    """What stood directly below on the day, in any tree, by tree, order and name."""
    below = placements_on(on).filter(parent=organisation).select_related("organisation")
    return list(below.order_by("tree", "order", "name", "pk")[:most])


@dataclass(frozen=True, slots=True)
class Edge:
    """A relationship seen from one end: `name` of the other end that day, and its organisation where it has a page."""

    relationship: Relationship
    is_from: bool
    name: str
    organisation_id: int | None


def edges_of(
    organisation: Organisation, on: dt.date, most: int
) -> tuple[dict[tuple[str, bool], tuple[int, list[Edge]]], list[Edge]]:
    """What a unit is linked to: (kind, is it the from-end) → (how many live that day, the first `most`), and the ended.

    The ended are the latest `most`. Five queries at most, however many there are.
    """
    mine = {"type": ORGANISATION, "id": organisation.pk}
    ours = Q(**{f"from_{key}": value for key, value in mine.items()}) | Q(
        **{f"to_{key}": value for key, value in mine.items()}
    )
    groups: dict[tuple[str, bool], list[Relationship]] = defaultdict(list)
    for row in Relationship.objects.filter(ours, live_on(on)).order_by("kind", "begins", "pk"):
        groups[row.kind, _is_from(row, organisation)].append(row)
    ended = list(Relationship.objects.filter(ours, ends__lte=on).order_by("-ends", "-pk")[:most])
    shown = [row for rows in groups.values() for row in rows[:most]]
    names = names_of_ends([_other(row, organisation) for row in [*shown, *ended]], on)
    told = {
        key: (len(rows), [_edge(row, organisation, names) for row in rows[:most]])
        for key, rows in groups.items()
    }
    return told, [_edge(row, organisation, names) for row in ended]


def _is_from(row: Relationship, organisation: Organisation) -> bool:
    return (row.from_type, row.from_id) == (ORGANISATION, organisation.pk)


def _other(row: Relationship, organisation: Organisation) -> tuple[str, int]:
    return (row.to_type, row.to_id) if _is_from(row, organisation) else (row.from_type, row.from_id)


def _edge(row: Relationship, organisation: Organisation, names: Mapping[tuple[str, int], str]) -> Edge:
    other = _other(row, organisation)
    number = other[1] if other[0] == ORGANISATION else None
    return Edge(row, _is_from(row, organisation), names.get(other, ""), number)


def names_of_ends(ends: Iterable[tuple[str, int]], on: dt.date) -> dict[tuple[str, int], str]:
    wanted: dict[str, set[int]] = defaultdict(set)
    for kind, number in ends:
        wanted[kind].add(number)
    names = {(ORGANISATION, number): name for number, name in names_on(wanted[ORGANISATION], on).items()}
    if wanted[POST]:
        posts = Post.objects.filter(pk__in=wanted[POST]).select_related("organisation").order_by("pk")
        names |= {(POST, post.pk): f"{post.organisation.name} {post.title}" for post in posts}
    return names


def name_of_end(end: tuple[str, int], on: dt.date) -> str:
    """What one end of a relationship is called: a unit by its name of the day, a post with its unit."""
    return names_of_ends([end], on).get(end, "")


def people_named(text: str, on: dt.date) -> list[tuple[Person, list[Appointment]]]:
    """The people of exactly this name or employee number who have not left, each with where they sit; two queries.

    Who is known by a roll only is found by number, not by name.
    """
    wanted = text.strip()
    return _with_seats((Q(name=wanted) & beside_rolls(on)) | Q(employee_number=wanted), on)


def look_alikes(
    name: str, phones: Collection[str], on: dt.date, but: int = 0
) -> list[tuple[Person, list[Appointment]]]:
    """Those recorded already, and not gone, who bear the name or one of the phones (by blind index). Two queries."""
    alike = Q(name=name.strip()) | Q(identity__phone_index__in=list(phones))
    return _with_seats(alike & beside_rolls(on) & ~Q(pk=but), on)


def _with_seats(which: Q, on: dt.date) -> list[tuple[Person, list[Appointment]]]:
    people = list(Person.objects.filter(which, left_on=None).order_by("pk"))
    sitting: dict[int, list[Appointment]] = defaultdict(list)
    rows = Appointment.objects.filter(live_on(on), openly(on), person__in=people)
    for row in rows.select_related("post__organisation").order_by("begins", "pk"):
        sitting[row.person_id].append(row)
    return [(person, sitting[person.pk]) for person in people]
