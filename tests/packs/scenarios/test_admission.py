"""发展党员: five stages by dates only, the law's waits and limits, and what changed in May 2026."""

from __future__ import annotations

import datetime as dt

import pytest

from ronghe.casework.exceptions import DomainError
from ronghe.casework.models import Case
from ronghe.core.procedure import steps_of
from ronghe.definitions import queries as definitions
from ronghe.organisations.domain import Contact
from ronghe.organisations.queries import powers_of
from tests.city import City
from tests.packs.runs import do, file, stand

pytestmark = [pytest.mark.db, pytest.mark.django_db, pytest.mark.mechanism("S-013")]


def applied(city: City, at: str) -> Case:
    contact = Contact(name="申请人", phone="13900139000")
    return file(city, "admit-member", "支书甲", at, {}, about=city.units["zb1"], contact=contact)


def voted(step: str, in_favour: int) -> dict[str, str]:
    """A sitting of the whole branch: so many in favour, the others against."""
    counts = {"entitled": 6, "present": 6, "in-favour": in_favour, "against": 6 - in_favour}
    return {f"{step}-{name}": str(count) for name, count in counts.items()}


VOTED = voted("meeting", 6)


def to_cultivation(city: City, case: Case) -> Case:
    """Talked to in January, an activist in February, filed with the committee."""
    case = do(city, case, "支书甲", "2026-01-20 10:00", values={"talked-on": "2026-01-20"})
    case = do(city, case, "支书甲", "2026-02-10 10:00", "choose", values={"activist-on": "2026-02-09"})
    return do(city, case, "党委书记", "2026-02-12 10:00")


def to_the_meeting(city: City, case: Case) -> Case:
    """From the candidate's listing to the branch meeting, in spring 2027."""
    case = do(city, case, "支书甲", "2027-03-10 10:00", values={"reviewed-on": "2027-03-09"})
    trained = {"trained-on": "2027-03-19", "hours": "24"}
    case = do(city, case, "党委书记", "2027-03-20 10:00", values=trained)
    return do(city, case, "党委书记", "2027-03-22 10:00", "pass")


@pytest.mark.usefixtures("city")
def test_the_edition_of_2026_adds_consent_and_a_notice() -> None:
    days = (dt.date(2026, 5, 10), dt.date(2026, 5, 11))
    old, new = (
        [one.step.code for one in steps_of(definitions.get("procedure", "admit-member", day).body.flow)]
        for day in days
    )
    assert [code for code in new if code not in old] == ["agree", "candidate-notice"]
    assert [code for code in old if code not in new] == []


def test_a_case_keeps_the_edition_it_began_with_and_waits_as_the_law_says(party_city: City) -> None:
    city = party_city
    case = to_cultivation(city, applied(city, "2026-01-06 10:00"))
    assert (stand(case)[:2], case.edition.edition) == (("cultivate", "zb1"), "2014")

    with pytest.raises(DomainError, match="2027"):
        do(city, case, "支书甲", "2027-02-11 10:00")
    case = do(city, case, "支书甲", "2027-03-01 10:00")
    case = do(city, case, "支书甲", "2027-03-02 10:00", "propose")
    case = do(city, case, "党委书记", "2027-03-04 10:00")
    case = to_the_meeting(city, case)
    assert stand(case) == ("meeting", "zb1", "04-22 18:00")

    case = do(city, case, "支书甲", "2027-04-01 10:00", "pass", values={"met-on": "2027-04-01", **VOTED})
    assert stand(case) == ("approve", "hjdw", "07-01 18:00")
    case = do(city, case, "党委书记", "2027-04-20 10:00", "pass")
    case = do(city, case, "支书甲", "2027-05-04 10:00", values={"sworn-on": "2027-05-04"})
    assert stand(case)[0] == "probation"


def test_probation_is_prolonged_once_and_ends(party_city: City) -> None:
    city = party_city
    case = to_cultivation(city, applied(city, "2026-01-06 10:00"))
    for name, at, outcome, values in (
        ("支书甲", "2027-03-01 10:00", "done", {}),
        ("支书甲", "2027-03-02 10:00", "propose", {}),
        ("党委书记", "2027-03-04 10:00", "done", {}),
    ):
        case = do(city, case, name, at, outcome, values=values)
    case = to_the_meeting(city, case)
    case = do(city, case, "支书甲", "2027-04-01 10:00", "pass", values={"met-on": "2027-04-01", **VOTED})
    case = do(city, case, "党委书记", "2027-04-20 10:00", "pass")
    case = do(city, case, "支书甲", "2027-05-04 10:00", values={"sworn-on": "2027-05-04"})
    case = do(city, case, "支书甲", "2028-05-08 10:00")
    case = do(
        city,
        case,
        "支书甲",
        "2028-05-10 10:00",
        "prolong",
        values={"converted-on": "2028-05-10", **voted("convert", 2)},
    )
    with pytest.raises(DomainError):
        do(city, case, "支书甲", "2028-06-01 10:00", "pass", values=voted("prolonged", 5))
    case = do(city, case, "支书甲", "2028-11-13 10:00", "pass", values=voted("prolonged", 5))
    assert stand(case)[:2] == ("convert-approve", "hjdw")
    case = do(city, case, "党委书记", "2028-12-01 10:00", "pass")
    assert stand(case) == ("member", "zb1", "12-01 10:00")


def test_nobody_outside_branch_and_committee_sees_it(party_city: City) -> None:
    city = party_city
    case = applied(city, "2026-01-06 10:00")
    day = dt.date(2026, 1, 7)
    sees = {
        name: Case.objects.visible_with(powers_of(city.accounts[name], day)).filter(pk=case.pk).exists()
        for name in ("支书甲", "委员甲", "党委书记", "支书乙", "环境局长", "环境经办", "党员甲", "住建局长")
    }
    assert sees == {
        "支书甲": True,
        "委员甲": True,
        "党委书记": True,
        **dict.fromkeys(("支书乙", "环境局长", "环境经办", "党员甲", "住建局长"), False),
    }
