"""申报评审: experts are drawn from several units, none of the applicant's; without the extremes their scores are one."""

from __future__ import annotations

import pytest

from ronghe.definitions import queries as definitions
from ronghe.judgements.domain import ask_reviews, close_panel, give_review
from ronghe.judgements.models import Panel
from ronghe.organisations.queries import powers_of
from tests.city import City, moment
from tests.packs.runs import do, file, stand

pytestmark = [pytest.mark.db, pytest.mark.django_db]


@pytest.mark.mechanism("S-191", "S-257", "S-327")
def test_drawn_experts_score_and_the_supervisor_looks_at_it(party_city: City) -> None:
    city = party_city
    for unit, name in (("sthjj", "专家甲"), ("szgw", "专家乙"), ("fbzx", "专家丙"), ("zjj", "专家丁")):
        city.seat(unit, "review-expert", name)
    asked = {"scheme": "science", "applicant": "zjj", "detail": "水质在线分析仪", "supervisor": "szgw"}
    case = file(city, "funded-application", "环境局长", "2026-03-02 10:00", asked)
    case = do(city, case, "环境局长", "2026-03-03 10:00")
    assert stand(case)[0] == "panel"

    panel = Panel.objects.get(subject_type="case", subject_id=case.pk)
    rows = [row for row in panel.reviews.select_related("judge") if row.judge]
    assert {row.judge.name for row in rows} == {
        "专家甲",
        "专家丙",
    }  # neither the applicant's nor the supervisor's
    city.seat("sthjj", "review-expert", "专家戊")
    ask_reviews(
        moment("2026-03-04 10:00"), definitions.calendar()
    )  # who came since is asked for an empty seat
    rows = [row for row in panel.reviews.select_related("judge") if row.judge]
    at = moment("2026-03-05 10:00")
    for row, score in zip(rows, ("80", "90", "84"), strict=True):
        give_review(row.pk, values={"score": score}, powers=powers_of(row.judge, at.date()), at=at)
    closed = close_panel(panel.pk, powers=None, at=moment("2026-03-06 10:00"))
    assert (closed.values, stand(case)[0]) == ({"score": "84.00"}, "supervise")
