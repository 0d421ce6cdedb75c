"""变动记录: what the ledger says of a unit or a person, in words, the latest first."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.db.models import Q, QuerySet
from django.utils.formats import date_format
from django.utils.translation import gettext

from ronghe.definitions import queries as definitions
from ronghe.definitions.enums import Kind
from ronghe.ledger.entries import KINDS
from ronghe.ledger.models import Entry
from ronghe.organisations.models import Account, Organisation, Person, Placement, Post
from ronghe.organisations.queries.directory import titles_of
from ronghe.organisations.queries.rolls import roll_kinds

MOST = 1000
OF_A_UNIT = [code for code in KINDS if code.partition(".")[0] in {"organisation", "post", "appointment"}]
OF_A_LINK = [code for code in KINDS if code.startswith("relationship.")]
OF_A_PERSON = [
    *(code for code in KINDS if code.partition(".")[0] in {"appointment", "delegation"}),
    "person.changed",
]


@dataclass(frozen=True)
class Line:
    """One change: when, what it is called, of what, and by whom."""

    at: dt.datetime
    what: str
    about: str
    who: str


def unit_history(unit: Organisation, on: dt.date) -> list[int]:
    """The ids of the entries about a unit, its posts, who sat in them and what it was linked to, no rolls; the latest first."""
    own = Entry.objects.filter(_openly(on), organisation=unit, kind__in=OF_A_UNIT)
    links = Entry.objects.filter(kind__in=OF_A_LINK, touches__type="organisation", touches__ref=unit.pk)
    return _ids(own, links)


def person_history(person: Person, account: Account | None, on: dt.date) -> list[int]:
    """The ids of the entries about a person, their posts (no rolls), who acted for them, and their sign-in; the latest first."""
    own = Entry.objects.filter(subject_type="person", subject_id=person.pk)
    touching = Entry.objects.filter(
        _openly(on), kind__in=OF_A_PERSON, touches__type="person", touches__ref=person.pk
    )
    signing = Entry.objects.filter(subject_type="account", subject_id=account.pk if account else 0)
    return _ids(own, touching, signing)


def _openly(on: dt.date) -> Q:
    """No entry of who came onto a roll or left it."""
    return ~Q(kind__startswith="appointment.", code__in=sorted(roll_kinds(on)))


def _ids(*parts: QuerySet[Entry]) -> list[int]:
    """The latest of several parts, each asked by its own index."""
    found: dict[int, dt.datetime] = {}
    for part in parts:
        found |= dict(part.order_by("-at", "-pk").values_list("pk", "at")[:MOST])
    return [pk for at, pk in sorted(((at, pk) for pk, at in found.items()), reverse=True)][:MOST]


def told(ids: Sequence[int], on: dt.date) -> list[Line]:
    """These entries in words, in this order; eight queries at most."""
    entries = Entry.objects.prefetch_related("touches").in_bulk(ids)
    ordered = [entries[pk] for pk in ids if pk in entries]
    words = _Words(ordered, on)
    return [Line(one.at, str(KINDS[one.kind].sentence), words.about(one), words.who(one)) for one in ordered]


class _Words:
    """What the ids in a few entries are called."""

    def __init__(self, entries: Iterable[Entry], on: dt.date) -> None:
        entries = list(entries)
        ids: dict[str, set[int]] = {"person": set(), "post": set(), "organisation": set()}
        for entry in entries:
            named = [(entry.subject_type, entry.subject_id)]
            named += [(touch.type, touch.ref) for touch in entry.touches.all()]
            named += [("organisation", entry.organisation_id or 0)]
            named += [("organisation", entry.data.get(key) or 0) for key in ("from", "to", "into")]
            named += [("person", entry.data.get("person") or 0), ("person", _actor(entry) or 0)]
            for kind, number in named:
                ids.get(kind, set()).add(number)
        self.on = on
        self.people = dict(Person.objects.filter(pk__in=ids["person"]).values_list("pk", "name"))
        self.posts = Post.objects.select_related("organisation").in_bulk(ids["post"])
        self.units = dict(Organisation.objects.filter(pk__in=ids["organisation"]).values_list("pk", "name"))
        placements = [entry.data.get("placement") for entry in entries]
        found = Placement.objects.filter(pk__in=[number for number in placements if number])
        self.names = dict(found.values_list("pk", "name"))
        self.relationships = titles_of(Kind.RELATIONSHIP, on)

    def who(self, entry: Entry) -> str:
        """Who did it."""
        number = _actor(entry)
        if number is not None:
            return self.people.get(number, "")
        return gettext("导入") if entry.actor.startswith("import:") else gettext("系统")

    def about(self, entry: Entry) -> str:
        """Of what, and from which day where that is another than the day it was recorded."""
        room = entry.kind.partition(".")[0]
        say = {
            "organisation": self._unit,
            "post": self._post,
            "appointment": self._seat,
            "relationship": self._link,
            "person": self._fields,
            "delegation": self._taker,
        }.get(room)
        said = say(entry) if say else ""
        day = str(entry.data.get("day") or "")
        if day:
            from_ = gettext("%(day)s起") % {"day": date_format(dt.date.fromisoformat(day))}
            said = gettext("%(said)s，%(day)s") % {"said": said, "day": from_} if said else from_
        return said

    def _unit(self, entry: Entry) -> str:
        data, event = entry.data, entry.kind.partition(".")[2]
        if event == "renamed":
            return gettext("改称“%(name)s”") % {"name": self.names.get(data["placement"], "")}
        if event == "moved":
            above = self.units.get(data.get("to") or 0)
            return gettext("划到“%(unit)s”之下") % {"unit": above} if above else gettext("没有上级，自成一级")
        if event == "merged":
            return gettext("并入“%(unit)s”") % {"unit": self.units.get(data["into"], "")}
        if event == "described":
            return "、".join(_titles(entry, self.on))
        return ""

    def _post(self, entry: Entry) -> str:
        post = self.posts.get(entry.subject_id)
        return post.title if post else ""

    def _seat(self, entry: Entry) -> str:
        refs = {touch.role: touch.ref for touch in entry.touches.all()}
        post, name = self.posts.get(refs.get("post", 0)), self.people.get(entry.data["person"], "")
        if post is None:
            return name
        return gettext("%(name)s，%(unit)s %(post)s") % {
            "name": name, "unit": post.organisation.name, "post": post.title
        }  # fmt: skip

    def _link(self, entry: Entry) -> str:
        ends = {touch.role: self._end(touch.type, touch.ref) for touch in entry.touches.all()}
        title = self.relationships.get(entry.code, "")
        told = {"title": title, "from": ends.get("from", ""), "to": ends.get("to", "")}
        return gettext("%(title)s：%(from)s 对 %(to)s") % told

    def _end(self, kind: str, number: int) -> str:
        if kind != "post":
            return self.units.get(number, "")
        post = self.posts.get(number)
        return f"{post.organisation.name} {post.title}" if post else ""

    def _fields(self, entry: Entry) -> str:
        titles: Mapping[str, str] = {
            "name": gettext("姓名"), "number": gettext("工号"), "contact": gettext("手机号或邮箱")
        }  # fmt: skip
        return "、".join(titles[field] for field in entry.data.get("fields", ()) if field in titles)

    def _taker(self, entry: Entry) -> str:
        told = {
            "giver": self.people.get(entry.subject_id, ""),
            "taker": self.people.get(entry.data["person"], ""),
        }
        return gettext("%(taker)s代%(giver)s办") % told


def _titles(entry: Entry, on: dt.date) -> list[str]:
    """The fields that were corrected, as their form calls them."""
    found = definitions.find(Kind.ORGANISATION, entry.code, on)
    form = found.body.form if found else None
    titles = {"credit-code": gettext("统一社会信用代码"), **(dict(form.titles) if form else {})}
    return [titles[field] for field in entry.data.get("fields", ()) if field in titles]


def _actor(entry: Entry) -> int | None:
    kind, _colon, number = entry.actor.partition(":")
    return int(number) if kind == "person" and number.isdigit() else None
