"""The Party organisations of the small city: a branch has its members, and its file is read by who may."""

from __future__ import annotations

import datetime as dt

import pytest

from ronghe.definitions.enums import Power
from ronghe.organisations.queries import powers_of
from tests.city import City

pytestmark = [pytest.mark.db, pytest.mark.django_db]
DAY = dt.date(2026, 3, 2)


def test_a_branch_has_its_members_and_its_file_is_read_by_named_posts(party_city: City) -> None:
    branch, other = (party_city.units[code] for code in ("zb1", "zb2"))
    members = branch.posts.get(kind="party-member").appointments.values_list("person__name", flat=True)
    may = {
        name: tuple(
            powers_of(party_city.accounts[name], DAY).may(Power.ROLL, one.pk) for one in (branch, other)
        )
        for name in ("支书甲", "委员甲", "支书乙", "党委书记", "党员甲", "党组书记", "环境局长", "工委甲")
    }

    assert sorted(members) == ["党员丙", "党员乙", "党员甲", "委员甲", "支书甲", "组长甲"]
    assert may == {
        "支书甲": (True, False),
        "委员甲": (True, False),
        "支书乙": (False, True),
        "党委书记": (True, True),
        "党员甲": (False, False),
        "党组书记": (False, False),
        "环境局长": (False, False),
        "工委甲": (False, False),
    }
