"""Which unit a table means, where two bear one name and the rows are older than the registration."""

from __future__ import annotations

import datetime as dt

import pytest

from ronghe.organisations.domain import create_organisation
from ronghe.organisations.domain.units import Units
from ronghe.organisations.exceptions import OrganisationError
from ronghe.organisations.models import Organisation
from tests.city import City, moment

pytestmark = [pytest.mark.db, pytest.mark.django_db]
REGISTERED = dt.date(2026, 6, 1)
BEFORE = dt.date(2026, 3, 2)


@pytest.fixture
def squads(city: City) -> dict[str, int]:
    """Two areas, each with a squad of the same name; a patrol only below the first."""
    made: dict[str, Organisation] = {}
    for code, name, kind, above in (
        ("east", "东片区", "district", ""),
        ("west", "西片区", "district", ""),
        ("east-squad", "执法队", "department", "east"),
        ("west-squad", "执法队", "department", "west"),
        ("east-patrol", "巡查队", "department", "east"),
    ):
        made[code] = create_organisation(
            code=code,
            kind=kind,
            name=name,
            parent=made.get(above),
            actor="system:test",
            at=moment("2026-06-01 09:00"),
            on=REGISTERED,
        )
    return {code: unit.pk for code, unit in made.items()}


@pytest.mark.parametrize("on", [BEFORE, REGISTERED])
def test_two_units_of_one_name_are_told_apart_by_what_stands_above(
    squads: dict[str, int], on: dt.date
) -> None:
    units = Units()

    found = [
        units.find(text, on) for text in ("东片区/执法队", "西片区／执法队", "east-squad", "东片区/巡查队")
    ]

    assert found == [squads[code] for code in ("east-squad", "west-squad", "east-squad", "east-patrol")]


@pytest.mark.usefixtures("squads")
@pytest.mark.parametrize("on", [BEFORE, REGISTERED])
def test_a_name_of_two_units_alone_is_refused_with_both(on: dt.date) -> None:
    with pytest.raises(OrganisationError) as refused:
        Units().find("执法队", on)

    assert refused.value.code == "ambiguous-organisation"
    assert all(
        part in refused.value.message for part in ("east-squad（上级：东片区）", "west-squad（上级：西片区）")
    )


@pytest.mark.usefixtures("squads")
def test_a_unit_under_another_parent_is_not_meant() -> None:
    with pytest.raises(OrganisationError) as refused:
        Units().find("西片区/巡查队", REGISTERED)

    assert refused.value.code == "unknown-organisation"
