"""Pages of a panel: who is still to give, no score before it closes, one figure and what it was made of after."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from ronghe.casework import domain as casework
from ronghe.casework.models import Case
from ronghe.definitions import queries as definitions
from ronghe.judgements.domain import give_review
from ronghe.judgements.models import Panel
from ronghe.organisations.queries import powers_of
from tests.casework.kernel import load
from tests.city import PASSWORD, City
from tests.matrix.asking import ask

pytestmark = [pytest.mark.page, pytest.mark.both, pytest.mark.django_db]
BID = """
procedure: page-bid
title: 申报
form: [{field: detail, title: 内容, type: text}]
flow: [{step: score, title: 评审, runs: {judgement: page-score}}, {step: end, title: 立项, by: responsible}]
"""
SCORE = """
judgement: page-score
title: 专家打分
judges: {procedure: page-bid}
by: {post: head}
panel: {size: all, least: 2}
form: [{field: score, title: 得分, type: number, max: 100}]
combine: {score: mean, least: 2}
"""


@pytest.fixture
def panel(city: City, tmp_path: Path) -> Panel:
    """A panel of the two heads of units, organised by 市直机关工委."""
    load(tmp_path, BID, SCORE)
    now = timezone.localtime()
    casework.open_case(
        definitions.get("procedure", "page-bid", now.date()), values={"detail": "节能改造"}, at=now,
        actor=f"person:{city.people['工委甲'].pk}", responsible=city.units["szgw"],
    )  # fmt: skip
    return Panel.objects.get()


def signed(client: Client, name: str) -> Client:
    client.login(username=name, password=PASSWORD)
    return client


def give(row: Any, score: str) -> None:
    now = timezone.localtime()
    give_review(row.pk, values={"score": score}, powers=powers_of(row.judge, now.date()), at=now)


def test_organiser_sees_who_is_still_to_give_and_no_score(city: City, panel: Panel, client: Client) -> None:
    first = panel.reviews.order_by("seat")[0]
    give(first, "91")
    page = signed(client, "工委甲").get(reverse("panel", args=[panel.pk])).content.decode()

    shown = re.sub("<[^>]*>", " ", page.split("h-members")[1])
    assert (page.count("还没有评"), re.findall(r"\b91\b", shown)) == (1, [])
    assert "请了 2 人，1 人评了" in page
    assert reverse("panel-close", args=[panel.pk]) not in page
    assert client.get(reverse("review", args=[first.pk])).status_code == 404
    assert "专家打分" in client.get(reverse("panels")).content.decode()


def test_member_sees_neither_panel_nor_score_of_another_before_it_closes(
    city: City, panel: Panel, client: Client
) -> None:
    rows = {row.judge.name: row for row in panel.reviews.select_related("judge")}
    signed(client, "环境局长")
    mine = reverse("review", args=[rows["环境局长"].pk])
    before = ask(client, mine)
    give(rows["住建局长"], "91")

    assert client.get(reverse("panel", args=[panel.pk])).status_code == 404
    assert client.get(reverse("review", args=[rows["住建局长"].pk])).status_code == 404
    assert "汇总以前谁也看不到别人的评分" in before.text
    assert ask(client, mine).plain == before.plain
    answer = client.post(mine, {"score": "80"})
    assert answer.status_code == 302
    page = client.get(reverse("panel", args=[panel.pk])).content.decode()
    assert "85.50" in page
    assert ("91" in page, "80" in page) == (True, True)


def test_equal_figures_share_a_place(city: City, panel: Panel, client: Client) -> None:
    for row in panel.reviews.all():
        give(row, "90")
    panel.refresh_from_db()
    Panel.objects.create(
        edition=panel.edition, judgement=panel.judgement, subject_type="case", subject_id=999, organiser=panel.organiser,
        asked_at=panel.asked_at, closed_at=panel.closed_at, values={"score": "90.00"}, seed="x",
    )  # fmt: skip
    page = signed(client, "工委甲").get(reverse("panels")).content.decode()

    assert page.count("并列") == 2


def test_who_steps_aside_is_asked_no_more(city: City, panel: Panel, client: Client) -> None:
    mine = panel.reviews.get(judge=city.people["环境局长"])
    signed(client, "环境局长")

    assert client.post(reverse("review-recuse", args=[mine.pk])).status_code == 302
    assert client.get(reverse("review", args=[mine.pk])).status_code == 404
    signed(client, "住建局长")
    assert client.post(reverse("review-recuse", args=[mine.pk])).status_code == 404


def test_case_tells_what_the_panel_found(city: City, panel: Panel, client: Client) -> None:
    for row in panel.reviews.all():
        give(row, "90")
    number = Case.objects.get(pk=panel.subject_id).number
    page = signed(client, "工委甲").get(reverse("case", args=[number])).content.decode()

    assert "90.00" in page
    assert reverse("panel", args=[panel.pk]) in page
