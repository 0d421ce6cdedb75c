"""Similar answers for the public and similar open cases for officers: what may be found, and what never."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import time

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from ronghe.casework import domain
from ronghe.casework.models import Case, Reply
from ronghe.casework.queries.similar import SimilarAnswer, similar_answers, similar_open
from ronghe.definitions import queries as definitions
from ronghe.definitions.models import Edition
from ronghe.organisations.queries import powers_of
from tests.casework.test_life import by, file_request
from tests.city import City, moment

pytestmark = [pytest.mark.db, pytest.mark.both, pytest.mark.django_db]
DAY = dt.date(2026, 3, 10)
ASKED = "小区门口的路灯不亮"


def message(detail: str = "小区门口路灯不亮", procedure: str = "resident-message", **values: object) -> Case:
    return domain.open_case(
        definitions.get("procedure", procedure, DAY),
        values={"detail": detail, **values},
        at=moment("2026-03-02 10:00"),
    ).case


def answered(city: City, detail: str = "小区门口路灯不亮", reply: str = "路灯已修复。") -> Case:
    case = message(detail)
    for step, (name, at, outcome, more) in enumerate(
        [
            ("分办甲", "2026-03-02 11:00", "transfer", {"to": city.units["zjj"]}),
            ("住建经办", "2026-03-02 14:00", "accept", {}),
            ("住建经办", "2026-03-03 14:00", "ready", {}),
            ("住建经办", "2026-03-04 14:00", "send", {"reply": reply}),
        ],
        start=1,
    ):
        case = domain.complete_step(case.pk, by(city, name, at, case), step=step, outcome=outcome, **more)
    return case


def test_answer_is_shown_with_its_unit_and_day(city: City) -> None:
    case = answered(city)
    answered(city, "医保报销比例咨询", "比例为七成。")

    assert similar_answers(ASKED, on=DAY) == [
        SimilarAnswer(
            case.number, "小区门口路灯不亮", "路灯已修复。", "市住房和建设局", moment("2026-03-04 14:00")
        )
    ]


def test_personal_data_is_covered_in_title_and_reply_and_finds_nothing(city: City) -> None:
    answered(city, "业主王小明13800138000反映路灯", "王小明先生：已修复，办公电话0755-83456789。")

    [found] = similar_answers("反映路灯", on=DAY)

    assert (found.title, found.reply) == (
        "业主王某某138****8000反映路灯",
        "王某某先生：已修复，办公电话0755-83456789。",
    )
    assert similar_answers("13800138000", on=DAY) == similar_answers("王小明", on=DAY) == []


def test_open_withdrawn_and_unanswered_cases_are_not_shown(city: City) -> None:
    message()
    Case.objects.filter(pk=message().pk).update(state="withdrawn", answered_at=moment("2026-03-03 10:00"))
    Case.objects.filter(pk=message().pk).update(state="closed", answered_at=moment("2026-03-03 10:00"))

    assert similar_answers(ASKED, on=DAY) == []


def test_draft_never_appears(city: City) -> None:
    sent, drafted = answered(city), answered(city)
    Reply.objects.create(case=sent, no=9, text="草稿", at=moment("2026-03-05 10:00"), actor="person:1")
    Reply.objects.filter(case=drafted).update(sent_at=None)

    assert [(one.number, one.reply) for one in similar_answers(ASKED, on=DAY)] == [
        (sent.number, "路灯已修复。")
    ]


def test_of_several_replies_the_last_sent_is_shown(city: City) -> None:
    case = answered(city)
    at = moment("2026-03-06 10:00")
    Reply.objects.create(case=case, no=9, text="已换新灯。", at=at, sent_at=at, actor="person:1")

    [found] = similar_answers(ASKED, on=DAY)

    assert (found.reply, found.unit) == ("已换新灯。", "市住房和建设局")


def test_merged_case_is_shown_once_by_the_one_that_answered(city: City) -> None:
    case, other = answered(city), answered(city)
    Case.objects.filter(pk=other.pk).update(merged_into=case)

    assert [one.number for one in similar_answers(ASKED, on=DAY)] == [case.number]


@pytest.mark.parametrize(
    "changed",
    [
        {"seen_by": {"public": ["title"]}},
        {"seen_by": {"window": ["title", "reply"]}},
        {"seen_by": {"public": {"not": ["reply"]}}},
        {"seen_by": {"public": {"where": {"state": "closed"}}}},
        {"identity": "protected"},
    ],
)
def test_what_the_definition_of_the_day_does_not_show_is_not_found(
    city: City, changed: dict[str, object]
) -> None:
    answered(city)
    assert len(similar_answers(ASKED, on=DAY)) == 1

    edition = Edition.objects.filter(kind="procedure", code="resident-message").latest("effective")
    edition.pk, edition.edition, edition.effective = None, "next", DAY
    edition.body = json.dumps({**json.loads(edition.body), **changed})
    edition.hash = hashlib.sha256(edition.body.encode()).hexdigest()
    edition.save(force_insert=True)

    assert similar_answers(ASKED, on=DAY) == []


def test_reader_finds_open_cases_of_his_own_sight_with_reasons(city: City) -> None:
    case, other = file_request(city), file_request(city, about=None)
    same = file_request(city)
    domain.complete_step(
        same.pk,
        by(city, "管家甲", "2026-03-02 11:00", same),
        step=1,
        outcome="transfer",
        to=city.units["zjj"],
    )
    message()

    def found(name: str) -> list[tuple[Case, str]]:
        powers = powers_of(city.accounts[name], DAY)
        return [(one.case, one.reason.split("都说到")[0]) for one in similar_open(case, powers)]

    assert found("工委甲") == [(same, "同一家企业，"), (other, "")]
    assert found("管家甲") == [(same, "同一家企业，")]
    assert found("环境经办") == [(other, "")]
    assert found("住建经办") == [(same, "同一家企业，")]
    assert found("分办甲") == []


def test_reason_names_the_words_both_have(city: City) -> None:
    case = file_request(city)
    file_request(city)

    [one] = similar_open(case, powers_of(city.accounts["管家甲"], DAY))

    assert one.reason.startswith("同一家企业，都说到“")


def test_closed_merged_and_the_case_itself_are_not_similar(city: City) -> None:
    case, merged, closed = file_request(city), file_request(city), file_request(city)
    Case.objects.filter(pk=merged.pk).update(merged_into=case)
    Case.objects.filter(pk=closed.pk).update(state="closed")

    assert similar_open(case, powers_of(city.accounts["管家甲"], DAY)) == []


def test_statements_do_not_grow_with_what_is_found(city: City) -> None:
    case = file_request(city)
    powers = powers_of(city.accounts["管家甲"], DAY)
    counts = []
    for more in (1, 2):
        for _ in range(more):
            answered(city)
            file_request(city)
        with CaptureQueriesContext(connection) as answers:
            similar_answers(ASKED, on=DAY)
        with CaptureQueriesContext(connection) as opened:
            similar_open(case, powers)
        counts.append((len(answers), len(opened)))

    assert counts[0] == counts[1]
    assert max(counts[0]) <= 4


def test_newest_three_thousand_are_looked_through_in_time(city: City) -> None:
    case = answered(city)
    reply = Reply.objects.get(case=case)
    words = ["路灯", "道路", "停车", "噪声", "供水", "医保", "学位", "公交", "绿化", "垃圾", "电梯", "物业"]
    copies = []
    for n in range(3000):
        values = {
            **{f.attname: getattr(case, f.attname) for f in Case._meta.concrete_fields},
            "pk": None,
            "id": None,
        }
        title = f"{words[n % 12]}{words[n // 12 % 12]}{words[n // 144 % 12]}问题第{n}次反映请处理"
        copies.append(Case(**{**values, "number": f"X{n}", "title": title, "submission": None}))
    made = Case.objects.bulk_create(copies)
    Reply.objects.bulk_create(
        Reply(case=one, no=1, text="已办。", at=reply.at, sent_at=reply.at, actor="person:1") for one in made
    )

    begun = time.process_time()
    found = similar_answers("路灯道路停车问题", on=DAY)
    took = time.process_time() - begun

    assert len(found) == 3
    assert took < 0.3  # 0.1 s on a quiet machine
