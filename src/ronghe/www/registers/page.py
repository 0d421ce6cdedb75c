"""One entry as its page shows it: what it says on a day, its stage, figures, history, ties, and what came of it."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext

from ronghe.casework.models import Case
from ronghe.definitions import queries as definitions
from ronghe.definitions.enums import Kind
from ronghe.definitions.things import Ref, titles_of, visible_of
from ronghe.ledger.models import Entry as LedgerEntry
from ronghe.organisations.models import Person, Relationship
from ronghe.organisations.queries import Powers, live_on
from ronghe.registers.enums import KEEPER, STAGE, TITLE
from ronghe.registers.models import Entry
from ronghe.registers.queries import FigureRow, Turn, figures_of, history_of, stages_of, told_on
from ronghe.registers.queries.entries import Told
from ronghe.registers.rules import may_keep, may_record
from ronghe.registers.sight import parts_of
from ronghe.www.files import FileLine
from ronghe.www.registers.figure_lines import Figures, told_figures
from ronghe.www.registers.shelf import Shelf, hidden_title
from ronghe.www.registers.words import Said, Words
from ronghe.www.things import link_of

MOST_TOUCHED = 10


@dataclass(frozen=True)
class Tie:
    """A relationship: of which kind, with whom, where that is."""

    edge: Relationship
    kind: str
    title: str
    to: str


@dataclass(frozen=True)
class Line:
    """One turn of the history in words."""

    begins: dt.date
    who: str
    at: dt.datetime
    said: list[str]


class EntryPage:
    """What one reader sees of one entry on a day."""

    def __init__(
        self, entry: Entry, powers: Powers | None, today: dt.date, on: dt.date | None = None
    ) -> None:
        self.entry, self.powers, self.today = entry, powers, today
        self.on = min(on or today, today)
        self.shelf = Shelf(entry.register, powers, today)
        self.stage = stages_of([entry]).get(entry.pk)
        self.seen = self.shelf.seen(entry, self.stage)
        self.told: Told = told_on(entry, self.on, today=today)
        self.body = self.told.body

    @property
    def title(self) -> str:
        return self.told.title if TITLE in self.seen else hidden_title(self.body)

    @property
    def is_past(self) -> bool:
        """Whether a day gone by is shown."""
        return self.on < self.today

    @property
    def is_begun(self) -> bool:
        return self.entry.begins <= self.on

    @cached_property
    def words(self) -> Words:
        rows = [
            self.told.values,
            *(turn.values for turn in self.turns),
            *(turn.before for turn in self.turns),
        ]
        return Words(self.body.form, rows, self.on, self.powers)

    @property
    def answers(self) -> list[Said]:
        return self.words.answers(self.told.values, self.seen)

    @property
    def files(self) -> list[FileLine]:
        """The files of the day that the reader may see, each under its question."""
        form = self.body.form
        asked = {
            field.code: field.title for field in (form.file_fields if form else ()) if field.code in self.seen
        }
        said = {str(no) for code in asked for no in self.told.values.get(code, ())}
        rows = self.entry.files.exclude(path="").filter(field__in=asked).order_by("no") if said else ()
        return [
            FileLine(
                row.kept, reverse("register-entry-file", args=[self.entry.pk, row.no]), under=asked[row.field]
            )
            for row in rows
            if str(row.no) in said
        ]

    @property
    def sees_all(self) -> bool:
        """Whether nothing of it is hidden from the reader."""
        return self.seen == parts_of(self.shelf.body)

    @property
    def keeper(self) -> str:
        return str(self.entry.organisation or "") if KEEPER in self.seen else ""

    @property
    def shown_stage(self) -> Any:
        return self.stage if STAGE in self.seen else None

    @cached_property
    def life(self) -> Case | None:
        """The case that runs its life, where the reader may open it."""
        if self.powers is None or self.entry.life_id is None:
            return None
        found: Case | None = Case.objects.visible_with(self.powers).filter(pk=self.entry.life_id).first()
        return found

    @property
    def is_stale(self) -> bool:
        before = self.shelf.stale_before
        return bool(before) and self.entry.ends is None and self.entry.confirmed_on < before  # type: ignore[operator]

    @cached_property
    def may_keep(self) -> bool:
        """Whether the reader may change it now."""
        return (
            self.powers is not None
            and self.entry.ends is None
            and may_keep(self.powers, self.shelf.body, self.entry.organisation_id)
        )

    @cached_property
    def turns(self) -> list[Turn]:
        return [turn for turn in history_of(self.entry) if turn.begins <= self.on] if self.powers else []

    @cached_property
    def history(self) -> list[Line]:
        """Every turn in words, and who wrote it, for those who see all of it."""
        if not self.sees_all:
            return []
        people = {int(turn.actor[7:]) for turn in self.turns if turn.actor.startswith("person:")}
        names = dict(Person.objects.filter(pk__in=people).values_list("pk", "name")) if people else {}
        lines = [self._line(turn, names) for turn in self.turns]
        return [line for line in lines if line.said]

    def _line(self, turn: Turn, names: dict[int, str]) -> Line:
        said = []
        if turn.is_renamed and TITLE in self.seen:
            said.append(gettext("名称由“%(was)s”改为“%(now)s”") % {"was": turn.was_title, "now": turn.title})
        for field in self.words.form.fields:
            if field.code in turn.changed and field.code in self.seen:
                was, now = (
                    self.words.say(field, values.get(field.code)).text
                    for values in (turn.before, turn.values)
                )
                empty = gettext("空")
                told = {"field": field.title, "was": was or empty, "now": now or empty}
                said.append(gettext("%(field)s由“%(was)s”改为“%(now)s”") % told)
        if not turn.changed and not turn.was_title:
            said = [gettext("登记")]
        number = int(turn.actor[7:]) if turn.actor.startswith("person:") else 0
        return Line(turn.begins, names.get(number, "") or gettext("系统"), turn.at, said)

    @cached_property
    def _figure_rows(self) -> list[FigureRow]:
        kinds = [kind for kind in self.body.quantities if kind.code in self.seen]
        return figures_of(("entry", self.entry.pk), kinds) if kinds else []

    @property
    def figures(self) -> list[Figures]:
        """By quantity: its natures in words, and its periods, the latest first."""
        kinds = [kind for kind in self.body.quantities if kind.code in self.seen]
        return told_figures(kinds, self._figure_rows)

    @property
    def recordable(self) -> list[FigureRow]:
        """The quantities the reader may write."""
        if self.powers is None or self.entry.ends is not None:
            return []
        return [
            FigureRow(kind, "")
            for kind in self.shelf.body.quantities
            if kind.code in self.seen and may_record(self.powers, kind, self.entry.organisation_id)
        ]

    def standing(self, code: str, nature: str, period: str) -> int:
        """The figure that stands there; 0: none."""
        rows = (row for row in self._figure_rows if (row.kind.code, row.period) == (code, period))
        return next((row.figures[nature].pk for row in rows if nature in row.figures), 0)

    @cached_property
    def ties(self) -> list[Tie]:
        """Relationships of the day the reader may follow."""
        if self.powers is None:
            return []
        me = ("entry", self.entry.pk)
        mine = Q(from_type=me[0], from_id=me[1]) | Q(to_type=me[0], to_id=me[1])
        edges = list(Relationship.objects.filter(live_on(self.on), mine).order_by("begins", "pk"))
        others = [_other(edge, me) for edge in edges]
        shown = visible_of(set(others), self.powers)
        titles = titles_of(shown)
        kinds = {one.edition.code: one.edition.title for one in definitions.live(Kind.RELATIONSHIP, self.on)}
        return [
            Tie(edge, kinds.get(edge.kind, ""), titles[other], link_of(other))
            for edge, other in zip(edges, others, strict=True)
            if other in titles
        ]

    @cached_property
    def cases(self) -> list[Case]:
        """The cases about it or that came of it which the reader may open, the newest first; its own life apart."""
        if self.powers is None:
            return []
        mine = Q(thing_type="entry", thing_id=self.entry.pk) | Q(
            came_from_type="entry", came_from_id=self.entry.pk
        )
        found = Case.objects.visible_with(self.powers).filter(mine).exclude(pk=self.entry.life_id or 0)
        return list(found.with_units().order_by("-opened_at", "-pk")[:MOST_TOUCHED])

    @cached_property
    def touched(self) -> list[tuple[str, str, dt.datetime]]:
        """What else the ledger knows to be about it and the reader may open: activities, other entries."""
        if self.powers is None:
            return []
        rows = LedgerEntry.objects.filter(touches__type="entry", touches__ref=self.entry.pk)
        rows = rows.exclude(subject_type__in=["case", "relationship", "entry"])
        dated: dict[Ref, dt.datetime] = {}
        for type_, number, at in rows.order_by("at").values_list("subject_type", "subject_id", "at")[:200]:
            dated[type_, number] = at
        entries = Entry.objects.visible_with(self.powers, TITLE)
        naming = LedgerEntry.objects.filter(
            subject_type="entry", touches__type="entry", touches__ref=self.entry.pk
        )
        named = entries.filter(pk__in=naming.values("subject_id")).exclude(pk=self.entry.pk)
        for pk, begins in named.values_list("pk", "begins"):
            dated["entry", pk] = timezone.make_aware(dt.datetime.combine(begins, dt.time()))
        titles = titles_of(visible_of(set(dated), self.powers))
        told = [(titles[ref], link_of(ref), at) for ref, at in dated.items() if ref in titles]
        return sorted(told, key=lambda one: one[2], reverse=True)[:MOST_TOUCHED]

    @property
    def may_relate(self) -> bool:
        """Whether the reader may relate it to a unit."""
        return self.may_keep and bool(relatable(self.entry.register, self.today))

    @property
    def is_cut(self) -> bool:
        """Whether there may be more than is listed."""
        return MOST_TOUCHED in (len(self.cases), len(self.touched))


def relatable(register: str, on: dt.date) -> list[tuple[str, str]]:
    """The kinds of relationship an entry of the register may have with a unit: code and name."""
    found = []
    for loaded in definitions.live(Kind.RELATIONSHIP, on):
        body = loaded.body
        others = body.to if register in body.from_ else body.from_ if register in body.to else ()
        if any(name == "organisation" or definitions.find(Kind.ORGANISATION, name, on) for name in others):
            found.append((body.code, body.title))
    return sorted(found, key=lambda one: one[1])


def _other(edge: Relationship, me: Ref) -> Ref:
    ends = ((edge.from_type, edge.from_id), (edge.to_type, edge.to_id))
    return ends[1] if ends[0] == me else ends[0]
