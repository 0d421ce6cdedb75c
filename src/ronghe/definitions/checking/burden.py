"""A burden is counted: a form that asks for what the system already holds is refused.

Source: 国办函〔2026〕12号, 若干规定（最多报一次）; invariant 11.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from ronghe.core.procedure import steps_of
from ronghe.definitions.checking.catalogue import Catalogue, fields_of
from ronghe.definitions.checking.documents import Checked
from ronghe.definitions.enums import Kind, Requester
from ronghe.definitions.kinds import ProcedureDefinition
from ronghe.definitions.reading import Field, Problem

# Known of whoever asks, from the identity given once.
OF_REQUESTER = {"name": "姓名", "phone": "联系电话", "contact": "联系方式", "id-number": "证件号码"}
OF_ENTERPRISE = {"credit-code": "统一社会信用代码", "enterprise-name": "企业名称"}
OF_CASE = {"title": "标题", "number": "编号", "channel": "渠道", "opened": "提出时间", "requester": "提出人"}
# What every activity, entry, judgement and bulletin has by itself, by code and by what people would call it: kind →
# (where it is held, codes, titles).
BY_ITSELF: Mapping[Kind, tuple[str, frozenset[str], frozenset[str]]] = {
    Kind.ACTIVITY: (
        "每次活动都记时间、地点、组织单位和参加的人",
        frozenset({"begins", "ends", "place", "people", "participants", "organiser", "photos"}),
        frozenset(
            {"时间", "地点", "人数", "活动时间", "活动地点", "参加人员", "参加人数", "组织单位", "照片"}
        ),
    ),
    Kind.REGISTER: (
        "台账的每一项都有名称、登记单位和起止日期",
        frozenset({"title", "begins", "ends", "keeper"}),
        frozenset({"名称", "登记单位", "登记日期", "登记时间"}),
    ),
    Kind.JUDGEMENT: (
        "每次评价都记谁在什么时候评的是什么",
        frozenset({"judge", "given", "subject", "case"}),
        frozenset({"评价人", "评价时间", "评价日期", "评价对象", "检查人", "检查时间", "检查日期"}),
    ),
    Kind.BULLETIN: (
        "每份文稿都有标题、文号和印发日期",
        frozenset({"title", "number", "issued"}),
        frozenset({"标题", "文号", "印发日期", "发布日期", "印发单位"}),
    ),
}


def held_already(checked: Checked, catalogue: Catalogue) -> list[Problem]:
    """Every field of a form that is already known, with the place where it is held."""
    return [
        checked.document.problem(
            field, f"“{title}”系统里已经有了（{held}），不能再让人填。", "删去这一项", "held-already"
        )
        for field, title, held in _asked_again(checked, catalogue)
    ]


def _asked_again(checked: Checked, catalogue: Catalogue) -> Iterator[tuple[Field, str, str]]:
    body = checked.body
    known = {
        code: f"{thing.title}的“{title}”"
        for name in getattr(body, "about", ())
        for thing in catalogue.things(name)
        for code, title in fields_of(thing).items()
    }
    if isinstance(body, ProcedureDefinition):
        known |= dict.fromkeys(OF_CASE, "每件都有")
        if body.requester is not Requester.STAFF:
            known |= dict.fromkeys(OF_REQUESTER, "提出人身份")
        if body.requester is Requester.ENTERPRISE or "enterprise" in body.about:
            known |= dict.fromkeys(OF_ENTERPRISE, "企业档案")
    place, codes, titles = BY_ITSELF.get(body.kind, ("", frozenset(), frozenset()))
    for index, field in enumerate(body.form.fields if body.form else ()):
        if field.code in known:
            yield ("form", index, "field"), field.title, known[field.code]
        elif field.code in codes or field.title in titles:
            yield ("form", index, "field"), field.title, place
    if isinstance(body, ProcedureDefinition):
        asked = known | dict.fromkeys(fields_of(body), "提出时已经填过")
        for placed in steps_of(body.flow):
            for index, field in enumerate(placed.step.form.fields if placed.step.form else ()):
                if field.code in asked:
                    yield (*placed.field, "form", index, "field"), field.title, asked[field.code]
