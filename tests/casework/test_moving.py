"""A running case goes over to a newer edition of its procedure, whole or not at all, with a reason, in the ledger."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from ronghe.casework import domain
from ronghe.casework.domain.moving import behind, move_cases, plans
from ronghe.casework.exceptions import DomainError
from ronghe.casework.models import Case
from ronghe.casework.queries.timeline import timeline
from ronghe.core.memory import remembering
from ronghe.core.worktime import Limit
from ronghe.definitions.domain import propose, sign
from ronghe.definitions.models import Edition
from ronghe.definitions.queries import pack_folder
from ronghe.ledger.models import Entry
from ronghe.messages.models import Message
from tests.casework.test_desk_acts import by, do, file, kinds, reconciled, said
from tests.city import ACTOR, SHANGHAI, City, moment

pytestmark = [pytest.mark.db, pytest.mark.both, pytest.mark.django_db]
WRITTEN = "shenzhen/procedure/enterprise-request-2026.yaml"
SIGNED, MOVED = moment("2026-08-05 09:00"), "2026-08-05 10:00"
REASON = "新规定缩短了办理时限，在办的一并按新规定办。"


def newer(*changes: tuple[str, str]) -> Edition:
    """The procedure as it is, with these words of its file changed, signed on 5 August."""
    text = (pack_folder("") / WRITTEN).read_text(encoding="utf-8")
    for before, after in changes:
        assert before in text
        text = text.replace(before, after)
    proposal = propose(text.encode(), file_name="request.yaml", actor=ACTOR, at=SIGNED)
    return sign(proposal, effective=SIGNED.date(), actor=ACTOR, at=SIGNED)


def shorter() -> Edition:
    return newer(("limit: 5 工作日", "limit: 3 工作日"))


def mover(city: City) -> Any:
    if "管理甲" not in city.accounts:
        city.seat("szgw", "administrator", "管理甲")
    return by(city, "管理甲", MOVED)


def accepted(city: City) -> Case:
    return do(city, file(city), "环境经办", "2026-08-03 10:30", "accept")


def move(city: City, edition: Edition, *cases: Case, reason: str = REASON) -> domain.By | Any:
    return move_cases([case.pk for case in cases], edition, mover(city), reason=reason)


def due(case: Case) -> str:
    case.refresh_from_db()
    return f"{case.due.astimezone(SHANGHAI):%m-%d %H:%M}" if case.due else ""


def test_what_would_change_is_told_before_anything_is_written(city: City) -> None:
    case, edition = accepted(city), shorter()
    before = Entry.objects.count()
    (plan,) = plans(behind(edition), edition)
    own = plan.own

    assert own is not None
    assert own.due is not None
    assert (plan.case, plan.stands, plan.refusal) == (case, ("办理",), "")
    assert (own.step, str(own.limit), own.was, own.due) == (
        None,
        "3 工作日",
        moment("2026-08-10 18:00"),
        moment("2026-08-06 18:00"),
    )
    assert Entry.objects.count() == before


def test_a_moved_case_runs_by_the_new_edition_and_the_ledger_says_so(city: City) -> None:
    case = accepted(city)
    edition, old = shorter(), case.edition
    moved = move(city, edition, case)
    case.refresh_from_db()

    assert (moved.done, moved.refused) == ((case.pk,), ())
    assert (case.edition, due(case), list(behind(edition))) == (edition, "08-06 18:00", [])
    (data,) = said(case, "case.moved")
    assert data == {
        "edition_id": edition.pk,
        "edition_was": old.pk,
        "clock": "running",
        "limit": "3 工作日",
        "at": "2026-08-03T10:00:00+08:00",
        "was": "2026-08-10T18:00:00+08:00",
        "due": "2026-08-06T18:00:00+08:00",
        "note": 1,
    }
    entry = Entry.objects.get(kind="case.moved")
    assert (entry.actor, entry.edition) == (f"person:{city.people['管理甲'].pk}", edition.edition)
    line = next(line for line in timeline(case) if line.kind == "case.moved")
    assert (line.title, line.text) == ("改按新的一版办理", REASON)
    assert line.outcome == "从2026年8月10日 周一到2026年8月6日 周四"
    assert Message.objects.filter(kind="case.moved", about_id=case.pk).count() == 1
    do(city, case, "环境经办", "2026-08-05 11:00", "ready")
    reconciled()


def test_moved_twice_it_moves_once(city: City) -> None:
    case, edition = accepted(city), shorter()
    move(city, edition, case)
    again = move(city, edition, case)

    assert (again.done, again.refused, kinds(case).count("case.moved")) == ((case.pk,), (), 1)


def test_pauses_and_extensions_go_on_counting(city: City) -> None:
    case, edition = accepted(city), shorter()
    step = case.steps.get(code="handle").no
    domain.pause_case(
        case.pk, by(city, "环境经办", "2026-08-03 11:00"), step=step, ground="survey", note="现场看"
    )
    domain.resume_case(case.pk, by(city, "环境经办", "2026-08-05 09:20"))
    domain.extend_case(
        case.pk,
        by(city, "环境局长", "2026-08-05 09:30"),
        step=step,
        limit=Limit.parse("2 工作日"),
        note="现场复杂",
    )
    was = due(case)
    move(city, edition, case)

    assert (was, due(case)) == ("08-13 18:00", "08-11 18:00")
    reconciled()


def test_a_step_has_the_limit_of_the_new_edition(city: City) -> None:
    case = file(city, at="2026-08-05 09:30")
    edition = newer(("limit: 4 工时", "limit: 1 工作日"))
    move(city, edition, case)
    step = case.steps.get(code="receive")

    assert step.due == moment("2026-08-06 18:00")
    assert [one.get("step") for one in said(case, "case.moved")] == [None, 1]
    assert "clock" not in said(case, "case.moved")[0]
    assert [line.kind for line in timeline(case, is_public=True)] == ["case.opened"]
    reconciled()


@pytest.mark.parametrize(
    ("changes", "hindrance"),
    [
        (
            ((" handle,", " work,"), ("step: handle", "step: work"), ("then: handle", "then: work")),
            "正在办的环节“办理”，新的一版里没有。请办完这一环节再转。",
        ),
        ((("survey: {title: 现场踏勘", "visit: {title: 现场踏勘"),), "因“现场踏勘”暂停计时"),
    ],
)
def test_where_it_stands_is_not_in_the_new_edition_so_it_stays(
    city: City, changes: tuple[tuple[str, str], ...], hindrance: str
) -> None:
    case, free = accepted(city), file(city, at="2026-08-05 09:30")
    edition = newer(*changes)
    step = case.steps.get(code="handle").no
    domain.pause_case(
        case.pk, by(city, "环境经办", "2026-08-03 11:00"), step=step, ground="survey", note="现场看"
    )
    before = (kinds(case), due(case), case.edition)
    found = {plan.case.pk: plan.refusal for plan in plans(behind(edition), edition)}
    moved = move(city, edition, case, free)
    case.refresh_from_db()

    assert hindrance in found[case.pk]
    assert (moved.done, [one.message for one in moved.refused]) == ((free.pk,), [found[case.pk]])
    assert (kinds(case), due(case), case.edition) == before
    reconciled()


def test_an_extension_in_another_unit_hinders(city: City) -> None:
    case = accepted(city)
    edition = newer(("limit: 5 工作日", "limit: 10 自然日"))
    step = case.steps.get(code="handle").no
    domain.extend_case(
        case.pk,
        by(city, "环境局长", "2026-08-04 12:00"),
        step=step,
        limit=Limit.parse("2 工作日"),
        note="现场复杂",
    )
    moved = move(city, edition, case)

    assert (moved.done, "不能按“工作日”延期" in moved.refused[0].message) == ((), True)
    reconciled()


def test_a_limit_that_is_no_more_ends_the_clock(city: City) -> None:
    case, edition = accepted(city), newer(("limit: 5 工作日\n", ""))
    move(city, edition, case)

    assert (due(case), case.clock) == ("", {})
    assert next(line for line in timeline(case) if line.kind == "case.moved").outcome == "不再限定期限"
    reconciled()


def test_only_whoever_administers_moves_with_a_reason_and_to_what_is_in_force(city: City) -> None:
    case, edition = accepted(city), shorter()
    older = Edition.objects.filter(kind="procedure", code="enterprise-request").earliest("effective")
    wrong = [
        (edition, by(city, "工委甲", MOVED), REASON, "not-yours"),
        (edition, by(city, "环境局长", MOVED), REASON, "not-yours"),
        (edition, mover(city), "好", "reason-short"),
        (older, mover(city), REASON, "not-in-force"),
    ]
    told = []
    for to, whom, reason, _code in wrong:
        with pytest.raises(DomainError) as refused:
            move_cases([case.pk], to, whom, reason=reason)
        told.append(refused.value.code)

    assert told == [code for *_rest, code in wrong]
    other = file(city, "resident-message", at="2026-08-05 09:30")
    assert [one.code for one in move(city, edition, other).refused] == ["other-procedure"]
    assert "case.moved" not in kinds(case) + kinds(other)


def test_what_was_done_under_the_edition_left_is_still_called_by_its_name(city: City) -> None:
    case = accepted(city)
    gone = newer(
        ("step: receive", "step: intake"),
        ("title: 接收", "title: 收件"),
        ("transfer: receive", "transfer: intake"),
    )
    move(city, gone, case)
    done = next(line for line in timeline(case) if line.kind == "step.done")

    assert (done.step, done.outcome) == ("接收", "受理")
    reconciled()


def test_looking_takes_a_fixed_number_of_statements(city: City) -> None:
    def look() -> tuple[int, int]:
        with remembering(), CaptureQueriesContext(connection) as asked:
            found = len(list(plans(behind(edition), edition)))
        return found, len(asked)

    accepted(city)
    edition = shorter()
    look()
    one, statements = look()
    old = Case.objects.get().edition
    accepted(city)
    accepted(city)
    Case.objects.update(edition=old)

    assert (one, look()) == (1, (3, statements))
