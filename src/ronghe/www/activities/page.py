"""One form of an activity as its page holds it: a new one, a planned one being recorded, or one being mended."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext

from ronghe.activities import domain as activities
from ronghe.activities.enums import Role, State
from ronghe.activities.models import Activity
from ronghe.activities.queries.offering import last_place
from ronghe.core.errors import RongheError
from ronghe.core.forms import Form
from ronghe.definitions import queries as definitions
from ronghe.definitions.queries import Loaded
from ronghe.definitions.things import Ref, titles_of
from ronghe.organisations.models import Account, Organisation
from ronghe.organisations.queries import powers_of
from ronghe.organisations.queries.rolls import Seat, count_members, members_for
from ronghe.www.activities.forms import UNITS, PartsForm
from ronghe.www.fields import YES_NO
from ronghe.www.forms import DefinedForm, form_class
from ronghe.www.references import references_of, units_of

NO_FORM = Form(())
SPOKEN = {True: YES_NO[0][0], False: YES_NO[1][0]}  # as the boxes of a yes or no are sent
FIELD_OF = {
    "organisers": "organiser",
    "begins_at": "begins",
    "ends_at": "ends",
    "persons": "names",
    "counts": "others",
}


@dataclass(frozen=True)
class Differing:
    """One field of which two people say different things."""

    label: str
    now: str
    yours: str


class ActivityPage:
    """Both forms; `activity` None: a new one. `asked` are refs the address named: the case it runs for, what it is about."""

    def __init__(
        self,
        account: Account,
        kind: Loaded,
        units: Sequence[Organisation],
        *,
        activity: Activity | None = None,
        asked: Mapping[str, Ref] | None = None,
        data: Any = None,
        files: Any = None,
        initial: Mapping[str, Any] | None = None,
    ) -> None:
        self.account, self.kind, self.activity = account, kind, activity
        self.now = timezone.localtime()
        self.powers = powers_of(account, self.now.date())
        self.units = self._able(units)
        self.asked: dict[str, Ref] = dict(asked or {})
        begun = {**self._beginning(), **(initial or {})}
        self.answers = self._answers(data, files, begun)
        self.parts = PartsForm(
            data,
            files,
            initial=begun,
            kind=kind,
            units=self.units,
            members=self.members,
            references=self.references,
            powers=self.powers,
        )

    def _able(self, units: Sequence[Organisation]) -> list[Organisation]:
        """Who may organise it among those one records for; the one that recorded it stays first."""
        allowed = self.kind.body.by
        able = [unit for unit in units if not allowed or unit.kind in allowed]
        if self.activity is not None:
            own = set(self.activity.sides.filter(role=Role.ORGANISER).values_list("ref", flat=True))
            able = [unit for unit in able if unit.pk in own] or able
        return able

    def _answers(self, data: Any, files: Any, initial: Mapping[str, Any]) -> DefinedForm:
        form = self.kind.body.form or NO_FORM
        edition = self.kind.edition
        built = form_class(f"activity/{edition.code}", edition.edition, form)
        lists = definitions.lists_of(form, self.now.date())
        return built(data, files, initial=dict(initial), lists=lists, references=self.references)

    @cached_property
    def references(self) -> dict[str, list[tuple[str, str]]]:
        """What the forms' references offer today."""
        found = references_of(self.kind.body.form or NO_FORM, self.now.date())
        found.setdefault("organisation", units_of(self.now.date()))
        return found

    @cached_property
    def members(self) -> list[Seat]:
        """Who may be called by name: the members whose roll one keeps."""
        return members_for(self.powers, [unit.pk for unit in self.units], self.now.date())

    @property
    def unit_names(self) -> list[str]:
        """For the list behind the fields that take names."""
        return [name for _, name in self.references["organisation"]]

    @cached_property
    def thing_names(self) -> list[str]:
        """What a visit may be about, by name."""
        kinds = self.kind.body.about
        return [name for code in kinds for _, name in units_of(self.now.date(), code)]

    # How the form begins

    def _beginning(self) -> dict[str, Any]:
        if self.activity is None:
            return self._fresh()
        found = self._stored(self.activity)
        if self.activity.state == State.PLANNED and self.activity.begins_at <= self.now:
            found["people"] = found["people"] if found["people"] is not None else self._members_of_first()
        return found

    def _fresh(self) -> dict[str, Any]:
        first = self.units[0] if self.units else None
        return {
            "organiser": first.code if first else "",
            "begins": local(self.now),
            "place": last_place(first, self.kind.edition.code) if first else "",
            "people": self._members_of_first(),
        }

    def _members_of_first(self) -> int | None:
        return count_members([self.units[0].pk], self.now.date()) or None if self.units else None

    def _stored(self, activity: Activity) -> dict[str, Any]:
        sides = list(activity.sides.order_by("pk"))
        rows = list(activity.participants.select_related("organisation"))
        organisers = [side.ref for side in sides if side.role == Role.ORGANISER]
        guides = [side.ref for side in sides if side.role == Role.GUIDE]
        about = [side.ref for side in sides if side.role == Role.ABOUT and side.type == "organisation"]
        units = Organisation.objects.in_bulk([*organisers, *guides, *about])
        counts = [one for one in rows if one.person_id is None and one.organisation]
        told = sum(one.count for one in counts)
        return {
            **{
                code: SPOKEN.get(value, value) if isinstance(value, bool) else value
                for code, value in activity.values.items()
            },
            **self._amounts(activity),
            "organiser": activity.organisation.code,
            "begins": local(activity.begins_at),
            "ends": local(activity.ends_at) if activity.ends_at else "",
            "place": activity.place,
            "is_online": activity.is_online,
            "people": None if activity.people is None else activity.people - told,
            "names": [str(one.person_id) for one in rows if one.person_id],
            "joint": "、".join(units[ref].name for ref in organisers[1:]),
            "guides": "、".join(units[ref].name for ref in guides),
            "about": "、".join(units[ref].name for ref in about),
            "others": [
                {"unit": one.organisation.code, "count": str(one.count)} for one in counts if one.organisation
            ],
        }

    def _amounts(self, activity: Activity) -> dict[str, str]:
        found = {}
        for kind in self.kind.body.quantities:
            told = activity.quantities.get(kind.code, {})
            amount = told.get(self._whose(kind))
            if amount is not None:
                found[f"q-{kind.code}"] = str(amount / 10**kind.places if kind.places else amount)
        return found

    def _whose(self, kind: Any) -> str:
        return str(self.units[0].pk) if kind.per == Role.ORGANISER and self.units else ""

    # What was sent

    @property
    def errors(self) -> list[tuple[str, str, str]]:
        """What must be changed, over both forms."""
        return [*self.answers.summary, *self.parts.summary]

    def is_valid(self) -> bool:
        """Both are asked, so that all that is wrong is said at once."""
        found = [self.answers.is_valid(), self.parts.is_valid()]
        return all(found)

    def told(self) -> activities.Told:
        """What was told, for the domain."""
        clean = self.parts.cleaned_data
        organiser = next(unit for unit in self.units if unit.code == clean["organiser"])
        about: list[Ref] = [("organisation", unit.pk) for unit in clean.get("about", [])]
        about += self._kept_things()
        return activities.Told(
            organisers=[organiser, *self._joint(organiser)],
            begins_at=clean["begins"],
            ends_at=clean["ends"],
            title=activities.told_of(self.activity).title if self.activity else "",
            place=clean["place"],
            is_online=clean["is_online"],
            values=self.answers.values,
            quantities=self._quantities(),
            about=about,
            guides=clean["guides"],
            runs=self.asked.get("run"),
            people=clean["people"],
            persons={int(one): "" for one in clean.get("names", [])} | self._unseen(),
            counts=clean["others"],
        )

    def _joint(self, first: Organisation) -> list[Organisation]:
        """The others; one of them recording keeps the order in which they stand."""
        joint = [unit for unit in self.parts.cleaned_data["joint"] if unit.pk != first.pk]
        if self.activity is not None and self.activity.organisation_id not in {
            first.pk,
            *(one.pk for one in joint),
        }:
            return [self.activity.organisation, *joint]
        return joint

    def _kept_things(self) -> list[Ref]:
        """What it is about that no field of the page asks: an entry, a post."""
        if self.activity is not None:
            rows = self.activity.sides.filter(role=Role.ABOUT).exclude(type="organisation")
            return [(row.type, row.ref) for row in rows]
        return [self.asked["about"]] if "about" in self.asked else []

    def _unseen(self) -> dict[int, str]:
        """Those named by another unit, whom this one may not know: they stay named."""
        if self.activity is None:
            return {}
        mine = {seat.person_id for seat in self.members}
        rows = self.activity.participants.exclude(person=None).values_list("person", "part")
        return {person: part for person, part in rows if person and person not in mine}

    def _quantities(self) -> dict[str, Any]:
        clean, found = self.parts.cleaned_data, dict[str, Any]()
        for kind in self.kind.body.quantities:
            if f"q-{kind.code}" not in clean:
                continue
            given = clean[f"q-{kind.code}"]
            if kind.per != Role.ORGANISER:
                found[kind.code] = given
                continue
            kept = self.activity.quantities.get(kind.code, {}) if self.activity else {}
            others = {key: str(amount / 10**kind.places) for key, amount in kept.items()}
            found[kind.code] = others | {self._whose(kind): given}
        return found

    def by(self, revision: int | None = None) -> activities.By:
        """Who acts, now."""
        return activities.By(f"person:{self.account.person_id}", self.now, self.powers, revision)

    def send(self, submission: uuid.UUID, *, is_plan: bool, is_confirmed: bool) -> Activity:
        """A new one: planned or recorded."""
        act = activities.plan if is_plan else activities.record
        return act(self.kind, self.by(), self.told(), submission=submission, is_confirmed=is_confirmed)

    def refuse(self, error: RongheError) -> None:
        """Say what the domain refused beside its fields."""
        errors = error.data.get("errors")
        if not isinstance(errors, dict):
            place = {"future": "begins", "past": "begins"}.get(error.code)
            self.parts.add_error(place, error.message)
            return
        figures = {kind.code for kind in self.kind.body.quantities}
        for code, said in errors.items():
            name = f"q-{code}" if code in figures else FIELD_OF.get(code, code)
            form = self.parts if name in self.parts.fields else self.answers
            form.add_error(name if name in form.fields else None, said)

    def differing(self, now: ActivityPage) -> list[Differing]:
        """What was typed here and stands otherwise in the record now."""
        found = []
        for mine, theirs in ((self.answers, now.answers), (self.parts, now.parts)):
            for field in mine:
                yours, stands = (
                    said(field, field.value()),
                    said(theirs[field.name], theirs[field.name].initial),
                )
                if yours != stands and field.name != "photos":
                    found.append(
                        Differing(str(field.label), stands or gettext("（空）"), yours or gettext("（空）"))
                    )
        return found

    @property
    def asked_titles(self) -> list[str]:
        """What the address named, in words."""
        about = [self.asked["about"]] if "about" in self.asked else []
        return [title for title in titles_of(about).values() if title]

    @property
    def datalist(self) -> str:
        """The id of the list of units."""
        return UNITS


def local(at: dt.datetime) -> str:
    """As a field of date and time takes it."""
    return timezone.localtime(at).strftime("%Y-%m-%dT%H:%M")


def said(field: Any, value: Any) -> str:
    """The value of a field in words."""
    if value in (None, "", [], False):
        return ""
    if value is True:
        return gettext("是")
    choices = {str(code): str(label) for code, label in getattr(field.field.widget, "choices", ())}
    if isinstance(value, list | tuple):
        return "；".join(
            "，".join(map(str, one.values())) if isinstance(one, Mapping) else choices.get(str(one), str(one))
            for one in value
        )
    return choices.get(str(value), str(value))
