"""The demonstration city: founded from a seed, and its ledger is what the live path would have written."""

from __future__ import annotations

from random import Random
from typing import Any

import pytest
from django.db import transaction

from ronghe.casework import domain
from ronghe.casework.domain import By
from ronghe.casework.models import Case
from ronghe.core.memory import remembering
from ronghe.core.worktime import Limit
from ronghe.definitions.domain import load_packs
from ronghe.judgements.domain import Rated, rate_case
from ronghe.ledger.models import Entry
from ronghe.management.demo.build import Scale, live
from ronghe.management.demo.city import DemoCity
from ronghe.management.demo.lives import Act, DemoLife
from tests.city import moment

pytestmark = [pytest.mark.db, pytest.mark.both, pytest.mark.django_db]
NOW = moment("2026-11-20 18:00")
SAMPLE = 50


@pytest.fixture(scope="module")
def lived(django_db_setup: None, django_db_blocker: Any) -> Any:
    """A city with 60 lives, written by the bulk path."""
    with django_db_blocker.unblock(), transaction.atomic():
        load_packs(["common", "shenzhen"], actor="system:test", at=moment("2025-10-01 09:00"))
        city = DemoCity(actor="demo:7", at=moment("2025-10-01 09:00"), random=Random(7))
        city.found(enterprises=12)
        with remembering():
            yield [life for batch in live(city, Scale(12, SAMPLE), 7, NOW) for life in batch]
        transaction.set_rollback(True)


def played_live(demo: DemoLife) -> Case:
    """The same acts, one transaction each, through the public domain."""
    bulk = demo.life.case
    case = domain.open_case(
        demo.life.procedure,
        values=bulk.values,
        at=bulk.opened_at,
        title=bulk.title,
        channel=bulk.channel,
        about=bulk.about,
        about_unit=bulk.about_unit,
        origin="demo",
    ).case
    for act in demo.acts:
        _act(case, act)
    case.refresh_from_db()
    return case


def _act(case: Case, act: Act) -> None:
    said = dict(act.said)
    by = By(act.actor, act.at, origin="demo")
    if act.what == "rate":
        case.refresh_from_db()
        rated = Rated(case.pk, case.procedure, said["round"], case.responsible_id)
        rate_case(
            rated, values={"grade": said["grade"]}, actor=f"requester:{case.pk}", at=act.at, origin="demo"
        )
    elif act.what == "extend":
        domain.extend_case(case.pk, by, **{**said, "limit": Limit.parse(said["limit"])})
    else:
        do = {"pause": domain.pause_case, "resume": domain.resume_case, "complete": domain.complete_step}[
            act.what
        ]
        do(case.pk, by, **said)


def told(case: Case) -> list[dict[str, Any]]:
    """The case's entries without what must differ: ids of the case, its identity and its number."""
    own = {"number", "identity"}
    return [
        {
            "kind": entry.kind,
            "at": entry.at,
            "actor": entry.actor.replace(f"requester:{case.pk}", "requester"),
            "organisation": entry.organisation_id,
            "seq": entry.seq,
            "code": entry.code,
            "quantity": entry.quantity,
            "definition": (entry.definition, entry.edition),
            "origin": entry.origin,
            "data": {key: value for key, value in entry.data.items() if key not in own},
            "touches": sorted((touch.role, touch.type, touch.ref) for touch in entry.touches.all()),
        }
        for entry in Entry.objects.filter(subject_type="case", subject_id=case.pk).order_by("seq")
    ]


def test_ledger_of_the_demo_equals_that_of_the_live_path(lived: list[DemoLife]) -> None:
    assert len(lived) == SAMPLE
    for demo in lived:
        assert told(demo.life.case) == told(played_live(demo))


def test_demo_reconciles_and_has_every_kind_of_life(lived: list[DemoLife]) -> None:
    kinds = {entry.kind for demo in lived for entry in demo.life.course.entries}

    assert domain.reconcile()["differences"] == []
    assert {"case.accepted", "case.transferred", "case.paused", "case.closed"} <= kinds
