"""Organisations whose kind has a life: it begins when they are founded, once."""

from __future__ import annotations

import pytest

from ronghe.casework.domain import open_case
from ronghe.casework.domain.lives import ACTOR, begin_life, begin_lives
from ronghe.casework.exceptions import DomainError
from ronghe.casework.models import Case
from ronghe.definitions import queries as definitions
from ronghe.organisations.domain import create_organisation, end_organisation
from ronghe.organisations.domain.intake import OrganisationIntake
from ronghe.organisations.models import Organisation
from tests.city import ACTOR as FOUNDER, City, moment
from tests.organisations.test_intake_units import take

pytestmark = [pytest.mark.db, pytest.mark.both, pytest.mark.django_db]
NOW = moment("2026-03-02 10:00")
AIM = {"target": "12 个地块", "measures": "分三组"}


def found(code: str = "tjd1", kind: str = "shock-team", *, is_past: bool = False) -> Organisation:
    return create_organisation(
        code=code, kind=kind, name=f"突击队{code}", values=AIM, actor=FOUNDER, at=NOW, is_past=is_past
    )


def lives() -> list[tuple[str, str, str, str]]:
    rows = Case.objects.filter(procedure="team-life").select_related("about", "responsible").order_by("pk")
    return [(one.about.code, one.title, one.opener, one.steps.get().code) for one in rows]


def test_founding_begins_the_life_in_its_first_step(city: City) -> None:
    found()
    found("bm1", "department")

    assert lives() == [("tjd1", "突击队tjd1", FOUNDER, "found")]


def test_so_does_a_table_and_the_same_table_again_begins_nothing(city: City) -> None:
    rows = [
        {"名称": "核查突击队", "类别": "党员突击队", "设立日期": "2026-02-01"},
        {"名称": "旧突击队", "类别": "党员突击队", "设立日期": "2026-02-01", "撤销日期": "2026-02-20"},
    ]
    for batch in ("r1", "r2"):
        take(OrganisationIntake(batch, NOW), *rows)

    assert [(title, opener, step) for _code, title, opener, step in lives()] == [
        ("核查突击队", "import:r1", "found")
    ]


def test_it_begins_once_and_by_hand_no_second_time(city: City) -> None:
    unit = found()

    assert begin_life(unit, actor=FOUNDER, at=NOW) is None
    with pytest.raises(DomainError, match="已经"):
        open_case(
            definitions.get("procedure", "team-life", NOW.date()),
            values={},
            actor=FOUNDER,
            at=NOW,
            about=unit,
        )
    assert len(lives()) == 1


def test_those_founded_before_get_theirs_from_the_chore_unless_ended(city: City) -> None:
    found("old", is_past=True)
    end_organisation(found("gone", is_past=True), actor=FOUNDER, at=moment("2026-03-03 10:00"))

    assert [begin_lives(moment("2026-03-04 10:00")) for _ in range(2)] == [1, 0]
    assert lives() == [("old", "突击队old", ACTOR, "found")]
