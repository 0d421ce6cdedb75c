"""The recent weeks of the demonstration city and its Party side: something of every kind to see, gaps among it, and a ledger
that reconciles.
"""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest
from django.db import transaction
from django.db.models import Count

from ronghe.activities.models import Activity
from ronghe.appraisal.models import Bulletin
from ronghe.bulletins.models import Bulletin as Paper
from ronghe.casework import domain
from ronghe.casework.models import Case
from ronghe.definitions.domain import load_packs
from ronghe.duties.models import Excuse, Owed
from ronghe.judgements.models import Judgement
from ronghe.ledger.models import Entry
from ronghe.management.demo.build import Scale, build
from ronghe.messages.models import Message
from ronghe.organisations.models import (
    Account,
    Appointment,
    Claim,
    Delegation,
    Organisation,
    Relationship,
    Visitor,
)
from ronghe.registers.models import Entry as Row, Figure
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
LEAST_HELD = {
    "members-meeting": 8,
    "committee-meeting": 10,
    "group-meeting": 2,
    "party-class": 4,
    "theme-day": 8,
    "tree-planting": 3,
    "study": 8,
    "visit": 6,
    "walk-through": 1,
    "party-inspection": 3,
}
PARTY_CASES = {  # (procedure, state, result)
    ("site-finding", "closed", "solved"): 1,
    ("site-finding", "open", ""): 3,
    ("walk-finding", "open", ""): 1,
    ("project-life", "open", ""): 4,
    ("team-life", "open", ""): 1,
    ("rectification", "closed", "solved"): 1,
    ("rectification", "open", ""): 2,
}


@pytest.fixture(scope="module")
def city(django_db_setup: None, django_db_blocker: Any) -> Any:
    """A small city with its recent weeks and its Party side."""
    with django_db_blocker.unblock(), transaction.atomic():
        load_packs(["common", "shenzhen"], actor="system:test", at=moment("2025-10-01 09:00"))
        build(Scale(60, 40), 7, NOW)
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
def test_branches_have_members_and_two_accounts_keep_them() -> None:
    roll = Appointment.objects.filter(post__kind="party-member")
    per_branch = Counter(roll.values_list("post__organisation__code", flat=True))
    seats = {
        name: set(Account.objects.get(username=name).person.appointments.values_list("post__kind", flat=True))
        for name in ("demo-secretary", "demo-party")
    }

    assert (len(per_branch) >= 12, per_branch["sthjj-z1"] >= 10) == (True, True)
    assert seats == {
        "demo-secretary": {"branch-secretary", "party-member"},
        "demo-party": {"party-committee-secretary"},
    }


@pytest.mark.usefixtures("city")
def test_activities_of_every_kind_were_held_and_some_are_planned() -> None:
    held = Activity.objects.filter(state="held").order_by()
    planned = Activity.objects.filter(state="planned")
    trees = Entry.objects.filter(kind="quantity.recorded", code="trees")

    assert lacking(LEAST_HELD, dict(held.values_list("activity").annotate(Count("pk")))) == {}
    assert (planned.count(), planned.filter(begins_at__lte=NOW).exists()) == (3, False)
    assert trees.values("organisation").distinct().count() == trees.count() >= 9
    assert held.filter(sides__role="organiser").annotate(n=Count("sides")).filter(n__gt=1).exists()
    assert held.exclude(participants__person=None).exists(), "a meeting with its people by name"


@pytest.mark.usefixtures("city")
def test_what_was_found_became_cases_and_is_looked_back_upon() -> None:
    cases = Case.objects.order_by().values_list("procedure", "state", "result").annotate(n=Count("pk"))
    (back,) = Judgement.objects.filter(judgement="look-back")

    assert lacking(PARTY_CASES, {row[:3]: row[3] for row in cases}) == {}
    assert (back.given_at, back.judge.account.username) == (None, "demo-inspector")


@pytest.mark.usefixtures("city")
def test_duties_are_met_late_missed_open_and_excused() -> None:
    own = Owed.objects.filter(organisation__code__startswith="sthjj-z", duty="three-meetings").order_by()
    standings = dict(Owed.objects.order_by().values_list("standing").annotate(Count("pk")))

    assert {"met", "gap", "open"} <= set(own.values_list("standing", flat=True))
    assert lacking({"met": 50, "gap": 5, "open": 20, "excused": 2}, standings) == {}
    assert (Excuse.objects.count(), Relationship.objects.filter(kind="campaign-target").count()) == (2, 4)


@pytest.mark.usefixtures("city")
def test_registers_hold_entries_with_stages_and_figures() -> None:
    rows = Counter(Row.objects.values_list("register", flat=True))
    stages = Case.objects.filter(procedure="project-life", steps__done_at=None)
    soils = Row.objects.filter(register="plot").values_list("values__soil-class", flat=True)
    natures = set(Figure.objects.filter(code="invested").values_list("nature", flat=True))

    assert rows == {"project": 4, "plot": 5, "library-item": 5, "forest-plot": 1}
    assert set(stages.values_list("steps__code", flat=True)) == {"reserve", "talk", "sign", "build"}
    assert (set(soils), natures) == ({"ready", "survey", "third", "fourth"}, {"plan", "actual"})


@pytest.mark.usefixtures("city")
def test_papers_stand_are_issued_and_wait_for_a_signature() -> None:
    papers = Paper.objects.values_list("bulletin", "state")
    shown = Paper.objects.get(bulletin="shock-team-progress")

    assert Counter(papers) == {
        ("shock-team-progress", "issued"): 1,
        ("rectification-notice", "issued"): 2,
        ("rectification-notice", "signing"): 1,
    }
    assert (shown.period, shown.until > NOW, len(shown.signed)) == ("2026-Q3", True, 3)
    assert Organisation.objects.filter(kind="shock-team").count() == 1


@pytest.mark.usefixtures("city")
def test_the_ledger_reconciles_and_nothing_lies_in_the_future() -> None:
    assert domain.reconcile()["differences"] == []
    assert not Entry.objects.filter(at__gt=NOW).exists()
    assert not Case.objects.filter(opened_at__gt=NOW).exists()
    assert not Entry.objects.filter(kind="activity.held", at__lt=moment("2026-01-01 00:00")).exists()
