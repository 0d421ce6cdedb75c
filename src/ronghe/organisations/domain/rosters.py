"""Rosters (党员名册): who is a member of which branch and who sits in its committee, from a table.

The table is read whole before a row is written. Rows that contradict each other are all refused, for nobody here knows
which of them is right; every other row is written as a whole or not at all. The same table again changes nothing.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import combinations, pairwise
from typing import ClassVar

from django.db import transaction

from ronghe.core import idnumber
from ronghe.core.tables import CellError, Column, Row, Status, Verdict, as_words
from ronghe.definitions import queries as definitions
from ronghe.definitions.enums import Kind
from ronghe.definitions.queries.posts import kinds_on_loan, member_posts
from ronghe.organisations.domain.appointments import ONE_SEAT, appoint, end_appointment
from ronghe.organisations.domain.identity import Contact, find_by_id_number
from ronghe.organisations.domain.intake import NAME_MOST, PERSON_MOST, Cells, PeopleIntake, Refusal
from ronghe.organisations.domain.people import create_person
from ronghe.organisations.exceptions import in_words
from ronghe.organisations.models import Appointment, Organisation, Person

BATCH = 500


@dataclass(frozen=True)
class Line:
    """A readable row: who sat in which post of which branch, from a day on and before another (None: still)."""

    row: Row
    name: str
    id_number: str
    number: str
    phone: str
    branch: int
    post: str
    begins: dt.date
    ends: dt.date | None
    note: str

    @property
    def who(self) -> tuple[str, ...]:
        """By what the table tells people apart: 身份证号, else 工号, else the name within a branch."""
        return (
            (self.id_number,)
            if self.id_number
            else (self.number, self.name, "" if self.number else str(self.branch))
        )

    def meets(self, other: Line) -> bool:
        """Whether a day lies in both."""
        return (other.ends is None or self.begins < other.ends) and (
            self.ends is None or other.begins < self.ends
        )


@dataclass
class RosterIntake(PeopleIntake):
    """Rows of a roster. `within`: the branches whose rolls whoever sent it keeps; None: all."""

    within: frozenset[int] | None = None
    lines: list[Line] = field(default_factory=list)
    _by_row: dict[int, Line] = field(default_factory=dict)
    columns: ClassVar[tuple[Column, ...]] = (
        Column("name", "姓名", ("name", "党员姓名"), required=True),
        Column("id_number", "身份证号", ("公民身份号码", "身份证号码", "证件号码", "id number")),
        Column("number", "工号", ("employee number", "员工号")),
        Column("branch", "党支部", ("所在党支部", "党组织", "所在党组织", "支部", "branch"), required=True),
        Column("post", "党内职务", ("职务", "岗位", "post")),
        Column("begins", "起始日期", ("转入日期", "任职日期", "开始日期", "begins on")),
        Column("ends", "截止日期", ("转出日期", "免职日期", "结束日期", "ends on")),
        Column("phone", "手机号", ("联系电话", "电话", "mobile")),
        Column("note", "说明", ("备注", "note")),
    )

    def take(self, rows: Sequence[Row]) -> Iterable[Verdict]:
        """Read rows; only what cannot be read is settled now."""
        refused = []
        for row in rows:
            try:
                line = self._line(row)
            except Refusal as refusal:
                refused.append(Verdict(row, Status.REFUSED, refusal.reasons))
            else:
                self.lines.append(line)
                self._by_row[row.number] = line
        return refused

    def finish(self) -> Iterator[Verdict]:
        """Refuse what contradicts itself and write the rest, the oldest first, in batches of one transaction each."""
        wrong = contradictions(self.lines, self._single_seats(), self._members, self._on_loan())
        for number, reasons in sorted(wrong.items()):
            yield Verdict(self._by_row[number].row, Status.REFUSED, reasons)
        good = [line for line in self.lines if line.row.number not in wrong]
        good.sort(key=lambda line: (line.begins, line.row.number))
        for start in range(0, len(good), BATCH):
            with transaction.atomic():
                verdicts = [self._one(line.row)[0] for line in good[start : start + BATCH]]
            yield from (verdict for verdict in verdicts if verdict is not None)

    def _line(self, row: Row) -> Line:
        cells = Cells(row)
        name = cells.words("name", PERSON_MOST, "没有姓名，请补上。")
        written = cells.words("id_number", 40)
        id_number = cells.take(
            "id_number", lambda _: idnumber.check(written, self.today) if written else "", ""
        )
        begins, ends = cells.day("begins", self.today) or self.today, cells.day("ends", self.today)
        if ends is not None and ends <= begins:
            cells.reasons["ends"] = "不晚于起始日期，请核对两处日期。"
        branch = cells.take("branch", lambda cell: self._branch(as_words(cell, NAME_MOST), begins), 0)
        post = cells.take("post", lambda cell: self._post_in_branch(as_words(cell, 40), branch), "")
        number, phone, note = cells.words("number", 40), cells.words("phone", 40), cells.words("note", 200)
        cells.check()
        return Line(row, name, id_number, number, phone, branch, post, begins, ends, note)

    def _branch(self, name: str, on: dt.date) -> int:
        if not name:
            raise CellError("branch", "没有写党支部，请补上。")
        found = self.units.find(name, on)
        unit = Organisation.objects.get(pk=found)
        if unit.kind not in self._posts:
            raise CellError("branch", f"“{name}”不是党支部一级的组织，请写到支部。")
        if self.within is not None and found not in self.within:
            raise CellError("branch", f"“{name}”的名册不由您管理，请联系它的党务工作者导入。")
        return found

    def _post_in_branch(self, word: str, branch: int) -> str:
        """党员 where nothing is written; 书记 means the secretary of the kind of organisation."""
        kind = self._kind(branch) if branch else ""
        if not word:
            return self._posts.get(kind, "")
        live = definitions.live(Kind.POST, self.today)
        posts = [(one.body.title, one.edition.code) for one in live if not kind or kind in one.body.in_]
        known = {word: code for title, code in posts for word in (title, title.removeprefix("支部"), code)}
        if word not in known:
            some = "、".join(sorted(title for title, _ in posts))
            raise CellError("post", f"支部没有“{word}”这个职务，请写其中一种：{some}。普通党员可以空着。")
        return str(known[word])

    def _kind(self, branch: int) -> str:
        return str(Organisation.objects.values_list("kind", flat=True).get(pk=branch))

    @cached_property
    def _posts(self) -> dict[str, str]:
        """Kind of branch → the post of its members."""
        return member_posts(self.today)

    @cached_property
    def _members(self) -> frozenset[str]:
        return frozenset(self._posts.values())

    def _single_seats(self) -> frozenset[str]:
        """Kinds of post in which one person sits at a time."""
        live = definitions.live(Kind.POST, self.today)
        return frozenset(
            one.edition.code
            for one in live
            if one.body.one_per and tuple(one.body.one_per.keys) == (ONE_SEAT,)
        )

    def _on_loan(self) -> frozenset[int]:
        branches = {line.branch for line in self.lines}
        lent = Organisation.objects.filter(pk__in=branches, kind__in=kinds_on_loan(self.today))
        return frozenset(lent.values_list("pk", flat=True))

    def _write(self, row: Row) -> tuple[Status, Sequence[str]]:
        line = self._by_row[row.number]
        person = self._known(line)
        if person is not None and self._is_there(person, line):
            return Status.ALREADY, ()
        if person is not None and line.post in self._members:
            self._refuse_elsewhere(person, line)
        if person is None:
            contact = Contact(name=line.name, phone=line.phone, id_number=line.id_number)
            person = create_person(
                name=line.name,
                employee_number=line.number or None,
                contact=contact,
                actor=self.actor,
                at=self.at,
            )
        seat = self._seat(line.branch, line.post, line.begins)
        appointment = appoint(seat, person=person, actor=self.actor, at=self.at, on=line.begins)
        if line.ends is not None:
            end_appointment(appointment, actor=self.actor, at=self.at, on=line.ends)
        elif line.post not in self._members:
            self._enrol(person, line)
        return Status.ACCEPTED, ()

    def _enrol(self, person: Person, line: Line) -> None:
        """Who sits in the committee is a member of the branch, though the table may name each person once."""
        sits = Appointment.objects.filter(person=person, post__kind__in=self._members, ends=None)
        told = any(one.post in self._members and one.who == line.who for one in self.lines)
        if not told and not sits.exists():
            seat = self._seat(line.branch, self._posts[self._kind(line.branch)], line.begins)
            appoint(seat, person=person, actor=self.actor, at=self.at, on=line.begins)

    def _known(self, line: Line) -> Person | None:
        """Who is meant among those recorded. Raises Refusal where a number belongs to somebody of another name."""
        if line.id_number:
            found = (
                Person.objects.filter(identity__in=find_by_id_number(line.id_number)).order_by("pk").first()
            )
            if found is not None and found.name != line.name:
                raise Refusal(
                    id_number="这个身份证号已登记给另一个姓名，请核对证件；确是改名的，请先更正人员登记。"
                )
            if found is not None:
                return found
        if line.number:
            return self._person(line.name, line.number, line.post, line.branch)
        return None if line.id_number else self._person(line.name, "", line.post, line.branch)

    def _is_there(self, person: Person, line: Line) -> bool:
        spans = Appointment.objects.filter(
            person=person, post__kind=line.post, post__organisation=line.branch
        )
        same = spans.filter(begins=line.begins)
        return bool(same.exists() or (line.ends is None and spans.filter(ends=None).exists()))

    def _refuse_elsewhere(self, person: Person, line: Line) -> None:
        """A member belongs to one branch at a time, beside those on loan.

        Source: 中国共产党章程（每个党员都必须编入党的一个支部）; the article is to be confirmed.
        """
        if line.branch in self._on_loan():
            return
        others = Appointment.objects.filter(person=person, post__kind__in=self._members)
        others = others.exclude(post__organisation=line.branch).exclude(ends__lte=line.begins)
        others = others.exclude(post__organisation__kind__in=kinds_on_loan(self.today))
        if line.ends is not None:
            others = others.filter(begins__lt=line.ends)
        other = others.select_related("post__organisation").order_by("begins", "pk").first()
        if other is not None:
            is_told = self.within is None or other.post.organisation_id in self.within
            name = other.post.organisation.name if is_told else "另一个支部"
            raise Refusal(
                branch=f"这段时间已在“{name}”的名册里（{in_words(other.begins)}起）。请先办转出，或核对起止日期。"
            )

    def _column_of(self, error: Exception) -> str:
        return {
            "organisation-not-live": "branch",
            "post-not-here": "post",
            "post-not-live": "post",
            "seat-taken": "post",
            "already-appointed": "begins",
        }.get(getattr(error, "code", ""), "")


Reasons = dict[int, dict[str, str]]


def contradictions(
    lines: Sequence[Line], single: frozenset[str], members: frozenset[str], on_loan: frozenset[int]
) -> Reasons:
    """Row number → column → what is wrong and what to do, for rows that cannot all be true.

    `single`: posts with room for one; `members`: those of plain members; `on_loan`: branches whose members belong
    to another as well.
    """
    wrong: Reasons = defaultdict(dict)
    _names(lines, wrong)
    for _key, same in _grouped(lines, lambda line: (*line.who, str(line.branch), line.post)):
        _repeated(same, wrong)
    for _key, same in _grouped(lines, lambda line: line.who):
        enrolled = [line for line in same if line.post in members and line.branch not in on_loan]
        for one, other in combinations(enrolled, 2):
            if one.branch != other.branch and one.meets(other):
                _both(
                    wrong,
                    one,
                    other,
                    "branch",
                    "也有这个人，所在支部不同而日期重叠。请写上转出日期，只留一个支部",
                )
    for (_branch, post), held in _grouped(lines, lambda line: (str(line.branch), line.post)):
        if post in single:
            _one_at_a_time(held, wrong)
    return dict(wrong)


def _grouped(
    lines: Iterable[Line], key: Callable[[Line], tuple[str, ...]]
) -> Iterator[tuple[tuple[str, ...], list[Line]]]:
    found: dict[tuple[str, ...], list[Line]] = defaultdict(list)
    for line in lines:
        found[key(line)].append(line)
    yield from found.items()


def _names(lines: Iterable[Line], wrong: Reasons) -> None:
    for (number,), same in _grouped(lines, lambda line: (line.id_number,)):
        if number:
            for one, other in combinations(same, 2):
                if one.name != other.name:
                    _both(wrong, one, other, "id_number", "的身份证号相同而姓名不同。请对照证件核对")


def _repeated(same: Sequence[Line], wrong: Reasons) -> None:
    for one, other in combinations(same, 2):
        if one.name != other.name:
            continue  # told of already: one number, two names
        if (one.begins, one.ends) == (other.begins, other.ends):
            wrong[other.row.number].setdefault("name", f"与第 {one.row.number} 行重复，请删去其中一行。")
        elif one.meets(other):
            _both(wrong, one, other, "begins", "是同一人同一职务，起止日期重叠。请核对日期，或并成一行")


def _one_at_a_time(held: Sequence[Line], wrong: Reasons) -> None:
    """Two in one seat, and days on which nobody sat in it."""
    for one, other in combinations(held, 2):
        if one.who != other.who and one.meets(other):
            cure = "也任这个职务，日期重叠，而这个职务同时只能一人任。请写上前任的截止日期，或改正职务"
            _both(wrong, one, other, "post", cure)
    for before, after in pairwise(sorted(held, key=lambda line: line.begins)):
        if before.ends is not None and before.ends < after.begins and not after.note:
            days = (after.begins - before.ends).days
            wrong[after.row.number].setdefault(
                "begins",
                f"与前任（第 {before.row.number} 行）之间空了 {days} 天。请补上这段时间任职的人，或在“说明”里写明空缺原因。",
            )


def _both(wrong: Reasons, one: Line, other: Line, column: str, what: str) -> None:
    wrong[one.row.number].setdefault(column, f"第 {other.row.number} 行{what}。")
    wrong[other.row.number].setdefault(column, f"第 {one.row.number} 行{what}。")
