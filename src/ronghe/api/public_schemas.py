"""What a requester is answered: nothing of who works on their case."""

from __future__ import annotations

from typing import Any

from ninja import Schema
from pydantic import Field

from ronghe.api.schemas import FileShown, Instant, Line, ReplyShown


class Question(Schema):
    """What the requester is asked for."""

    ground: str = Field(title="事由")
    text: str = Field(title="要补充什么")
    since: Instant = Field(title="什么时候问的")
    until: Instant | None = Field(title="等到什么时候")


class Standing(Schema):
    """Where a case stands, for the one who asked."""

    number: str = Field(title="编号")
    title: str = Field(title="标题")
    procedure: str = Field(title="类别代码")
    procedure_title: str = Field(title="类别")
    state: str = Field(title="状态")
    result: str = Field(title="办理结果")
    round: int = Field(title="第几轮")
    unit: str = Field(title="承办单位")
    where: str = Field(title="办到哪里", description="一句话。")
    step: str = Field(title="正在办的环节")
    light: str = Field(title="亮灯")
    sentence: str = Field(title="时限说明")
    why: list[str] = Field(title="期限怎么算的")
    opened_at: Instant = Field(title="提出时间")
    due: Instant | None = Field(title="期限")
    closed_at: Instant | None = Field(title="办结时间")
    question: Question | None = Field(title="请您补充", description="没有要补充的为空。")
    rating: str = Field(
        title="评价",
        description="open 可以评、spent 评过了、expired 过期、over 现在不能评、staff 工作人员不能评。",
    )
    revision: int = Field(title="版本")
    url: str = Field(title="地址")


class Answered(Schema):
    """What the requester reads of the work: what happened, and the replies."""

    items: list[Line] = Field(title="进展")
    replies: list[ReplyShown] = Field(title="答复")
    files: list[FileShown] = Field(title="诉求人提供的附件")
    revision: int = Field(title="版本")


class RatingAsked(Schema):
    """How a case may be rated."""

    rating: str = Field(title="评价", description="同 GET /requests/{number}。")
    round: int = Field(title="第几轮")
    form: list[dict[str, Any]] = Field(title="评价表单", description="不请求评价的为空。")


class Rated(Schema):
    """A rating that was given."""

    number: str = Field(title="编号")
    round: int = Field(title="第几轮")
    is_reopened: bool = Field(title="是否重新办理", description="评了不满意，会自动重新办理。")
    revision: int = Field(title="版本")
