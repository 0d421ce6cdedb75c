"""Entries that something gives, sets or ends."""

from __future__ import annotations

import pytest

from ronghe.casework.domain import By, complete_step
from ronghe.casework.domain.giving import Giver, give
from ronghe.core.select import Gives
from ronghe.ledger.models import Entry as LedgerEntry
from ronghe.registers.exceptions import DomainError
from ronghe.registers.models import Entry
from ronghe.registers.queries import entry_facts
from tests.city import City
from tests.registers.conftest import ACTOR, NOON, Begin

pytestmark = [pytest.mark.db, pytest.mark.both, pytest.mark.django_db]


def giver(city: City, entry: Entry, **more: object) -> Giver:
    facts = {"form": {"number": "G-09"}, "place": "港区", "about": entry_facts(entry, NOON.date())}
    given = {
        "facts": facts, "source": ("case", 7), "actor": ACTOR, "at": NOON, "organisation": city.units["zjj"],
        "thing": ("entry", entry.pk), "title": "一件",
    }  # fmt: skip
    return Giver(**(given | more))  # type: ignore[arg-type]


def test_an_entry_is_made_of_what_is_said_and_what_its_giver_knows(city: City, begin: Begin):
    project = begin("project", "某项目")
    gives = Gives.parse({"register": "plot", "values": {"number": "form.number", "soil-class": "survey"}})

    made = give(gives, giver(city, project))

    entry = Entry.objects.get(register="plot")
    assert made == [("entry", entry.pk)]
    assert (entry.title, entry.organisation, entry.came_from_type, entry.came_from_id) == (
        "一件", city.units["zjj"], "case", 7,
    )  # fmt: skip
    assert entry.values == {
        "number": "G-09", "place": "港区", "soil-class": "survey", "project": str(project.pk),
    }  # fmt: skip
    began = LedgerEntry.objects.get(kind="entry.began", subject_id=entry.pk)
    touched = [(one.role, one.type, one.ref) for one in began.touches.order_by("role")]
    assert touched == [("because", "case", 7), ("project", "entry", project.pk)]


def test_what_it_lacks_is_said_and_nothing_is_made(city: City, begin: Begin):
    with pytest.raises(DomainError, match="地块类别"):
        give(
            Gives.parse({"register": "plot", "values": {"number": "G-1"}}),
            giver(city, begin("project", "某项目")),
        )

    assert not Entry.objects.filter(register="plot").exists()


def test_a_field_is_set_from_that_day_on(city: City, begin: Begin):
    plot = begin("plot", "一号地块")

    give(Gives.parse({"set": "about.soil-class", "to": "survey"}), giver(city, plot))

    plot.refresh_from_db()
    assert (plot.values["soil-class"], plot.revision) == ("survey", 2)
    with pytest.raises(DomainError) as refused:
        give(Gives.parse({"set": "about.nothing", "to": "x"}), giver(city, plot))
    assert refused.value.code == "cannot-set"


def test_an_entry_ends_only_by_its_own_life_while_that_goes_on(city: City, begin: Begin):
    project = begin("project", "某项目")
    ends = Gives.parse({"end": "about"})

    with pytest.raises(DomainError) as refused:
        give(ends, giver(city, project))
    assert refused.value.code == "life-open"
    give(ends, giver(city, project, source=("case", project.life_id)))

    project.refresh_from_db()
    assert project.ends == NOON.date()


def test_a_step_of_a_life_reads_the_entry_it_is_about(begin: Begin):
    project = begin("project", "某项目")

    complete_step(project.life_id, By(ACTOR, NOON), step=1, outcome="talk")

    assert LedgerEntry.objects.filter(kind="step.done", subject_id=project.life_id).count() == 1
