"""Who owes a line: organisations, posts, pairings, entries of a register, or cases at a step."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field

from django.db.models import Q, QuerySet
from django.utils import timezone

from ronghe.core.select import Facts, Kinds, Path
from ronghe.definitions import queries as definitions
from ronghe.definitions.things import Ref, facts_of
from ronghe.duties.queries.lines import Line
from ronghe.ledger.models import Entry
from ronghe.organisations.models import Organisation, Post, Relationship
from ronghe.organisations.queries import organisation_facts

ORGANISATION, POST, RELATIONSHIP, ENTRY, CASE = "organisation", "post", "relationship", "entry", "case"
ENDED = ("case.closed", "case.withdrawn", "case.merged", "entry.ended")


@dataclass(frozen=True, slots=True)
class Holder:
    """One that owes, from a day on and before another; `organisation` answers for it. `both`: the ends of a pairing."""

    ref: Ref
    organisation: int
    begins: dt.date
    ends: dt.date | None = None
    both: tuple[Ref, ...] = ()


@dataclass
class Holders:
    """Who is meant by selectors on a day, asked once for each; `only`: those these organisations answer for."""

    on: dt.date
    only: frozenset[int] | None = None
    known: dict[str, list[Holder]] = field(default_factory=dict)
    owing: dict[tuple[tuple[str, ...], str], list[Holder]] = field(default_factory=dict)
    kinds: dict[Ref, str] = field(default_factory=dict)
    few: dict[str, list[Holder]] | None = None

    def of(self, line: Line) -> list[Holder]:
        """All that any of the selectors of a line means, each once; those of its one unit, where it names one."""
        key = (line.holding, line.unit)
        if key not in self.owing:
            found = {
                holder.ref: holder
                for name, one in zip(line.holding, line.holders, strict=True)
                for holder in self._of(name, one)
            }
            unit = organisation_facts(line.unit, self.on) if line.unit else None
            number = unit.organisation.pk if unit else None
            self.owing[key] = [one for one in found.values() if not line.unit or one.organisation == number]
        return self.owing[key]

    def _of(self, key: str, selector: Kinds) -> list[Holder]:
        if key not in self.known:
            found = self._ask(selector)
            if selector.where is not None:
                found = [one for one in found if self._meets(one, selector)]
            self.known[key] = found
        return self.known[key]

    def _meets(self, holder: Holder, selector: Kinds) -> bool:
        facts = self.facts(holder.ref)
        return facts is not None and selector.where is not None and selector.where.matches(facts)

    def facts(self, ref: Ref) -> Facts | None:
        """A holder as the notation sees it today."""
        if ref[0] == ORGANISATION:
            return organisation_facts(ref[1], self.on)
        return facts_of(ref, self.on)

    def said(self, ref: Ref, path: str) -> list[object]:
        """What stands at the end of a path from a holder; the term of a kind is asked once for all of them."""
        kind = self.kinds.get(ref)
        if path == "term" and kind is not None:
            found = definitions.find(ref[0], kind, self.on)
            return [str(found.body.term)] if found and found.body.term else []
        facts = self.facts(ref)
        return Path.parse(path).resolve(facts) if facts is not None else []

    def _ask(self, selector: Kinds) -> list[Holder]:
        if selector.kind == ORGANISATION:
            return self._organisations(selector.name)
        if selector.kind == POST:
            return self._posts(selector.name)
        if selector.kind == RELATIONSHIP:
            return self._pairings(selector.name)
        if selector.kind in {"register", "procedure"}:
            return self._recorded(selector)
        return []

    def _cut(self, name: str) -> Q:
        return Q() if self.only is None else Q(**{f"{name}__in": self.only})

    def _organisations(self, kind: str) -> list[Holder]:
        """Of a few organisations all kinds are read at once."""
        if self.only is None:
            found = self._read(Organisation.objects.filter(kind=kind)).get(kind, [])
        else:
            if self.few is None:
                self.few = self._read(Organisation.objects.filter(pk__in=self.only))
            found = self.few.get(kind, [])
        self.kinds.update((holder.ref, kind) for holder in found)
        return found

    def _read(self, units: QuerySet[Organisation]) -> dict[str, list[Holder]]:
        found: dict[str, list[Holder]] = defaultdict(list)
        for pk, kind, begins, ends in units.order_by("pk").values_list("pk", "kind", "begins", "ends"):
            found[kind].append(Holder((ORGANISATION, pk), pk, begins, ends))
        return found

    def _posts(self, kind: str) -> list[Holder]:
        rows = Post.objects.filter(self._cut("organisation"), kind=kind).order_by("pk")
        found = [
            Holder((POST, pk), unit, begins, ends)
            for pk, unit, begins, ends in rows.values_list("pk", "organisation_id", "begins", "ends")
        ]
        self.kinds.update((holder.ref, kind) for holder in found)
        return found

    def _pairings(self, kind: str) -> list[Holder]:
        """The end it leads from answers for a pairing, a post's organisation for the post."""
        edges = list(Relationship.objects.filter(kind=kind).order_by("pk"))
        if not edges:
            return []
        posts = {end.from_id for end in edges if end.from_type == POST}
        unit_of = (
            dict(Post.objects.filter(pk__in=posts).values_list("pk", "organisation_id")) if posts else {}
        )
        found = []
        for edge in edges:
            unit = edge.from_id if edge.from_type == ORGANISATION else unit_of.get(edge.from_id)
            if unit is not None and (self.only is None or unit in self.only):
                ends = ((edge.from_type, edge.from_id), (edge.to_type, edge.to_id))
                found.append(Holder((RELATIONSHIP, edge.pk), unit, edge.begins, edge.ends, ends))
        return found

    def _recorded(self, selector: Kinds) -> list[Holder]:
        """Entries and cases, read from the ledger; a case that stands at a step owes from the day it came there."""
        began = "entry.began" if selector.kind == "register" else "case.opened"
        rows = Entry.objects.filter(
            self._cut("organisation"), kind=began, definition=f"{selector.kind}:{selector.name}"
        )
        found = {
            (type_, number): (unit, timezone.localdate(at))
            for type_, number, unit, at in rows.order_by("pk").values_list(
                "subject_type", "subject_id", "organisation_id", "at"
            )
            if unit is not None
        }
        numbers = [number for _type, number in found]
        last = dict[Ref, dt.date]()
        over = dict[Ref, dt.date]()
        for type_, number, kind, at in _since(began.partition(".")[0], numbers):
            if kind in ENDED:
                over[type_, number] = timezone.localdate(at)
            elif kind == "case.reopened":
                over.pop((type_, number), None)
            else:
                last[type_, number] = timezone.localdate(at)
        return [
            Holder(ref, unit, last.get(ref, day) if _asks_step(selector) else day, over.get(ref))
            for ref, (unit, day) in found.items()
        ]


def _asks_step(selector: Kinds) -> bool:
    return selector.where is not None and ("field", "step") in selector.where.names()


def _since(type_: str, numbers: Collection[int]) -> Iterable[tuple[str, int, str, dt.datetime]]:
    kinds = (*ENDED, "case.reopened", "step.opened")
    rows = Entry.objects.filter(subject_type=type_, subject_id__in=numbers, kind__in=kinds)
    return rows.order_by("subject_id", "seq").values_list("subject_type", "subject_id", "kind", "at")
