"""Whoever held a step of a case sees it for good, as who answers for it and who heard it first do."""

from __future__ import annotations

import pytest

from ronghe.casework import domain
from ronghe.casework.managers import Sight
from ronghe.casework.models import Case, Involved
from tests.casework.test_life import by, file_message, file_request
from tests.city import City

pytestmark = [pytest.mark.db, pytest.mark.both, pytest.mark.django_db]


def lives(city: City) -> list[Case]:
    """One that stays, one passed on twice, one sent back, one with two units beside, one that waits at the triage desk."""
    stays, passed, back, joint = (file_request(city) for _ in range(4))
    steward = "管家甲"
    for case, to in ((passed, city.units["zjj"]), (back, None)):
        domain.complete_step(
            case.pk, by(city, steward, "2026-03-02 11:00"), step=1, outcome="transfer", to=to
        )
    onward = by(city, "住建经办", "2026-03-02 14:00")
    domain.complete_step(passed.pk, onward, step=2, outcome="transfer", to=city.units["sthjj"])
    domain.complete_step(joint.pk, by(city, steward, "2026-03-02 11:00"), step=1, outcome="accept")
    domain.complete_step(
        joint.pk,
        by(city, steward, "2026-03-02 14:00"),
        step=2,
        outcome="joint",
        co_handlers=[city.units["sthjj"], city.units["zjj"]],
    )
    return [stays, passed, back, joint, file_message(city)]


def test_each_unit_sees_what_it_answers_heard_first_or_held(city: City) -> None:
    cases = lives(city)

    for unit in city.units.values():
        sight = Sight([unit.pk], [], everything=False, unassigned=False)
        held = {
            case.pk
            for case in Case.objects.all()
            if unit.pk in {case.responsible_id, case.first_receiver_id}
            or case.steps.filter(holder=unit).exists()
        }
        assert set(Case.objects.within(sight).values_list("pk", flat=True)) == held, unit.code

    rows = {(row.case_id, row.organisation_id) for row in Involved.objects.all()}
    _, passed, back, joint, waiting = cases
    assert rows == {
        (passed.pk, city.units["zjj"].pk),
        (back.pk, city.units["fbzx"].pk),
        (joint.pk, city.units["sthjj"].pk),
        (joint.pk, city.units["zjj"].pk),
        (waiting.pk, city.units["fbzx"].pk),
    }
    assert domain.reconcile()["differences"] == []


def test_reconcile_finds_a_unit_that_lost_sight_of_what_it_held(city: City) -> None:
    _, passed, *_ = lives(city)
    Involved.objects.filter(case=passed).delete()

    [difference] = domain.reconcile()["differences"]

    assert difference == {
        "case": passed.number,
        "field": "involved",
        "stored": "[]",
        "rebuilt": str([city.units["zjj"].pk]),
    }
