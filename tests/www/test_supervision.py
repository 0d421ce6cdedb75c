"""督办台: what is overdue, who was told, what they said, what comes next; urging from there; the unit's side of it."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from ronghe.casework import domain
from ronghe.casework.domain import By
from ronghe.casework.models import Case
from ronghe.casework.queries.escalations import next_office
from ronghe.definitions.queries import calendar
from ronghe.ledger.models import Entry
from ronghe.organisations import domain as organisations
from ronghe.organisations.queries import powers_of
from tests.city import ACTOR, FOUNDED, City
from tests.www.desk_cases import PETITIONER, PHONE, ago, do, file_message, file_petition, file_request

pytestmark = [pytest.mark.page, pytest.mark.both, pytest.mark.django_db]
BOARD, URGE = "/desk/supervision/", "/desk/supervision/urge/"


def overdue(case: Case, *, days: int = 3) -> Case:
    """Make it due some days ago (the row only: what the list reads)."""
    Case.objects.filter(pk=case.pk).update(due=ago(days=days))
    case.steps.update(due=None)
    return Case.objects.get(pk=case.pk)


def late_request(city: City, **more: Any) -> Case:
    return overdue(do(city, "环境经办", file_request(city, **more), 1, "accept"))


def act(city: City, name: str) -> By:
    account, at = city.accounts[name], timezone.localtime()
    return By(f"person:{account.person_id}", at, powers_of(account, at.date()))


def page(client: Client, address: str = BOARD) -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    return answer.content.decode()


def groups(text: str) -> dict[str, int]:
    found = re.findall(r'<li><a href="[^"]*"[^>]*>([^<]+?) <span class="tabular">(\d+)</span>', text)
    return {title.strip(): int(count) for title, count in found}


def post(client: Client, cases: list[Case], level: int, note: str = "", **more: Any):
    picked = [f"{case.number}:{case.revision}" for case in cases]
    return client.post(URGE, {"pick": picked, "level": level, "note": note, **more})


@pytest.mark.parametrize("name", ["环境经办", "环境局长", "分办甲", "管家甲"])
def test_only_who_oversees_has_the_board(city: City, signed, name: str) -> None:
    case = late_request(city)
    client = signed(name)

    answers = [client.get(BOARD), post(client, [case], 1)]

    assert [answer.status_code for answer in answers] == [403, 403]
    assert "督办台" not in page(client, "/desk/")
    assert Case.objects.get(pk=case.pk).urged == 0


def test_a_stranger_is_asked_to_sign_in(client: Client) -> None:
    assert client.get(BOARD)["Location"] == f"/sign-in/?next={BOARD}"


def test_an_empty_board_says_what_would_stand_there(city: City, signed) -> None:
    text = page(signed("工委甲"))

    assert "没有超期的件，今天也没有到期的" in text
    assert 'href="/desk/supervision/"' in page(signed("工委甲"), "/desk/")


def test_each_case_stands_in_its_group_with_what_happened(city: City, signed) -> None:
    silent, said, supervised = (late_request(city, detail=f"第{n}件：货车无法进出。") for n in "一二三")
    domain.urge_case(said.pk, act(city, "工委甲"), level=1, note="请先说明进度")
    domain.explain_case(said.pk, act(city, "环境经办"), text="等交警支队的方案，周五前答复。")
    domain.urge_case(supervised.pk, act(city, "工委甲"), level=2, note="本周内办结")
    today = do(city, "环境经办", file_request(city, detail="今天到期的件。"), 1, "accept")
    until = timezone.localtime().replace(hour=23, minute=59)
    Case.objects.filter(pk=today.pk).update(due=until)
    today.steps.update(due=None)
    file_request(city, detail="还早着的件。").steps.update(due=None)
    client = signed("工委甲")

    text = page(client)

    assert groups(text) == {"全部": 4, "超期未说明": 1, "已说明": 1, "督办中": 1, "今日到期": 1}
    assert "请先说明进度" in text
    assert "等交警支队的方案，周五前答复。" in text
    assert "本周内办结" in text
    assert "还早着的件" not in text
    for group, case in {
        "silent": silent,
        "explained": said,
        "supervised": supervised,
        "today": today,
    }.items():
        shown = page(client, f"{BOARD}?group={group}")
        assert re.findall(r'href="/desk/cases/([^/"]+)/">第|href="/desk/cases/([^/"]+)/">今', shown) != []
        assert case.title in shown
        assert shown.count("data-row") == 1


def test_what_is_urged_again_has_to_be_explained_again(city: City, signed) -> None:
    case = late_request(city)
    domain.urge_case(case.pk, act(city, "工委甲"), level=1)
    domain.explain_case(case.pk, act(city, "环境经办"), text="等方案。")
    domain.urge_case(case.pk, act(city, "工委甲"), level=1, note="再催")

    text = page(signed("工委甲"))

    assert groups(text)["超期未说明"] == 1
    assert "再次督促以后还没有说明" in text


def test_the_next_rule_and_the_supervision_it_gives_are_told(city: City, signed) -> None:
    case = late_request(city)
    client = signed("工委甲")
    assert "催办单位领导" in page(client) or "提醒承办人" in page(client)

    office = next_office(timezone.localtime() - dt.timedelta(days=10), calendar())
    Case.objects.filter(pk=case.pk).update(due=office - dt.timedelta(days=20))
    assert domain.escalate_due(office, calendar()) == 1

    text = page(client)
    given = Case.objects.get(related=case)
    assert f'href="/desk/cases/{given.number}/"' in text
    assert "“督办通知”" in text
    assert "环境局长" in text
    assert groups(text)["督办中"] >= 1


def test_a_step_that_is_late_is_said_apart_from_its_case(city: City, signed) -> None:
    case = file_request(city)
    log = case.steps.get().clock
    late = {**log, "events": [{**log["events"][0], "at": ago(days=9).isoformat()}, *log["events"][1:]]}
    case.steps.update(due=ago(days=7), clock=late)

    text = page(signed("工委甲"))

    assert groups(text)["超期未说明"] == 1
    assert "“接收”环节已超" in text
    assert "；整件还剩" in text


def test_filters_and_units(city: City, signed) -> None:
    mine = late_request(city)
    other = overdue(do(city, "分办甲", file_message(city), 1, "transfer", to=city.units["zjj"]))
    client = signed("工委甲")

    assert 'href="/desk/supervision/?unit=zjj">1 件' in page(client)
    for query, shown in [
        ("unit=zjj", {other.number}),
        ("kind=enterprise-request", {mine.number}),
        ("level=0", {mine.number, other.number}),
        ("level=1", set()),
        ("unit=nowhere&kind=none&level=9&group=all&page=x", {mine.number, other.number}),
    ]:
        text = page(client, f"{BOARD}?{query}")
        assert set(re.findall(r'id="note-([^"]+)"', text)) == shown
    assert "这一组里没有件" in page(client, f"{BOARD}?level=1")


def test_one_case_is_urged_from_its_row(city: City, signed) -> None:
    case = late_request(city)
    client = signed("工委甲")

    answer = client.post(
        f"{URGE}?group=silent",
        {"row": case.number, "pick": f"{case.number}:{case.revision}", "level": 1, "note": "请今天答复"},
    )

    assert (answer.status_code, answer["Location"]) == (302, f"{BOARD}?group=silent")
    entry = Entry.objects.get(kind="case.urged", subject_id=case.pk)
    assert entry.data == {"level": 1, "note": 1}
    assert "催办：1 件" in page(client)


def test_many_are_supervised_and_a_second_sending_does_nothing(city: City, signed) -> None:
    cases = [late_request(city) for _ in range(3)]
    client = signed("工委甲")

    answers = [post(client, cases, 2, "本周内办结并报送说明") for _ in range(2)]

    assert [answer.status_code for answer in answers] == [302, 302]
    assert Entry.objects.filter(kind="case.urged").count() == 3
    assert set(Case.objects.values_list("urged", flat=True)) == {2}


def test_an_urge_does_not_collide_with_what_the_unit_does_meanwhile(city: City, signed) -> None:
    case = late_request(city)
    domain.add_note(case.pk, act(city, "环境经办"), text="已联系企业")

    assert post(signed("工委甲"), [case], 1).status_code == 302
    assert Case.objects.get(pk=case.pk).urged == 1


def test_errors_stand_beside_what_was_typed(city: City, signed) -> None:
    case = late_request(city)
    client = signed("工委甲")

    nothing = client.post(URGE, {"level": 1, "note": "都催一下"})
    wordless = post(client, [case], 2, row=case.number)

    assert (nothing.status_code, wordless.status_code) == (422, 422)
    assert "还没有选中要督促的件" in nothing.content.decode()
    assert 'value="都催一下"' in nothing.content.decode()
    assert "督办要写明要求，承办单位会看到。" in wordless.content.decode()
    assert Case.objects.get(pk=case.pk).urged == 0


def test_a_closed_case_is_refused_in_words_and_the_others_are_done(city: City, signed) -> None:
    open_, closed = late_request(city), late_request(city)
    domain.withdraw_case(closed.pk, By(f"requester:{closed.pk}", timezone.localtime()))
    client = signed("工委甲")

    alone = post(client, [closed], 1)
    both = post(client, [open_, closed], 1)

    assert (alone.status_code, both.status_code) == (422, 302)
    assert "本件已经办结，不用再催办" in alone.content.decode()
    assert f"{closed.number}：本件已经办结" in page(client)


def test_a_protected_identity_is_never_shown_and_the_unit_complained_of_sees_nothing(
    city: City, signed
) -> None:
    petition = overdue(do(city, "分办甲", file_petition(city), 1, "transfer", to=city.units["zjj"]))
    both = city.seat("szgw", "committee-staff", "工委乙")
    seat = organisations.create_post(city.units["sthjj"], kind="handler", actor=ACTOR, at=FOUNDED)
    organisations.appoint(seat, person=both.person, actor=ACTOR, at=FOUNDED)
    hidden = signed("工委乙")

    answer, urged = page(hidden), post(hidden, [petition], 1)
    shown = page(signed("工委甲"))

    assert petition.number in shown
    assert not any(word in shown for word in (PETITIONER, PHONE))
    assert petition.number not in answer
    assert (urged.status_code, Case.objects.get(pk=petition.pk).urged) == (422, 0)


def test_statements_do_not_grow_with_the_cases(
    city: City, signed, django_assert_max_num_queries: Any
) -> None:
    client = signed("工委甲")

    def one() -> None:
        case = late_request(city)
        domain.urge_case(case.pk, act(city, "工委甲"), level=1, note="请说明")
        domain.explain_case(case.pk, act(city, "环境经办"), text="等方案。")

    one()
    page(client)
    with django_assert_max_num_queries(30) as first:
        page(client)
    one()
    one()
    with django_assert_max_num_queries(30) as third:
        page(client)

    assert len(third.captured_queries) == len(first.captured_queries)


def test_who_leads_a_unit_sees_what_of_theirs_was_urged(city: City, signed) -> None:
    said, silent = late_request(city), late_request(city)
    for case in (said, silent):
        domain.urge_case(case.pk, act(city, "工委甲"), level=1)
    domain.explain_case(said.pk, act(city, "环境经办"), text="等方案。")

    mine, clerk, others = (
        page(signed(name), "/desk/board/") for name in ("环境局长", "环境经办", "住建局长")
    )

    section = mine.split('id="h-urged"')[1].split("</section>")[0]
    assert re.findall(r'href="/desk/cases/([^/]+)/"', section) == [said.number, silent.number]
    assert (section.count("已说明"), section.count("还没有说明")) == (1, 1)
    assert ("h-urged" in clerk, "h-urged" in others) == (False, False)


def test_first_heard_and_handed_on(city: City, signed) -> None:
    """我单位首问的: what my unit heard first and another has now, with who has it."""
    handed = do(city, "环境经办", file_request(city), 1, "transfer", to=city.units["zjj"])
    kept = file_request(city)
    client = signed("环境经办")

    every, first = page(client, "/desk/cases/"), page(client, "/desk/cases/?first=1")

    assert {handed.number, kept.number} <= set(re.findall(r"QY\d{4}-\d+", every))
    assert set(re.findall(r"QY\d{4}-\d+", first)) == {handed.number}
    assert "市住房和建设局" in first
    assert "QY" not in page(signed("住建经办"), "/desk/cases/?first=1").split('id="found"')[1]
