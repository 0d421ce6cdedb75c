"""Organisations, people and enterprises from tables. Rows may come in any order: one waits for what it names.

Idempotent: an organisation is known by its code, an enterprise by its 统一社会信用代码, a person by 工号 (else by name in
the same unit and post); what is there already is left as it is.
"""

from __future__ import annotations

import datetime as dt
from abc import ABC, abstractmethod
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar, TypeVar

from django.db import transaction
from django.utils import timezone

from ronghe.core.creditcode import check
from ronghe.core.errors import RongheError
from ronghe.core.forms import Form
from ronghe.core.tables import Cell, CellError, Column, Row, Status, Verdict, as_day, as_words
from ronghe.definitions import queries as definitions
from ronghe.definitions.enums import Kind, Tree
from ronghe.definitions.queries.posts import roll_kinds
from ronghe.organisations.domain.appointments import appoint
from ronghe.organisations.domain.identity import Contact
from ronghe.organisations.domain.people import create_person
from ronghe.organisations.domain.posts import create_post
from ronghe.organisations.domain.relationships import relate
from ronghe.organisations.domain.sign_ins import open_account
from ronghe.organisations.domain.trees import create_organisation, end_organisation, register_enterprise
from ronghe.organisations.domain.units import Units, code_from
from ronghe.organisations.exceptions import OrganisationError
from ronghe.organisations.models import Account, Appointment, Organisation, Person, Post
from ronghe.organisations.queries import live_on
from ronghe.organisations.queries.names import plain

T = TypeVar("T")
NAME_MOST, CODE_MOST, SHORT_MOST, PERSON_MOST = 200, 64, 60, 60
TREES = {
    **dict.fromkeys(("政府", "行政", "政府序列", "行政序列"), Tree.GOVERNMENT),
    **dict.fromkeys(("党", "党组织", "党的组织", "党建"), Tree.PARTY),
    **dict.fromkeys(("专班", "队伍", "工作专班"), Tree.TEAMS),
    **dict.fromkeys(("其他", "其它"), Tree.OTHERS),
    **{str(tree): tree for tree in Tree},
}


class Refusal(Exception):
    """Why a row cannot be taken, by column."""

    def __init__(self, **reasons: str) -> None:
        super().__init__(reasons)
        self.reasons = reasons


class Waits(Exception):
    """A row that names something which may come further down."""

    def __init__(self, name: str, column: str, message: str) -> None:
        super().__init__(message)
        self.name, self.column, self.message = name, column, message


class Cells:
    """The cells of one row, read one by one; what cannot be read is gathered and refused together."""

    def __init__(self, row: Row) -> None:
        self.row = row
        self.reasons: dict[str, str] = {}

    def take(self, code: str, read: Callable[[Cell], T], otherwise: T) -> T:
        try:
            return read(self.row.get(code))
        except RongheError as error:
            self.reasons[code] = error.message
            return otherwise

    def words(self, code: str, most: int, needed: str = "") -> str:
        """The text of a cell; `needed` says what to do when it is empty and must not be."""
        text = self.take(code, lambda cell: " ".join(as_words(cell, most).split()), "")
        if needed and not text:
            self.reasons.setdefault(code, needed)
        return text

    def day(self, code: str, today: dt.date) -> dt.date | None:
        day = self.take(code, as_day, None)
        if day is not None and day > today:
            self.reasons[code] = "在将来，请在当天或之后再登记。"
        return day

    def check(self) -> None:
        """Refuse the row when anything could not be read."""
        if self.reasons:
            raise Refusal(**self.reasons)


@dataclass
class Intake(ABC):
    """Takes rows in batches of one transaction each; a row is one savepoint, written as a whole or not at all.

    A trial writes and takes everything back, so `take` and `finish` must then run in one transaction of the caller's.
    """

    batch: str
    at: dt.datetime
    is_trial: bool = False
    units: Units = field(default_factory=Units)
    accounts: list[tuple[str, str, str]] = field(default_factory=list)
    _waiting: dict[str, list[tuple[Row, Waits]]] = field(default_factory=lambda: defaultdict(list))
    columns: ClassVar[tuple[Column, ...]]

    @property
    def actor(self) -> str:
        return f"import:{self.batch}"

    @property
    def today(self) -> dt.date:
        return timezone.localdate(self.at)

    def take(self, rows: Sequence[Row]) -> Iterable[Verdict]:
        """One batch, with those rows of earlier ones that waited for it."""
        verdicts: list[Verdict] = []
        with transaction.atomic():
            queue = list(reversed(rows))
            while queue:
                verdict, released = self._one(queue.pop())
                if verdict is not None:
                    verdicts.append(verdict)
                queue += reversed(released)
        return verdicts

    def finish(self) -> Iterable[Verdict]:
        """What still waits will not come."""
        left = [pair for pairs in self._waiting.values() for pair in pairs]
        self._waiting.clear()
        return [Verdict(row, Status.REFUSED, {waits.column: waits.message}) for row, waits in left]

    def _one(self, row: Row) -> tuple[Verdict | None, list[Row]]:
        try:
            with transaction.atomic():
                status, names = self._write(row)
        except Waits as waits:
            self._waiting[plain(waits.name)].append((row, waits))
            return None, []
        except Refusal as refusal:
            return Verdict(row, Status.REFUSED, refusal.reasons), []
        except RongheError as error:
            return Verdict(row, Status.REFUSED, {self._column_of(error): error.message}), []
        released = [row for name in names for row, _ in self._waiting.pop(plain(name), ())]
        return Verdict(row, status), released

    def _column_of(self, _error: RongheError) -> str:
        """The column an error of the domain speaks of; empty: of the row."""
        return ""

    @abstractmethod
    def _write(self, row: Row) -> tuple[Status, Sequence[str]]:
        """Write one row: what became of it, and the names others may have waited for. Raises Refusal, Waits."""


class OrganisationIntake(Intake):
    columns = (
        Column("code", "编号", ("id", "编码", "单位编码", "单位代码", "代码")),
        Column("name", "名称", ("单位名称", "organisation", "organization"), required=True),
        Column("kind", "类别", ("type", "单位类别", "类型"), required=True),
        Column("parent", "上级", ("上级单位",)),
        Column("tree", "体系", ("序列",)),
        Column("short_name", "简称", ("short",)),
        Column("credit_code", "统一代码", ("uscc", "统一社会信用代码")),
        Column("begins", "设立日期", ("founded", "begins on")),
        Column("ends", "撤销日期", ("dissolved", "ends on")),
    )

    def _write(self, row: Row) -> tuple[Status, Sequence[str]]:
        cells = Cells(row)
        name = cells.words("name", NAME_MOST, "没有名称，请补上。")
        above = cells.words("parent", NAME_MOST)
        code = cells.words("code", CODE_MOST) or code_from(name, above)
        kind = cells.take("kind", lambda cell: self._kind(as_words(cell, 100)), "")
        tree = cells.take("tree", lambda cell: _tree(as_words(cell, 20)), "")
        short = cells.words("short_name", SHORT_MOST)
        credit = cells.take(
            "credit_code", lambda cell: check(as_words(cell, 40)) if cell is not None else "", ""
        )
        begins, ends = cells.day("begins", self.today), cells.day("ends", self.today)
        if begins and ends and ends <= begins:
            cells.reasons["ends"] = "不晚于设立日期，请核对两处日期。"
        cells.check()
        if Organisation.objects.filter(code=code).exists():
            return Status.ALREADY, (name, code)
        unit = create_organisation(
            code=code, kind=kind, name=name, tree=tree, short_name=short, credit_code=credit or None,
            parent=self._parent(above, begins or self.today), actor=self.actor, at=self.at, on=begins,
            is_past=ends is not None,
        )  # fmt: skip
        if ends is not None:
            end_organisation(unit, actor=self.actor, at=self.at, on=ends)
        self.units.add(name, code, unit.pk)
        return Status.ACCEPTED, (name, code)

    def _parent(self, above: str, on: dt.date) -> Organisation | None:
        if not above:
            return None
        try:
            return Organisation.objects.get(pk=self.units.find(above, on))
        except OrganisationError as error:
            if error.code == "unknown-organisation":
                raise Waits(above, "parent", error.message) from error
            raise Refusal(parent=error.message) from error

    def _kind(self, word: str) -> str:
        known = {}
        for loaded in definitions.live(Kind.ORGANISATION, self.today):
            known[loaded.body.title] = known[loaded.edition.code] = loaded.edition.code
        if word not in known:
            some = "、".join(title for title in known if not title.isascii())
            raise CellError("kind", f"没有“{word}”这个类别，请写其中一种：{some}。")
        return known[word]

    def _column_of(self, error: RongheError) -> str:
        return {
            "credit-code-taken": "credit_code",
            "parent-not-live": "parent",
            "ends-before-begin": "ends",
        }.get(error.code, "")


class EnterpriseIntake(Intake):
    columns = (
        Column("name", "企业名称", ("name", "名称", "enterprise"), required=True),
        Column(
            "credit_code", "统一社会信用代码", ("uscc", "统一代码", "企业统一代码", "信用代码"), required=True
        ),
        Column("district", "所在区", ("区", "行政区")),
        Column("industry", "行业", ("所属行业",)),
        Column("four_above", "四上", ("四上企业",)),
        Column("group", "服务小组", ("service group", "挂点服务小组")),
    )

    def _write(self, row: Row) -> tuple[Status, Sequence[str]]:
        cells = Cells(row)
        name = cells.words("name", NAME_MOST, "没有企业名称，请补上。")
        credit = cells.take("credit_code", lambda cell: check(as_words(cell, 40)), "")
        group = cells.take("group", lambda cell: self._group(as_words(cell, NAME_MOST)), None)
        values = self._values(cells)
        cells.check()
        if Organisation.objects.filter(credit_code=credit).exists():
            return Status.ALREADY, ()
        firm = register_enterprise(credit_code=credit, name=name, actor=self.actor, at=self.at, values=values)
        if group is not None:
            ends = (("organisation", group), ("organisation", firm.pk))
            relate("assigned-service", from_=ends[0], to=ends[1], actor=self.actor, at=self.at)
        return Status.ACCEPTED, ()

    def _group(self, name: str) -> int | None:
        return self.units.find(name, self.today) if name else None

    def _values(self, cells: Cells) -> dict[str, Any]:
        """The answers of the kind's form; a size class written under 四上 says both."""
        form: Form | None = definitions.get(Kind.ORGANISATION, "enterprise", self.today).body.form
        if form is None:
            return {}
        lists = definitions.lists_of(form, self.today)
        given: dict[str, object] = {
            "district": cells.take("district", lambda cell: self._district(as_words(cell, NAME_MOST)), ""),
            "industry": cells.words("industry", NAME_MOST),
            "four-above": cells.row.get("four_above"),
        }
        classes = {str(line["title"]): line["code"] for lines in lists.values() for line in lines}
        if (size := classes.get(str(given["four-above"]))) is not None:
            given |= {"four-above": "是", "scale-class": size}
        cleaned = form.clean(
            {code: value for code, value in given.items() if value not in (None, "")}, lists=lists
        )
        for code, said in cleaned.errors.items():
            cells.reasons[code.replace("-", "_")] = said
        return cleaned.values

    def _district(self, name: str) -> str:
        """The code of the district of that name where it is registered, else the name."""
        try:
            number = self.units.find(name, self.today) if name else 0
        except OrganisationError:
            return name
        return Organisation.objects.get(pk=number).code if number else ""

    def _column_of(self, error: RongheError) -> str:
        return "group" if error.code in {"end-not-live", "wrong-end", "already-related"} else ""


@dataclass
class PeopleIntake(Intake):
    """People into posts. `first_password` makes the password of each account that is opened."""

    first_password: Callable[[], str] | None = None
    columns: ClassVar[tuple[Column, ...]] = (
        Column("name", "姓名", ("name", "person"), required=True),
        Column("number", "工号", ("employee number", "员工号")),
        Column("unit", "单位", ("organisation", "organization", "所在单位"), required=True),
        Column("post", "岗位", ("position", "职务"), required=True),
        Column("begins", "任职日期", ("appointed", "appointed on", "begins on")),
        Column("phone", "手机号", ("mobile", "联系电话", "电话")),
        Column("username", "账号", ("account", "用户名")),
    )

    def _write(self, row: Row) -> tuple[Status, Sequence[str]]:
        cells = Cells(row)
        name = cells.words("name", PERSON_MOST, "没有姓名，请补上。")
        number = cells.words("number", 40)
        begins = cells.day("begins", self.today) or self.today
        kind = cells.take("post", lambda cell: self._post_kind(as_words(cell, 100)), "")
        unit = cells.take("unit", lambda cell: self._unit(as_words(cell, NAME_MOST), begins), 0)
        phone = cells.words("phone", 40)
        username = cells.words("username", 60)
        cells.check()
        person = self._person(name, number, kind, unit)
        sitting = Appointment.objects.filter(
            person=person, post__kind=kind, post__organisation=unit, ends=None
        )
        if person is not None and sitting.exists():
            return Status.ALREADY, ()
        if person is None:
            contact = Contact(name=name, phone=phone) if phone else None
            person = create_person(
                name=name, employee_number=number or None, contact=contact, actor=self.actor, at=self.at
            )
        appoint(self._seat(unit, kind, begins), person=person, actor=self.actor, at=self.at, on=begins)
        if username and not Account.objects.filter(person=person).exists():
            self._open_account(person, username)
        return Status.ACCEPTED, ()

    def _person(self, name: str, number: str, kind: str, unit: int) -> Person | None:
        if number:
            person = Person.objects.filter(employee_number=number).first()
            if person is not None and person.name != name:
                raise Refusal(number=f"工号“{number}”已登记给另一位人员，请核对工号或姓名。")
            return person
        seats = Appointment.objects.filter(
            person__name=name, post__kind=kind, post__organisation=unit, ends=None
        )
        found = seats.select_related("person").order_by("pk").first()
        return found.person if found else None

    def _unit(self, name: str, on: dt.date) -> int:
        if not name:
            raise CellError("unit", "没有写单位，请补上。")
        return self.units.find(name, on)

    def _post_kind(self, word: str) -> str:
        known = {}
        rolls = roll_kinds(self.today)
        for loaded in definitions.live(Kind.POST, self.today):
            known[loaded.body.title] = known[loaded.edition.code] = loaded.edition.code
        if known.get(word) in rolls:
            raise CellError("post", f"“{word}”的名册由各党支部导入，不能在人员表里登记。请删去这一行。")
        if word not in known:
            some = "、".join(title for title in known if not title.isascii())
            raise CellError("post", f"没有“{word}”这种岗位，请写其中一种：{some}。")
        return known[word]

    def _seat(self, unit: int, kind: str, on: dt.date) -> Post:
        """The unit's post of the kind: a post may have several people."""
        seat = (
            Post.objects.filter(live_on(on), organisation=unit, kind=kind, ends=None).order_by("pk").first()
        )
        return seat or create_post(
            Organisation.objects.get(pk=unit), kind=kind, actor=self.actor, at=self.at, on=on
        )

    def _open_account(self, person: Person, username: str) -> None:
        if self.first_password is None:
            raise Refusal(username="这次导入不开通账号，请删去账号一列，另行开通。")
        password = self.first_password()
        open_account(
            person,
            username=username,
            password=password,
            actor=self.actor,
            at=self.at,
            must_change=True,
        )
        self.accounts.append((person.name, username, password))

    def _column_of(self, error: RongheError) -> str:
        return {
            "post-not-here": "post",
            "organisation-not-live": "unit",
            "post-not-live": "post",
            "username-taken": "username",
            "weak-password": "username",
            "already-appointed": "begins",
        }.get(error.code, "")


def _tree(word: str) -> str:
    if word and word not in TREES:
        raise CellError("tree", f"没有“{word}”这个体系，请写政府、党组织、专班或其他。")
    return str(TREES[word]) if word else ""
