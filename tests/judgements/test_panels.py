"""Panels: drawn, recused, given alone, combined from the ledger, and what follows from the one figure."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from ronghe.casework import domain as casework
from ronghe.casework.models import Case
from ronghe.core.draw import is_committed
from ronghe.definitions import queries as definitions
from ronghe.judgements.domain import ask_reviews, close_panel, give_review, may_see_panel, recuse
from ronghe.judgements.exceptions import DomainError
from ronghe.judgements.models import Judgement, Panel
from ronghe.judgements.queries import open_reviews, reviews_of
from ronghe.judgements.queries.panels import combined_of
from ronghe.ledger.domain import sequence
from ronghe.ledger.models import Entry
from ronghe.messages.models import Message
from ronghe.organisations.queries import powers_of
from tests.casework.kernel import load
from tests.city import City, moment

pytestmark = [pytest.mark.db, pytest.mark.both, pytest.mark.django_db]
DAY = dt.date(2026, 3, 2)
EXPERTS = [f"专家{name}" for name in "甲乙丙丁戊己"]
BID = """
procedure: panel-bid
title: 申报
form: [{field: detail, title: 内容, type: text}, {field: applicant, title: 申报单位, type: organisation}]
flow:
  - {step: score, title: 评审, runs: {judgement: bid-score}, outcomes: {grant: {end: granted, requires: {score: {least: 80}}}, refuse: {end: refused, requires: {score: {most: 79}}}}}
"""
SCORE = """
judgement: bid-score
title: 专家打分
judges: {procedure: panel-bid}
by: {post: review-expert}
panel: {size: 4, least: 3, recuse: [applicant]}
within: 5 工作日
form: [{field: score, title: 得分, type: number, max: 100, optional: true}, {field: opinion, title: 意见, type: text, optional: true}]
combine: {score: trimmed-mean, least: 3}
hides: [judge]
"""
FOLLOWED = BID.replace("panel-bid", "followed-bid").replace("bid-score", "followed-score")
FOLLOWING = SCORE.replace("panel-bid", "followed-bid").replace("bid-score", "followed-score") + (
    "verdict: [{where: {score: {least: 90}}, gives: {procedure: short-letter, values: {detail: form.opinion}}}]\n"
)
LETTER = """
procedure: short-letter
title: 去函
form: [{field: detail, title: 内容, type: text, max: 5}]
flow: [{step: write, title: 写, by: responsible, outcomes: {done: {end: done}}}]
"""


@pytest.fixture(scope="module", autouse=True)
def _definitions(city: City, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory) -> None:
    with django_db_blocker.unblock():
        load(tmp_path_factory.mktemp("packs"), BID, SCORE, FOLLOWED, FOLLOWING, LETTER)
        for name in EXPERTS:
            city.seat("zjj" if name == "专家己" else "szgw", "review-expert", name)


@pytest.fixture
def panel(city: City) -> Panel:
    return bid(city)


def bid(city: City, procedure: str = "panel-bid") -> Panel:
    """The panel of a bid by 市住建局, whose own expert has a stake; 市生态环境局 organises it."""
    case = casework.open_case(
        definitions.get("procedure", procedure, DAY),
        values={"detail": "节能改造", "applicant": "zjj"},
        actor=f"person:{city.people['环境局长'].pk}",
        at=moment("2026-03-02 10:00"),
        responsible=city.units["sthjj"],
    ).case
    return Panel.objects.get(subject_type="case", subject_id=case.pk)


def members(panel: Panel) -> list[Judgement]:
    return list(panel.reviews.filter(recused_at=None).order_by("seat"))


def give(row: Judgement, at: str = "2026-03-03 10:00", **values: Any) -> Judgement:
    return give_review(row.pk, values=values, powers=powers_of(row.judge, moment(at).date()), at=moment(at))


def powers(city: City, name: str) -> Any:
    return powers_of(city.accounts[name], DAY)


def test_every_member_is_asked_and_nobody_with_a_stake(city: City, panel: Panel) -> None:
    rows = members(panel)
    assert len({row.judge_id for row in rows}) == 4
    assert city.people["专家己"].pk not in {row.judge_id for row in rows}
    assert Message.objects.filter(kind="review-asked").count() == 4
    formed = Entry.objects.get(kind="panel.formed").data
    assert (formed["rows"], formed["drawn"], is_committed(panel.seed, formed["hash"])) == (5, 4, True)
    assert Entry.objects.filter(kind="judgement.asked", subject_id__in=[row.pk for row in rows]).count() == 4


def test_figure_is_of_the_ledger_and_the_case_goes_on(panel: Panel) -> None:
    for row, score in zip(members(panel), ("70", "85.5", "90", "100"), strict=True):
        give(row, score=score)

    panel.refresh_from_db()
    assert (panel.values, panel.closed_by) == ({"score": "87.75"}, "system:clock")
    assert Entry.objects.get(kind="panel.closed").data == {
        "round": 1, "rows": 4, "drawn": 4, "values": {"score": "87.75"},
    }  # fmt: skip
    assert Case.objects.get(pk=panel.subject_id).result == "granted"
    Judgement.objects.filter(panel=panel).update(values={"score": "0"})  # what rows say does not count
    [one] = combined_of(panel, definitions.by_edition(panel.edition_id))
    assert (str(one.figure), [str(score.figure) for score in one.scores]) == (
        "351/4",
        ["70", "171/2", "90", "100"],
    )
    assert {score.entry for score in one.scores} == set(
        Entry.objects.filter(kind="judgement.given").values_list("pk", flat=True)
    )


def test_missing_is_not_nought(panel: Panel) -> None:
    for row, score in zip(members(panel), ("60", "70", "80", None), strict=True):
        give(row, **({} if score is None else {"score": score}))

    panel.refresh_from_db()
    assert panel.values == {"score": "70.00"}
    assert Case.objects.get(pk=panel.subject_id).result == "refused"


def test_too_few_are_not_combined(city: City, panel: Panel) -> None:
    rows = members(panel)
    for row in rows[:2]:
        give(row, score="90")
    with pytest.raises(DomainError) as refused:
        close_panel(panel.pk, powers=powers(city, "环境局长"), at=moment("2026-03-04 10:00"))
    assert (refused.value.code, refused.value.data) == ("too-few", {"given": 2, "least": 3})

    give(rows[2], score="90")
    with pytest.raises(DomainError, match="没有找到"):
        close_panel(panel.pk, powers=powers(city, "住建局长"), at=moment("2026-03-04 10:00"))
    closed = close_panel(panel.pk, powers=powers(city, "环境局长"), at=moment("2026-03-04 10:00"))
    assert closed.values == {"score": "90.00"}
    with pytest.raises(DomainError) as late:
        give(rows[3], "2026-03-05 10:00", score="10")
    assert late.value.code == "panel-closed"


def test_clock_closes_when_the_term_is_over_and_enough_gave(panel: Panel) -> None:
    rows = members(panel)
    for row in rows[:2]:
        give(row, score="90")
    late = moment("2026-03-11 10:00")
    sequence()
    ask_reviews(late, definitions.calendar())
    panel.refresh_from_db()
    assert panel.closed_at is None
    give(rows[2], "2026-03-11 11:00", score="84")
    ask_reviews(moment("2026-03-11 12:00"), definitions.calendar())
    panel.refresh_from_db()
    assert panel.values == {"score": "90.00"}
    assert not open_reviews(rows[3].judge_id).exists()


def test_one_that_cannot_be_closed_keeps_no_other_waiting(city: City) -> None:
    first, second = bid(city, "followed-bid"), bid(city)
    for panel, score in ((first, "95"), (second, "84")):
        for row in members(panel)[:3]:
            give(row, score=score, opinion="说得太长，去函写不下")
    sequence()
    ask_reviews(moment("2026-03-11 12:00"), definitions.calendar())

    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.closed_at, second.values) == (None, {"score": "84.00"})


def test_who_steps_aside_is_replaced_by_the_next_of_the_draw(panel: Panel) -> None:
    rows = members(panel)
    before = {row.judge_id for row in rows}
    gone = recuse(rows[0].pk, powers=powers_of(rows[0].judge, DAY), at=moment("2026-03-03 09:00"))

    after = {row.judge_id for row in members(panel)}
    assert (len(after), len(after - before), gone.judge_id in after) == (4, 1, False)
    assert Entry.objects.get(kind="judgement.recused").subject_id == gone.pk
    with pytest.raises(DomainError):
        give(gone, score="90")
    with pytest.raises(DomainError):
        recuse(gone.pk, powers=powers_of(rows[0].judge, DAY), at=moment("2026-03-03 09:30"))


def test_nobody_sees_a_score_before_it_closes(city: City, panel: Panel) -> None:
    rows = members(panel)
    give(rows[0], score="90")
    other = powers_of(rows[1].judge, DAY)

    assert list(reviews_of(("case", panel.subject_id))) == []
    assert (may_see_panel(panel, other), may_see_panel(panel, powers(city, "环境局长"))) == (False, True)
    assert not may_see_panel(panel, powers(city, "住建局长"))
    for row in rows[1:]:
        give(row, score="90")
    panel.refresh_from_db()
    assert may_see_panel(panel, other)
