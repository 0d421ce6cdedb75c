"""One register as its list shows it: which entries, and of each what the reader may see."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.http import Http404
from django.utils.translation import gettext

from ronghe.core.forms import Field, FieldType
from ronghe.definitions import queries as definitions
from ronghe.definitions.enums import Kind
from ronghe.definitions.kinds import RegisterDefinition
from ronghe.organisations.queries import Powers
from ronghe.registers.enums import KEEPER, NAMING, STAGE, TITLE
from ronghe.registers.facts import EntryFacts
from ronghe.registers.models import Entry
from ronghe.registers.queries import Stage, stages_of
from ronghe.registers.rules import keepers
from ronghe.registers.sight import ANYBODY, check_by, opened, parts_of, reader_of, seen_of
from ronghe.www.registers.words import Said, Words

COLUMNS = 3
SHORT = 120
_SHOWN = frozenset(
    {
        FieldType.CHOICE,
        FieldType.DATE,
        FieldType.NUMBER,
        FieldType.MONEY,
        FieldType.YES_NO,
        FieldType.REFERENCE,
    }
)


@dataclass(frozen=True)
class Row:
    """An entry in a list: its cells under the columns' codes, empty where the reader may not see them."""

    entry: Entry
    title: str
    cells: tuple[Said, ...]
    stage: Stage | None
    keeper: str
    is_stale: bool


class Shelf:
    """A register for a reader (None: anybody) on a day. Raises 404 where nothing of it is theirs."""

    def __init__(self, code: str, powers: Powers | None, on: dt.date) -> None:
        loaded = definitions.find(Kind.REGISTER, code, on)
        if loaded is None:
            raise Http404
        self.body: RegisterDefinition = loaded.body
        self.powers, self.on = powers, on
        self.reader = ANYBODY if powers is None else reader_of(powers)
        self.stale_before = check_by(self.body, on)
        self.may_add = powers is not None and bool(keepers(self.body, powers))

    @property
    def is_theirs(self) -> bool:
        """Whether there is anything in it for them even while it is empty."""
        return self.may_add or self.reader.oversees or bool(self.reader.sights(self.body))

    def check(self) -> Shelf:
        """Itself. Raises 404 where it is none of theirs and nothing in it either."""
        if not self.is_theirs and not self.entries.exists():
            raise Http404
        return self

    @property
    def entries(self) -> QuerySet[Entry]:
        """Those of its entries the reader may see, ended ones included (for anybody: those that hold)."""
        found = (
            Entry.objects.public(self.on) if self.powers is None else Entry.objects.visible_with(self.powers)
        )
        of_this: QuerySet[Entry] = found.filter(register=self.body.code)
        return of_this

    @property
    def named(self) -> QuerySet[Entry]:
        """Those of which the reader may know the title: only these are found by it."""
        if self.powers is None:
            return self.entries
        found: QuerySet[Entry] = Entry.objects.visible_with(self.powers, TITLE).filter(
            register=self.body.code
        )
        return found

    @property
    def parts(self) -> frozenset[str]:
        """What the reader may see of some entry of it."""
        if self.may_add or self.reader.oversees:
            return parts_of(self.body)
        return opened(self.reader.sights(self.body), self.body)

    @property
    def columns(self) -> list[Field]:
        """The fields a list has room for: what is short, or whatever is open where the title is not."""
        parts = self.parts
        fields = [
            field for field in (self.body.form.fields if self.body.form else ()) if field.code not in NAMING
        ]
        theirs = [field for field in fields if field.code in parts] or fields
        return [field for field in theirs if TITLE not in parts or _is_short(field)][:COLUMNS]

    def rows(self, entries: Iterable[Entry], fields: Iterable[Field] | None = None) -> list[Row]:
        """The entries in words; a fixed number of statements."""
        entries = list(entries)
        fields = list(self.columns if fields is None else fields)
        stages = stages_of(entries)
        words = Words(self.body.form, [entry.values for entry in entries], self.on, self.powers)
        return [self._row(entry, stages.get(entry.pk), fields, words) for entry in entries]

    def seen(self, entry: Entry, stage: Stage | None) -> frozenset[str]:
        """The parts of an entry the reader sees."""

        def more(name: str) -> Any:
            return list(stage.codes) if stage and name == STAGE else None

        facts = EntryFacts(
            self.body,
            entry.title,
            entry.values,
            self.on,
            entry.pk,
            entry.organisation_id,
            entry.begins,
            more=more,
        )
        return seen_of(self.reader, self.body, facts, entry.organisation_id)

    def _row(self, entry: Entry, stage: Stage | None, fields: list[Field], words: Words) -> Row:
        seen = self.seen(entry, stage)
        cells = tuple(
            words.say(field, entry.values.get(field.code)) if field.code in seen else Said(field.title, "")
            for field in fields
        )
        keeper = str(entry.organisation or "") if KEEPER in seen else ""
        return Row(
            entry,
            entry.title if TITLE in seen else hidden_title(self.body),
            cells,
            stage if STAGE in seen else None,
            keeper,
            is_stale=bool(self.stale_before)
            and entry.ends is None
            and entry.confirmed_on < self.stale_before,  # type: ignore[operator]
        )


def hidden_title(body: RegisterDefinition) -> str:
    """What stands for a title that the reader may not know."""
    return gettext("%(register)s（名称不公开）") % {"register": body.title}


def _is_short(field: Field) -> bool:
    return field.type in _SHOWN or (field.type is FieldType.TEXT and field.limit <= SHORT)
