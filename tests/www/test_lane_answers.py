"""What units that work side by side filled in: each kept with its own lane, shown where the answers of other steps are."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from ronghe.casework import domain
from ronghe.casework.domain import By
from ronghe.casework.models import Case
from ronghe.definitions import queries as definitions
from ronghe.organisations.models import Account
from ronghe.organisations.queries import powers_of
from ronghe.www.desk.page import CasePage
from tests.casework.kernel import load
from tests.city import PASSWORD, City, moment
from tests.matrix.asking import ask

pytestmark = [pytest.mark.page, pytest.mark.both, pytest.mark.django_db]
NOW = moment("2026-03-02 10:00")
JOINT = """
procedure: joint-look
title: 会商
form:
  - {field: detail, title: 具体情况, type: text, max: 1000}
  - {field: units, title: 参加单位, type: rows, max: 9, form: [{field: unit, title: 单位, type: organisation}]}
flow:
  - parallel: joint
    title: 分头看
    over: form.units
    flow: [{step: look, title: 意见, by: lane.unit, form: [{field: opinion, title: 本单位意见, type: text, max: 300}, {field: photo, title: 照片, type: files}]}]
  - step: conclude
    title: 汇总
    by: {organisation: department, where: {code: sthjj}}
    form: [{field: summary, title: 结论, type: text, max: 300}]
    outcomes: {agreed: {end: agreed, title: 一致}, again: {to: joint, title: 再看}}
"""

CALL = """
procedure: call-for
title: 征集
form: [{field: detail, title: 任务, type: text, max: 1000}]
flow:
  - {step: post, title: 发榜, by: {organisation: department, where: {code: sthjj}}}
  - parallel: claims
    title: 揭榜
    over: {call: [{organisation: department}], for: 10 工作日}
    form: [{field: plan, title: 方案, type: text, max: 300}, {field: paper, title: 方案文本, type: files}]
    flow: [{step: pledge, title: 承诺, by: lane, form: [{field: vow, title: 承诺内容, type: text, max: 300}]}]
    outcomes: {some: choose, none: {end: unclaimed}}
  - {step: choose, title: 定榜, by: responsible, most: 1, outcomes: {chosen: {end: chosen}, none: {end: unclaimed}}}
results: {chosen: 已定榜, unclaimed: 无人揭榜}
"""


@pytest.fixture
def joint(city: City, tmp_path: Path, settings: Any) -> City:
    settings.MEDIA_ROOT = tmp_path
    load(tmp_path, JOINT)
    load(tmp_path, CALL)
    return city


def by(city: City, name: str) -> By:
    account = city.accounts[name]
    return By(f"person:{account.person_id}", NOW, powers_of(account, NOW.date()))


def filed(city: City, code: str = "joint-look") -> Case:
    procedure = definitions.get("procedure", code, NOW.date())
    units = {"units": [{"unit": "sthjj"}, {"unit": "zjj"}]} if code == "joint-look" else {}
    values = {"detail": "河道有异味", **units}
    actor = f"person:{city.accounts['环境经办'].person_id}"
    return domain.open_case(procedure, values=values, actor=actor, at=NOW).case


def look(city: City, case: Case, name: str, unit: str, opinion: str, **files: Any) -> None:
    step = case.steps.get(code="look", holder=city.units[unit], done_at=None)
    said = {"opinion": opinion}
    domain.complete_step(
        case.pk, by(city, name), step=step.no, outcome="done", values=said, files={"photo": [], **files}
    )


def words(shown: str) -> list[str]:
    return re.sub(r"<[^>]+>", " ", shown).split()


def answered(client: Client, case: Case, address: str = "case") -> list[tuple[str, str]]:
    """Each step of 各环节填写的 with what was filled in, in words."""
    page = client.get(reverse(address, args=[case.number])).content.decode()
    assert "揭榜单位" not in page
    shown = page.partition('aria-labelledby="h-answered"')[2].partition("</section>")[0]
    parts = [words(one) for one in re.split(r"<h3>|</h3>", shown)[1:]]
    return [(" ".join(head), " ".join(body)) for head, body in zip(parts[::2], parts[1::2], strict=True)]


def test_each_lane_shows_what_its_unit_filled_in(joint: City, client: Client) -> None:
    case = filed(joint)
    look(joint, case, "环境经办", "sthjj", "水质超标", photo=[SimpleUploadedFile("水样.pdf", b"%PDF-1.4 x")])
    look(joint, case, "住建经办", "zjj", "管网破损")
    domain.complete_step(
        case.pk, by(joint, "环境经办"), step=3, outcome="again", values={"summary": "再看一次"}
    )
    look(joint, case, "住建经办", "zjj", "管网已修")

    expected = [
        ("汇总", "结论 再看一次"),
        ("意见 市生态环境局", "本单位意见 水质超标 照片 水样.pdf"),
        ("意见 市住房和建设局", "本单位意见 管网已修"),
    ]
    client.login(username="环境经办", password=PASSWORD)
    assert answered(client, case) == expected
    assert answered(client, case, "case-print") == expected
    client.login(username="住建经办", password=PASSWORD)
    assert answered(client, case) == expected


def test_who_does_not_see_the_case_sees_no_lane(joint: City, client: Client) -> None:
    case = filed(joint)
    look(joint, case, "住建经办", "zjj", "管网破损")

    client.login(username="管家甲", password=PASSWORD)
    assert client.get(reverse("case", args=[case.number])).status_code == 404
    client.logout()
    assert "管网破损" not in client.get(reverse("case", args=[case.number]), follow=True).content.decode()


def test_what_a_call_was_answered_with_stands_apart_from_what_its_steps_ask(
    joint: City, client: Client
) -> None:
    case = domain.complete_step(filed(joint, "call-for").pk, by(joint, "环境经办"), step=1, outcome="done")
    sent = {"paper": [SimpleUploadedFile("方案.pdf", b"%PDF-1.4 y")]}
    plan, vow = {"plan": "抽调骨干"}, {"vow": "六月完成"}
    domain.claim_lane(
        case.pk,
        by(joint, "住建经办"),
        parallel="claims",
        organisation=joint.units["zjj"],
        values=plan,
        files=sent,
    )
    domain.complete_step(case.pk, by(joint, "住建经办"), step=2, outcome="done", values=vow)

    client.login(username="环境经办", password=PASSWORD)
    page = client.get(reverse("case", args=[case.number])).content.decode()
    claims = page.partition('aria-labelledby="h-answers"')[2].partition("</section>")[0]
    steps = page.partition('aria-labelledby="h-answered"')[2].partition("</section>")[0]
    assert words(claims)[-4:] == ["揭榜单位", "市住房和建设局", "抽调骨干", "方案.pdf"]
    assert words(steps)[-4:] == ["承诺", "市住房和建设局", "承诺内容", "六月完成"]


def test_while_a_call_stands_open_each_unit_reads_its_own_answer_alone(joint: City) -> None:
    case = domain.complete_step(filed(joint, "call-for").pk, by(joint, "环境经办"), step=1, outcome="done")
    joint.unit("slj", "department", "市水利局")
    joint.seat("slj", "handler", "水利经办")
    for name, unit, plan in (("住建经办", "zjj", "抽调骨干"), ("水利经办", "slj", "全员上阵")):
        paper = SimpleUploadedFile(f"{plan}.pdf", b"%PDF-1.4 z")
        domain.claim_lane(
            case.pk, by(joint, name), parallel="claims", organisation=joint.units[unit],
            values={"plan": plan}, files={"paper": [paper]},
        )  # fmt: skip
        step = case.steps.get(holder=joint.units[unit], done_at=None)
        domain.complete_step(
            case.pk, by(joint, name), step=step.no, outcome="done", values={"vow": f"{plan}，六月完成"}
        )

    assert {name: read(case, name) for name in ("住建经办", "水利经办", "环境经办", "工委甲")} == {
        "住建经办": ("抽调骨干",),
        "水利经办": ("全员上阵",),
        "环境经办": ("抽调骨干", "全员上阵"),
        "工委甲": ("抽调骨干", "全员上阵"),
    }

    domain.close_call(case.pk, by(joint, "环境经办"), parallel="claims")
    assert read(case, "住建经办") == ("抽调骨干", "全员上阵")


def read(case: Case, name: str) -> tuple[str, ...]:
    """Whose answer this reader knows: from the page, from its print, and by fetching every file."""
    client = Client()
    client.login(username=name, password=PASSWORD)
    pages = [client.get(reverse(one, args=[case.number])).content.decode() for one in ("case", "case-print")]
    plans = tuple(plan for plan in ("抽调骨干", "全员上阵") if any(plan in page for page in pages))
    numbers = list(case.attachments.order_by("no").values_list("no", "name"))
    fetched = {
        file.removesuffix(".pdf")
        for no, file in numbers
        if ask(client, reverse("case-file", args=[case.number, no])).status == 200
    }
    assert fetched == set(plans)
    account = Account.objects.get(username=name)
    told = CasePage(Case.objects.get(pk=case.pk), account, NOW).known_values
    assert told["detail"] == "河道有异味"
    assert ("vow" in told) == (len(plans) == 2)  # the last unit's vow, kept with the case
    return plans
