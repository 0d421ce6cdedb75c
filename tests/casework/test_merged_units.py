"""A unit merged away: whoever answers for it now is barred from complaints about it as its own people were."""

from __future__ import annotations

import datetime as dt

import pytest

from ronghe.casework import domain
from ronghe.casework.domain import By
from ronghe.casework.exceptions import DomainError
from ronghe.casework.models import Case
from ronghe.casework.queries.worklist import open_steps
from ronghe.definitions import queries as definitions
from ronghe.organisations import domain as organisations
from ronghe.organisations.models import Account
from ronghe.organisations.queries import powers_of
from tests.city import ACTOR, City, moment

pytestmark = [pytest.mark.db, pytest.mark.both, pytest.mark.django_db]
DAY = dt.date(2026, 8, 4)


@pytest.fixture
def complaint(city: City) -> Case:
    """A petition about 市住房和建设局, which is merged into 市生态环境局 the day after."""
    loaded = definitions.get("procedure", "petition", dt.date(2026, 8, 3))
    case = domain.open_case(
        loaded,
        values={"matter": "accusation", "detail": "反映审批人员推诿，三次退件不说理由。"},
        at=moment("2026-08-03 10:00"),
        about_unit=city.units["zjj"],
    ).case
    organisations.merge_organisation(
        city.units["zjj"], into=city.units["sthjj"], actor=ACTOR, at=moment("2026-08-04 08:00")
    )
    return case


def test_the_successor_neither_sees_nor_gets_a_complaint_about_what_it_took_over(
    city: City, complaint: Case
) -> None:
    successor = powers_of(Account.objects.get(pk=city.accounts["环境局长"].pk), DAY)
    desk = powers_of(Account.objects.get(pk=city.accounts["分办甲"].pk), DAY)

    assert not Case.objects.visible_with(successor).exists()
    assert not open_steps(successor).exists()
    assert list(Case.objects.visible_with(desk)) == [complaint]
    by = By(f"person:{desk.person_id}", moment("2026-08-04 10:00"), desk)
    with pytest.raises(DomainError) as refused:
        domain.complete_step(complaint.pk, by, step=1, outcome="transfer", to=city.units["sthjj"])
    assert refused.value.code == "routed-to-complained-of"


def test_a_new_complaint_about_the_unit_of_before_is_barred_alike(city: City, complaint: Case) -> None:
    del complaint
    loaded = definitions.get("procedure", "petition", DAY)
    with pytest.raises(DomainError) as refused:
        domain.open_case(
            loaded,
            values={"matter": "accusation", "detail": "反映审批人员推诿。"},
            at=moment("2026-08-04 11:00"),
            about_unit=city.units["zjj"],
            responsible=city.units["sthjj"],
        )
    assert refused.value.code == "routed-to-complained-of"
