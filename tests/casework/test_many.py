"""One act on many cases: each by itself, the refused named, nothing done twice."""

from __future__ import annotations

import pytest
from django.utils import timezone

from ronghe.casework import domain
from ronghe.casework.domain import By
from ronghe.casework.domain.many import MOST, Outcomes, Refused, do_many
from ronghe.casework.exceptions import DomainError
from ronghe.casework.models import Case
from ronghe.casework.queries.many import Together, picks
from ronghe.core.memory import remembering
from ronghe.ledger.models import Entry
from ronghe.organisations.queries import powers_of
from tests.city import City
from tests.www.desk_cases import do, file_message, file_petition, file_request

pytestmark = [pytest.mark.db, pytest.mark.both, pytest.mark.django_db]


def acceptance(city: City, name: str, seen: dict[int, int]):
    """Accepting as somebody, each case as it was seen."""
    account, at = city.accounts[name], timezone.localtime()
    powers = powers_of(account, at.date())

    def accept(pk: int) -> Case:
        by = By(f"person:{account.person_id}", at, powers, seen[pk])
        return domain.complete_step(pk, by, step=1, outcome="accept")

    return accept


def at_reply(city: City, case: Case) -> Case:
    do(city, "环境经办", case, 1, "accept")
    return do(city, "环境经办", Case.objects.get(pk=case.pk), 2, "ready")


def told(city: City, name: str, cases: list[Case], act: Together) -> list[tuple[str, str, str]]:
    powers = powers_of(city.accounts[name], timezone.localdate())
    found = picks(powers, [case.number for case in cases], act)
    return [(pick.case.number, pick.outcome, pick.why) for pick in found]


def test_each_is_done_and_what_is_refused_hinders_no_other(city: City):
    cases = [file_request(city) for _ in range(3)]
    seen = {case.pk: case.revision for case in cases}
    moved = do(city, "环境局长", cases[1], 1, "accept")

    outcomes = do_many(list(seen), acceptance(city, "环境经办", seen))

    assert [refusal.code for refusal in outcomes.refused] == ["stale-revision"]
    assert outcomes == Outcomes(
        (cases[0].pk, cases[2].pk),
        (Refused(cases[1].pk, "stale-revision", outcomes.refused[0].message),),
    )
    assert "请核对最新进展后再提交" in outcomes.refused[0].message
    assert Case.objects.get(pk=cases[1].pk).revision == moved.revision
    assert Entry.objects.filter(kind="case.accepted").count() == 3


def test_an_id_given_twice_is_done_once(city: City):
    case = file_request(city)

    outcomes = do_many([case.pk, case.pk], acceptance(city, "环境经办", {case.pk: case.revision}))

    assert outcomes == Outcomes((case.pk,))


def test_what_was_done_before_counts_as_done_and_writes_nothing(city: City):
    case = file_request(city)
    seen = {case.pk: case.revision}
    accept = acceptance(city, "环境经办", seen)
    do_many([case.pk], accept)
    written = Entry.objects.count()

    again = do_many([case.pk], accept, was_done=lambda pk: pk == case.pk)
    without = do_many([case.pk], accept)

    assert again == Outcomes((case.pk,))
    assert [refusal.code for refusal in without.refused] == ["stale-revision"]
    assert Entry.objects.count() == written


def test_powers_are_asked_of_each_case(city: City):
    own, others = (
        file_request(city),
        do(city, "分办甲", file_message(city), 1, "transfer", to=city.units["zjj"]),
    )
    seen = {own.pk: own.revision, others.pk: others.revision}

    outcomes = do_many(list(seen), acceptance(city, "环境经办", seen))

    assert (outcomes.done, [one.id for one in outcomes.refused]) == ((own.pk,), [others.pk])


def test_more_than_a_hundred_are_refused_before_anything_is_done():
    with pytest.raises(DomainError) as refused:
        do_many(range(MOST + 1), lambda _pk: pytest.fail("asked"))

    assert refused.value.code == "too-many"
    assert "一次最多办 100 件，您选了 101 件" in refused.value.message


def test_who_may_do_what_together(city: City):
    fresh, replying = file_request(city), at_reply(city, file_request(city))
    cases = [fresh, replying]
    found = {
        (name, act): [why or "可以" for _, _, why in told(city, name, cases, act)]
        for name in ("环境经办", "环境局长", "住建经办", "工委甲", "分办甲")
        for act in Together
    }

    mine = {
        Together.ACCEPT: ["可以", "现在这一步不是受理。"],
        Together.ASSIGN: ["可以", "可以"],
        Together.REPLY: ["还没有到答复这一步。", "可以"],
    }
    assert found == {
        **{(name, act): mine[act] for name in ("环境经办", "环境局长") for act in Together},
        **{(name, act): [] for name in ("住建经办", "分办甲") for act in Together},
        **{("工委甲", act): ["现在不由您的岗位办理。"] * 2 for act in Together},
    }


def test_hidden_cases_and_unknown_numbers_are_not_told(city: City):
    petition = file_petition(city)
    powers = powers_of(city.accounts["环境经办"], timezone.localdate())

    assert picks(powers, [petition.number, "XF1-1"], Together.ACCEPT) == []


def test_those_answered_together_share_unit_and_template(city: City):
    request = at_reply(city, file_request(city))
    message = do(city, "分办甲", file_message(city), 1, "transfer", to=city.units["sthjj"])
    do(city, "环境经办", message, 2, "accept")
    message = do(city, "环境经办", Case.objects.get(pk=message.pk), 3, "ready")

    assert told(city, "环境经办", [request, message], Together.REPLY) == [
        (request.number, "submit", ""),
        (message.number, "", "和前面的不是同一个单位或同一类答复，请分开办。"),
    ]


@pytest.mark.parametrize("act", list(Together))
def test_statements_do_not_grow_with_the_cases(city: City, django_assert_num_queries, act: Together):
    powers = powers_of(city.accounts["环境经办"], timezone.localdate())
    cases = [file_request(city) for _ in range(3)]

    for some in (cases[:1], cases):
        with remembering():
            picks(powers, [cases[0].number], act)
            with django_assert_num_queries(2):
                picks(powers, [case.number for case in some], act)
