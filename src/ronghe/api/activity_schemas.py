"""What is answered of activities, field by field."""

from __future__ import annotations

from typing import Any

from ninja import Schema
from pydantic import Field

from ronghe.api.schemas import Instant, Page, Person, Unit


class QuantityAsked(Schema):
    """Something that is counted."""

    code: str = Field(title="代码")
    title: str = Field(title="名称")
    unit: str = Field(title="计量单位")
    places: int = Field(title="几位小数")


class ActivityKindShown(Schema):
    """A kind of activity that may be recorded."""

    code: str = Field(title="代码")
    title: str = Field(title="名称")
    about: list[str] = Field(title="涉及什么", description="单位类别或登记簿的代码；为空是不涉及。")
    form: list[dict[str, Any]] = Field(title="表单", description="字段、类型、是否必填、最长、选项。")
    quantities: list[QuantityAsked] = Field(title="数量")


class ActivityKinds(Schema):
    """The kinds one may record, and for whom."""

    units: list[Unit] = Field(title="能替哪些单位登记")
    items: list[ActivityKindShown] = Field(title="活动类别")


class Members(Schema):
    """Who may be named."""

    items: list[Person] = Field(title="人员")


class ActivityRow(Schema):
    """An activity in a list."""

    id: int = Field(title="活动编号")
    title: str = Field(title="名称")
    kind: str = Field(title="类别代码")
    kind_title: str = Field(title="类别")
    state: str = Field(title="状态", description="planned 计划中、held 已开展、cancelled 已取消。")
    begins_at: Instant = Field(title="开始时间")
    ends_at: Instant | None = Field(title="结束时间")
    place: str = Field(title="地点")
    is_online: bool = Field(title="是否线上")
    people: int | None = Field(title="参加人数", description="没有数过的为空。")
    organisers: list[Unit] = Field(title="组织单位", description="登记的单位在前。")
    revision: int = Field(title="版本")
    url: str = Field(title="地址")


class ActivityList(Page):
    """A page of activities."""

    items: list[ActivityRow] = Field(title="活动")


class Figure(Schema):
    """One quantity."""

    title: str = Field(title="名称")
    whose: str = Field(title="哪个单位的", description="不分单位的为空。")
    amount: str = Field(title="数量", description="十进制数。")
    unit: str = Field(title="计量单位")


class SideTold(Schema):
    """For whom it counts."""

    role: str = Field(title="角色")
    title: str = Field(title="名称")


class UnitCount(Schema):
    """How many of a unit took part."""

    unit: str = Field(title="单位")
    count: int = Field(title="人数")


class PeopleTold(Schema):
    """Who took part, as far as the account may know."""

    persons: list[Person] = Field(title="点了名的", description="只有管名册的人和本人看得到。")
    units: list[UnitCount] = Field(title="各单位人数")
    unnamed: int = Field(title="点了名而本账号看不到的人数")


class ActivityShown(ActivityRow):
    """An activity in full, as far as the account may know it."""

    values: dict[str, Any] = Field(title="填写的内容", description="按字段代码。")
    quantities: list[Figure] = Field(title="数量")
    sides: list[SideTold] = Field(title="计入谁")
    participants: PeopleTold = Field(title="参加的人")
    planned_at: Instant | None = Field(title="安排时间")
    recorded_at: Instant | None = Field(title="登记时间")
    cancelled_at: Instant | None = Field(title="取消时间")
    may_change: bool = Field(title="本账号能不能登记、更正、取消")


class ActivityDone(Schema):
    """How an activity stands after a write."""

    id: int = Field(title="活动编号")
    title: str = Field(title="名称")
    state: str = Field(title="状态")
    revision: int = Field(title="版本", description="下一步写到 If-Match。")
    url: str = Field(title="地址")
