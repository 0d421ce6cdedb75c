"""Figures: natures, periods, who alone writes them, and how one is mended."""

from __future__ import annotations

from decimal import Decimal

import pytest

from ronghe.ledger.models import Entry as LedgerEntry
from ronghe.registers.domain import record_figure
from ronghe.registers.exceptions import DomainError, StaleEntry
from ronghe.registers.models import Entry, Figure
from ronghe.registers.queries import figures_of, latest_of, record_kinds
from tests.city import City, moment
from tests.registers.conftest import ACTOR, NOON, Begin, powers

pytestmark = [pytest.mark.db, pytest.mark.both, pytest.mark.django_db]


@pytest.fixture
def project(begin: Begin) -> Entry:
    return begin("project", "某项目")


def write(entry: Entry, code: str, value: str, **more: object) -> Figure:
    return record_figure(("entry", entry.pk), code, value, **({"actor": ACTOR, "at": NOON} | more))  # type: ignore[arg-type]


def test_plan_and_actual_stand_beside_each_other(project: Entry):
    write(project, "invested", "300", nature="plan", period="2026-02")
    write(project, "invested", "250", period="2026-02")
    write(project, "invested", "310", nature="plan", period="2026-03")
    body = record_kinds(("entry", project.pk), NOON.date())[0]

    rows = figures_of(("entry", project.pk), body.quantities)  # type: ignore[union-attr]

    assert [(row.period, row.amount("plan"), row.amount("actual")) for row in rows] == [
        ("2026-03", Decimal(310), None),
        ("2026-02", Decimal(300), Decimal(250)),
    ]
    assert rows[1].share == (Decimal(250), Decimal(300))


def test_a_mended_figure_names_the_old_and_one_stands(project: Entry):
    first = write(project, "invested", "250", period="2026-02")
    same = write(project, "invested", "250", period="2026-02")
    second = write(project, "invested", "260", period="2026-02", document="市统〔2026〕12号")

    first.refresh_from_db()
    entries = list(LedgerEntry.objects.filter(kind="quantity.recorded").order_by("seq"))
    assert (same.pk, first.replaced_by_id) == (first.pk, second.pk)
    assert [(one.quantity, one.nature, one.period, one.corrects_id) for one in entries] == [
        (250, "actual", "2026-02", None),
        (260, "actual", "2026-02", entries[0].pk),
    ]
    assert list(Figure.objects.filter(replaced_by=None)) == [second]


def test_a_figure_without_periods_is_as_of_its_day_and_the_last_is_shown(project: Entry):
    write(project, "intent", "8000", at=moment("2026-02-01 09:00"))
    write(project, "intent", "1.2 亿元")
    body = record_kinds(("entry", project.pk), NOON.date())[0]

    assert str(latest_of(("entry", project.pk), body, "intent").amount) == "12000"  # type: ignore[arg-type, union-attr]
    assert Figure.objects.filter(code="intent", replaced_by=None).count() == 2


def test_two_who_mend_at_once_lose_nothing(project: Entry):
    seen = write(project, "invested", "250", period="2026-02")
    write(project, "invested", "260", period="2026-02", seen=seen.pk)

    with pytest.raises(StaleEntry) as stale:
        write(project, "invested", "270", period="2026-02", seen=seen.pk)

    assert stale.value.data["value"] == 260


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"code": "nothing"}, "figure-unknown"),
        ({"nature": "target"}, "figure-nature"),
        ({"period": "2026-Q1"}, "figure-period"),
        ({"period": "二月"}, "figure-period"),
        ({"period": ""}, "figure-period"),
        ({"period": "2026-04"}, "figure-period"),
        ({"value": "12.5"}, "figure-value"),
        ({"value": "很多"}, "figure-value"),
        ({"document": "电话里说的"}, "figure-document"),
    ],
)
def test_what_cannot_be_is_refused_and_nothing_is_written(project: Entry, more: dict[str, str], code: str):
    asked = {"code": "invested", "value": "250", "period": "2026-02"} | more

    with pytest.raises(DomainError) as refused:
        write(project, asked.pop("code"), asked.pop("value"), **asked)

    assert (refused.value.code, Figure.objects.count()) == (code, 0)


def test_a_plan_may_be_ahead_and_small_parts_are_whole_units(project: Entry, begin: Begin):
    assert write(project, "invested", "99", nature="plan", period="2026-12").value == 99
    assert write(begin("plot", "一号地块"), "area", "1200.55").value == 120055


@pytest.mark.parametrize(("name", "allowed"), [("住建经办", True), ("环境经办", False), ("工委甲", False)])
def test_without_a_named_writer_the_unit_that_keeps_it_writes(
    city: City, project: Entry, name: str, allowed: bool
):
    if allowed:
        assert write(project, "intent", "10", powers=powers(city, name))
    else:
        with pytest.raises(DomainError) as refused:
            write(project, "intent", "10", powers=powers(city, name))
        assert refused.value.code == "not-yours"
