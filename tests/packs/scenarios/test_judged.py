"""Somebody else looks: listeners at study sessions, guides at branch meetings; what they find wrong is put right."""

from __future__ import annotations

import pytest

from ronghe.casework.models import Case
from ronghe.definitions.queries import calendar
from ronghe.judgements import domain as judgements
from ronghe.judgements.models import Judgement
from ronghe.organisations import domain as organisations
from ronghe.organisations.queries import powers_of
from tests.city import ACTOR, FOUNDED, City, moment
from tests.packs.scenarios.walking import held, unit

pytestmark = [pytest.mark.db, pytest.mark.django_db]


def asked(city: City, code: str, at: str) -> list[tuple[Judgement, str]]:
    """The reviews of a kind that are asked for at a time, and of whom."""
    judgements.ask_reviews(moment(at), calendar())
    names = {person.pk: name for name, person in city.people.items()}
    rows = Judgement.objects.filter(judgement=code, given_at=None).order_by("pk")
    return [(row, names.get(row.judge_id or 0, "")) for row in rows]


def give(city: City, row: Judgement, name: str, at: str, **values: object) -> None:
    powers = powers_of(city.accounts[name], moment(at).date())
    judgements.give_review(row.pk, values=values, powers=powers, at=moment(at))


@pytest.mark.mechanism("S-036", "S-037")
def test_a_listener_from_outside_sits_in_on_a_session_that_was_drawn(party_city: City) -> None:
    city = party_city
    city.seat("szgw", "study-listener", "巡听员甲")
    for day in range(2, 12):
        held(
            city,
            "study-session",
            "党组书记",
            f"2026-02-{day:02} 09:00",
            "hjdz",
            values={"topic": f"专题{day}"},
        )
    ((row, name),) = asked(city, "study-listening", "2026-04-01 10:00")
    assert (name, row.subject_type) == ("巡听员甲", "activity")

    give(
        city, row, name, "2026-04-07 10:00",
        points=["集体研讨"], grade="一般", advice="研讨未联系实际",
    )  # fmt: skip
    case = Case.objects.get(procedure="rectification")
    assert (case.about.code if case.about else "", case.values["detail"]) == ("hjdz", "研讨未联系实际")
    assert asked(city, "study-listening", "2026-04-08 10:00") == []


@pytest.mark.mechanism("S-039")
def test_the_guide_of_a_branch_advises_on_its_meeting(party_city: City) -> None:
    city = party_city
    organisations.relate(
        "guides-branch", from_=unit(city, "hjdw"), to=unit(city, "zb1"), actor=ACTOR, at=FOUNDED
    )
    for day in range(2, 12):
        held(
            city,
            "members-meeting",
            "支书甲",
            f"2026-02-{day:02} 15:00",
            "zb1",
            values={"topic": f"议题{day}"},
        )
    ((row, name),) = asked(city, "meeting-guidance", "2027-01-04 10:00")
    assert name == "党委书记"
    give(city, row, name, "2027-01-05 10:00", grade="基本规范", advice="请提前发议题")
    assert Case.objects.filter(procedure="rectification").count() == 0
