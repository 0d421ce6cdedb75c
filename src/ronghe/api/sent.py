"""What is sent: titles and descriptions are read by integrators."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from ronghe.casework.domain.acting import LONGEST_NOTE, LONGEST_REPLY

# Further off no clock of another zone can be reckoned, and nothing of a city took place.
EARLIEST, LATEST = dt.datetime(1900, 1, 1, tzinfo=dt.UTC), dt.datetime(2200, 1, 1, tzinfo=dt.UTC)
Moment = Annotated[AwareDatetime, Field(ge=EARLIEST, le=LATEST)]
Revision = Annotated[
    int | None,
    Field(
        None,
        title="版本",
        description="读到的版本号（revision），也可写在请求头 If-Match 里。与现状不同时答 409，什么都不改；不填则不核对。",
        ge=0,
        le=2_000_000_000,
    ),
]


class Sent(BaseModel):
    """What somebody sends: unknown fields are refused, so that a slip is not silently lost."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)


class Contact(Sent):
    """How to reach the requester."""

    name: str = Field("", title="姓名", max_length=60)
    phone: str = Field("", title="电话", max_length=30, description="11 位手机号，或带区号的座机号。")


class Filing(Sent):
    """A case to be opened."""

    procedure: str = Field(
        title="事项类别", description="类别代码，见 GET /api/v1/procedures。", max_length=64
    )
    values: dict[str, Any] = Field(
        title="填写的内容", description="按该类别表单（form）的字段代码填写。", max_length=200
    )
    contact: Contact | None = Field(
        None, title="联系方式", description="诉求人的姓名和电话，加密保存。不留也能提，但没法联系核实。"
    )
    credit_code: str = Field("", title="统一社会信用代码", description="企业提的事项必填。", max_length=40)
    enterprise_name: str = Field(
        "", title="企业名称", description="系统里还没有这个代码时填，用来登记。", max_length=100
    )
    about_unit: str = Field(
        "", title="反映的单位", description="单位代码；这件事不会转给它办，它也看不到。", max_length=64
    )


class DeskFiling(Filing):
    """A case opened by an officer for somebody."""

    channel: str = Field(
        "", title="来源渠道", description="例如 phone、visit，见清单 channels。", max_length=40
    )
    related: str = Field(
        "", title="针对的件", description="督办等针对另一件的，填那一件的编号。", max_length=40
    )
    source: str = Field("", title="来源系统", max_length=60)
    source_number: str = Field(
        "", title="来源编号", description="在来源系统里的编号；同一来源的同一编号只能立一件。", max_length=80
    )


class Act(Sent):
    """An act on a case."""

    revision: Revision


class NotedAct(Act):
    """An act with a remark."""

    note: str = Field("", title="说明", max_length=LONGEST_NOTE)


class ReasonedAct(Act):
    """An act that needs a reason or a demand."""

    note: str = Field(title="理由或要求", min_length=1, max_length=LONGEST_NOTE)


class SaidAct(Act):
    """Words added to a case."""

    text: str = Field(title="内容", min_length=1, max_length=LONGEST_NOTE)


class PromiseMade(Sent):
    """Something a reply promises."""

    text: str = Field(title="承诺的事", min_length=1, max_length=200)
    due: dt.date = Field(title="承诺日期", description="今天以后的日期。")


class StepDone(NotedAct):
    """A step with its outcome."""

    outcome: str = Field(
        title="办理结果代码",
        description="见 offered.steps[].choices，例如 accept 受理、transfer 转办。",
        max_length=64,
    )
    values: dict[str, Any] = Field({}, title="环节表单", max_length=200)
    reply: str = Field("", title="答复内容", max_length=LONGEST_REPLY)
    parts: dict[str, str] = Field(
        {},
        title="答复各部分",
        description="按答复模板的部分代码填写，合成的全文就是发出的答复。",
        max_length=40,
    )
    promises: list[PromiseMade] = Field(
        [], title="承诺", description="答复里写明日期的承诺会自动认出，这里填另外的。", max_length=10
    )
    to: str = Field(
        "", title="转给哪个单位", description="单位代码；转办时填，不填退回分办台。", max_length=64
    )
    co_handlers: list[str] = Field([], title="协办单位", description="单位代码。", max_length=10)
    chosen: list[str] = Field([], title="选定的揭榜单位", description="单位代码。", max_length=50)


class Assigned(Act):
    """Who does a step."""

    person: int = Field(title="人员编号", description="见 offered.steps[].officers。", ge=1, le=2_000_000_000)


class Paused(NotedAct):
    """Why the clock stands still."""

    ground: str = Field(title="暂停理由代码", description="见 offered.steps[].pauses。", max_length=64)


class Asked(Act):
    """What the requester is asked for."""

    ground: str = Field("supplement", title="暂停理由代码", max_length=64)
    question: str = Field(
        title="请诉求人补充什么", description="会连同链接发给诉求人。", min_length=1, max_length=LONGEST_NOTE
    )


class Extension(ReasonedAct):
    """A longer limit."""

    amount: int = Field(title="延长多少", description="单位同期限，最长见 extension_most。", ge=1, le=1000)
    document: str = Field("", title="批准文号", max_length=80)


class Settled(NotedAct):
    """The leader's word on an extension asked for."""

    approve: bool = Field(title="是否同意", description="不同意要写说明。")


class Merged(NotedAct):
    """Into which case."""

    into: str = Field(title="主件编号", max_length=40)


class SplitMatter(Act):
    """The other matter."""

    detail: str = Field(title="另一件事的具体情况", min_length=1, max_length=4000)


class Claimed(Act):
    """For which unit a call is answered."""

    unit: str = Field(title="揭榜单位", description="单位代码。", max_length=64)
    values: dict[str, Any] = Field({}, title="揭榜表单", max_length=200)


class Words(Sent):
    """What the requester adds."""

    text: str = Field(title="内容", min_length=1, max_length=LONGEST_NOTE)


class Withdrawn(Sent):
    """Why it is taken back."""

    reason: str = Field("", title="为什么撤回", max_length=500)


class RatingGiven(Sent):
    """A rating."""

    values: dict[str, Any] = Field(title="评价内容", description="按评价表单的字段代码填写。", max_length=50)
    round: int | None = Field(
        None, title="第几轮", description="评的是哪一轮的答复，不填是最近一轮。", ge=1, le=1000
    )


class Complained(Sent):
    """What the requester complains of."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"values": {"ground": "passing-on", "detail": "转了三家都说不归自己管。"}}]
        }
    )
    values: dict[str, Any] = Field(
        title="投诉内容", description="按投诉表单的字段代码填写，见 GET 同一地址。", max_length=50
    )


class Appealed(Sent):
    """Why a rating does not fit what was done."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"reason": "当天已修好并回访，评价针对的是另一处路灯。"}]}
    )
    reason: str = Field(title="申诉理由", min_length=1, max_length=LONGEST_NOTE)


class Reasoned(Sent):
    """Why an identity must be read."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"reason": "电话核实来信内容"}]})
    reason: str = Field(
        title="理由", description="4 至 200 字，例如“电话核实来信内容”。", min_length=1, max_length=200
    )
