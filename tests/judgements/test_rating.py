"""Ratings: asked once for each round, given once by who asked, reasons for a bad one, done again and rated again."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, transaction

from ronghe.casework import domain as casework
from ronghe.casework.models import Case
from ronghe.casework.queries.links import Link, read_token
from ronghe.core.errors import RongheError
from ronghe.judgements.domain import ask_due
from ronghe.judgements.enums import RatingLink
from ronghe.judgements.exceptions import DomainError
from ronghe.judgements.models import Judgement
from ronghe.judgements.queries import given_to, rating_link
from ronghe.ledger.domain import sequence
from ronghe.ledger.models import Touch
from ronghe.messages.models import Message
from ronghe.messages.queries import inbox, sent_to_identity
from tests.city import City, moment
from tests.judgements.closed import act, answer, by, closed, entries, file, rate

pytestmark = [pytest.mark.db, pytest.mark.both, pytest.mark.django_db]


def ask(at: str) -> int:
    sequence()
    return ask_due(moment(at))


def test_closed_round_is_asked_once_by_a_link(city: City) -> None:
    case = closed(city)

    assert [ask("2026-11-23 10:05"), ask("2026-11-23 10:06")] == [1, 0]

    row = Judgement.objects.get(subject_id=case.pk)
    assert (row.given_at, row.score, row.satisfied, row.identity_id) == (None, None, None, case.identity_id)
    assert entries("judgement", row.pk) == [
        ("judgement.asked", "system:clock", {"round": 1, "due": "2026-12-14T18:00:00+08:00"})
    ]
    told = sent_to_identity(case.identity_id)[0]
    assert (told.kind, told.title) == ("rating-asked", f"{case.number} 办结了，请您评一评")
    assert read_token(told.link.removeprefix("/to/").strip("/")) == Link(case.pk, "rate", 1)


def test_nobody_is_asked_about_what_was_not_answered(city: City) -> None:
    declined = act(city, file(city), "环境经办", moment("2026-11-23 10:00"), "decline", note="不属本市事权")
    withdrawn = file(city)
    casework.withdraw_case(withdrawn.pk, casework.By(f"requester:{withdrawn.pk}", moment("2026-11-23 10:00")))
    unreachable = closed(city, phone="")
    main, repeat = file(city), file(city)
    casework.merge_case(repeat.pk, by(city, "环境经办", moment("2026-11-23 09:30")), into=main)
    answer(city, main)

    assert ask("2026-11-23 10:05") == 1
    assert list(Judgement.objects.values_list("subject_id", flat=True)) == [main.pk]
    assert {declined.pk, unreachable.pk, repeat.pk}.isdisjoint({main.pk})


def test_what_was_rated_or_taken_up_again_meanwhile_is_not_asked(city: City) -> None:
    rated, again, old = closed(city), closed(city), closed(city, day="2026-10-26")
    rate(rated, "satisfied", "2026-11-23 11:00")
    casework.reopen_case(again.pk, casework.By("system:check", moment("2026-11-23 11:00")), cause="check")

    assert ask("2026-11-23 12:00") == 0
    assert old.state == "closed"
    assert Judgement.objects.filter(given_at=None).count() == 0


def test_asking_goes_on_where_it_stopped(city: City, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ronghe.judgements.domain.asking.BATCH", 2)
    for _ in range(3):
        closed(city)

    assert [ask("2026-11-23 10:05") for _ in range(4)] == [2, 1, 0, 0]


def test_bad_rating_is_done_again_by_others_and_rated_again(city: City) -> None:
    case = closed(city)
    ask("2026-11-23 10:05")
    first = rate(case, "dissatisfied", "2026-11-24 09:00", values={"remark": "管子还是堵的"})

    again = Case.objects.get(pk=case.pk)
    assert (again.state, again.round, again.due) == ("open", 2, moment("2026-12-01 18:00"))
    assert entries("judgement", first.pk)[1:] == [
        (
            "judgement.given",
            f"requester:{case.pk}",
            {
                "round": 1,
                "satisfied": False,
                "values": {"grade": "dissatisfied", "reasons": ["unsolved"]},
            },
        )
    ]
    reopened = entries("case", case.pk)[-2]
    assert (reopened[0], reopened[1], reopened[2]["cause"]) == ("case.reopened", "system:rating", "rating")
    assert [told.kind for told in inbox(city.people["环境局长"].pk)][:1] == ["redo-rating"]

    city.seat("sthjj", "deputy", "环境副局")
    with pytest.raises(RongheError) as refused:
        answer(city, again, day="2026-11-25")
    assert refused.value.code == "checked-before"
    act(city, again, "环境副局", moment("2026-11-25 10:30"), "send")
    assert ask("2026-11-25 10:31") == 1
    again = Case.objects.get(pk=case.pk)
    second = rate(again, "very-satisfied", "2026-11-25 11:00")

    assert (second.round, second.second_of, second.satisfied) == (2, first, True)
    assert [row.values["grade"] for row in given_to(("case", case.pk))] == ["dissatisfied", "very-satisfied"]
    assert Touch.objects.filter(role="second-of", type="judgement", ref=first.pk).count() == 2
    assert Message.objects.filter(kind="rating-asked").count() == 2


def test_bad_rating_names_a_reason_and_a_good_one_need_not(city: City) -> None:
    case = closed(city)

    with pytest.raises(DomainError) as refused:
        rate(case, "very-dissatisfied", "2026-11-23 11:00", values={"reasons": []})

    assert (refused.value.code, list(refused.value.data["errors"])) == ("invalid", ["reasons"])
    assert Case.objects.get(pk=case.pk).round == 1
    assert rate(case, "fair", "2026-11-23 11:01").satisfied is True


def test_before_the_new_edition_no_reason_is_asked(city: City) -> None:
    case = closed(city, day="2026-11-16")

    given = rate(case, "dissatisfied", "2026-11-17 09:00", values={"reasons": []})

    assert (given.edition.edition, given.values) == ("2022-01-01", {"grade": "dissatisfied"})


def test_link_is_spent_by_the_rating_and_ends_after_its_time(city: City) -> None:
    case, other = closed(city), closed(city)
    ask("2026-11-23 10:05")

    def link(at: str, **more: bool) -> RatingLink:
        now = Case.objects.get(pk=case.pk)
        closed_now = now.state == "closed"
        return rating_link(case.pk, 1, moment(at), is_closed=closed_now, case_round=now.round, **more)

    assert link("2026-12-14 17:59") == RatingLink.OPEN
    assert link("2026-12-14 18:01") == RatingLink.EXPIRED
    assert link("2026-11-23 11:00", is_staff=True) == RatingLink.STAFF
    rate(case, "dissatisfied", "2026-11-24 09:00")
    assert link("2026-11-24 09:01") == RatingLink.SPENT
    assert rating_link(other.pk, 1, moment("2026-11-24 09:00"), is_closed=False, case_round=2) == "over"
    with pytest.raises(DomainError) as refused:
        rate(other, "satisfied", "2026-12-15 09:00")
    assert refused.value.code == "too-late"


@pytest.mark.parametrize("actor", ["person:1", "system:clock"])
def test_staff_never_rate(city: City, actor: str) -> None:
    case = closed(city)

    with pytest.raises(DomainError) as refused:
        rate(case, "very-satisfied", "2026-11-23 11:00", actor=actor)
    assert refused.value.code == "own-work"
    with pytest.raises(DomainError) as refused:
        rate(case, "very-satisfied", "2026-11-23 11:00", is_staff=True)
    assert refused.value.code == "own-work"
    assert Judgement.objects.count() == 0


def test_round_is_rated_once(city: City) -> None:
    case = closed(city)
    ask("2026-11-23 10:05")
    rate(case, "satisfied", "2026-11-23 11:00")

    with pytest.raises(DomainError) as refused:
        rate(case, "very-satisfied", "2026-11-23 11:01")
    assert refused.value.code == "rated-before"


def test_what_is_asked_and_not_given_says_nothing(city: City) -> None:
    """A default-good rating cannot exist: the database refuses a score or a satisfied nobody gave."""
    closed(city)
    ask("2026-11-23 10:05")
    row = Judgement.objects.get(given_at=None)

    for column, value in (("score", 5), ("satisfied", True), ("actor", "requester:1")):
        with pytest.raises(IntegrityError), transaction.atomic():
            Judgement.objects.filter(pk=row.pk).update(**{column: value})
    assert list(given_to(("case", row.subject_id))) == []
