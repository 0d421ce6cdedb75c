"""Entries: begun once, changed from a day on, confirmed, ended; what the ledger is told of it."""

from __future__ import annotations

import uuid
from typing import Any

import pytest

from ronghe.casework.domain import By, complete_step
from ronghe.casework.models import Case
from ronghe.definitions.things import facts_of, titles_of, visible_of
from ronghe.ledger.models import Entry as LedgerEntry
from ronghe.organisations.models import Relationship
from ronghe.registers.domain import begin_entry, change_entry, confirm_entry, end_entry
from ronghe.registers.exceptions import DomainError, LooksAlike, StaleEntry
from ronghe.registers.models import Entry
from ronghe.registers.queries import history_of, stages_of, told_on
from tests.city import City, moment
from tests.registers.conftest import ACTOR, NOON, PLOT, Begin, powers

pytestmark = [pytest.mark.db, pytest.mark.both, pytest.mark.django_db]
MARCH, APRIL, MAY = (moment(f"2026-0{month}-02 12:00") for month in (3, 4, 5))


def ledger_of(entry: Entry) -> list[tuple[str, dict[str, Any]]]:
    rows = LedgerEntry.objects.filter(subject_type="entry", subject_id=entry.pk).order_by("seq")
    return [(row.kind, row.data) for row in rows]


def test_an_entry_begins_with_its_state_and_tells_the_ledger_codes_and_no_words(begin: Begin):
    entry = begin("plot", "一号地块")

    told = {"day": "2026-03-02", "values": {"soil-class": "ready"}}
    assert ledger_of(entry) == [("entry.began", told)]
    assert (entry.title, entry.values, entry.revision) == ("一号地块", PLOT, 1)
    assert [turn.title for turn in history_of(entry)] == ["一号地块"]


def test_the_same_submission_again_is_the_same_entry(begin: Begin):
    submission = uuid.uuid4()

    first = begin("plot", "一号地块", submission=submission)
    second = begin("plot", "改了名再发", submission=submission)

    assert (first.pk, Entry.objects.count()) == (second.pk, 1)


def test_what_is_wrong_is_said_for_each_field_and_nothing_is_written(begin: Begin):
    with pytest.raises(DomainError) as refused:
        begin("plot", "", values={"number": "G", "soil-class": "沼泽"})

    assert sorted(refused.value.data["errors"]) == ["place", "soil-class", "title"]
    assert not Entry.objects.exists()


def test_a_past_day_shows_what_it_said_then(begin: Begin):
    entry = begin("plot", "一号地块")
    change_entry(entry.pk, values={**PLOT, "soil-class": "survey"}, actor=ACTOR, at=MAY, on=APRIL.date())

    entry.refresh_from_db()
    said = {at.month: told_on(entry, at.date()).values["soil-class"] for at in (MARCH, APRIL, MAY)}
    assert said == {3: "ready", 4: "survey", 5: "survey"}
    assert ledger_of(entry)[-1] == (
        "entry.changed",
        {"day": "2026-04-02", "fields": ["soil-class"], "values": {"soil-class": "survey"}},
    )
    assert facts_of(("entry", entry.pk), MARCH.date()).get("soil-class") == "ready"  # type: ignore[union-attr]


def test_saying_the_same_writes_nothing(begin: Begin):
    entry = begin("plot", "一号地块")

    change_entry(entry.pk, values=PLOT, actor=ACTOR, at=APRIL, revision=0)

    assert len(ledger_of(entry)) == 1


def test_two_who_change_at_once_lose_nothing(begin: Begin):
    entry = begin("plot", "一号地块")
    change_entry(entry.pk, values={**PLOT, "place": "东"}, actor=ACTOR, at=APRIL, revision=1)

    with pytest.raises(StaleEntry) as stale:
        change_entry(entry.pk, values={**PLOT, "place": "西"}, actor=ACTOR, at=APRIL, revision=1)

    assert (stale.value.data["revision"], stale.value.data["values"]["place"]) == (2, "东")
    entry.refresh_from_db()
    assert entry.values["place"] == "东"


@pytest.mark.parametrize(("on", "code"), [("2026-01-01", "before-begin"), ("2026-09-01", "future-day")])
def test_no_change_before_it_began_or_ahead(begin: Begin, on: str, code: str):
    entry = begin("plot", "一号地块")

    with pytest.raises(DomainError) as refused:
        change_entry(
            entry.pk, values={**PLOT, "place": "东"}, actor=ACTOR, at=APRIL, on=moment(f"{on} 09:00").date()
        )

    assert refused.value.code == code


def test_confirming_makes_it_fresh_once_a_day(begin: Begin):
    entry = begin("plot", "一号地块")

    for _ in range(2):
        confirm_entry(entry.pk, actor=ACTOR, at=APRIL)

    entry.refresh_from_db()
    assert entry.confirmed_on == APRIL.date()
    assert [kind for kind, _ in ledger_of(entry)] == ["entry.began", "entry.confirmed"]


def test_an_ended_entry_takes_its_relationships_along_and_stays_in_the_past(city: City, begin: Begin):
    entry = begin("plot", "一号地块")
    edge = Relationship.objects.create(
        kind="paired", begins=MARCH.date(), from_type="entry", from_id=entry.pk,
        to_type="organisation", to_id=city.units["zjj"].pk,
    )  # fmt: skip

    for _ in range(2):
        end_entry(entry.pk, because="地块撤销", actor=ACTOR, at=APRIL)

    edge.refresh_from_db()
    assert edge.ends == APRIL.date()
    assert [kind for kind, _ in ledger_of(entry)] == ["entry.began", "entry.ended"]
    assert list(Entry.objects.live_on(APRIL.date())) == []
    assert list(Entry.objects.live_on(MARCH.date())) == [entry]
    with pytest.raises(DomainError, match="已经注销"):
        change_entry(entry.pk, values={**PLOT, "place": "东"}, actor=ACTOR, at=MAY)


def test_ending_needs_a_short_ground_that_names_nobody(begin: Begin):
    entry = begin("plot", "一号地块")

    with pytest.raises(DomainError) as refused:
        end_entry(entry.pk, because="找张三 13800138000", actor=ACTOR, at=APRIL)

    assert refused.value.code == "ground-missing"


# Once


def test_a_key_that_is_there_is_refused_with_the_one_that_has_it(begin: Begin):
    begin("plot", "一号地块")

    with pytest.raises(DomainError) as refused:
        begin("plot", "另一个名字")

    assert (refused.value.code, "地块编号相同的已有一条“一号地块”" in refused.value.message) == (
        "taken",
        True,
    )


def test_the_key_of_an_ended_entry_is_free_again(begin: Begin):
    end_entry(begin("plot", "一号地块").pk, because="地块撤销", actor=ACTOR, at=NOON)

    assert begin("plot", "一号地块").pk


def test_what_looks_alike_is_flagged_and_may_be_another(begin: Begin):
    begin("project", "新能源电池生产基地一期项目")

    with pytest.raises(LooksAlike) as flagged:
        begin("project", "新能源电池生产基地项目")
    second = begin("project", "新能源电池生产基地项目", may_be_alike=True)

    assert (flagged.value.data["alike"], second.pk > 0) == ([second.pk - 1], True)


def test_what_is_required_is_said_in_words(begin: Begin):
    person = {"school": "某大学", "skills": "精算", "consent": "2026-01-01"}

    with pytest.raises(DomainError) as refused:
        begin("talent", "张某", values=person)

    assert refused.value.code == "requires"
    assert "“授权至”应晚于“今天”" in refused.value.message


# Life


def test_a_life_opens_with_the_entry_and_its_step_is_the_stage(city: City, begin: Begin):
    entry = begin("project", "某项目")
    case = Case.objects.get(pk=entry.life_id)
    by = By(ACTOR, APRIL)

    assert (case.thing_type, case.thing_id, case.responsible) == ("entry", entry.pk, city.units["zjj"])
    assert stages_of([entry])[entry.pk].title == "储备"
    complete_step(case.pk, by, step=1, outcome="talk")
    assert stages_of([entry])[entry.pk].title == "洽谈"
    assert facts_of(("entry", entry.pk), APRIL.date()).get("stage") == ["talk"]  # type: ignore[union-attr]
    with pytest.raises(DomainError) as refused:
        end_entry(entry.pk, because="项目终止", actor=ACTOR, at=APRIL)
    assert refused.value.code == "life-open"

    complete_step(case.pk, by, step=2, outcome="fail", note="企业放弃")
    assert (stages_of([entry])[entry.pk].title, stages_of([entry])[entry.pk].is_open) == ("已终止", False)
    assert end_entry(entry.pk, because="项目终止", actor=ACTOR, at=APRIL).ends == APRIL.date()


# Who


@pytest.mark.parametrize(
    ("name", "unit", "allowed"),
    [
        ("住建经办", "zjj", True),
        ("住建经办", "sthjj", False),
        ("工委甲", "szgw", False),
        ("分办甲", "fbzx", False),
    ],
)
def test_only_units_the_definition_names_register(city: City, name: str, unit: str, allowed: bool):
    def act() -> None:
        begin_entry(
            "plot", title="一号地块", values=PLOT, organisation=city.units[unit], actor=ACTOR, at=NOON,
            powers=powers(city, name),
        )  # fmt: skip

    if allowed:
        act()
    else:
        with pytest.raises(DomainError) as refused:
            act()
        assert refused.value.code == "not-yours"


@pytest.mark.parametrize(
    ("name", "allowed"), [("住建经办", True), ("住建局长", True), ("环境经办", False), ("工委甲", False)]
)
def test_only_the_unit_that_keeps_it_changes_it(city: City, begin: Begin, name: str, allowed: bool):
    entry = begin("plot", "一号地块")
    asked = {"values": {**PLOT, "place": "东"}, "actor": ACTOR, "at": APRIL, "powers": powers(city, name)}

    if allowed:
        assert change_entry(entry.pk, **asked).values["place"] == "东"
    else:
        with pytest.raises(DomainError) as refused:
            change_entry(entry.pk, **asked)
        assert refused.value.code == "not-yours"


# As a thing


def test_other_rooms_read_it_as_a_thing(city: City, begin: Begin):
    plot = begin("plot", "一号地块", unit="sthjj")
    ref = ("entry", plot.pk)

    assert titles_of([ref]) == {ref: "一号地块"}
    assert visible_of([ref], powers(city, "住建经办")) == {ref}
    inner = begin(
        "plot", "二号地块", values={**PLOT, "number": "G-02", "project": str(begin("project", "项目").pk)}
    )
    assert facts_of(("entry", inner.pk), NOON.date()).get("project").get("title") == "项目"  # type: ignore[union-attr]
    with pytest.raises(DomainError):
        begin("plot", "三号", values={**PLOT, "number": "G-03", "project": str(plot.pk)})
