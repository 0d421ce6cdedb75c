"""The Party side of the demonstration city: something of every kind to see, gaps among it, and a ledger that reconciles."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest
from django.db import transaction
from django.db.models import Count

from ronghe.activities.models import Activity
from ronghe.bulletins.models import Bulletin
from ronghe.casework import domain
from ronghe.casework.models import Case
from ronghe.duties.models import Excuse, Owed
from ronghe.judgements.models import Judgement
from ronghe.ledger.models import Entry
from ronghe.organisations.models import Account, Appointment, Organisation, Relationship
from ronghe.registers.models import Entry as Row, Figure
from tests.city import moment
from tests.management.test_demo_recent import NOW, built, lacking

pytestmark = [pytest.mark.db, pytest.mark.both, pytest.mark.django_db]

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
LEAST_CASES = {  # (procedure, state, result)
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
    """A small city with its Party side."""
    with django_db_blocker.unblock(), transaction.atomic():
        built(7)
        yield
        transaction.set_rollback(True)


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

    assert lacking(LEAST_CASES, {row[:3]: row[3] for row in cases}) == {}
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
    papers = Bulletin.objects.values_list("bulletin", "state")
    shown = Bulletin.objects.get(bulletin="shock-team-progress")

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
    assert not Entry.objects.filter(kind="activity.held", at__lt=moment("2026-01-01 00:00")).exists()
