"""Many at once: chosen in a list, looked at together, done one by one."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from ronghe.casework import domain
from ronghe.casework.models import Case, Reply
from ronghe.ledger.models import Entry
from tests.city import City
from tests.www.desk_cases import answered, do, file_message, file_petition, file_request

pytestmark = [pytest.mark.page, pytest.mark.both, pytest.mark.django_db]
EVERYBODY = ["环境经办", "环境局长", "住建经办", "分办甲", "工委甲", "管家甲", "书记甲"]
PARTS = {
    "part_greeting": "{requester}：\n您好！编号 {number} 的诉求收悉。",
    "part_handling": "已派人现场核查。",
    "part_opinion": "企业整改后可以复工。",
    "part_basis": "",
    "part_follow-up": "",
    "part_closing": "{unit}\n{today}",
}


@pytest.fixture(scope="module", autouse=True)
def _secretary(city: City, django_db_blocker: Any) -> None:
    """Somebody who sees every case and works on none."""
    with django_db_blocker.unblock():
        city.seat("szgw", "committee-secretary", "书记甲")


def text(response: Any) -> str:
    return response.content.decode()


def seen(*cases: Case) -> list[str]:
    return [f"{case.number}:{Case.objects.get(pk=case.pk).revision}" for case in cases]


def at_reply(city: City, **more: Any) -> Case:
    case = do(city, "环境经办", file_request(city, **more), 1, "accept")
    return do(city, "环境经办", case, 2, "ready")


def note(city: City, case: Case) -> None:
    """Somebody else of the unit writes a remark meanwhile."""
    account, at = city.accounts["环境局长"], timezone.localtime()
    domain.add_note(case.pk, domain.By(f"person:{account.person_id}", at), text="先别动")


@pytest.mark.parametrize("act", ["accept", "assign", "reply"])
def test_who_may_ask_the_page(client: Client, city: City, act: str):
    status = {}
    for name in EVERYBODY:
        client.force_login(city.accounts[name])
        status[name] = client.get(f"/desk/together/{act}/").status_code

    assert status == {**dict.fromkeys(EVERYBODY, 200), "书记甲": 403}
    assert Client().get(f"/desk/together/{act}/").status_code == 302


def test_an_unknown_act_is_not_there(officer: Client):
    assert officer.get("/desk/together/close/").status_code == 404


def test_nothing_chosen_says_how_to_choose(officer: Client):
    page = officer.get("/desk/together/accept/")

    assert "还没有选办件" in text(page)


@pytest.mark.parametrize("address", ["/desk/", "/desk/cases/"])
def test_lists_let_choose(officer: Client, city: City, address: str):
    case = file_request(city)
    page = text(officer.get(address))

    assert f'name="pick" value="{case.number}" data-bulk-item' in page
    assert 'formaction="/desk/together/reply/"' in page


def test_who_works_on_no_case_is_offered_no_choosing(client: Client, city: City):
    file_request(city)
    client.force_login(city.accounts["书记甲"])

    assert "data-bulk" not in text(client.get("/desk/cases/"))


def test_accepting_many(officer: Client, city: City):
    cases = [file_request(city) for _ in range(3)]
    asked = officer.get("/desk/together/accept/", {"pick": [case.number for case in cases]})
    done = officer.post("/desk/together/accept/", {"pick": seen(*cases), "stage": "do"})

    assert "3 件可以一起办" in text(asked)
    assert "办好 3 件" in text(done)
    assert Entry.objects.filter(kind="case.accepted").count() == 3
    assert {entry.actor for entry in Entry.objects.filter(kind="case.accepted")} == {
        f"person:{city.people['环境经办'].pk}"
    }


def test_what_moved_on_is_refused_with_its_reason_and_stays_chosen(officer: Client, city: City):
    first, second = file_request(city), file_request(city)
    picked = seen(first, second)
    note(city, second)
    page = officer.post("/desk/together/accept/", {"pick": picked, "stage": "do"})

    kept = page.context["lines"]
    assert "办好 1 件" in text(page)
    assert [line.pick.case.number for line in kept] == [second.number]
    assert "已有新的办理记录" in kept[0].why
    assert f'value="{seen(second)[0]}" checked' in text(page)
    assert Case.objects.get(pk=second.pk).accepted_at is None


@pytest.mark.parametrize("act", ["accept", "assign", "reply"])
def test_a_second_submit_does_nothing_twice(officer: Client, city: City, act: str):
    cases = [at_reply(city) if act == "reply" else file_request(city) for _ in range(2)]
    sent = {
        "pick": seen(*cases),
        "stage": "do",
        "template": "enterprise-reply",
        "person": city.people["环境经办"].pk,
        **PARTS,
    }
    first = officer.post(f"/desk/together/{act}/", sent)
    written = Entry.objects.count()
    second = officer.post(f"/desk/together/{act}/", sent)

    assert "办好 2 件" in text(first)
    assert "办好 2 件" in text(second)
    assert Entry.objects.count() == written
    assert Reply.objects.count() == (2 if act == "reply" else 0)


def test_assigning_many_to_one_officer(officer: Client, city: City):
    cases = [file_request(city) for _ in range(2)]
    person = city.people["环境经办"]
    asked = officer.get("/desk/together/assign/", {"pick": [case.number for case in cases]})
    nobody = officer.post("/desk/together/assign/", {"pick": seen(*cases), "stage": "do"})
    stranger = officer.post(
        "/desk/together/assign/", {"pick": seen(*cases), "stage": "do", "person": city.people["住建经办"].pk}
    )
    untouched = Entry.objects.filter(kind="step.assigned").count()
    officer.post("/desk/together/assign/", {"pick": seen(*cases), "stage": "do", "person": person.pk})

    offered = [pk for pk, _ in asked.context["page"].form.fields["person"].choices if pk]
    assert set(offered) == {city.people["环境局长"].pk, person.pk}
    assert (nobody.status_code, stranger.status_code, untouched) == (422, 422, 0)
    assert [case.steps.get(done_at=None).assignee for case in cases] == [person, person]


def test_reply_is_looked_at_with_the_words_of_each_case(officer: Client, city: City):
    firm = at_reply(city, about=city.units["enterprise"], responsible=city.units["sthjj"])
    other = at_reply(city)
    page = officer.post("/desk/together/reply/", {"pick": seen(firm, other), "stage": "look", **PARTS})

    today = timezone.localdate()
    day = f"{today.year}年{today.month}月{today.day}日"
    assert [line.preview for line in page.context["lines"]] == [
        f"{name}：\n您好！编号 {case.number} 的诉求收悉。\n\n已派人现场核查。\n\n企业整改后可以复工。\n\n市生态环境局\n{day}"
        for case, name in ((firm, "示范精密制造有限公司"), (other, "您"))
    ]
    assert "都送审签" in text(page)
    assert Reply.objects.count() == 0


def test_reply_goes_to_be_checked_exactly_as_it_was_shown(officer: Client, city: City):
    cases = [at_reply(city) for _ in range(2)]
    sent = {"pick": seen(*cases), "template": "enterprise-reply", **PARTS}
    shown = officer.post("/desk/together/reply/", {**sent, "stage": "look"})
    officer.post("/desk/together/reply/", {**sent, "stage": "do"})

    replies = {reply.case_id: reply for reply in Reply.objects.all()}
    assert [replies[line.pick.case.pk].text for line in shown.context["lines"]] == [
        line.preview for line in shown.context["lines"]
    ]
    assert [reply.sent_at for reply in replies.values()] == [None, None]
    assert {case.steps.get(done_at=None).code for case in cases} == {"check"}


def test_reply_that_lacks_a_part_is_refused_and_kept(officer: Client, city: City):
    case = at_reply(city)
    page = officer.post(
        "/desk/together/reply/", {"pick": seen(case), "stage": "do", **PARTS, "part_opinion": " "}
    )

    assert page.status_code == 422
    assert "已派人现场核查。" in text(page)
    assert Reply.objects.count() == 0


def test_another_units_case_is_never_done_nor_shown(officer: Client, city: City):
    own = file_request(city)
    others = do(city, "分办甲", file_message(city), 1, "transfer", to=city.units["zjj"])
    petition = file_petition(city)
    page = officer.post("/desk/together/accept/", {"pick": seen(own, others, petition), "stage": "do"})

    assert others.number not in text(page)
    assert petition.number not in text(page)
    assert [Case.objects.get(pk=case.pk).accepted_at is None for case in (own, others, petition)] == [
        False,
        True,
        True,
    ]


def test_closed_and_checked_ones_say_why_not(officer: Client, city: City):
    closed = answered(city, at_reply(city), "已答复。")
    page = officer.get("/desk/together/reply/", {"pick": [closed.number]})

    assert [line.why for line in page.context["lines"]] == ["已经办完。"]
    assert 'value="do"' not in text(page)


def test_no_more_than_a_hundred_at_once(officer: Client, city: City):
    case = file_request(city)
    page = officer.get(
        "/desk/together/accept/", {"pick": [case.number, *(f"QY2026-9{n:05}" for n in range(150))]}
    )

    assert len(page.context["page"].chosen) == 100
    assert "一次最多办 100 件" in text(page)


@pytest.mark.parametrize("act", ["accept", "assign", "reply"])
def test_statements_of_the_page_do_not_grow(
    officer: Client, city: City, django_assert_max_num_queries, act: str
):
    cases = [at_reply(city) if act == "reply" else file_request(city) for _ in range(3)]
    counts = []
    for some in (cases[:1], cases):
        with django_assert_max_num_queries(40) as one:
            officer.get(f"/desk/together/{act}/", {"pick": [case.number for case in some]})
        counts.append(len(one))

    assert counts[0] == counts[1]
