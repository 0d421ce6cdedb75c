"""换届: asked for, approved on paper, elected by a members' meeting, reported; whoever was elected sits from that day."""

from __future__ import annotations

import pytest

from ronghe.casework.exceptions import DomainError
from ronghe.casework.models import Case
from ronghe.organisations.models import Appointment
from tests.city import City
from tests.packs.runs import do, file, stand
from tests.packs.scenarios.walking import held, issued

pytestmark = [pytest.mark.db, pytest.mark.django_db, pytest.mark.mechanism("S-011")]
ASKED = {"term-ends": "2026-06-30", "detail": "拟于 5 月召开党员大会换届"}
APPROVAL = {"opening": "你支部《关于换届选举的请示》收悉。经研究，同意换届。"}


@pytest.fixture
def case(party_city: City) -> Case:
    city = party_city
    city.seat("szgw", "committee-deputy-secretary", "工委副书记甲")
    case = file(city, "re-election", "支书甲", "2026-03-02 10:00", ASKED, about=city.units["zb1"])
    return do(city, case, "支书甲", "2026-03-03 10:00", "submit")


def seated(city: City, kind: str) -> list[tuple[str, str, str]]:
    rows = Appointment.objects.filter(post__organisation=city.units["zb1"], post__kind=kind).order_by("pk")
    return [(one.person.name, str(one.begins), str(one.ends or "")) for one in rows]


def test_a_branch_elects_and_its_seats_pass_on(party_city: City, case: Case) -> None:
    city = party_city
    assert stand(case)[:2] == ("approve", "szgw")
    with pytest.raises(DomainError):
        do(city, case, "支书甲", "2026-03-04 10:00", "agree")
    case = do(city, case, "工委甲", "2026-03-10 10:00", "agree")
    assert stand(case)[0] == "reply"
    paper = issued(
        city, "approval-reply", "工委甲", "2026-03-11 10:00", "工委甲", "工委副书记甲",
        organisation=city.units["szgw"], about=("organisation", city.units["zb1"].pk), case=case, values=APPROVAL,
    )  # fmt: skip
    assert (paper.state, stand(case)[0]) == ("issued", "elect")

    held(
        city, "members-meeting", "支书甲", "2026-05-12 15:00", "zb1",
        values={"topic": "换届选举"}, people=6, runs=("case", case.pk),
    )  # fmt: skip
    assert stand(case)[:2] == ("file", "zb1")
    elected = {
        "file-entitled": "6",
        "file-present": "5",
        "secretary": str(city.people["党员甲"].pk),
        "committee": [{"member": str(city.people[name].pk), "votes": "3"} for name in ("支书甲", "党员乙")],
    }
    with pytest.raises(DomainError, match="至少 5 人"):  # A24: four of six are fewer than four fifths
        do(city, case, "支书甲", "2026-05-13 10:00", values={**elected, "file-present": "4"})
    few = [{"member": str(city.people["党员乙"].pk), "votes": "2"}]
    with pytest.raises(
        DomainError, match="第 1 行的得票不在 3 到 5 之间"
    ):  # A26: two of five are no majority
        do(city, case, "支书甲", "2026-05-13 10:00", values={**elected, "committee": few})
    case = do(city, case, "支书甲", "2026-05-13 10:00", values=elected)
    assert stand(case) == ("elected", "zb1", "05-13 10:00")
    assert seated(city, "branch-secretary") == [
        ("支书甲", "2026-01-05", "2026-05-13"),
        ("党员甲", "2026-05-13", ""),
    ]
    assert seated(city, "branch-committee-member") == [
        ("委员甲", "2026-01-05", "2026-05-13"),
        ("支书甲", "2026-05-13", ""),
        ("党员乙", "2026-05-13", ""),
    ]


def test_it_is_put_off_only_by_the_committee_with_a_reason(party_city: City, case: Case) -> None:
    city = party_city
    case = do(city, case, "工委甲", "2026-03-10 10:00", "return", note="请补充候选人名额")
    assert stand(case)[:2] == ("apply", "zb1")
