"""What is answered, field by field; titles and descriptions are read by integrators."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any

from ninja import Schema
from pydantic import Field, PlainSerializer, WithJsonSchema

from ronghe.core.worktime import SHANGHAI

Instant = Annotated[
    dt.datetime,
    PlainSerializer(lambda at: at.astimezone(SHANGHAI).isoformat(timespec="seconds"), return_type=str),
    WithJsonSchema({"type": "string", "format": "date-time"}),
]
"""Told by the city's clock."""


class Unit(Schema):
    """An organisation."""

    code: str = Field(title="代码")
    name: str = Field(title="名称")


class Receipt(Schema):
    """What is handed to the requester."""

    number: str = Field(title="编号")
    follow_code: str = Field(
        title="查询码", description="凭编号和查询码跟进，只在这里给出，请转交诉求人并妥善保管。"
    )
    state: str = Field(title="状态")
    opened_at: Instant = Field(title="提出时间")
    due: Instant | None = Field(title="期限", description="没有时限的为空。")
    light: str = Field(
        title="亮灯", description="green 正常、yellow 临期、red 超期、paused 暂停、done 办结、none 无时限。"
    )
    sentence: str = Field(title="时限说明", description="一句话，例如“还剩 5 个工作日”。")
    revision: int = Field(title="版本")
    url: str = Field(title="地址")


class CaseRow(Schema):
    """A case in a list."""

    number: str = Field(title="编号")
    title: str = Field(title="标题")
    procedure: str = Field(title="类别代码")
    procedure_title: str = Field(title="类别")
    state: str = Field(title="状态", description="open 办理中、closed 已办结、withdrawn 已撤回。")
    result: str = Field(title="办理结果")
    round: int = Field(title="第几轮", description="重新办理一次加一。")
    unit: Unit | None = Field(title="承办单位", description="还没有确定时为空。")
    enterprise: Unit | None = Field(title="涉及企业")
    channel: str = Field(title="来源渠道")
    source: str = Field(title="来源系统")
    source_number: str = Field(title="来源编号")
    opened_at: Instant = Field(title="提出时间")
    accepted_at: Instant | None = Field(title="受理时间")
    due: Instant | None = Field(title="期限")
    closed_at: Instant | None = Field(title="办结时间")
    light: str = Field(title="亮灯")
    revision: int = Field(title="版本")
    url: str = Field(title="地址")


class Page(Schema):
    """A page of a list."""

    after: str | None = Field(title="下一页", description="原样填到参数 after 里取下一页；为空就是没有了。")


class CaseList(Page):
    """A page of cases."""

    items: list[CaseRow] = Field(title="办件")


class Said(Schema):
    """One answer of the form."""

    title: str = Field(title="栏目")
    text: str = Field(title="内容")


class Requester(Schema):
    """Who asked, as far as the reader may know."""

    name: str = Field(title="姓名")
    phone: str = Field(title="电话")
    is_masked: bool = Field(title="是否遮盖")
    says: str = Field(title="说明", description="为什么遮盖。")


class StepShown(Schema):
    """A step, open or done."""

    no: int = Field(title="序号", description="办理环节时用的编号。")
    code: str = Field(title="环节代码")
    title: str = Field(title="环节")
    unit: Unit | None = Field(title="办理单位")
    assignee: str = Field(title="经办人")
    opened_at: Instant = Field(title="开始时间")
    due: Instant | None = Field(title="环节期限")
    done_at: Instant | None = Field(title="完成时间")
    outcome: str = Field(title="办理结果代码")


class Choice(Schema):
    """An outcome the account may choose now, and what it asks for."""

    outcome: str = Field(title="办理结果代码")
    title: str = Field(title="办理结果")
    needs: list[str] = Field(
        title="要一起填的",
        description="reply 答复、note 理由、to 转给的单位、co_handlers 协办单位、chosen 选定的揭榜单位。",
    )


class Person(Schema):
    """Somebody, by number and name."""

    id: int = Field(title="人员编号")
    name: str = Field(title="姓名")


class StepOffered(Schema):
    """An open step the account may do."""

    no: int = Field(title="序号")
    code: str = Field(title="环节代码")
    title: str = Field(title="环节")
    choices: list[Choice] = Field(title="可选的办理结果")
    form: list[dict[str, Any]] = Field(title="环节表单", description="要填的字段，没有则为空。")
    parts: list[dict[str, Any]] = Field(
        title="答复模板的各部分", description="没有模板则为空，答复写成一段。"
    )
    pauses: list[Said] = Field(title="可用的暂停理由", description="title 是理由，text 是理由代码。")
    extension_most: str = Field(title="最长可延", description="不能延期的为空。")
    officers: list[Person] = Field(title="可以分派给谁")
    lanes: list[Unit] = Field(title="可以选定的揭榜单位")


class Offered(Schema):
    """What the account may do with the case now."""

    steps: list[StepOffered] = Field(title="可办的环节")
    acts: list[str] = Field(title="可做的其他动作", description="动作代码，即 /acts/ 后的地址。")


class FileShown(Schema):
    """A file of a case."""

    no: int = Field(title="序号")
    name: str = Field(title="文件名")
    size: int = Field(title="字节数")
    content_type: str = Field(title="类型")
    at: Instant = Field(title="上传时间")
    is_requesters: bool = Field(title="是否诉求人提供")
    url: str = Field(title="下载地址")


class CaseShown(CaseRow):
    """A case in full, as far as the account may know it."""

    sentence: str = Field(title="时限说明")
    why: str = Field(title="期限怎么算的")
    said: list[Said] = Field(title="诉求内容")
    values: dict[str, Any] = Field(title="填写的内容", description="按字段代码。")
    requester: Requester | None = Field(title="诉求人", description="没有留联系方式时为空。")
    merged_into: str | None = Field(title="并入的件", description="看得到时给出编号。")
    steps: list[StepShown] = Field(title="环节")
    files: list[FileShown] = Field(title="附件")
    offered: Offered = Field(title="现在能做的")


class Line(Schema):
    """One thing that happened."""

    seq: int = Field(title="序号")
    at: Instant = Field(title="时间")
    kind: str = Field(title="种类代码")
    title: str = Field(title="事由")
    who: str = Field(title="谁", description="人员姓名；requester 诉求人、system 系统、import 导入。")
    unit: str = Field(title="单位")
    step: str = Field(title="环节")
    outcome: str = Field(title="结果")
    text: str = Field(title="文字")
    in_time: bool | None = Field(title="是否按时")
    due: Instant | None = Field(title="期限")


class Lines(Schema):
    """What happened, oldest first."""

    items: list[Line] = Field(title="进展")
    revision: int = Field(title="版本")


class Promised(Schema):
    """What a reply promises."""

    text: str = Field(title="承诺的事")
    due: dt.date = Field(title="承诺日期")


class ReplyShown(Schema):
    """A reply."""

    no: int = Field(title="序号")
    round: int = Field(title="第几轮")
    text: str = Field(title="答复内容")
    unit: str = Field(title="答复单位")
    at: Instant = Field(title="写成时间")
    sent_at: Instant | None = Field(title="发出时间", description="为空就是还没有发出的拟稿。")
    promises: list[Promised] = Field(title="承诺")


class Replies(Schema):
    """The replies of a case."""

    items: list[ReplyShown] = Field(title="答复")


class ProcedureShown(Schema):
    """A kind of case that may be filed."""

    code: str = Field(title="代码")
    title: str = Field(title="名称")
    requester: str = Field(
        title="谁提的", description="any 都可以、resident 个人、enterprise 企业、staff 工作人员。"
    )
    is_protected: bool = Field(title="身份是否受保护")
    limit: str = Field(title="时限", description="没有或随事项而定的为空。")
    limit_from: str = Field(title="时限起算", description="opened 提出时、accepted 受理时。")
    form: list[dict[str, Any]] = Field(title="表单", description="字段、类型、是否必填、最长、选项。")


class Procedures(Schema):
    """The kinds one may file."""

    items: list[ProcedureShown] = Field(title="事项类别")


class Kept(Schema):
    """A file that was kept."""

    number: str = Field(title="编号")
    revision: int = Field(title="版本")
    file: FileShown = Field(title="附件", description="同一件里内容完全相同的只收一份，给出先前的那一份。")


class Done(Schema):
    """How the case stands after an act."""

    number: str = Field(title="编号")
    state: str = Field(title="状态")
    unit: Unit | None = Field(title="承办单位")
    due: Instant | None = Field(title="期限")
    revision: int = Field(title="版本", description="下一步办理时写到 If-Match。")
    url: str = Field(title="地址")


class SplitOff(Done):
    """What came of a case: the other matter, as a case of its own."""

    new_number: str = Field(title="新件编号")
