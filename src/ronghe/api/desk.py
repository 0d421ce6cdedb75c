"""The addresses of the desk's acts."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest
from ninja import Router

from ronghe.api import sent
from ronghe.api.acts import Acting, acting, do, done, unit_named
from ronghe.api.filing import wrong
from ronghe.api.problems import Problem
from ronghe.api.schemas import Done, SplitOff
from ronghe.api.service import writes
from ronghe.casework import domain as casework
from ronghe.casework.models import Case
from ronghe.casework.queries.acts import officers_of
from ronghe.casework.queries.finding import find_visible_or_404
from ronghe.core.worktime import Limit

DESK = ("desk",)
router = Router(tags=["办理"])


def _act(path: str, name: str, title: str, said: str = "", gives: Any = Done) -> Any:
    return writes(
        router,
        f"/cases/{{str:number}}{path}",
        name=name,
        title=title,
        scopes=DESK,
        gives=gives,
        description=said,
    )


@_act(
    "/steps/{int:step}",
    "completeStep",
    "办一个环节",
    "受理、转办、退回、转答复、发出答复、审签等，都是办一个环节的结果；要一起填什么见 offered。",
)
def complete_step(request: HttpRequest, number: str, step: int, body: sent.StepDone) -> Done:
    """End a step with an outcome."""

    def act(one: Acting) -> Case:
        acts = one.step(step)
        if body.outcome not in {way.code for way in acts.choices}:
            raise wrong("outcome", "这个环节没有这种办理结果。可选的见 offered.steps[].choices。")
        lanes = {lane.holder.code: str(lane.path[-1]) for lane in acts.lanes if lane.holder}
        if unknown := [code for code in body.chosen if code not in lanes]:
            raise wrong("chosen", f"{'、'.join(unknown)} 没有揭榜，不能选定。")
        return casework.complete_step(
            one.case.pk,
            one.by,
            step=step,
            outcome=body.outcome,
            values=body.values,
            note=body.note,
            reply=body.reply,
            parts=body.parts,
            promises=[casework.Promise(made.text, made.due) for made in body.promises],
            to=unit_named("to", body.to) if body.to else None,
            co_handlers=[unit_named("co_handlers", code) for code in dict.fromkeys(body.co_handlers)],
            chosen=[lanes[code] for code in body.chosen],
        )

    return do(request, number, body, act)


@_act("/steps/{int:step}/assign", "assignStep", "分派经办人")
def assign_step(request: HttpRequest, number: str, step: int, body: sent.Assigned) -> Done:
    """Name who does a step."""

    def act(one: Acting) -> Case:
        people = {person.pk: person for person in officers_of(one.step(step).step, one.page.on)}
        if body.person not in people:
            raise wrong("person", "这个人不在可以分派的人里。可选的见 offered.steps[].officers。")
        return casework.assign_step(one.case.pk, one.by, step=step, person=people[body.person])

    return do(request, number, body, act)


@_act("/steps/{int:step}/pause", "pauseCase", "暂停计时", "说明会告知诉求人。")
def pause(request: HttpRequest, number: str, step: int, body: sent.Paused) -> Done:
    """Stop the clock."""

    def act(one: Acting) -> Case:
        _check_ground(one, step, body.ground)
        return casework.pause_case(one.case.pk, one.by, step=step, ground=body.ground, note=body.note)

    return do(request, number, body, act)


def _check_ground(one: Acting, step: int, ground: str) -> None:
    if ground not in {pause.code for pause in one.step(step).pauses}:
        raise wrong("ground", "这个环节不能按这个理由暂停。可选的见 offered.steps[].pauses。")


@_act("/steps/{int:step}/ask", "askSupplement", "请诉求人补充", "诉求人收到带链接的消息；补充前暂停计时。")
def ask(request: HttpRequest, number: str, step: int, body: sent.Asked) -> Done:
    """Ask the requester for something."""

    def act(one: Acting) -> Case:
        _check_ground(one, step, body.ground)
        if one.case.identity_id is None:
            raise Problem(409, "no-contact", "诉求人没有留联系方式，没法请他补充。可以暂停计时并写明原因。")
        return casework.ask_supplement(
            one.case.pk, one.by, step=step, ground=body.ground, question=body.question
        )

    return do(request, number, body, act)


@_act("/steps/{int:step}/extend", "extendCase", "延长期限", "由有权批准的人直接延长；理由会告知诉求人。")
def extend(request: HttpRequest, number: str, step: int, body: sent.Extension) -> Done:
    """Lengthen the limit."""

    def act(one: Acting) -> Case:
        acts = one.step(step)
        if not acts.may_extend:
            raise Problem(403, "not-yours", "这一步不能由本账号直接延期。要延期的，请先申请。")
        return casework.extend_case(
            one.case.pk, one.by, step=step, limit=_limit(body, acts.extension_most), **_reasons(body)
        )

    return do(request, number, body, act)


@_act("/steps/{int:step}/ask-extension", "askExtension", "申请延期", "由本单位负责人审批；理由会告知诉求人。")
def ask_extension(request: HttpRequest, number: str, step: int, body: sent.Extension) -> Done:
    """Ask a leader for a longer limit."""

    def act(one: Acting) -> Case:
        acts = one.step(step)
        if not acts.may_ask_extension:
            raise Problem(403, "not-yours", "这一步现在不能申请延期：可能已经申请过，或可以直接延期。")
        return casework.ask_extension(
            one.case.pk, one.by, step=step, limit=_limit(body, acts.extension_most), **_reasons(body)
        )

    return do(request, number, body, act)


def _limit(body: sent.Extension, most: str) -> Limit:
    return Limit(body.amount, Limit.parse(most).unit)


def _reasons(body: sent.Extension) -> dict[str, str]:
    return {"document": body.document, "note": body.note}


@_act("/settle-extension", "settleExtension", "审批延期", "申请人以外的负责人审批。")
def settle_extension(request: HttpRequest, number: str, body: sent.Settled) -> Done:
    """Approve or refuse."""

    def act(one: Acting) -> Case:
        one.check("settle-extension")
        return casework.settle_extension(one.case.pk, one.by, approve=body.approve, note=body.note)

    return do(request, number, body, act)


@_act("/resume", "resumeCase", "恢复计时")
def resume(request: HttpRequest, number: str, body: sent.Act) -> Done:
    """Let the clock run on."""

    def act(one: Acting) -> Case:
        one.check("resume")
        return casework.resume_case(one.case.pk, one.by)

    return do(request, number, body, act)


@_act("/notes", "addNote", "记备注", "只有内部能看到。")
def add_note(request: HttpRequest, number: str, body: sent.SaidAct) -> Done:
    """Add a remark."""

    def act(one: Acting) -> Case:
        one.check("notes")
        return casework.add_note(one.case.pk, one.by, text=body.text)

    return do(request, number, body, act)


@_act("/explain", "explainCase", "说明情况", "被催办、督办后说明办到哪一步、何时办完。")
def explain(request: HttpRequest, number: str, body: sent.SaidAct) -> Done:
    """Say how things stand."""

    def act(one: Acting) -> Case:
        one.check("explain")
        return casework.explain_case(one.case.pk, one.by, text=body.text)

    return do(request, number, body, act)


@_act("/urge", "urgeCase", "催办")
def urge(request: HttpRequest, number: str, body: sent.NotedAct) -> Done:
    """Urge the unit."""

    def act(one: Acting) -> Case:
        one.check("urge")
        return casework.urge_case(one.case.pk, one.by, level=1, note=body.note)

    return do(request, number, body, act)


@_act("/supervise", "superviseCase", "督办", "要求会转告承办单位及其负责人。")
def supervise(request: HttpRequest, number: str, body: sent.ReasonedAct) -> Done:
    """Urge the unit, in the committee's name."""

    def act(one: Acting) -> Case:
        one.check("supervise")
        return casework.urge_case(one.case.pk, one.by, level=2, note=body.note)

    return do(request, number, body, act)


@_act("/merge", "mergeCase", "并入另一件", "主件办结时，本件的诉求人同样收到答复；本件的期限不变。")
def merge(request: HttpRequest, number: str, body: sent.Merged) -> Done:
    """Let another case answer for this one."""

    def act(one: Acting) -> Case:
        one.check("merge")
        try:
            into = find_visible_or_404(one.page.account, body.into.upper())
        except Http404 as hidden:
            raise wrong("into", "没有找到要并入的件，请核对编号。") from hidden
        return casework.merge_case(one.case.pk, one.by, into=into, note=body.note)

    return do(request, number, body, act)


@_act("/split", "splitCase", "从合并件中分出")
def split(request: HttpRequest, number: str, body: sent.NotedAct) -> Done:
    """Undo a merge."""

    def act(one: Acting) -> Case:
        one.check("split")
        return casework.split_case(one.case.pk, one.by, note=body.note)

    return do(request, number, body, act)


@_act("/split-off", "splitOff", "拆出另一件事", "另立一件，诉求人不变，重新分派。", SplitOff)
def split_off(request: HttpRequest, number: str, body: sent.SplitMatter) -> SplitOff:
    """Give a second matter a case of its own."""
    one = acting(request, number, body)
    one.check("split-off")
    opened = casework.split_off(one.case.pk, one.by, values={"detail": body.detail})
    case = Case.objects.select_related("responsible").get(pk=one.case.pk)
    return SplitOff.model_construct(**vars(done(case)), new_number=opened.case.number)


@_act("/claim", "claimLane", "揭榜")
def claim(request: HttpRequest, number: str, body: sent.Claimed) -> Done:
    """Answer an open call for a unit."""

    def act(one: Acting) -> Case:
        one.check("claim")
        return casework.claim_lane(
            one.case.pk,
            one.by,
            parallel=one.page.acts.calls[0].code,
            organisation=unit_named("unit", body.unit),
            values=body.values,
        )

    return do(request, number, body, act)


@_act("/close-call", "closeCall", "提前截止揭榜")
def close_call(request: HttpRequest, number: str, body: sent.Act) -> Done:
    """End a call before its time."""

    def act(one: Acting) -> Case:
        one.check("close-call")
        return casework.close_call(one.case.pk, one.by, parallel=one.page.acts.closable[0].code)

    return do(request, number, body, act)
