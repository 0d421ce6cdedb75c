"""Reading one row of a table of cases: every cell is looked at, and each that cannot be taken says why."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any, TypeVar

from ronghe.casework.enums import RESULT_TITLES
from ronghe.core.creditcode import check
from ronghe.core.errors import RongheError
from ronghe.core.forms import Form
from ronghe.core.memory import remembered
from ronghe.core.tables import Cell, CellError, Column, Moment, Row, as_moment, as_words, in_order
from ronghe.core.worktime import SHANGHAI
from ronghe.definitions import queries as definitions
from ronghe.definitions.queries import Loaded
from ronghe.ledger.rules import is_label
from ronghe.organisations.domain import Contact

T = TypeVar("T")
Grades = Callable[[Loaded, str, dt.date], Mapping[str, Any]]

COLUMNS = (
    Column("number", "编号", ("id", "no", "case number", "信件编号", "留言编号", "诉求编号"), required=True),
    Column("kind", "类型", ("type", "procedure", "事项类型", "诉求类型"), required=True),
    Column("title", "标题", ("subject", "主题", "留言主题")),
    Column("detail", "正文", ("text", "content", "body", "内容", "具体情况", "诉求内容", "留言详情")),
    Column("channel", "渠道", ("受理渠道", "来源渠道")),
    Column("requester", "提出人", ("name", "诉求人", "来信人", "留言用户")),
    Column("contact", "联系方式", ("phone", "email", "联系电话", "手机号")),
    Column("credit_code", "企业统一代码", ("uscc", "enterprise", "统一社会信用代码", "企业统一社会信用代码")),
    Column("unit", "责任单位", ("organisation", "organization", "agency", "responsible", "承办单位", "答复单位")),
    Column("opened", "提出时间", ("opened at", "received", "received at", "created", "created at", "submitted at", "留言时间"), required=True),
    Column("accepted", "受理时间", ("accepted at",)),
    Column("answered", "答复时间", ("answered at", "replied at", "reply time")),
    Column("closed", "办结时间", ("closed at", "finished at")),
    Column("result", "办理结果", ("outcome", "结果")),
    Column("reply", "答复内容", ("answer", "reply text", "答复意见")),
    Column("rating", "评价", ("score", "grade", "满意度", "评价等级")),
    Column("rated", "评价时间", ("rated at",)),
    Column("related", "关联编号", ("related number", "原编号")),
)  # fmt: skip
NUMBER_MOST, TITLE_MOST, DETAIL_MOST, REPLY_MOST, NAME_MOST = 80, 200, 20000, 20000, 60
OPENING, CLOSING = dt.time(9), dt.time(17)
IMPORTED, ANSWERED = "import", "answered"
MAIN_TEXT = "detail"
_TIMES = ("opened", "accepted", "answered", "closed", "rated")
_TITLES = {column.code: column.title for column in COLUMNS}


@dataclass(slots=True)
class CaseRow:
    """What a row says, as far as it could be read; `reasons` (column → why) is empty when all of it could be."""

    row: Row
    number: str = ""
    procedure: Loaded | None = None
    values: dict[str, Any] = field(default_factory=dict)
    title: str = ""
    channel: str = ""
    contact: Contact | None = None
    credit_code: str = ""
    unit: str = ""
    opened: dt.datetime | None = None
    accepted: dt.datetime | None = None
    answered: dt.datetime | None = None
    closed: dt.datetime | None = None
    result: str = ""
    reply: str = ""
    grade: Mapping[str, Any] | None = None
    rated: dt.datetime | None = None
    related: str = ""
    reasons: dict[str, str] = field(default_factory=dict)

    @property
    def day(self) -> dt.date:
        assert self.opened is not None  # noqa: S101 - asked of rows that could be read
        return self.opened.date()


@dataclass(frozen=True)
class Reading:
    """Reads rows at `now`, told in the zone of the office; `grades` says which values of a rating a written grade means."""

    now: dt.datetime
    grades: Grades

    def read(self, row: Row) -> CaseRow:
        """Everything the row says. Nothing is asked of the database but definitions, which are remembered."""
        case = CaseRow(row)
        case.number = self._take(case, "number", lambda cell: as_words(cell, NUMBER_MOST), "")
        if not case.number:
            case.reasons.setdefault("number", "没有编号，请补上；编号用来认出已导入过的件。")
        self._read_times(case)
        self._read_kind(case)
        self._read_words(case)
        if case.procedure is not None and case.opened is not None:
            self._read_values(case, case.procedure)
            self._read_rating(case, case.procedure)
        self._check_together(case)
        return case

    def _take(self, case: CaseRow, code: str, read: Callable[[Cell], T], otherwise: T) -> T:
        try:
            return read(case.row.get(code))
        except RongheError as error:
            case.reasons[code] = error.message
            return otherwise

    def _read_times(self, case: CaseRow) -> None:
        """All five at once: where only days are known, the times of the day are settled together."""
        moments: list[Moment | None] = [self._take(case, code, as_moment, None) for code in _TIMES]
        if moments[0] is None:
            case.reasons.setdefault("opened", "没有提出时间，请补上，例如 2023-06-19。")
        instants = in_order(moments, OPENING, CLOSING)
        today = self.now.astimezone(SHANGHAI).date()
        for place, (code, moment) in enumerate(zip(_TIMES, moments, strict=True)):
            at = instants[place]
            if moment is None or at is None:
                continue
            if moment.day > today or (moment.time is not None and at > self.now):
                case.reasons[code] = "在将来，请核对年月日。"
            setattr(case, code, min(at, self.now))
        self._check_order(case, moments)

    def _check_order(self, case: CaseRow, moments: list[Moment | None]) -> None:
        known = [
            (code, getattr(case, code)) for code in _TIMES if getattr(case, code) and code not in case.reasons
        ]
        for (before, earlier), (code, later) in pairwise(known):
            if later < earlier:
                case.reasons[code] = f"早于{_TITLES[before]}，请核对两处日期。"

    def _read_kind(self, case: CaseRow) -> None:
        name = self._take(case, "kind", lambda cell: as_words(cell, 100), "")
        kinds = procedures_by_name(self.now.date())
        code = kinds.get(name)
        if not name:
            case.reasons.setdefault(
                "kind", f"没有写类型，请写{'、'.join(titles_of_kinds(self.now.date()))}中的一种。"
            )
        elif code is None:
            case.reasons["kind"] = (
                f"没有“{name}”这种类型，请写{'、'.join(titles_of_kinds(self.now.date()))}中的一种。"
            )
        else:
            on = case.opened.date() if case.opened else self.now.date()
            case.procedure = definitions.get("procedure", code, on)

    def _read_words(self, case: CaseRow) -> None:
        case.title = " ".join(self._take(case, "title", lambda cell: as_words(cell, TITLE_MOST), "").split())
        case.channel = self._take(case, "channel", lambda cell: channel_of(cell, self.now.date()), "")
        name = self._take(case, "requester", lambda cell: as_words(cell, NAME_MOST), "")
        reached = self._take(case, "contact", lambda cell: as_words(cell, 100), "")
        is_mail = "@" in reached
        contact = Contact(name=name, phone="" if is_mail else reached, email=reached if is_mail else "")
        case.contact = contact or None
        case.credit_code = self._take(case, "credit_code", _credit_code, "")
        case.unit = self._take(case, "unit", lambda cell: as_words(cell, 200), "")
        case.related = self._take(case, "related", lambda cell: as_words(cell, NUMBER_MOST), "")
        case.reply = self._take(case, "reply", lambda cell: as_words(cell, REPLY_MOST), "")
        case.result = self._take(case, "result", _result, "")

    def _read_values(self, case: CaseRow, procedure: Loaded) -> None:
        """The form's answers: 正文 is its main text; other questions are answered where the file has their column."""
        form: Form | None = procedure.body.form
        text = self._take(case, "detail", lambda cell: as_words(cell, DETAIL_MOST), "")
        if not text and not case.title and not {"detail", "title"} & case.reasons.keys():
            case.reasons["detail"] = "标题和正文都没有，请至少写一样。"
        if form is None:
            return
        given: dict[str, object] = {MAIN_TEXT: text} if text else {}
        where = {MAIN_TEXT: "detail"}
        for asked in form.fields:
            for heading in (asked.title, asked.code):
                if (cell := case.row.extra.get(heading)) not in (None, ""):
                    given.setdefault(asked.code, cell)
                    where.setdefault(asked.code, heading)
        answered = Form(tuple(asked for asked in form.fields if asked.code in given))
        main = form.get(MAIN_TEXT)
        if not text and main is not None and main.required and "detail" not in case.reasons:
            case.reasons["detail"] = "没有正文，请补上。"
        lists = (
            definitions.lists_of(answered, case.day) if len(given) > len({MAIN_TEXT} & given.keys()) else {}
        )
        cleaned = answered.clean(_by_code(answered, given, lists), lists=lists)
        case.values = dict(cleaned.values)
        for code, said in cleaned.errors.items():
            case.reasons[where[code]] = said

    def _read_rating(self, case: CaseRow, procedure: Loaded) -> None:
        written = self._take(case, "rating", lambda cell: as_words(cell, 20), "")
        if not written:
            if case.rated is not None:
                case.reasons.setdefault("rated", "有评价时间却没有评价，请补上评价或删去时间。")
            return
        if case.closed is None:
            case.reasons.setdefault("rating", "还没有办结就有评价，请补上办结时间或删去评价。")
            return
        case.rated = case.rated or case.closed
        on = case.rated.date()
        case.grade = self._take(case, "rating", lambda _cell: self.grades(procedure, written, on), None)

    def _check_together(self, case: CaseRow) -> None:
        """What can only be seen across columns."""
        if case.result and case.closed is None and "closed" not in case.reasons:
            case.reasons.setdefault("result", "有办理结果却没有办结时间，请补上时间或删去结果。")
        if case.reply and case.answered is None and "answered" not in case.reasons:
            if case.closed is None:
                case.reasons.setdefault("reply", "有答复内容却没有答复时间，请补上答复时间。")
            case.answered = case.closed
        if case.related and case.related == case.number:
            case.reasons.setdefault("related", "关联编号不能是本件自己的编号。")


def procedures_by_name(on: dt.date) -> dict[str, str]:
    """Title or code of every live procedure → its code."""
    return remembered(("import-kinds", on), lambda: _procedures(on))


def _procedures(on: dt.date) -> dict[str, str]:
    found = {}
    for loaded in definitions.live("procedure", on):
        found[loaded.body.title] = found[loaded.edition.code] = loaded.edition.code
    return found


def titles_of_kinds(on: dt.date) -> list[str]:
    """The titles of the live procedures, as a person would write them."""
    return [loaded.body.title for loaded in definitions.live("procedure", on)]


def channel_of(cell: Cell, on: dt.date) -> str:
    """The code of the channel of that title; other short words are kept as they are; nothing: it came by import."""
    word = as_words(cell, 40)
    if not word:
        return IMPORTED
    code = remembered(("import-channels", on), lambda: _channels(on)).get(word, word)
    if not is_label(code):
        raise CellError("channel", f"渠道“{word}”里有不能用的符号或长号码，请写来信、热线这样的短词。")
    return code


def _channels(on: dt.date) -> dict[str, str]:
    loaded = definitions.find("list", "channels", on)
    return {line.title: line.code for line in loaded.body.lines} if loaded else {}


def _credit_code(cell: Cell) -> str:
    word = as_words(cell, 40)
    return check(word) if word else ""


def _result(cell: Cell) -> str:
    word = as_words(cell, 40)
    if not word:
        return ""
    code = next((code for code, title in RESULT_TITLES.items() if word in (code, str(title))), word)
    if not is_label(code):
        raise CellError(
            "result", f"办理结果“{word}”里有不能用的符号或长号码，请写已答复、不予受理这样的短词。"
        )
    return code


def _by_code(form: Form, given: Mapping[str, object], lists: Mapping[str, Any]) -> dict[str, object]:
    """Answers with the title of a list's line replaced by its code: tables are written by people."""
    codes = {
        asked.code: {str(line["title"]): str(line["code"]) for line in lists.get(asked.source, ())}
        for asked in form.fields
        if asked.source
    }
    return {code: codes.get(code, {}).get(str(value).strip(), value) for code, value in given.items()}
