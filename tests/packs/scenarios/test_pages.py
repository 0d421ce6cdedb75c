"""The same work through the pages: a branch files its re-election, chooses who was elected, and a firm in a row is a firm."""

from __future__ import annotations

import re
import uuid
from typing import Any

import pytest
from django.test import Client

from ronghe.casework.models import Case
from ronghe.organisations.queries import powers_of
from ronghe.www.references import people_of
from tests.city import City, moment

pytestmark = [pytest.mark.page, pytest.mark.django_db, pytest.mark.mechanism("S-011", "S-189")]


def post(client: Client, url: str, data: dict[str, Any]) -> Any:
    return client.post(url, {"submission": str(uuid.uuid4()), **data})


def test_a_branch_files_its_re_election_about_itself(client: Client, party_city: City) -> None:
    client.force_login(party_city.accounts["支书甲"])
    page = client.get("/desk/file/re-election/").content.decode()
    chosen = re.search(r'<option value="(organisation:[^"]+)" selected', page)
    assert chosen
    assert chosen[1] == "organisation:zb1"

    told = {"term-ends": "2026-12-30", "detail": "拟召开党员大会换届"}
    lacking = post(client, "/desk/file/re-election/", told)
    assert (lacking.status_code, "请选这件关于哪一个单位或哪一项" in lacking.content.decode()) == (422, True)
    assert post(client, "/desk/file/re-election/", {**told, "subject": chosen[1]}).status_code == 302
    case = Case.objects.get(procedure="re-election")
    assert (case.about.code if case.about else "", case.steps.get(done_at=None).holder) == (
        "zb1",
        party_city.units["zb1"],
    )


def test_who_may_be_chosen_is_who_the_officer_s_powers_reach(party_city: City) -> None:
    day = moment("2026-03-02 09:00").date()
    names = {
        name: {
            told.partition("（")[0] for _pk, told in people_of(day, powers_of(party_city.accounts[name], day))
        }
        for name in ("支书甲", "环境局长", "党员甲")
    }
    assert names["支书甲"] == {"支书甲", "委员甲", "组长甲", "党员甲", "党员乙", "党员丙"}
    assert names["环境局长"] == {"环境局长", "环境经办"}
    assert names["党员甲"] == set()
    assert people_of(day, None) == []
