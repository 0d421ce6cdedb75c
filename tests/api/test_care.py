"""Complaints, objections to ratings and reading identities by the API: as on the pages, with what the pages keep."""

from __future__ import annotations

import pytest
from django.utils import timezone

from ronghe.api.models import Given
from ronghe.casework.domain import follow_code_of
from ronghe.casework.models import Case
from ronghe.judgements import domain as judgements
from ronghe.judgements.models import Judgement
from ronghe.ledger.models import Entry
from ronghe.organisations.domain import open_text
from ronghe.organisations.models import Reading
from tests.api.conftest import Api, api_for
from tests.city import City
from tests.www.desk_cases import do, file_message, file_petition
from tests.www.followed_cases import answered

pytestmark = [pytest.mark.page, pytest.mark.both, pytest.mark.django_db]


def officer_of_petitions(city: City, *scopes: str) -> Api:
    city.unit("xfj", "petition-office", "市信访局")
    return api_for(city.seat("xfj", "petition-officer", "信访甲"), *scopes)


GROUND = {"ground": "passing-on", "detail": "转了三家都说不归自己管。"}


def code_of(case: Case) -> dict[str, str]:
    assert case.submission is not None
    return {"Follow-Code": follow_code_of(case.submission)}


def test_a_complaint_is_a_case_of_its_own_that_the_unit_never_meets(city: City, steward: Api) -> None:
    case = answered(city, file_message(city))
    path = f"/requests/{case.number}/complaint"
    asked = steward.get(path, headers=code_of(case)).json()
    made = steward.post(path, {"values": GROUND}, headers=code_of(case), key="c-1")
    again = steward.post(path, {"values": GROUND}, headers=code_of(case), key="c-1")
    second = steward.post(path, {"values": GROUND}, headers=code_of(case))
    complaint = Case.objects.get(number=made.json()["number"])

    assert asked["may_complain"] is True
    assert "ground" in [field["code"] for field in asked["form"]]
    assert (made.status_code, again.json()) == (201, made.json())
    assert (complaint.related_id, complaint.about_unit_id) == (case.pk, city.units["zjj"].pk)
    assert (second.status_code, second.json()["code"]) == (409, "complained-before")
    unit = api_for(city.accounts["住建局长"])
    assert unit.get(f"/cases/{complaint.number}").status_code == 404
    follow = {"Follow-Code": made.json()["follow_code"]}
    assert steward.get(f"/requests/{complaint.number}", headers=follow).status_code == 200
    assert steward.get(path, headers=code_of(case)).json()["may_complain"] is False
    assert steward.post(path, {"values": {}}, headers={"Follow-Code": "AAAA2222"}).status_code == 404


def test_a_unit_objects_to_a_bad_rating_once(city: City) -> None:
    case = answered(city, file_message(city))
    judgements.rate_case(
        judgements.Rated(case.pk, case.procedure, 1, case.responsible_id),
        values={"grade": "dissatisfied", "reasons": ["slow"]},
        actor=f"requester:{case.pk}",
        at=timezone.now(),
    )
    head, other = api_for(city.accounts["住建局长"]), api_for(city.accounts["工委甲"])
    listed = head.get(f"/cases/{case.number}/ratings").json()["items"]
    path = f"/cases/{case.number}/ratings/{listed[0]['id']}/appeal"
    foreign = other.post(path, {"reason": "与事实不符，当天已经修好。"})
    made = head.post(path, {"reason": "与事实不符，当天已经修好。"}, key="a-1")
    again = head.post(path, {"reason": "与事实不符，当天已经修好。"}, key="a-1")
    twice = head.post(path, {"reason": "与事实不符，当天已经修好。"})

    assert (listed[0]["may_appeal"], foreign.status_code) == (True, 403)
    assert (made.status_code, made.json()["may_appeal"], again.json()) == (200, False, made.json())
    assert (twice.status_code, Entry.objects.filter(kind="judgement.appealed").count()) == (403, 1)
    assert Judgement.objects.get(pk=listed[0]["id"]).appeal == "与事实不符，当天已经修好。"
    assert api_for(city.accounts["环境局长"]).get(f"/cases/{case.number}/ratings").status_code == 404
    missing = head.post(f"/cases/{case.number}/ratings/99999999999999999/appeal", {"reason": "没有这一次"})
    assert missing.status_code == 404


def test_an_identity_is_shown_once_with_a_reason_and_kept_nowhere(city: City) -> None:
    case, reader = file_petition(city), officer_of_petitions(city, "reveal")
    do(city, "分办甲", case, 1, "transfer", to=city.units["xfj"])
    path = f"/cases/{case.number}/reveal"
    short = reader.post(path, {"reason": "看"}, key="r-0")
    shown = reader.post(path, {"reason": "电话核实来信内容"}, key="r-1")
    again = reader.post(path, {"reason": "电话核实来信内容"}, key="r-1")

    assert (short.status_code, short.json()["code"]) == (422, "reason-needed")
    assert (shown.status_code, shown["Cache-Control"]) == (200, "no-store")
    assert shown.json()["phone"]
    assert (again.status_code, again.json()["code"]) == (409, "revealed-before")
    assert shown.json()["phone"] not in again.content.decode()
    assert [open_text(bytes(one.sealed)) for one in Given.objects.all()] == ["{}"]
    (reading,) = Reading.objects.all()
    assert (reading.reason, reading.actor) == ("电话核实来信内容", f"person:{city.people['信访甲'].pk}")
    assert Entry.objects.filter(kind="identity.read").count() == 1


def test_without_the_scope_or_the_post_nothing_is_shown(city: City) -> None:
    case = file_petition(city)
    path, reason = f"/cases/{case.number}/reveal", {"reason": "电话核实来信内容"}
    post = officer_of_petitions(city, "desk", "cases.read")
    officer = api_for(city.accounts["分办甲"])
    complained_of = api_for(city.accounts["环境局长"])

    assert post.post(path, reason).json()["code"] == "scope-missing"
    assert (officer.post(path, reason).status_code, complained_of.post(path, reason).status_code) == (
        403,
        404,
    )
    assert not Reading.objects.exists()
