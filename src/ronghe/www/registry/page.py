"""Everything the page of one unit and of one enterprise shows, as it stood on a day."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from django.utils.translation import gettext

from ronghe.definitions import queries as definitions
from ronghe.definitions.enums import Kind, Tree
from ronghe.organisations.models import Appointment, Organisation, Placement, Relationship
from ronghe.organisations.queries import names_on
from ronghe.organisations.queries.coverage import (
    COMMISSIONER,
    KEEPERS,
    SERVICE,
    STEWARD,
    Keeper,
    keepers_of,
    services_on,
)
from ronghe.organisations.queries.directory import (
    ORGANISATION,
    Edge,
    Seats,
    Span,
    children_of,
    edges_of,
    leaders_on,
    seats_of,
    spans_of,
    titles_of,
)
from ronghe.www.portal.reading import words_of
from ronghe.www.registry.forms import TREES

MOST_BELOW, MOST_LINKS = 300, 30


@dataclass
class Links:
    """The relationships of one kind and direction; `count` may be more than are listed."""

    kind: str
    title: str
    is_from: bool
    is_mutual: bool
    count: int
    edges: list[Edge]


@dataclass
class UnitPage:
    """One unit on a day."""

    unit: Organisation
    on: dt.date

    def __post_init__(self) -> None:
        self.kinds = titles_of(Kind.ORGANISATION, self.on)

    @cached_property
    def spans(self) -> list[Span]:
        """Its names and parents over time."""
        return spans_of(self.unit)

    @property
    def timeline(self) -> list[tuple[Span, str]]:
        """The same with the tree in words."""
        return [(span, _tree(span)) for span in self.spans]

    @cached_property
    def name(self) -> str:
        """Its name that day."""
        return names_on([self.unit.pk], self.on).get(self.unit.pk, self.unit.name)

    @property
    def above(self) -> list[tuple[str, Span]]:
        """Where it stood that day: (tree in words, span)."""
        return [
            (_tree(span), span)
            for span in self.spans
            if span.placement.begins <= self.on
            and (span.placement.ends is None or span.placement.ends > self.on)
        ]

    @property
    def kind(self) -> str:
        """What kind of unit it is."""
        return self.kinds.get(self.unit.kind, "")

    @property
    def is_live(self) -> bool:
        """Whether it existed that day."""
        return self.unit.begins <= self.on and not self.has_ended

    @property
    def has_ended(self) -> bool:
        """Whether it had ended by that day."""
        return self.unit.ends is not None and self.unit.ends <= self.on

    @cached_property
    def seats(self) -> Seats:
        """Who sat where."""
        return seats_of(self.unit, self.on)

    @cached_property
    def below(self) -> list[tuple[Placement, str, Appointment | None]]:
        """What stood directly under it: (placement, kind, leader)."""
        found = children_of(self.unit, self.on, MOST_BELOW)
        leaders = leaders_on({one.organisation_id: one.organisation.kind for one in found}, self.on)
        return [
            (one, self.kinds.get(one.organisation.kind, ""), leaders.get(one.organisation_id))
            for one in found
        ]

    @cached_property
    def _edges(self) -> tuple[list[Links], list[tuple[str, Edge]]]:
        live, ended = edges_of(self.unit, self.on, MOST_LINKS)
        bodies = {one.edition.code: one.body for one in definitions.live(Kind.RELATIONSHIP, self.on)}
        told = []
        for (kind, is_from), (count, edges) in live.items():
            body = bodies.get(kind)
            title, is_mutual = (str(body.title), body.mutual) if body else ("", False)
            told.append(Links(kind, title, is_from, is_mutual, count, edges))
        titles = {code: str(body.title) for code, body in bodies.items()}
        return told, [(titles.get(edge.relationship.kind, ""), edge) for edge in ended]

    @property
    def links(self) -> list[Links]:
        """What it was linked to that day."""
        return self._edges[0]

    @property
    def past_links(self) -> list[tuple[str, Edge]]:
        """What it was linked to before."""
        return self._edges[1]


def _tree(span: Span) -> str:
    return str(TREES[Tree(span.placement.tree)])


@dataclass
class EnterprisePage(UnitPage):
    """One enterprise on a day: 逐户建档."""

    def facts(self) -> Iterator[tuple[str, str]]:
        """What is kept about it, as (title, words)."""
        found = definitions.find(Kind.ORGANISATION, self.unit.kind, self.on)
        form = found.body.form if found else None
        lists = definitions.lists_of(form, self.on)
        for field in form.fields if form else ():
            value = self.unit.values.get(field.code)
            if value not in (None, "", []):
                yield field.title, words_of(field, value, lists.get(field.source, ()))

    @cached_property
    def groups(self) -> list[tuple[Relationship, str, Seats]]:
        """The service groups assigned that day: (since when, name, who sits in it)."""
        edges = list(services_on(self.on).filter(to_id=self.unit.pk).order_by("begins", "pk"))
        names = names_on([edge.from_id for edge in edges], self.on)
        units = Organisation.objects.in_bulk([edge.from_id for edge in edges])
        return [
            (edge, names.get(edge.from_id, ""), seats_of(units[edge.from_id], self.on))
            for edge in edges
            if edge.from_id in units
        ]

    @cached_property
    def past_groups(self) -> list[tuple[Relationship, str]]:
        """The groups it had before that day, the latest first."""
        edges = Relationship.objects.filter(
            kind=SERVICE, to_type=ORGANISATION, to_id=self.unit.pk, ends__lte=self.on
        ).order_by("-ends", "-pk")
        names = names_on([edge.from_id for edge in edges], self.on)
        return [(edge, names.get(edge.from_id, "")) for edge in edges]

    @property
    def other_links(self) -> list[Links]:
        """What it is linked to beside its group."""
        return [links for links in self.links if links.kind not in (SERVICE, *KEEPERS)]

    @cached_property
    def keepers(self) -> list[tuple[str, str, list[Keeper]]]:
        """企业管家 and 企业特派员 of the day: (title, what is missing where nobody is, who)."""
        found = keepers_of(self.unit.pk, self.on)
        said = (
            (STEWARD, gettext("企业管家"), gettext("没有企业管家")),
            (COMMISSIONER, gettext("企业特派员"), gettext("没有企业特派员")),
        )
        return [(title, missing, found[kind]) for kind, title, missing in said]
