"""Bulletins that steps run, that something gives, that the clock drafts; and what of them everybody sees."""

from __future__ import annotations

from pathlib import Path

import pytest

from ronghe.bulletins import domain, queries
from ronghe.bulletins.models import Bulletin
from ronghe.casework import domain as casework
from ronghe.casework.models import Case
from ronghe.definitions import queries as definitions
from ronghe.ledger.domain import Touch, record
from ronghe.organisations.models import Organisation
from tests.bulletins.papers import begun, issued, powers, signed, third
from tests.casework.kernel import load
from tests.city import ACTOR, City, moment

pytestmark = [pytest.mark.db, pytest.mark.django_db]
PRIZE = """
procedure: small-prize
title: 小评选
flow:
  - {step: choose, title: 拟定, by: opener, outcomes: {done: notice}}
  - {step: notice, title: 公示, runs: {bulletin: award-notice}, outcomes: {upheld: choose, clear: {end: awarded}}}
"""
LETTER = """
procedure: small-letter
title: 小请示
flow:
  - {step: write, title: 拟办, by: opener, outcomes: {done: {to: reply, gives: {bulletin: approval-reply}}}}
  - {step: reply, title: 批复, runs: {bulletin: approval-reply}, outcomes: {done: {end: approved}}}
"""
GUARDED = """
bulletin: guarded-notice
title: 内部公示
signs: [签发]
stands: 5 工作日
seen_by: {public: [opening], branch: all}
"""


def opened(city: City, code: str, **more: object) -> Case:
    loaded = definitions.get("procedure", code, moment("2026-03-02 09:00").date())
    return casework.open_case(
        loaded,
        values={},
        actor=f"person:{city.people['环境经办'].pk}",
        at=moment("2026-03-02 09:00"),
        responsible=city.units["sthjj"],
        title="十佳案例评选",
        **more,
    ).case


def end(city: City, case: Case, at: str) -> None:
    step = case.steps.get(done_at=None)
    by = casework.By(f"person:{city.people['环境经办'].pk}", moment(at))
    casework.complete_step(case.pk, by, step=step.no, outcome="done")


def open_steps(case: Case) -> list[str]:
    return list(case.steps.filter(done_at=None).values_list("code", flat=True))


def prize(city: City, tmp_path: Path) -> tuple[Case, Bulletin]:
    """A case whose notice was issued and stands."""
    load(tmp_path, PRIZE)
    third(city)
    case = opened(city, "small-prize")
    end(city, case, "2026-03-02 09:30")
    paper = begun(city, code="award-notice", case=case.pk, values={"winners": "第一支部"})
    return case, signed(city, paper, "环境经办", "环境经办二", "环境局长")


def objected(city: City, paper: Bulletin, outcome: str) -> None:
    loaded = definitions.get("procedure", "public-comment", moment("2026-03-03 09:00").date())
    values = {"stance": "异议", "detail": "今年受过处理。"}
    case = casework.open_case(
        loaded, values=values, at=moment("2026-03-03 09:00"), thing=("bulletin", paper.pk)
    ).case
    by = casework.By(f"person:{city.people['环境局长'].pk}", moment("2026-03-04 09:00"))
    step = case.steps.get(done_at=None)
    casework.complete_step(case.pk, by, step=step.no, outcome="done", values={"finding": "已核实。"})
    step = case.steps.get(done_at=None)
    parts = {"finding": "已核实。", "opinion": "处理如下。"}
    casework.complete_step(case.pk, by, step=step.no, outcome=outcome, parts=parts)


def test_step_waits_while_the_notice_stands_and_goes_on_clear(city: City, tmp_path: Path) -> None:
    case, paper = prize(city, tmp_path)
    assert paper.title == "十佳案例评选拟表彰名单公示"
    assert open_steps(case) == ["notice"]

    domain.settle_due(moment("2026-03-09 19:00"))

    case.refresh_from_db()
    assert (case.state, case.result) == ("closed", "awarded")


def test_objection_found_right_takes_it_down_and_sends_the_case_back(city: City, tmp_path: Path) -> None:
    case, paper = prize(city, tmp_path)
    objected(city, paper, "uphold")

    assert domain.settle_due(moment("2026-03-04 10:00")) == 1

    paper.refresh_from_db()
    assert (paper.ending, paper.state) == ("upheld", "withdrawn")
    assert open_steps(case) == ["choose"]


def test_objection_found_wrong_changes_nothing(city: City, tmp_path: Path) -> None:
    _case, paper = prize(city, tmp_path)
    objected(city, paper, "dismiss")

    assert domain.settle_due(moment("2026-03-04 10:00")) == 0
    domain.settle_due(moment("2026-03-09 19:00"))

    paper.refresh_from_db()
    assert paper.ending == "clear"


def test_paper_that_does_not_stand_ends_its_step_when_issued(city: City, tmp_path: Path) -> None:
    load(tmp_path, LETTER)
    case = opened(city, "small-letter", about=city.units["zjj"])
    end(city, case, "2026-03-02 09:30")
    paper = Bulletin.objects.get()  # the outcome gave it
    assert (paper.case_id, paper.about_id, paper.organisation) == (
        case.pk,
        city.units["zjj"].pk,
        city.units["sthjj"],
    )
    assert paper.content["parts"]["received"].startswith("你单位《十佳案例评选》")

    signed(city, paper, "环境经办", "环境局长")

    case.refresh_from_db()
    assert (case.state, case.result) == ("closed", "approved")


def test_everybody_sees_only_the_parts_the_definition_opens(city: City, tmp_path: Path) -> None:
    load(tmp_path, GUARDED.replace("signs:", "template: candidate-paper\nsigns:"))
    values = {"opening": "经研究，现予公示。", "persons": "李四"}
    paper = signed(city, begun(city, code="guarded-notice", values=values), "环境局长")

    shown = queries.shown_to_public(paper, moment("2026-03-02 12:00").date())
    printed = queries.paper_of(paper, shown=shown)

    assert printed.title == "内部公示"
    assert [block.text for block in printed.blocks] == ["经研究，现予公示。"]
    whole = queries.paper_of(paper, shown=queries.shown_to(powers(city, "工委甲"), paper))
    assert "李四" in [block.text for block in whole.blocks]


def team(city: City) -> Organisation:
    return city.unit(
        "tjd1", "shock-team", "攻坚突击队", values={"target": "年底前完成一百件", "measures": "每周调度"}
    )


def test_quarter_over_the_clock_drafts_from_what_the_team_did(city: City) -> None:
    made = team(city)
    record(
        "activity.held",
        subject=("activity", 1),
        actor=ACTOR,
        at=moment("2026-05-10 15:00"),
        organisation_id=made.pk,
        touches=(Touch("organiser", "organisation", made.pk),),
        code="theme-day",
        definition="activity:theme-day",
        edition="2026",
    )
    assert domain.draft_due(moment("2026-07-01 09:00")) == 1
    assert domain.draft_due(moment("2026-07-02 09:00")) == 0

    paper = Bulletin.objects.get()
    assert (paper.title, paper.period, paper.organisation) == (
        "攻坚突击队2026年第二季度工作推进情况公示",
        "2026-Q2",
        made,
    )
    shown = {one["word"]: one.get("words") or one["rows"] for one in paper.content["shown"]}
    assert shown["about.target"] == "年底前完成一百件"
    assert [row[1] for row in shown["progress"]] == ["1 次"]


def test_public_list_holds_what_stands(city: City) -> None:
    paper = issued(city)
    assert list(Bulletin.objects.public(moment("2026-03-03 09:00"))) == [paper]
