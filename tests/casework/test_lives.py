"""Organisations whose kind has a life: it begins when they are founded, once, and ends with them."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from ronghe.casework.domain import By, complete_step, open_case, reconcile
from ronghe.casework.domain.lives import ACTOR, begin_life, keep_lives
from ronghe.casework.exceptions import DomainError
from ronghe.casework.models import Case
from ronghe.casework.queries.timeline import timeline
from ronghe.definitions import queries as definitions
from ronghe.ledger.models import Entry
from ronghe.organisations.domain import create_organisation, end_organisation, merge_organisation
from ronghe.organisations.domain.intake import OrganisationIntake
from ronghe.organisations.models import Organisation
from tests.city import ACTOR as FOUNDER, City, moment
from tests.organisations.test_intake_units import take

pytestmark = [pytest.mark.db, pytest.mark.both, pytest.mark.django_db]
NOW, LATER = moment("2026-03-02 10:00"), moment("2026-03-04 10:00")
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

    assert [keep_lives(LATER) for _ in range(2)] == [1, 0]
    assert lives() == [("old", "突击队old", ACTOR, "found")]


def states() -> list[tuple[str, str, str]]:
    rows = Case.objects.filter(procedure="team-life").select_related("about").order_by("pk")
    return [(case.about.code, case.state, case.result) for case in rows]


def withdrawals() -> list[tuple[str, dict[str, Any]]]:
    rows = Entry.objects.filter(kind="case.withdrawn").order_by("pk")
    return [(entry.actor, entry.data) for entry in rows]


def test_a_unit_that_ends_takes_its_life_with_it(city: City, django_capture_on_commit_callbacks: Any) -> None:
    gone, merged, into = found("gone"), found("merged"), found("into")

    with django_capture_on_commit_callbacks(execute=True):
        end_organisation(gone, actor=FOUNDER, at=LATER)
        merge_organisation(merged, into=into, actor=FOUNDER, at=LATER)

    assert states() == [
        ("gone", "withdrawn", "withdrawn"),
        ("merged", "withdrawn", "withdrawn"),
        ("into", "open", ""),
    ]
    assert withdrawals() == [(ACTOR, {"cause": "unit-ended"}), (ACTOR, {"cause": "unit-merged"})]
    assert reconcile()["differences"] == []
    line = timeline(Case.objects.get(about=merged))[-1]
    assert (line.title, line.outcome, line.who) == ("撤回", "单位已并入另一单位", "system")


def test_a_life_that_is_over_stays_as_it_was(city: City, django_capture_on_commit_callbacks: Any) -> None:
    unit = found()
    case = Case.objects.get(about=unit)
    complete_step(case.pk, By(FOUNDER, NOW), step=1, outcome="drop")

    with django_capture_on_commit_callbacks(execute=True):
        end_organisation(unit, actor=FOUNDER, at=LATER)

    assert states() == [("tjd1", "closed", "dropped")]
    assert withdrawals() == []


def test_the_chore_ends_what_outlived_its_unit(city: City) -> None:
    end_organisation(found("gone"), actor=FOUNDER, at=LATER)
    assert states() == [("gone", "open", "")]

    assert [keep_lives(LATER) for _ in range(2)] == [1, 0]
    assert states() == [("gone", "withdrawn", "withdrawn")]


def test_the_day_of_a_life_is_the_offices(city: City) -> None:
    night = moment("2026-01-01 00:30").astimezone(dt.UTC)  # the kind and its life are known from this day on

    assert begin_life(found(is_past=True), actor=FOUNDER, at=night) is not None
