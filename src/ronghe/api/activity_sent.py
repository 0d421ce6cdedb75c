"""What is sent of activities."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import ConfigDict, Field
from pydantic.config import JsonDict

from ronghe.api.sent import Act, Moment, Sent

LARGEST = 2**31 - 1
BEGINS, ORGANISERS = "开始时间", "组织单位"
EXAMPLE: JsonDict = {
    "kind": "theme-day",
    "organisers": ["branch-1"],
    "begins_at": "2026-03-05T15:00:00+08:00",
    "place": "园区会议室",
    "values": {"theme": "进园区访企业"},
    "quantities": {"answered": 14},
    "people": 12,
}


class TookPart(Sent):
    """How many of a unit took part."""

    unit: str = Field(title="单位代码", max_length=64)
    count: int = Field(title="人数", ge=1, le=100_000)


class ActivityTold(Sent):
    """What may be told of any activity."""

    ends_at: Moment | None = Field(None, title="结束时间")
    title: str = Field("", title="名称", description="不填则按类别和主题取名。", max_length=200)
    place: str = Field("", title="地点", max_length=200)
    is_online: bool = Field(False, title="是否线上")
    values: dict[str, Any] = Field(
        {}, title="填写的内容", description="按这类活动表单的字段代码填写。", max_length=200
    )
    quantities: dict[str, int | float | str | None] = Field(
        {},
        title="数量",
        description="按这类活动的数量代码填写；分单位计的，记在本账号登记的那个组织单位名下。",
        max_length=50,
    )
    about: list[str] = Field([], title="涉及的单位或企业", description="单位代码。", max_length=100)
    guides: list[str] = Field([], title="列席指导的单位", description="单位代码。", max_length=20)
    people: int | None = Field(
        None,
        title="本单位参加人数",
        description="不含 others；没有数过的不填；点了名的按点到的算。",
        ge=0,
        le=100_000,
    )
    persons: list[Annotated[int, Field(ge=1, le=LARGEST)]] | None = Field(
        None,
        title="点名",
        description="参加人员的编号，见 GET /api/v1/activity-members。名单只有管名册的人和本人看得到，不进台账。",
        max_length=1000,
    )
    others: list[TookPart] = Field([], title="其他单位参加", max_length=30)
    confirmed: bool = Field(
        False, title="确认不是同一次", description="被提醒与已登记的相像（one-per-flag）时，确认是另一次。"
    )


class ActivityNew(ActivityTold):
    """A new activity."""

    model_config = ConfigDict(json_schema_extra={"examples": [EXAMPLE]})
    kind: str = Field(
        title="活动类别", description="类别代码，见 GET /api/v1/activity-kinds。", max_length=64
    )
    organisers: list[str] = Field(
        title=ORGANISERS, description="单位代码，第一个是登记的单位，要是本账号能登记的。", max_length=20
    )
    begins_at: Moment = Field(title=BEGINS)


class ActivityMended(ActivityTold, Act):
    """What is to be told otherwise of one that stands; what is not sent stays."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"people": 12, "persons": [31, 47]}]})
    organisers: list[str] | None = Field(
        None, title=ORGANISERS, description="单位代码，第一个还是原来登记的单位。", max_length=20
    )
    begins_at: Moment | None = Field(None, title=BEGINS)


class ActivityCancelled(Act):
    """Why one is taken off the list."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"ground": "dropped"}]})
    ground: Literal["postponed", "dropped", "duplicate", "mistaken"] = Field(
        title="原因",
        description=(
            "还在计划中的：postponed 改期、dropped 不再开展、mistaken 登记有误；"
            "已经开展的：duplicate 重复登记、mistaken 登记有误。"
        ),
    )
