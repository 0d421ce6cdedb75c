"""What requesters do through another system: file, follow by number and code, add, answer, take back, rate."""

from __future__ import annotations

from typing import Annotated, Any

from django.http import HttpRequest
from django.urls import reverse
from ninja import Header, Router

from ronghe.api import sent
from ronghe.api.auth import ORIGIN, Asker, asker_of
from ronghe.api.cases import replies_of
from ronghe.api.files import CONTENT, Sent, Under, kept
from ronghe.api.filing import file_for_requester
from ronghe.api.offering import form_of
from ronghe.api.problems import Problem
from ronghe.api.public_schemas import Answered, Question, Rated, RatingAsked, Standing
from ronghe.api.reading import file_shown
from ronghe.api.schemas import Kept, Line, Receipt
from ronghe.api.service import reads, writes
from ronghe.casework import domain as casework
from ronghe.casework.enums import CaseState
from ronghe.casework.models import Case
from ronghe.casework.queries.asked import question_of
from ronghe.casework.queries.attachments import file_or_404, requesters_files
from ronghe.casework.queries.finding import follow
from ronghe.casework.queries.handled import is_own_work
from ronghe.casework.queries.timeline import timeline
from ronghe.judgements import domain as judgements
from ronghe.judgements.enums import RatingLink
from ronghe.judgements.queries import rating_for, rating_link
from ronghe.www.files import give
from ronghe.www.limits import count_wrong_follow, follow_refusal
from ronghe.www.portal.standing import standing_of

SCOPE = ("requests",)
FILE = "api-get-request-file"
router = Router(tags=["诉求人"])
Code = Annotated[
    str, Header(alias="Follow-Code", title="查询码", description="提交时给出的查询码。", max_length=40)
]


@writes(
    router,
    "/requests",
    name="fileRequest",
    title="提交诉求",
    scopes=SCOPE,
    gives=Receipt,
    status=201,
    description="诉求人自己通过小程序、公众号等提交；能提的类别同门户。查询码只在答复里给出。",
)
def file_request(request: HttpRequest, filing: sent.Filing) -> Receipt:
    """The requester files."""
    return file_for_requester(request, asker_of(request), filing)


def followed(request: HttpRequest, number: str, code: str) -> Case:
    """The case these open; wrong codes are counted as on the page. Raises Problem 404, 429."""
    number, now = "".join(number.split()).upper(), asker_of(request).now
    refused = follow_refusal(number, now)
    if refused is not None:
        seconds = max(1, round((refused.again - now).total_seconds()))
        raise Problem(429, "too-many", refused.says).with_header("Retry-After", str(seconds))
    case = follow(number, "".join(code.split()).upper())
    if case is None:
        count_wrong_follow(number, now)
        detail = "编号和查询码对不上。请对照提交成功时给出的再核对一次；查询码里没有字母 O 和 I。"
        raise Problem(404, "follow-wrong", detail)
    return case


def _open(request: HttpRequest, number: str, follow_code: str, **_values: Any) -> None:
    """Look at the code before the transaction: a wrong one stays counted."""
    request.followed = followed(request, number, follow_code)  # type: ignore[attr-defined]


def _case(request: HttpRequest) -> Case:
    case: Case = request.followed  # type: ignore[attr-defined]
    return case


def _act(path: str, name: str, title: str, said: str = "", gives: Any = Standing, **more: Any) -> Any:
    """Declare something a requester does with the case they follow."""
    address = f"/requests/{{str:number}}{path}"
    return writes(
        router,
        address,
        name=name,
        title=title,
        scopes=SCOPE,
        gives=gives,
        description=said,
        first=_open,
        **more,
    )


def _by(case: Case, asker: Asker) -> casework.By:
    return casework.By(f"requester:{case.pk}", asker.now, origin=ORIGIN)


def _is_own(asker: Asker, case: Case) -> bool:
    """Whether the token's account works on the case: it does not speak for the requester."""
    return is_own_work(asker.powers, case)


@reads(router, "/requests/{str:number}", name="getRequest", title="查进度", scopes=SCOPE, gives=Standing)
def get_request(request: HttpRequest, number: str, follow_code: Code) -> Standing:
    """Where it stands, as its requester reads it."""
    return _standing(followed(request, number, follow_code), asker_of(request))


def _standing(case: Case, asker: Asker) -> Standing:
    told = standing_of(case, asker.now)
    asked = question_of(case)
    return Standing.model_construct(
        number=case.number,
        title=case.title,
        procedure=case.procedure,
        procedure_title=case.edition.title,
        state=case.state,
        result=case.result,
        round=case.round,
        unit=case.responsible.name if case.responsible else "",
        where=told.where,
        step=told.step,
        light=str(told.light),
        sentence=told.sentence,
        why=list(told.why),
        opened_at=case.opened_at,
        due=case.due,
        closed_at=case.closed_at,
        question=Question.model_construct(
            ground=asked.ground, text=asked.text, since=asked.since, until=asked.until
        )
        if asked
        else None,
        rating=_rating(case, asker, case.round),
        revision=case.revision,
        url=reverse("api-get-request", args=[case.number]),
    )


def _rating(case: Case, asker: Asker, round_: int) -> str:
    if case.state != CaseState.CLOSED:
        return RatingLink.OVER.value
    link = rating_link(
        case.pk, round_, asker.now, is_closed=True, case_round=case.round, is_staff=_is_own(asker, case)
    )
    return link.value


@reads(
    router,
    "/requests/{str:number}/timeline",
    name="getRequestTimeline",
    title="进展和答复",
    scopes=SCOPE,
    gives=Answered,
    description="诉求人看得到的进展、发出的答复和自己提供的附件；不含经办人姓名。",
)
def get_request_timeline(request: HttpRequest, number: str, follow_code: Code) -> Answered:
    """What happened, and what was answered."""
    case = followed(request, number, follow_code)
    return Answered.model_construct(
        items=[
            Line.model_construct(**{name: getattr(line, name) for name in Line.model_fields})
            for line in timeline(case, is_public=True)
        ],
        replies=replies_of(case, is_public=True),
        files=[file_shown(case, file, FILE) for file in requesters_files(case)],
        revision=case.revision,
    )


@reads(
    router,
    "/requests/{str:number}/files/{int:no}",
    name="getRequestFile",
    title="下载自己提供的附件",
    scopes=SCOPE,
    gives=None,
    openapi_extra=CONTENT,
)
def get_request_file(request: HttpRequest, number: str, no: int, follow_code: Code) -> Any:
    """The content of a file the requester sent."""
    case = followed(request, number, follow_code)
    return give(request, file_or_404(requesters_files(case), no), back=request.path)


@_act("/files", "attachRequestFile", "补充附件", gives=Kept, status=201)
def attach_request_file(
    request: HttpRequest, number: str, follow_code: Code, file: Sent, field: Under = ""
) -> Kept:
    """A file the requester adds."""
    case = _case(request)
    case = casework.attach(case.pk, _by(case, asker_of(request)), file=file, field=field)
    return kept(case, file, requesters_files(case), FILE)


@_act("/notes", "addRequestNote", "补充说明", "办理单位能看到。")
def add_request_note(request: HttpRequest, number: str, follow_code: Code, body: sent.Words) -> Standing:
    """Words the requester adds."""
    case, asker = _case(request), asker_of(request)
    casework.add_note(case.pk, _by(case, asker), text=body.text)
    return _standing(_again(case), asker)


def _again(case: Case) -> Case:
    found: Case = Case.objects.with_units().get(pk=case.pk)
    return found


@_act("/supplement", "answerQuestion", "补充要的材料", "回答办理单位的问题，计时接着算；先传附件再回答。")
def answer_question(request: HttpRequest, number: str, follow_code: Code, body: sent.Words) -> Standing:
    """The requester's answer to what the unit asked."""
    case, asker = _case(request), asker_of(request)
    if _is_own(asker, case):
        raise Problem(403, "own-work", "这个账号属于办理单位，不能替诉求人补充。")
    if question_of(case) is None:
        raise Problem(409, "not-asked", "现在没有需要补充的内容。如有新情况，可以补充说明。")
    casework.answer_supplement(case.pk, text=body.text, actor=f"requester:{case.pk}", at=asker.now)
    return _standing(_again(case), asker)


@_act("/withdraw", "withdrawRequest", "撤回")
def withdraw_request(request: HttpRequest, number: str, follow_code: Code, body: sent.Withdrawn) -> Standing:
    """The requester takes it back."""
    case, asker = _case(request), asker_of(request)
    casework.withdraw_case(case.pk, _by(case, asker), note=body.reason)
    return _standing(_again(case), asker)


@reads(
    router,
    "/requests/{str:number}/rating",
    name="getRatingForm",
    title="怎么评价",
    scopes=SCOPE,
    gives=RatingAsked,
)
def get_rating_form(request: HttpRequest, number: str, follow_code: Code) -> RatingAsked:
    """Whether it may be rated, and by which form."""
    case, asker = followed(request, number, follow_code), asker_of(request)
    loaded = rating_for(case.procedure, asker.on)
    return RatingAsked.model_construct(
        rating=_rating(case, asker, case.round),
        round=case.round,
        form=form_of(loaded.body.form if loaded else None, asker.on),
    )


@_act(
    "/rating", "rateRequest", "评价", "每轮一次，办结后由诉求人评；不满意的自动重新办理。", Rated, status=201
)
def rate_request(request: HttpRequest, number: str, follow_code: Code, body: sent.RatingGiven) -> Rated:
    """The requester rates a round."""
    case, asker = _case(request), asker_of(request)
    round_ = body.round or case.round
    judgements.rate_case(
        judgements.Rated(case.pk, case.procedure, round_, case.responsible_id),
        values=body.values,
        actor=f"requester:{case.pk}",
        at=asker.now,
        origin=ORIGIN,
        is_staff=_is_own(asker, case),
    )
    now = _again(case)
    return Rated.model_construct(
        number=now.number, round=round_, is_reopened=now.state == CaseState.OPEN, revision=now.revision
    )
