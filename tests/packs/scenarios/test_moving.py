"""转接组织关系: from one branch to another; the file of the one closes as that of the other opens."""

from __future__ import annotations

import pytest

from ronghe.casework.exceptions import DomainError
from ronghe.casework.models import Case
from ronghe.organisations.models import Appointment
from tests.city import City
from tests.packs.runs import do, file, stand

pytestmark = [pytest.mark.db, pytest.mark.django_db, pytest.mark.mechanism("S-014")]


def moving(city: City, name: str) -> Case:
    values = {"member": str(city.people[name].pk), "to-branch": "zb2", "why": "工作调动"}
    case = file(city, "move-membership", "支书甲", "2026-03-02 10:00", values, about=city.units["zb1"])
    return do(city, case, "支书甲", "2026-03-02 11:00")


def seats(city: City, name: str) -> list[tuple[str, str, str, str]]:
    rows = Appointment.objects.filter(person=city.people[name]).order_by("begins", "pk")
    return [(one.post.organisation.code, one.post.kind, str(one.begins), str(one.ends or "")) for one in rows]


def test_whoever_moves_is_in_one_branch_at_a_time(party_city: City) -> None:
    city = party_city
    case = moving(city, "党员甲")
    assert stand(case) == ("receive", "zb2", "06-01 18:00")
    with pytest.raises(DomainError):
        do(city, case, "支书甲", "2026-03-09 10:00", "accept")

    case = do(city, case, "支书乙", "2026-03-09 10:00", "accept")
    assert stand(case)[0] == "moved"
    assert seats(city, "党员甲") == [
        ("zb1", "party-member", "2026-01-05", "2026-03-09"),
        ("zb2", "party-member", "2026-03-09", ""),
    ]


def test_whoever_sits_on_the_committee_leaves_it_first(party_city: City) -> None:
    city = party_city
    case = moving(city, "委员甲")
    with pytest.raises(DomainError, match="看不出要免去哪个职务"):
        do(city, case, "支书乙", "2026-03-09 10:00", "accept")
    assert [ends for *_rest, ends in seats(city, "委员甲")] == ["", ""]
