"""The triage desk: what it suggests, sends on and never offers."""

from __future__ import annotations

import re
from html import unescape

import pytest
from django.test import Client

from ronghe.www.desk.views import triage as views
from tests.city import City
from tests.www.desk_cases import ago, do, file_message, file_petition, file_request, fresh

pytestmark = [pytest.mark.page, pytest.mark.both, pytest.mark.django_db]


@pytest.fixture
def triage(client: Client, city: City) -> Client:
    """分办甲, signed in."""
    client.force_login(city.accounts["分办甲"])
    return client


def test_triage_suggests_the_unit_of_similar_cases_and_says_why(city: City, triage: Client) -> None:
    past = file_message(city, "小区门口路灯不亮", at=ago(days=20))
    do(city, "分办甲", past, 1, "transfer", to=city.units["zjj"])
    waiting = file_message(city, "我们小区门口路灯不亮三个月了")

    answer = triage.get("/desk/triage/")

    assert answer.context["case"] == waiting
    assert [(choice.choice_label, reason) for choice, reason in answer.context["suggested"]] == [
        ("市住房和建设局", f"办过 1 件说法相近的，最像的是“{past.title}”（{past.number}）")
    ]


def test_triage_sends_on_and_shows_the_next(city: City, triage: Client) -> None:
    first, second = (
        file_message(city, at=ago(hours=9)),
        file_message(city, "学校门口没有斑马线", at=ago(hours=2)),
    )

    nothing = triage.post(f"/desk/triage/{first.number}/", {"revision": first.revision})
    answer = triage.post(
        f"/desk/triage/{first.number}/", {"revision": first.revision, "to": "市住房和建设局"}, follow=True
    )

    assert nothing.status_code == 422
    assert fresh(first).responsible == city.units["zjj"]
    assert answer.context["case"] == second
    assert f"{first.number}</a> 已转给市住房和建设局。" in answer.content.decode()


def test_triage_never_offers_the_unit_complained_of(city: City, triage: Client) -> None:
    petition = file_petition(city)
    past = file_request(city, "反映审批人员推诿，三次退件不说理由。")
    assert past.responsible == city.units["sthjj"]

    shown = triage.get(f"/desk/triage/{petition.number}/")
    answer = triage.post(
        f"/desk/triage/{petition.number}/", {"revision": petition.revision, "to": "市生态环境局"}
    )

    assert "市生态环境局" not in [unit.name for unit in shown.context["page"].units()]
    assert (answer.status_code, fresh(petition).responsible) == (422, None)
    assert "不能转给被反映的单位" in answer.content.decode()


def test_triage_tells_who_handed_it_back(city: City, triage: Client) -> None:
    case = do(city, "分办甲", file_message(city), 1, "transfer", to=city.units["zjj"])
    do(city, "住建经办", case, 2, "transfer", note="不属本局")

    page = triage.get("/desk/triage/").content.decode()

    assert "退回过：市住房和建设局（1 次）" in page


def test_case_sent_on_twice_is_told_and_the_next_shown(city: City, triage: Client) -> None:
    case = file_message(city)
    sent = {"revision": case.revision, "to": "市住房和建设局"}

    triage.post(f"/desk/triage/{case.number}/", sent)
    answer = triage.post(f"/desk/triage/{case.number}/", sent, follow=True)

    assert (answer.status_code, fresh(case).responsible) == (200, city.units["zjj"])
    assert "已经分办过了" in answer.content.decode()
    assert "都分完了" in answer.content.decode()


def test_triage_queue_is_short_and_leads_to_the_rest(
    city: City, triage: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = [file_message(city, at=ago(hours=9 - number)) for number in range(4)]
    whole = triage.get("/desk/triage/")
    monkeypatch.setattr(views, "QUEUE", 2)

    answer = triage.get("/desk/triage/")
    page = answer.content.decode()

    assert [row.case for row in answer.context["queue"]] == found[1:3]
    assert (answer.context["total"], whole.context["rest"]) == (4, 0)
    [address] = re.findall(r'<a href="([^"]*)">还有 1 件</a>', page)
    listed = triage.get(unescape(address)).context["page"].object_list
    assert {case.pk for case in listed} == {case.pk for case in found}
