"""A table of entries: every row is looked at first; only when none is refused is anything written, all of it at once.

A row is known by its number (编号), else by all it says, so that the same table twice changes nothing. With its number
known already the row changes the entry from today on.
"""

from __future__ import annotations

import datetime as dt
import json
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.utils import timezone

from ronghe.core.errors import RongheError
from ronghe.core.forms import Field, FieldType
from ronghe.core.tables import CellError, Column, Row, Status, Verdict, as_day, as_words
from ronghe.definitions import queries as definitions
from ronghe.definitions.enums import Kind
from ronghe.definitions.kinds import RegisterDefinition
from ronghe.ledger.domain import record
from ronghe.organisations.models import Organisation
from ronghe.organisations.queries import NameIndex, Powers
from ronghe.registers import rules
from ronghe.registers.domain.answers import form_of, naming_field
from ronghe.registers.domain.entries import begin_entry, change_entry
from ronghe.registers.exceptions import DomainError
from ronghe.registers.facts import is_register
from ronghe.registers.models import Entry

NAMESPACE = uuid.UUID("b6a3f5de-63c2-5a0c-9c5b-3e6a4a0f7d21")
SOURCE, ORIGIN = "表格导入", "import"
MOST_ROWS, LONGEST = 2000, 4000
NUMBER, NAME, KEEPER, SINCE, ANOTHER = "_number", "_name", "_keeper", "_since", "_another"
_UNLISTED = frozenset({FieldType.ROWS, FieldType.FILES, FieldType.CONDITION})


@dataclass
class Report:
    """What a table would do, or did. `is_written`: nothing was refused, so all of it stands."""

    verdicts: list[Verdict] = field(default_factory=list)
    is_written: bool = False

    def count(self, status: Status) -> int:
        """How many rows came to this."""
        return sum(verdict.status is status for verdict in self.verdicts)

    @property
    def refused(self) -> list[Verdict]:
        return [verdict for verdict in self.verdicts if verdict.status is Status.REFUSED]


def columns_of(body: RegisterDefinition) -> list[Column]:
    """The columns a table of this register may have, by what people call them."""
    asked = [
        Column(
            item.code,
            item.title,
            (f"{item.title}（{item.unit}）",) if item.unit else (),
            required=item.required,
        )
        for item in form_of(body).fields
        if item.type not in _UNLISTED
    ]
    named = [] if naming_field(body) else [Column(NAME, "名称", ("标题",), required=True)]
    return [
        Column(NUMBER, "编号", ("序号代码",)),
        *named,
        *asked,
        Column(KEEPER, "登记单位", ("保管单位",)),
        Column(SINCE, "从哪天起", ("起始日期",)),
        Column(ANOTHER, "仍然登记"),
    ]


@dataclass
class EntryIntake:
    """Takes the rows of one table into a register, for somebody who may; `unit` keeps those that name nobody."""

    register: str
    powers: Powers
    unit: Organisation
    actor: str
    at: dt.datetime
    names: NameIndex = field(default_factory=NameIndex.load)

    def __post_init__(self) -> None:
        self.on = timezone.localdate(self.at)
        self.body: RegisterDefinition = definitions.get(Kind.REGISTER, self.register, self.on).body
        if not rules.keepers(self.body, self.powers):
            raise DomainError("not-yours", "这本台账不由您的单位登记，没有导入。")

    def take(self, rows: Iterable[Row]) -> Report:
        """All rows or none: where one is refused nothing is written, and every fault is told at once."""
        report = Report()
        with transaction.atomic():
            for count, row in enumerate(rows, 1):
                if count > MOST_ROWS:
                    message = f"一次最多 {MOST_ROWS} 行，请把表分成几份。"
                    report.verdicts.append(Verdict(row, Status.REFUSED, {"": message}))
                    break
                report.verdicts.append(self._one(row))
            report.is_written = not report.refused
            if report.is_written:
                self._note(report)
            transaction.set_rollback(not report.is_written)
        return report

    def _one(self, row: Row) -> Verdict:
        reasons: dict[str, str] = {}
        values = self._values(row, reasons)
        keeper, since = self._keeper(row, reasons), self._since(row, reasons)
        if reasons:
            return Verdict(row, Status.REFUSED, reasons)
        try:
            with transaction.atomic():
                status = self._write(row, values, keeper, since)
        except RongheError as error:
            return Verdict(row, Status.REFUSED, self._told(error))
        return Verdict(row, status)

    def _told(self, error: RongheError) -> dict[str, str]:
        told = error.data.get("errors")
        if not isinstance(told, Mapping):
            return {"": error.message}
        return {
            NAME if code == "title" and not naming_field(self.body) else str(code): str(said)
            for code, said in told.items()
        }

    def _write(self, row: Row, values: dict[str, Any], keeper: Organisation, since: dt.date | None) -> Status:
        number, title = _plain(row, NUMBER), _plain(row, NAME)
        known = self._known(number)
        more: dict[str, Any] = {
            "values": values,
            "title": title,
            "actor": self.actor,
            "at": self.at,
            "powers": self.powers,
        }
        alike = _plain(row, ANOTHER) in ("是", "1", "true")
        if known is not None:
            before = known.revision
            after = change_entry(known.pk, may_be_alike=alike, origin=ORIGIN, **more)
            return Status.UPDATED if after.revision > before else Status.ALREADY
        begun = begin_entry(
            self.register, organisation=keeper, on=since, submission=None if number else self._submission(title, values, keeper),
            source=SOURCE if number else "", source_number=number, may_be_alike=alike, origin=ORIGIN, **more,
        )  # fmt: skip
        return Status.ACCEPTED if begun.is_new else Status.ALREADY

    def _known(self, number: str) -> Entry | None:
        if not number:
            return None
        found: Entry | None = Entry.objects.filter(
            register=self.register, source=SOURCE, source_number=number
        ).first()
        return found

    def _submission(self, title: str, values: dict[str, Any], keeper: Organisation) -> uuid.UUID:
        told = json.dumps([self.register, title, values, keeper.code], ensure_ascii=False, sort_keys=True)
        return uuid.uuid5(NAMESPACE, told)

    def _values(self, row: Row, reasons: dict[str, str]) -> dict[str, Any]:
        values: dict[str, Any] = {}
        for item in form_of(self.body).fields:
            cell = row.get(item.code)
            if cell is None:
                continue
            try:
                values[item.code] = self._cell(item, cell)
            except RongheError as error:
                reasons[item.code] = error.message
        return values

    def _cell(self, item: Field, cell: Any) -> Any:
        if item.type is FieldType.DATE:
            day = as_day(cell)
            return day.isoformat() if day else None
        text = as_words(cell, LONGEST)
        if item.type is not FieldType.REFERENCE or item.kind == "person":
            return text
        if is_register(item.kind, self.on):
            return self._entry(item, text)
        if Organisation.objects.filter(code=text).exists():
            return text
        return Organisation.objects.get(pk=self.names.find(text, self.on)).code

    def _entry(self, item: Field, title: str) -> str:
        found = Entry.objects.visible_with(self.powers, "title").live_on(self.on)
        ids = list(found.filter(register=item.kind, title=title).values_list("pk", flat=True)[:2])
        if len(ids) != 1:
            said = (
                f"有几条都叫“{title}”，请在页面上登记这一行。"
                if ids
                else f"没有找到“{title}”，请先登记它，或改正名称。"
            )
            raise CellError("no-such-entry", said)
        return str(ids[0])

    def _keeper(self, row: Row, reasons: dict[str, str]) -> Organisation:
        name = _plain(row, KEEPER)
        if not name:
            return self.unit
        try:
            unit = Organisation.objects.get(pk=self.names.find(name, self.on))
        except RongheError as error:
            reasons[KEEPER] = error.message
            return self.unit
        if unit.pk not in rules.keepers(self.body, self.powers):
            reasons[KEEPER] = f"您不能替“{name}”登记，请由它自己登记，或改成您的单位。"
        return unit

    def _since(self, row: Row, reasons: dict[str, str]) -> dt.date | None:
        try:
            return as_day(row.get(SINCE))
        except CellError as error:
            reasons[SINCE] = error.message
            return None

    def _note(self, report: Report) -> None:
        """One entry in the ledger for the table."""
        if not report.count(Status.ACCEPTED) and not report.count(Status.UPDATED):
            return
        record(
            "import.finished",
            subject=("organisation", self.unit.pk),
            actor=self.actor,
            at=self.at,
            organisation_id=self.unit.pk,
            code=self.register,
            data={
                "rows": len(report.verdicts),
                "accepted": report.count(Status.ACCEPTED) + report.count(Status.UPDATED),
                "refused": 0,
                "source": self.body.title,
            },
        )


def _plain(row: Row, code: str) -> str:
    return as_words(row.get(code), 80) if row.get(code) is not None else ""
