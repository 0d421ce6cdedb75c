"""Past activities from a table: each row one, written as a whole or not at all; the same row again changes nothing."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from ronghe.activities.domain.checking import TITLE_LENGTH
from ronghe.activities.domain.entitled import may_write, writers_of
from ronghe.activities.domain.recording import record
from ronghe.activities.domain.told import Told
from ronghe.activities.enums import State
from ronghe.activities.exceptions import DomainError
from ronghe.activities.models import Activity
from ronghe.casework.domain import By
from ronghe.core.errors import RongheError
from ronghe.core.tables import Cell, CellError, Column, Row, Status, as_moment, as_words
from ronghe.definitions import queries as definitions
from ronghe.definitions.enums import Kind
from ronghe.definitions.queries import Loaded
from ronghe.organisations.domain.intake import Cells, Intake, Refusal
from ronghe.organisations.models import Organisation
from ronghe.organisations.queries import Powers

MORNING = dt.time(9)
WORDS_MOST = 2000
_OF_FIELD = {
    "organisers": "organisers",
    "begins_at": "begins",
    "ends_at": "ends",
    "people": "people",
    "about": "about",
}


@dataclass
class ActivityIntake(Intake):
    """Rows of activities. `source` and 编号 tell a row from others; without a number, its kind, day, organiser and title.

    `within`: the organisations for which whoever sent the table may record; None: all. `powers`: theirs, who may write
    which figure; None: the installation's own keeper, who may write all.
    """

    source: str = ""
    within: frozenset[int] | None = None
    powers: Powers | None = None
    columns: ClassVar[tuple[Column, ...]] = (
        Column("number", "编号", ("序号", "活动编号")),
        Column("kind", "类别", ("活动类别", "活动类型", "类型", "activity"), required=True),
        Column(
            "organisers",
            "组织单位",
            ("支部", "党支部", "党支部名称", "单位", "主办单位", "organiser"),
            required=True,
        ),
        Column(
            "begins",
            "开始时间",
            ("时间", "活动时间", "开展时间", "日期", "活动日期", "begins"),
            required=True,
        ),
        Column("ends", "结束时间", ("结束", "ends")),
        Column("title", "名称", ("活动名称", "title")),
        Column("place", "地点", ("活动地点", "place")),
        Column("people", "参加人数", ("人数", "到会人数", "people")),
        Column("about", "涉及单位", ("企业", "走访企业", "企业名称", "about")),
        Column("guides", "列席指导", ("列席单位", "guide")),
    )

    def _write(self, row: Row) -> tuple[Status, Sequence[str]]:
        cells = Cells(row)
        begins = cells.take("begins", self._moment, None)
        ends = cells.take("ends", self._moment, None)
        day = begins.date() if begins else self.today
        kind = cells.take("kind", lambda cell: self._kind(as_words(cell, 100), day), None)
        units = {code: self._named(cells, code, day) for code in ("organisers", "about", "guides")}
        people = cells.take("people", _count, None)
        number, title = cells.words("number", 80), cells.words("title", 200)
        place = cells.words("place", 200)
        if begins is None:
            cells.reasons.setdefault("begins", "没有写明是哪一天，请补上。")
        elif begins > self.at:
            cells.reasons["begins"] = "在将来。已经开展的才导入，请核对日期。"
        if self.within is not None and self.within.isdisjoint(unit.pk for unit in units["organisers"]):
            cells.reasons.setdefault("organisers", "您的岗位不替这个单位登记活动，请改成本单位的。")
        if kind is not None:
            self._check_figures(kind, row, cells, [unit.pk for unit in units["organisers"]])
        if not units["organisers"]:
            cells.reasons.setdefault("organisers", "没有写明由哪个单位组织，请补上。")
        cells.check()
        assert kind is not None and begins is not None  # noqa: S101, PT018 - checked above
        told = Told(
            organisers=units["organisers"],
            begins_at=begins,
            ends_at=ends,
            title=title,
            place=place,
            values=self._answers(kind, row, title),
            quantities={one.code: row.extra.get(one.title) for one in kind.body.quantities},
            about=[("organisation", unit.pk) for unit in units["about"]],
            guides=units["guides"],
            people=people,
            source=self.source if number else "",
            source_number=number,
        )
        if self._is_there(kind, told):
            return Status.ALREADY, ()
        self._record(kind, told)
        return Status.ACCEPTED, ()

    def _check_figures(self, kind: Loaded, row: Row, cells: Cells, organisers: list[int]) -> None:
        """Say which figures whoever sent the table may not write."""
        for one in kind.body.quantities:
            if row.extra.get(one.title) in (None, "") or may_write(one, self.powers, organisers):
                continue
            who = writers_of(one.by, self.today)
            cells.reasons[one.title] = f"只由{who}填报，请空着，由{who}来填。"

    def _record(self, kind: Loaded, told: Told) -> None:
        try:
            record(kind, By(self.actor, self.at, origin="import"), told, is_confirmed=True)
        except DomainError as error:
            errors = error.data.get("errors")
            if not isinstance(errors, Mapping):
                raise
            form = kind.body.form
            titles = {
                **(form.titles if form else {}),
                **{one.code: one.title for one in kind.body.quantities},
            }
            raise Refusal(
                **{_OF_FIELD.get(code) or titles.get(code, ""): said for code, said in errors.items()}
            ) from error

    def _is_there(self, kind: Loaded, told: Told) -> bool:
        if told.source_number:
            known = Activity.objects.filter(source=told.source, source_number=told.source_number)
            return bool(known.exists())
        same = Activity.objects.exclude(state=State.CANCELLED).filter(
            activity=kind.edition.code, organisation=told.organisers[0], begins_at=told.begins_at
        )
        titles = set(same.values_list("title", flat=True))
        return told.title in titles if told.title else bool(titles)

    def _answers(self, kind: Loaded, row: Row, title: str) -> dict[str, Any]:
        """The columns headed as the form's questions; its first short text is what it was called, where nothing else says."""
        form = kind.body.form
        fields = form.fields if form else ()
        found: dict[str, Any] = {one.code: row.extra[one.title] for one in fields if one.title in row.extra}
        short = next((one for one in fields if one.type == "text" and one.limit <= TITLE_LENGTH), None)
        if short is not None and title and found.get(short.code) in (None, ""):
            found[short.code] = title[: short.limit]
        return found

    def _named(self, cells: Cells, code: str, on: dt.date) -> list[Organisation]:
        nobody: list[Organisation] = []
        return cells.take(code, lambda cell: self._units(cell, on), nobody)

    def _moment(self, cell: Cell) -> dt.datetime | None:
        moment = as_moment(cell)
        return moment.at(MORNING) if moment else None

    def _kind(self, word: str, on: dt.date) -> Loaded:
        known = {}
        for loaded in definitions.live(Kind.ACTIVITY, on):
            known[loaded.edition.title] = known[loaded.edition.code] = loaded
        if word not in known:
            some = "、".join(title for title in known if not title.isascii())
            raise CellError("kind", f"没有“{word}”这类活动，请写其中一种：{some}。")
        return known[word]

    def _units(self, cell: Cell, on: dt.date) -> list[Organisation]:
        names = [name.strip() for name in as_words(cell, WORDS_MOST).replace("；", "、").split("、")]
        ids = [self.units.find(name, on) for name in names if name]
        found = Organisation.objects.in_bulk(ids)
        return [found[pk] for pk in ids]

    def _column_of(self, error: RongheError) -> str:
        return "begins" if error.code in {"future", "one-per"} else ""


def _count(cell: Cell) -> int | None:
    """A whole number of people; 12人 is 12."""
    text = as_words(cell, 20).removesuffix("人").removesuffix("名").strip()
    if not text:
        return None
    if not text.isdigit():
        raise CellError("people", f"“{text}”不是人数，请写整数。")
    return int(text)
