"""Cases from tables: what is written, what is refused and why, and that twice is once."""

from __future__ import annotations

import datetime as dt
from functools import partial
from typing import Any

import pytest

from ronghe.casework import domain
from ronghe.casework.domain.intake import CaseIntake, submission_of
from ronghe.casework.models import Case
from ronghe.core.memory import remembering
from ronghe.core.tables import Verdict
from ronghe.judgements.models import Judgement
from ronghe.ledger.models import Entry
from ronghe.management.imports import ratings
from ronghe.organisations.domain import masked
from ronghe.organisations.models import Organisation
from tests.city import City, moment
from tests.tables import CASE, rows_of, told

pytestmark = [pytest.mark.db, pytest.mark.both, pytest.mark.django_db]
NOW = moment("2026-06-01 12:00")
OPEN = {key: value for key, value in CASE.items() if key not in ("办结时间", "答复时间", "答复内容")}


def intake(at: dt.datetime = NOW, **more: Any) -> CaseIntake:
    rate = partial(ratings.write, batch="b1")
    return CaseIntake("letters", "b1", at, ratings.values_of, rate, **more)


def take(*rows: dict[str, Any], size: int = 500, **more: Any) -> list[Verdict]:
    with remembering():
        taking = intake(**more)
        given = rows_of(rows, taking.columns)
        verdicts = [
            one for start in range(0, len(given), size) for one in taking.take(given[start : start + size])
        ]
        return verdicts + list(taking.finish())


def kinds_of(case: Case) -> list[str]:
    entries = Entry.objects.filter(subject_type="case", subject_id=case.pk).order_by("seq")
    return [entry.kind for entry in entries]


def test_closed_case_holds_what_its_source_says(city: City) -> None:
    row = CASE | {
        "提出人": "王某",
        "联系方式": "13800138000",
        "受理时间": "2026-03-03",
        "评价": 5,
        "评价时间": "2026-03-09",
    }

    assert told(take(row)) == [(2, "accepted", {})]

    case = Case.objects.get(source_number="s1")
    assert kinds_of(case) == ["case.opened", "case.accepted", "case.answered", "case.closed"]
    assert (case.state, case.result, case.channel, case.title) == ("closed", "answered", "letter", "路灯不亮")
    assert (case.responsible, case.submission) == (city.units["zjj"], submission_of("letters", "s1"))
    assert (case.opened_at, case.closed_at) == (moment("2026-03-02 10:00"), moment("2026-03-06 17:00"))
    assert case.steps.count() == 0
    assert [reply.text for reply in case.replies.all()] == ["已修复。"]
    assert case.identity is not None
    assert (masked(case.identity).name, masked(case.identity).phone) == ("王**", "138****8000")
    judgement = Judgement.objects.get(subject_id=case.pk)
    assert (judgement.score, judgement.organisation, judgement.actor) == (5, city.units["zjj"], "import:b1")
    assert set(Entry.objects.filter(subject_type="case").values_list("origin", "actor", "batch")) == {
        ("import", "import:b1", "b1")
    }
    assert domain.reconcile()["differences"] == []


def test_open_case_waits_at_its_unit(city: City) -> None:
    take(OPEN, OPEN | {"编号": "s2", "受理时间": "2026-03-03 09:00"}, OPEN | {"编号": "s3", "责任单位": ""})

    first, second, third = Case.objects.order_by("source_number")
    assert (first.responsible, [step.code for step in first.steps.all()]) == (city.units["zjj"], ["receive"])
    assert [(step.code, step.holder, step.outcome) for step in second.steps.order_by("no")] == [
        ("receive", city.units["zjj"], "accept"),
        ("handle", city.units["zjj"], ""),
    ]
    assert (third.responsible, third.steps.get().holder) == (None, city.units["fbzx"])
    assert domain.reconcile()["differences"] == []


def test_accepted_case_without_unit_stays_at_the_desk(city: City) -> None:
    take(OPEN | {"责任单位": "", "受理时间": "2026-03-03"})

    case = Case.objects.get()
    assert (case.responsible, case.accepted_at) == (None, moment("2026-03-03 17:00"))
    assert [(step.code, step.done_at) for step in case.steps.all()] == [("receive", None)]


def test_sent_again_changes_nothing(city: City) -> None:
    rows = [CASE, OPEN | {"编号": "s2"}]
    take(*rows)
    before = (Entry.objects.count(), Case.objects.order_by("pk").values_list("pk", "revision"))

    assert [status for _, status, _ in told(take(*rows))] == ["already", "already"]
    assert (Entry.objects.count(), Case.objects.order_by("pk").values_list("pk", "revision"))[0] == before[0]


def test_an_open_case_takes_over_what_happened_since(city: City) -> None:
    take(OPEN)

    newer = CASE | {"评价": "很差"}
    assert [status for _, status, _ in told(take(newer))] == ["refused"]
    assert [status for _, status, _ in told(take(CASE, is_trial=True))] == ["updated"]
    assert Case.objects.get().state == "open"
    assert [status for _, status, _ in told(take(CASE | {"评价": "满意"}))] == ["updated"]
    assert [status for _, status, _ in told(take(CASE))] == ["already"]

    case = Case.objects.get()
    assert (case.state, case.replies.get().text, Judgement.objects.get().score) == ("closed", "已修复。", 4)
    assert domain.reconcile()["differences"] == []


def test_a_case_worked_on_here_is_left_alone(city: City) -> None:
    take(OPEN)
    case = Case.objects.get()
    by = domain.By("person:1", moment("2026-03-03 09:00"))
    domain.complete_step(case.pk, by, step=1, outcome="accept")

    assert [status for _, status, _ in told(take(CASE))] == ["already"]
    assert Case.objects.get().state == "open"


def test_newer_facts_before_what_is_known_are_refused(city: City) -> None:
    take(OPEN | {"答复时间": "2026-03-08", "答复内容": "在办。"})

    [(_, status, reasons)] = told(take(CASE))

    assert (status, list(reasons)) == ("refused", [""])
    assert Case.objects.get().state == "open"


@pytest.mark.parametrize(
    ("wrong", "reasons"),
    [
        ({"编号": ""}, {"number": "没有编号"}),
        ({"类型": "投诉"}, {"kind": "没有“投诉”这种类型，请写"}),
        ({"类型": ""}, {"kind": "没有写类型"}),
        ({"提出时间": "2026-02-30"}, {"opened": "没有“2026-02-30”这一天"}),
        ({"提出时间": ""}, {"opened": "没有提出时间"}),
        ({"答复时间": "2026-03-01"}, {"answered": "早于提出时间"}),
        ({"办结时间": "2026-03-01", "答复时间": "", "答复内容": ""}, {"closed": "早于提出时间"}),
        ({"办结时间": "2027-01-01"}, {"closed": "在将来"}),
        ({"办结时间": "", "评价": 5}, {"rating": "还没有办结"}),
        ({"办结时间": "", "办理结果": "已解决"}, {"result": "没有办结时间"}),
        ({"评价": 7}, {"rating": "请写 1 到 5 的整数"}),
        ({"评价时间": "2026-03-09"}, {"rated": "没有评价"}),
        ({"评价": 5, "评价时间": "2026-03-03"}, {"rated": "早于办结时间"}),
        ({"责任单位": "市住房建设局"}, {"unit": "相近的有：市住房和建设局"}),
        ({"企业统一代码": "91440300MA5F0A1B2X"}, {"credit_code": "校验位不对"}),
        ({"企业统一代码": "914403001922038216"}, {"credit_code": "没有登记过"}),
        ({"正文": ""}, {"detail": "没有正文"}),
        ({"正文": "", "标题": ""}, {"detail": "标题和正文都没有"}),
        ({"正文": "长" * 4001}, {"detail": "4000"}),
        ({"标题": "长" * 201}, {"title": "最多 200 字"}),
        ({"渠道": "电话13800138000"}, {"channel": "不能用的符号或长号码"}),
        ({"办理结果": "已办结；见13800138000"}, {"result": "不能用的符号"}),
        ({"关联编号": "s1"}, {"related": "不能是本件自己"}),
        ({"关联编号": "s9"}, {"related": "没有找到关联编号“s9”"}),
        ({"办结时间": "", "答复时间": ""}, {"reply": "没有答复时间"}),
        ({"类型": "督办", "评价": 5}, {"rating": "不请求评价"}),
        (
            {"提出时间": "昨天", "渠道": "一二三四五六七八九十" * 5, "编号": "长" * 81},
            {"opened": "看不懂", "channel": "最多 40 字", "number": "最多 80 字"},
        ),
    ],
)
def test_what_is_wrong_is_said_for_each_cell(
    city: City, wrong: dict[str, Any], reasons: dict[str, str]
) -> None:
    [(number, status, said)] = told(take(CASE | wrong))

    assert (number, status, said.keys()) == (2, "refused", reasons.keys())
    assert [part in said[code] for code, part in reasons.items()] == [True] * len(reasons), said
    assert Case.objects.count() == 0


def test_two_units_of_one_name_are_told_with_what_stands_above(city: City) -> None:
    city.unit("bgs1", "office", "办公室", parent=city.units["zjj"])
    city.unit("bgs2", "office", "办公室", parent=city.units["sthjj"])

    rows = [CASE | {"责任单位": name, "编号": name} for name in ("办公室", "市生态环境局/办公室", "bgs1")]
    verdicts = told(take(*rows))

    assert [status for _, status, _ in verdicts] == ["accepted", "accepted", "refused"]
    said = verdicts[2][2]["unit"]
    assert "市住房和建设局" in said
    assert "市生态环境局" in said
    assert [case.responsible.code for case in Case.objects.order_by("pk") if case.responsible] == [
        "bgs2",
        "bgs1",
    ]


def test_unknown_units_are_founded_where_asked_to(city: City) -> None:
    rows = [
        CASE | {"编号": "a", "责任单位": "市园林局"},
        CASE | {"编号": "b", "责任单位": "市园林局", "提出时间": "2025-01-06"},
    ]

    assert [status for _, status, _ in told(take(*rows, may_found=True))] == ["accepted", "accepted"]
    assert [status for _, status, _ in told(take(CASE | {"编号": "c", "责任单位": "市园林局"}))] == [
        "accepted"
    ]

    unit = Organisation.objects.get(name="市园林局")
    assert (unit.kind, unit.begins, unit.cases_responsible.count()) == ("institution", dt.date(2026, 3, 2), 3)


def test_no_unit_is_founded_for_a_row_that_is_refused(city: City) -> None:
    [(_, status, reasons)] = told(take(CASE | {"责任单位": "市园林局", "渠道": "！！"}, may_found=True))

    assert (status, list(reasons)) == ("refused", ["channel"])
    assert not Organisation.objects.filter(name="市园林局").exists()


def test_a_number_twice_in_a_file_counts_once_in_every_run(city: City) -> None:
    for first in ("accepted", "already"):
        verdicts = told(take(CASE, CASE | {"标题": "又来一次"}))

        assert [(number, status) for number, status, _ in verdicts] == [(2, first), (3, "refused")]
        assert "第 2 行" in verdicts[1][2]["number"]


def test_related_cases_may_come_further_down(city: City) -> None:
    rows = [
        CASE | {"编号": "a", "关联编号": "c"},
        CASE | {"编号": "b", "关联编号": "a"},
        CASE | {"编号": "c"},
        CASE | {"编号": "x", "关联编号": "y"},
        CASE | {"编号": "y", "关联编号": "x"},
    ]

    verdicts = {number: status for number, status, _ in told(take(*rows, size=2))}

    assert verdicts == {2: "accepted", 3: "accepted", 4: "accepted", 5: "refused", 6: "refused"}
    related = {
        case.source_number: case.related and case.related.source_number
        for case in Case.objects.order_by("pk")
    }
    assert related == {"a": "c", "b": "a", "c": None}


def test_a_trial_tells_the_same_and_writes_nothing(city: City) -> None:
    rows = [
        CASE | {"编号": "a", "关联编号": "c"},
        CASE | {"编号": "b", "责任单位": "市园林局"},
        CASE | {"编号": "c"},
        CASE | {"编号": "d", "评价": 9},
    ]
    before = (Entry.objects.count(), Organisation.objects.count())

    trial = sorted(told(take(*rows, is_trial=True, may_found=True)))

    assert (Case.objects.count(), Entry.objects.count(), Organisation.objects.count()) == (0, *before)
    assert trial == sorted(told(take(*rows, may_found=True)))


def test_enterprise_requests_take_answers_from_columns_of_their_own(city: City) -> None:
    enterprise = city.units["enterprise"]
    row = OPEN | {
        "类型": "enterprise-request",
        "企业统一代码": enterprise.code,
        "责任单位": "",
        "诉求类别": "生态环境",
    }

    verdicts = told(
        take(row, row | {"编号": "s2", "诉求类别": "天气"}, row | {"编号": "s3", "诉求类别": None})
    )

    assert [status for _, status, _ in verdicts] == ["accepted", "accepted", "refused"]
    assert list(verdicts[2][2]) == ["诉求类别"]
    first, second = Case.objects.order_by("source_number")
    assert (first.about, first.values["topic"], "topic" in second.values) == (
        enterprise,
        "environment",
        False,
    )
    assert first.responsible == city.units["fwz1"]


def test_a_bad_rating_of_an_old_case_does_not_take_it_up_again(city: City) -> None:
    take(CASE | {"评价": "1"})

    case = Case.objects.get()
    assert (case.state, case.round, Judgement.objects.get().score) == ("closed", 1, 1)


def test_a_batch_is_written_in_few_statements(city: City, django_assert_max_num_queries: Any) -> None:
    taking = intake()
    given = rows_of([CASE | {"编号": f"n{number}"} for number in range(60)], taking.columns)

    with remembering(), django_assert_max_num_queries(45):
        taking.take(given)

    assert Case.objects.count() == 60
