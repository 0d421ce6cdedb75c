"""A shock team: founded with a target, its quarter drafted by the clock, signed by three, answered by the public, dissolved."""

from __future__ import annotations

import pytest

from ronghe.bulletins import domain as bulletins
from ronghe.bulletins.exceptions import DomainError
from ronghe.bulletins.models import Bulletin
from ronghe.bulletins.queries import paper_of, parts_of
from ronghe.bulletins.queries.composing import loaded_of
from ronghe.casework.domain import open_case
from ronghe.casework.models import Case
from ronghe.definitions import queries as definitions
from ronghe.organisations.domain import Contact
from ronghe.organisations.queries import powers_of
from ronghe.text.paper import Line
from tests.city import City, moment
from tests.packs.runs import do, stand

pytestmark = [pytest.mark.db, pytest.mark.django_db]
AIM = {"target": "一季度完成 12 个地块核查", "measures": "分三组包片"}


@pytest.fixture
def team(party_city: City) -> City:
    city = party_city
    city.unit("tjd1", "shock-team", "地块核查突击队", values=AIM)
    for post, name in (("team-leader", "队长甲"), ("team-member", "队员甲"), ("team-member", "队员乙")):
        city.seat("tjd1", post, name)
    return city


def sign(city: City, paper: Bulletin, name: str) -> Bulletin:
    paper.refresh_from_db()
    powers = powers_of(city.accounts[name], moment("2026-04-02 10:00").date())
    return bulletins.sign(paper.pk, revision=paper.revision, powers=powers, at=moment("2026-04-02 10:00"))


@pytest.mark.mechanism("S-085", "S-241", "S-347")
def test_the_quarter_of_a_team_is_shown_by_three_and_may_be_answered(team: City) -> None:
    city = team
    assert [bulletins.draft_due(moment(f"2026-04-0{day} 02:00")) for day in (1, 2)] == [1, 0]
    paper = Bulletin.objects.get(bulletin="shock-team-progress")
    assert (paper.period, paper.about_id, "一季度完成 12 个地块核查" in str(paper.content)) == (
        "2026-Q1",
        city.units["tjd1"].pk,
        True,
    )

    sign(city, paper, "队员甲")
    with pytest.raises(DomainError, match="另一个人"):
        sign(city, paper, "队员甲")
    sign(city, paper, "队员乙")
    paper = sign(city, paper, "队长甲")
    assert (paper.state, paper.until) == ("issued", moment("2026-04-24 18:00"))

    said = open_case(
        definitions.get("procedure", "public-comment", moment("2026-04-03 10:00").date()),
        values={"stance": "意见建议", "detail": "请公布地块名单"},
        at=moment("2026-04-03 10:00"),
        thing=("bulletin", paper.pk),
        contact=Contact(name="李某", phone="13900139000"),
    ).case
    assert stand(said)[0] == "verify"


@pytest.mark.mechanism("S-085")
def test_what_a_team_shows_stands_before_how_to_answer_and_its_parts_have_headings(team: City) -> None:
    at = moment("2026-04-02 10:00")
    paper = bulletins.draft(
        definitions.get("bulletin", "shock-team-progress", at.date()),
        organisation=team.units["tjd1"], about=("organisation", team.units["tjd1"].pk), period="2026-Q1",
        values={"results": "查完 12 个地块。", "next": "核查结果入库。"}, actor="system:test", at=at,
    )  # fmt: skip

    assert [block.text for block in paper_of(paper).blocks if isinstance(block, Line)] == [
        "现将地块核查突击队2026年第一季度工作推进情况公示如下，请党员群众监督。",
        "突击目标：一季度完成 12 个地块核查",
        "具体措施：分三组包片",
        "一、推进成效",
        "查完 12 个地块。",
        "二、下一步打算",
        "核查结果入库。",
        "公示期至＿＿＿＿。有意见建议的，可在公示期内点本页的“提意见”反映，收到后逐件答复。",
    ]
    assert "shows" not in {part.code for part in parts_of(loaded_of(paper), at.date())}


@pytest.mark.mechanism("S-085", "S-006")
def test_a_team_works_until_it_is_dissolved(team: City) -> None:
    city = team
    case = Case.objects.get(procedure="team-life", about=city.units["tjd1"])
    assert stand(case)[0] == "found"
    case = do(city, case, "队长甲", "2026-03-03 10:00", "start")
    assert stand(case)[:2] == ("work", "tjd1")
    case = do(city, case, "队长甲", "2026-06-30 10:00", "finish")
    assert stand(case)[0] == "dissolved"
