"""The bulk path writes what the live path writes, entry for entry and row for row."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

import pytest
from django.forms.models import model_to_dict

from ronghe.casework import domain
from ronghe.casework.domain import Bulk, By, Filing, life_data
from ronghe.casework.models import Case
from ronghe.definitions import queries as definitions
from ronghe.ledger.models import Entry
from tests.city import City, moment

pytestmark = [pytest.mark.db, pytest.mark.both, pytest.mark.django_db]
AT = {
    "opened": moment("2026-03-02 10:00"),
    "accepted": moment("2026-03-02 15:00"),
    "ready": moment("2026-03-04 09:00"),
    "sent": moment("2026-03-04 10:30"),
}
VALUES = {"topic": "environment", "detail": "排污许可证办理进度"}


def entries_of(case: Case) -> list[dict[str, Any]]:
    told = ("kind", "at", "actor", "organisation_id", "seq", "code", "quantity", "definition", "edition")
    return [
        {name: getattr(entry, name) for name in told}
        | {"data": {key: value for key, value in entry.data.items() if key != "number"}}
        | {"touches": sorted((touch.role, touch.type, touch.ref) for touch in entry.touches.all())}
        for entry in Entry.objects.filter(subject_type="case", subject_id=case.pk).order_by("seq")
    ]


def rows_of(case: Case) -> dict[str, Any]:
    case.refresh_from_db()
    row = model_to_dict(case, exclude=["id", "number", "code_hash", "submission"])
    return row | {
        "steps": [model_to_dict(step, exclude=["id", "case"]) for step in case.steps.order_by("no")],
        "replies": [model_to_dict(reply, exclude=["id", "case"]) for reply in case.replies.order_by("no")],
    }


def live(city: City, actor: str) -> Case:
    case = domain.open_case(
        definitions.get("procedure", "enterprise-request", AT["opened"].date()),
        values=VALUES,
        at=AT["opened"],
        actor=actor,
        about=city.units["enterprise"],
    ).case
    domain.complete_step(case.pk, By(actor, AT["accepted"]), step=1, outcome="accept")
    domain.complete_step(case.pk, By(actor, AT["ready"]), step=2, outcome="ready")
    domain.complete_step(case.pk, By(actor, AT["sent"]), step=3, outcome="send", reply="已办妥。")
    return case


def in_bulk(city: City, actor: str) -> Case:
    bulk = Bulk(origin="demo", batch="test")
    procedure = definitions.get("procedure", "enterprise-request", AT["opened"].date())
    filing = Filing(values=VALUES, about=city.units["enterprise"])
    life = bulk.begin(procedure, filing, at=AT["opened"], actor=actor, submission=uuid.uuid4())
    life.course.open(**life_data(life))
    life.course.by(actor, AT["accepted"]).complete(1, "accept")
    life.course.by(actor, AT["ready"]).complete(2, "ready")
    life.course.by(actor, AT["sent"])
    life.course.complete(3, "send", reply=life.reply("已办妥。"))
    return bulk.flush()[0]


def test_bulk_path_equals_live_path(city: City) -> None:
    one, other = live(city, "demo:1"), in_bulk(city, "demo:1")

    assert entries_of(one) == entries_of(other)
    assert rows_of(one) == rows_of(other)
    assert domain.reconcile()["differences"] == []


def test_bulk_numbers_follow_the_counter(city: City) -> None:
    first = in_bulk(city, "demo:1")
    second = live(city, "demo:1")

    assert (first.number, second.number) == ("QY2026-000001", "QY2026-000002")


def test_case_filed_closed_claims_no_steps(city: City) -> None:
    procedure = definitions.get("procedure", "resident-message", dt.date(2019, 4, 25))
    bulk = Bulk(origin="import", batch="b1")
    filing = Filing(values={"detail": "路灯不亮"}, title="路灯", source="letters", source_number="7")
    at = moment("2019-04-25 09:32")
    life = bulk.begin(procedure, filing, at=at, actor="import:b1", submission=uuid.uuid4())
    life.course.file_closed(responsible=city.units["zjj"].pk, **life_data(life))
    life.course.by("import:b1", moment("2019-05-10 14:56"))
    life.course.answer(life.reply("已修复"))
    life.course.close("answered")
    [case] = bulk.flush()

    assert [entry["kind"] for entry in entries_of(case)] == ["case.opened", "case.answered", "case.closed"]
    closed = Entry.objects.get(kind="case.closed", subject_id=case.pk)
    assert (closed.quantity, closed.data.get("in_time")) == (10, None)  # five May Day days off, 5 May worked
    assert (case.due, case.steps.count(), case.number) == (None, 0, "LY2019-000001")
    assert domain.reconcile()["differences"] == []
