"""Reviews on pages: my list, the form, what was found on the case's page; waiting steps; hidden from others."""

from __future__ import annotations

from io import BytesIO
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from openpyxl import load_workbook

from ronghe.casework import domain as casework
from ronghe.casework.models import Case
from ronghe.definitions import queries as definitions
from ronghe.judgements.models import Judgement
from ronghe.organisations.models import Account
from tests.casework.kernel import load
from tests.city import PASSWORD, City

pytestmark = [pytest.mark.page, pytest.mark.django_db]

MEND = """
procedure: page-mend
title: 整改
about: department
form: [{field: detail, title: 存在问题, type: text}]
flow:
  - {step: do, title: 整改, by: opener}
  - {step: verify, title: 验收, runs: {judgement: page-verify}, outcomes: {pass: close, fail: do}}
  - {step: close, title: 销号, by: opener, wait: 5 工作日}
"""
VERIFY = """
judgement: page-verify
title: 整改验收
judges: {procedure: page-mend}
by: {post: committee-staff}
hides: [judge]
form:
  - field: outcome
    title: 结论
    type: choice
    choices: [{code: pass, title: 合格}, {code: fail, title: 不合格}]
  - {field: finding, title: 验收情况, type: text}
"""


@pytest.fixture(scope="module", autouse=True)
def _definitions(city: City, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory) -> None:
    with django_db_blocker.unblock():
        load(tmp_path_factory.mktemp("packs"), VERIFY, MEND)


def signed_in(name: str) -> Client:
    client = Client()
    assert client.login(username=name, password=PASSWORD)
    return client


def verifying(city: City) -> Case:
    at = timezone.now()
    actor = f"person:{city.people['环境局长'].pk}"
    case = casework.open_case(
        definitions.get("procedure", "page-mend", timezone.localdate()),
        values={"detail": "台账不全"},
        actor=actor,
        at=at,
        about=city.units["sthjj"],
    ).case
    return casework.complete_step(case.pk, casework.By(actor, at), step=1, outcome="done")


def test_the_page_says_what_a_step_waits_for_and_offers_no_form(city: City) -> None:
    case = verifying(city)
    page = signed_in("环境局长").get(f"/desk/cases/{case.number}/").content.decode()

    assert "现在等：验收" in page
    assert "这一步等“整改验收”，作出评判后自动转入下一步。" in page
    assert f"/desk/cases/{case.number}/step/2/" not in page


def test_the_table_of_my_list_has_what_i_am_asked_to_judge(city: City) -> None:
    verifying(city)
    judge = Judgement.objects.get(judgement="page-verify", given_at=None).judge
    client = signed_in(Account.objects.get(person=judge).username)

    assert "format=xlsx" in client.get("/desk/checks/").content.decode()
    answer = client.get("/desk/checks/?format=xlsx")

    book = load_workbook(BytesIO(b"".join(answer.streaming_content)))
    rows = [list(row) for row in book["请我评判的2"].values]
    assert rows[4] == ["评什么", "请在此前评好", "对象", "单位"]
    assert [(row[0], row[3]) for row in rows[5:]] == [("整改验收", "市生态环境局")]


def test_who_is_asked_finds_it_writes_what_they_found_and_the_case_goes_on(city: City) -> None:
    case = verifying(city)
    row = Judgement.objects.get(subject_id=case.pk)
    judge, head = signed_in("工委甲"), signed_in("环境局长")
    address = f"/desk/checks/reviews/{row.pk}/"

    assert address in judge.get("/desk/checks/").content.decode()
    page = judge.get(address).content.decode()
    assert "台账不全" in page
    refused = judge.post(address, {"finding": "看了现场"})
    assert (refused.status_code, "结论" in refused.content.decode()) == (422, True)
    assert judge.post(address, {"outcome": "pass", "finding": "看了现场"}).status_code == 302

    shown = head.get(f"/desk/cases/{case.number}/").content.decode()
    assert "看了现场" in shown
    assert "工委甲" not in shown
    assert "以后才能办，期限没满不能提前提交。" in shown
    assert "看了现场" in head.get(address).content.decode()


@pytest.mark.parametrize("name", ["环境局长", "住建局长", "管家甲"])
def test_a_review_is_hidden_from_who_is_not_asked(city: City, name: str) -> None:
    row = Judgement.objects.get(subject_id=verifying(city).pk)

    assert signed_in(name).get(f"/desk/checks/reviews/{row.pk}/").status_code == 404
