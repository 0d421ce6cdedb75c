"""Cases: what one may file, filing, lists, one case with what happened to it, and its files."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Literal

from django.http import HttpRequest
from ninja import Query, Router
from pydantic import Field

from ronghe.api.auth import asker_of
from ronghe.api.filing import file_at_desk
from ronghe.api.offering import form_of
from ronghe.api.paging import Paged, page_of
from ronghe.api.reading import COLUMNS, rows_of, shown
from ronghe.api.schemas import (
    CaseList,
    CaseShown,
    Line,
    Lines,
    Procedures,
    ProcedureShown,
    Promised,
    Receipt,
    Replies,
    ReplyShown,
)
from ronghe.api.sent import DeskFiling, Moment
from ronghe.api.service import reads, writes
from ronghe.casework.models import Case
from ronghe.casework.queries.filable import filable
from ronghe.casework.queries.finding import find_visible_or_404
from ronghe.casework.queries.lights import lights_at
from ronghe.casework.queries.listing import NOBODY, Wanted, find_cases
from ronghe.casework.queries.timeline import condensed, timeline
from ronghe.core.worktime import Light
from ronghe.definitions.queries import Loaded, calendar
from ronghe.www.filing.offers import DeskOffer
from ronghe.www.portal.offers import offers

READ, WRITE = ("cases.read",), ("cases.write",)
router = Router(tags=["办件"])


class Filters(Paged):
    """Which cases are looked for."""

    state: Literal["", "open", "closed", "withdrawn"] = Field("", title="状态")
    procedure: str = Field("", title="类别代码", max_length=64)
    unit: str = Field("", title="承办单位代码", max_length=64, description=f"{NOBODY} 是还没有承办单位的。")
    overdue: bool | None = Field(None, title="是否超期")
    opened_since: Moment | None = Field(None, title="提出时间不早于")
    q: str = Field("", title="编号或标题里的字", max_length=80)


@reads(
    router,
    "/procedures",
    name="listProcedures",
    title="能登记的事项类别",
    scopes=("cases.write", "requests"),
    gives=Procedures,
    description="本账号能登记的类别；密钥有 requests 权限的，另含群众和企业自己能提的。附表单和时限。",
)
def list_procedures(request: HttpRequest) -> Procedures:
    """What may be filed with this token today."""
    asker = asker_of(request)
    found = filable(asker.powers, asker.on) if "cases.write" in asker.token.scopes else []
    if "requests" in asker.token.scopes:
        known = {loaded.edition.code for loaded in found}
        found += [offer.procedure for offer in offers() if offer.code not in known]
    return Procedures.model_construct(items=[_procedure(loaded, asker.on) for loaded in found])


def _procedure(loaded: Loaded, on: dt.date) -> ProcedureShown:
    offer = DeskOffer(loaded)
    return ProcedureShown.model_construct(
        code=offer.code,
        title=offer.title,
        requester=loaded.body.requester.value,
        is_protected=offer.is_protected,
        limit=offer.limit_words,
        limit_from=loaded.body.limit_from,
        form=form_of(loaded.body.form, on),
    )


@writes(
    router,
    "/cases",
    name="createCase",
    title="登记一件",
    scopes=WRITE,
    gives=Receipt,
    status=201,
    description="替来电、来访、来信的人登记，或登记自己岗位上的件。编号、分派、计时、台账在同一个事务里完成。",
)
def create_case(request: HttpRequest, filing: DeskFiling) -> Receipt:
    """File for somebody."""
    return file_at_desk(request, asker_of(request), filing)


@reads(
    router,
    "/cases",
    name="listCases",
    title="查办件",
    scopes=READ,
    gives=CaseList,
    description="本账号看得到的件，新提出的在前。用 after 接着取，期间有新的件进来也不会漏、不会重。",
)
def list_cases(request: HttpRequest, filters: Annotated[Filters, Query()]) -> CaseList:
    """The visible cases, the newest first."""
    asker = asker_of(request)
    wanted = Wanted(
        state=filters.state, kind=filters.procedure, unit=filters.unit, text=filters.q.strip(), sort="new"
    )
    cases = find_cases(asker.powers, wanted, asker.now, calendar())
    if filters.overdue is not None:
        late = lights_at(asker.now, calendar()).where(Light.RED)
        cases = cases.filter(late if filters.overdue else ~late)
    if filters.opened_since is not None:
        cases = cases.filter(opened_at__gte=filters.opened_since)
    found, after = page_of(cases, filters.after, filters.limit, COLUMNS)
    return CaseList.model_construct(items=rows_of(found, asker), after=after)


def visible(request: HttpRequest, number: str) -> Case:
    """The case of that number, if the account may see it."""
    return find_visible_or_404(asker_of(request).account, number.upper())


@reads(
    router,
    "/cases/{str:number}",
    name="getCase",
    title="看一件",
    scopes=READ,
    gives=CaseShown,
    description="本账号在页面上看得到的全部内容，和现在能做的事。响应头 ETag 是版本，办理时写到 If-Match。",
)
def get_case(request: HttpRequest, number: str) -> CaseShown:
    """One case."""
    return shown(visible(request, number), asker_of(request))


@reads(
    router,
    "/cases/{str:number}/timeline",
    name="getTimeline",
    title="办理过程",
    scopes=READ,
    gives=Lines,
)
def get_timeline(
    request: HttpRequest, number: str, since: Annotated[int, Query(0, title="只要序号大于它的", ge=0)]
) -> Lines:
    """What happened, oldest first."""
    case = visible(request, number)
    lines = [line for line in condensed(timeline(case)) if line.seq > since]
    return Lines.model_construct(
        items=[
            Line.model_construct(**{name: getattr(line, name) for name in Line.model_fields})
            for line in lines
        ],
        revision=case.revision,
    )


@reads(
    router,
    "/cases/{str:number}/replies",
    name="listReplies",
    title="答复",
    scopes=READ,
    gives=Replies,
)
def list_replies(request: HttpRequest, number: str) -> Replies:
    """The replies, the first written first."""
    case = visible(request, number)
    return Replies.model_construct(items=replies_of(case, is_public=False))


def replies_of(case: Case, *, is_public: bool) -> list[ReplyShown]:
    """The replies of a case; `is_public`: those that were sent."""
    replies = case.replies.select_related("organisation").order_by("no")
    if is_public:
        replies = replies.exclude(sent_at=None)
    return [
        ReplyShown.model_construct(
            no=reply.no,
            round=reply.round,
            text=reply.text,
            unit=reply.organisation.name if reply.organisation else "",
            at=reply.at,
            sent_at=reply.sent_at,
            promises=[Promised(**one) for one in reply.promises],
        )
        for reply in replies
    ]
