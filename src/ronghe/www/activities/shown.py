"""The page of one activity: what happened, for whom it counts, what came of it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext, gettext_lazy as _

from ronghe.activities import domain as activities, rules
from ronghe.activities.enums import Role, State
from ronghe.activities.models import Activity
from ronghe.activities.queries import showing
from ronghe.attaching import KeptFile
from ronghe.core.forms import FieldType
from ronghe.definitions import queries as definitions
from ronghe.definitions.enums import Kind
from ronghe.definitions.things import Ref, titles_of, visible_of
from ronghe.ledger.entries import kind_of
from ronghe.ledger.models import Entry
from ronghe.organisations.models import Account, Person
from ronghe.organisations.queries import powers_of
from ronghe.www.activities.forms import CancelForm
from ronghe.www.files import FileLine
from ronghe.www.references import units_of
from ronghe.www.templatetags.ronghe import moment
from ronghe.www.things import link_of

LATE = ("activity.planned", "activity.held", "activity.changed", "activity.cancelled")


@dataclass(frozen=True)
class SideLine:
    """In which role, who, and where their page is."""

    role: str
    title: str
    to: str


@dataclass(frozen=True)
class OpeningLine:
    """One row that may be followed up: its words, what it would become, what it became."""

    key: str
    words: str
    becomes: str
    title: str
    to: str
    is_made: bool


@dataclass(frozen=True)
class EventLine:
    """What happened to the record."""

    at: Any
    words: str
    who: str


class Shown:
    """One activity as its reader may know it."""

    def __init__(self, activity: Activity, account: Account) -> None:
        self.activity, self.now = activity, timezone.localtime()
        self.powers = powers_of(account, self.now.date())
        self.kind = definitions.by_edition(activity.edition_id)

    @property
    def is_planned(self) -> bool:
        """Whether it is still to be recorded."""
        return self.activity.state == State.PLANNED

    @property
    def is_cancelled(self) -> bool:
        """Whether it counts no more."""
        return self.activity.state == State.CANCELLED

    @cached_property
    def may_change(self) -> bool:
        """Whether the reader is of an organiser."""
        organisers = {side.ref for side in self.activity.sides.all() if side.role == Role.ORGANISER}
        return not self.is_cancelled and rules.may_record(self.powers, organisers)

    @cached_property
    def sides(self) -> list[SideLine]:
        """For whom it counts."""
        return [
            SideLine(side.role, side.title, link_of(side.ref) if side.may_open else "")
            for side in showing.sides_of(self.activity, self.powers)
        ]

    @cached_property
    def answers(self) -> list[tuple[str, str]]:
        """The answers in words, rows of findings left to the follow-ups."""
        form, told = self.kind.body.form, showing.answers_of(self.activity, self.powers)
        fields = [one for one in (form.fields if form else ()) if told.get(one.code) not in (None, "", [])]
        return [(one.title, self._words(one, told[one.code])) for one in fields if one.type != FieldType.ROWS]

    @cached_property
    def _lists(self) -> dict[str, dict[str, str]]:
        lists = definitions.lists_of(self.kind.body.form, self.now.date())
        return {
            code: {str(line["code"]): str(line["title"]) for line in lines} for code, lines in lists.items()
        }

    @cached_property
    def _units(self) -> dict[str, str]:
        return dict(units_of(self.now.date()))

    def _words(self, field: Any, value: Any) -> str:
        if isinstance(value, bool):
            return gettext("是") if value else gettext("否")
        titles = self._lists.get(field.source) or {one.code: one.title for one in field.choices}
        if field.type == FieldType.REFERENCE:
            titles = self._units
        if isinstance(value, list):
            return "、".join(titles.get(str(one), str(one)) for one in value)
        text = titles.get(str(value), str(value))
        return f"{text} {field.unit}".strip()

    @cached_property
    def figures(self) -> list[showing.FigureShown]:
        """Its quantities."""
        return showing.figures_of(self.activity)

    @cached_property
    def people(self) -> showing.PeopleShown:
        """Who took part, as far as the reader may know."""
        return showing.people_of(self.activity, self.powers)

    @cached_property
    def openings(self) -> list[OpeningLine]:
        """What was found, each row with what became of it."""
        told = showing.answers_of(self.activity, self.powers)
        found = [one for one in activities.openings(self.activity) if one.key and self._is_told(one, told)]
        made: list[Ref] = [one.made for one in found if one.made]
        visible, titles = visible_of(made, self.powers), titles_of(made)
        return [self._opening(one, visible, titles) for one in found]

    def _is_told(self, one: Any, told: Any) -> bool:
        return not one.row or any(isinstance(rows, list) and one.row in rows for rows in told.values())

    def _opening(self, one: Any, visible: set[Ref], titles: dict[Ref, str]) -> OpeningLine:
        becomes = definitions.find(Kind(one.kind), one.name, self.now.date())
        may_open = one.made in visible if one.made else False
        return OpeningLine(
            one.key,
            self._row(one.row),
            becomes.edition.title if becomes else "",
            titles.get(one.made, "") if may_open else "",
            link_of(one.made) if may_open else "",
            is_made=one.made is not None,
        )

    def _row(self, row: Any) -> str:
        form = self.kind.body.form
        fields = {
            one.code: one for rows in (form.fields if form else ()) if rows.form for one in rows.form.fields
        }
        words = [
            self._words(fields[code], value) if code in fields else str(value) for code, value in row.items()
        ]
        return "，".join(filter(None, words))

    @property
    def when(self) -> str:
        """From when to when; a day they share is said once."""
        begins, ends = self.activity.begins_at, self.activity.ends_at
        if ends is None:
            return moment(begins)
        is_same = timezone.localtime(begins).date() == timezone.localtime(ends).date()
        last = f"{timezone.localtime(ends):%H:%M}" if is_same else moment(ends)
        return gettext("%(begins)s至%(ends)s") % {"begins": moment(begins), "ends": last}

    @property
    def to_follow(self) -> int:
        """How many rows wait to be followed up."""
        return sum(not one.is_made for one in self.openings) if self.may_change and not self.is_planned else 0

    @cached_property
    def photos(self) -> list[FileLine]:
        """Its pictures, for those who belong to it."""
        if not showing.is_close(self.activity, self.powers):
            return []
        rows = self.activity.photos.exclude(path="").order_by("no")
        return [
            FileLine(
                KeptFile(row.no, row.name, row.size, row.content_type, row.at, row.path),
                reverse("activity-photo", args=[self.activity.pk, row.no]),
            )
            for row in rows
        ]

    @cached_property
    def events(self) -> list[EventLine]:
        """When it was planned, recorded, mended: who did it, what was changed."""
        rows = Entry.objects.filter(subject_type="activity", subject_id=self.activity.pk, kind__in=LATE)
        entries = list(rows.order_by("seq"))
        names = self._names(entries)
        found: list[EventLine] = []
        for entry in entries:
            if (
                entry.kind == "activity.held"
                and found
                and entries[entries.index(entry) - 1].kind == "activity.changed"
            ):
                continue  # what stands after a change is told by the change
            fields = "、".join(self._fields(entry.data.get("fields", [])))
            words = str(kind_of(entry.kind).sentence) + (f"：{fields}" if fields else "")
            found.append(EventLine(entry.recorded_at, words, names.get(entry.actor, "")))
        return found

    def _names(self, entries: list[Entry]) -> dict[str, str]:
        ids = {int(one.actor.split(":")[1]) for one in entries if one.actor.startswith("person:")}
        people = Person.objects.filter(pk__in=ids).values_list("pk", "name")
        return {f"person:{pk}": name for pk, name in people}

    def _fields(self, codes: list[str]) -> list[str]:
        form = self.kind.body.form
        titles = {
            **(form.titles if form else {}),
            **{one.code: one.title for one in self.kind.body.quantities},
        }
        return list(dict.fromkeys(titles.get(code) or str(CHANGED.get(code, code)) for code in codes))

    @cached_property
    def cancelling(self) -> CancelForm | None:
        """How to take it off the list."""
        return CancelForm(state=self.activity.state) if self.may_change else None


CHANGED = {
    "title": _("名称"), "begins_at": _("开始时间"), "ends_at": _("结束时间"), "place": _("地点"), "is_online": _("线上开展"),
    "people": _("人数"), "participants": _("参加人员"), "organiser": _("组织单位"), "with": _("参加单位"), "about": _("涉及对象"),
    "guide": _("列席指导"), "place-of": _("地点"), "programme": _("专项行动"), "run": _("办件环节"),
}  # fmt: skip
