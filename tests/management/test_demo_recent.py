"""The recent weeks of the demonstration city: something of every kind to see, a ledger that reconciles, one city a seed."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import transaction
from django.db.models import Count

from ronghe.appraisal.models import Bulletin
from ronghe.casework import domain
from ronghe.casework.models import Case
from ronghe.definitions.domain import load_packs
from ronghe.judgements.models import Judgement
from ronghe.ledger.models import Entry
from ronghe.management.demo.build import Scale, build
from ronghe.messages.models import Message
from ronghe.organisations.models import Account, Claim, Delegation, Relationship, Visitor
from tests.city import moment

pytestmark = [pytest.mark.db, pytest.mark.both, pytest.mark.django_db]
NOW = moment("2026-11-28 18:00")  # a Saturday: the last working day is the day before

LEAST_ENTRIES = {
    "case.extension-asked": 3,
    "case.extension-refused": 1,
    "case.extended": 1,
    "case.paused": 2,
    "case.supplemented": 1,
    "case.drafted": 10,
    "case.merged": 2,
    "case.split": 1,
    "case.gave": 5,
    "case.returned": 1,
    "case.urged": 4,
    "case.explained": 2,
    "case.reminded": 5,
    "case.chosen": 1,
    "lane.opened": 4,
    "call.closed": 1,
    "judgement.drawn": 15,
    "judgement.asked": 10,
    "judgement.flagged": 1,
    "judgement.appealed": 2,
    "judgement.upheld": 1,
    "delegation.began": 2,
    "visitor.began": 5,
    "claim.verified": 2,
    "bulletin.issued": 1,
}
LEAST_CASES = {  # (procedure, state, result)
    ("promise-follow-up", "open", ""): 2,
    ("promise-follow-up", "closed", "kept"): 1,
    ("promise-follow-up", "closed", "broken"): 1,
    ("open-task", "open", ""): 1,
    ("open-task", "closed", "accepted"): 1,
    ("deed", "open", ""): 3,
    ("deed", "closed", "delivered"): 1,
    ("deed", "closed", "missed"): 1,
    ("complaint", "open", ""): 2,
    ("meeting-decision", "open", ""): 2,
    ("link-service", "open", ""): 1,
    ("link-service", "closed", "linked"): 1,
    ("need", "open", ""): 2,
    ("work-style-block", "open", ""): 2,
    ("goods-filing", "open", ""): 1,
    ("goods-filing", "closed", "filed"): 1,
    ("technical-upgrade", "open", ""): 2,
}
OPEN_STEPS = {  # what waits for the department of the demonstration accounts, and for others
    ("sthjj", "check"): 2,
    ("sthjj", "adopt"): 1,
    ("sthjj", "carry-out"): 2,
    ("zjj", "carry-out"): 1,
    ("csglj", "opinion"): 1,
    ("sthjj", "rectify"): 1,
    ("szgw", "verify"): 1,
    ("szgw", "examine"): 1,
    ("szgw", "receive"): 1,
    ("yhyshj", "verify"): 1,
}


def built(seed: int) -> None:
    load_packs(["common", "shenzhen"], actor="system:test", at=moment("2025-10-01 09:00"))
    build(Scale(60, 40), seed, NOW)


@pytest.fixture(scope="module")
def city(django_db_setup: None, django_db_blocker: Any) -> Any:
    """A small city with its recent weeks."""
    with django_db_blocker.unblock(), transaction.atomic():
        built(7)
        yield
        transaction.set_rollback(True)


def lacking(least: dict[Any, int], found: dict[Any, int]) -> dict[Any, tuple[int, int]]:
    """What there is too little of: (how many are found, how many should be)."""
    return {key: (found.get(key, 0), many) for key, many in least.items() if found.get(key, 0) < many}


@pytest.mark.usefixtures("city")
def test_every_kind_of_entry_is_there() -> None:
    kinds = Entry.objects.order_by().values_list("kind").annotate(Count("pk"))

    assert lacking(LEAST_ENTRIES, dict(kinds)) == {}


@pytest.mark.usefixtures("city")
def test_every_kind_of_case_stands_where_a_page_shows_it() -> None:
    cases = Case.objects.order_by().values_list("procedure", "state", "result").annotate(n=Count("pk"))
    steps = Case.objects.filter(steps__done_at=None, steps__isnull=False).order_by()
    waiting = steps.values_list("steps__holder__code", "steps__code").annotate(n=Count("pk"))

    assert lacking(LEAST_CASES, {row[:3]: row[3] for row in cases}) == {}
    assert lacking(OPEN_STEPS, {row[:2]: row[2] for row in waiting}) == {}
    assert Case.objects.exclude(asked={}).exists(), "an extension waits for the leader"
    assert Case.objects.exclude(paused_at=None).exists(), "a supplement is asked"
    assert Case.objects.exclude(merged_into=None).exists(), "a case is merged into another"


@pytest.mark.usefixtures("city")
def test_judgements_of_every_standing() -> None:
    checks = Judgement.objects.exclude(draw=None)
    ratings = Judgement.objects.filter(draw=None).exclude(given_at=None)

    assert checks.filter(given_at=None, judge__account__username="demo-inspector").count() >= 2
    assert {"优秀", "合格", "不合格"} <= {row.values["grade"] for row in checks.exclude(given_at=None)}
    assert ratings.filter(standing="quarantined").exists()
    assert ratings.exclude(second_of=None).filter(satisfied=True).exists(), "done again and rated again"
    assert any(row.values.get("reasons") for row in ratings.filter(satisfied=False))
    assert ratings.exclude(appealed_at=None).filter(settled_at=None).exists()


@pytest.mark.usefixtures("city")
def test_people_who_act_for_others_and_who_are_told() -> None:
    relations = Relationship.objects.order_by().values_list("kind").annotate(Count("pk"))
    sent = Message.objects.filter(state="sent")

    assert lacking({"commissioner-of": 2, "steward-of": 2, "member-unit": 3}, dict(relations)) == {}
    assert Account.objects.filter(username__in=("demo-deputy", "demo-leader")).count() == 2
    assert (Visitor.objects.count(), Delegation.objects.count()) == (5, 2)
    assert Claim.objects.filter(state="asked").count() == 1
    assert Bulletin.objects.get().period == "2026-10"
    assert sent.filter(kind="rating-asked").exists()
    assert (sent.filter(to_type="person").count() > 10, sent.filter(to_type="identity").count() > 10) == (
        True,
        True,
    )


@pytest.mark.usefixtures("city")
def test_the_ledger_reconciles_and_nothing_lies_in_the_future() -> None:
    assert domain.reconcile()["differences"] == []
    assert not Entry.objects.filter(at__gt=NOW).exists()
    assert not Case.objects.filter(opened_at__gt=NOW).exists()
