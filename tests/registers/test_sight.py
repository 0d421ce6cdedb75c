"""Who sees which entries, and what of them: nothing without being named."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from ronghe.casework.domain import By, complete_step
from ronghe.core.worktime import Limit
from ronghe.definitions.domain import add_line, change_line, end_line
from ronghe.definitions.exceptions import LineRefused
from ronghe.definitions.kinds import RegisterDefinition
from ronghe.definitions.queries import get, lines_on, lists_of
from ronghe.organisations.models import Account
from ronghe.organisations.queries import Powers, line_facts
from ronghe.registers.models import Entry
from ronghe.registers.queries import entry_facts, seen_by
from ronghe.registers.sight import check_by, parts_of
from tests.city import City, moment
from tests.registers.conftest import ACTOR, NOON, Begin, powers

pytestmark = [pytest.mark.db, pytest.mark.both, pytest.mark.django_db]
PERSON = {"school": "某大学", "skills": "精算", "consent": "2027-01-01"}


@pytest.fixture
def firm_contact(city: City) -> Account:
    return city.seat("enterprise", "enterprise-contact", "企业甲")


def seen(entry: Entry, asked: Powers | None) -> frozenset[str]:
    return seen_by(entry, asked, entry_facts(entry, NOON.date()), NOON.date())


def body(register: str) -> RegisterDefinition:
    found: RegisterDefinition = get("register", register, NOON.date()).body
    return found


def test_the_keeper_and_overseers_see_all_others_what_is_opened(city: City, begin: Begin):
    plot = begin("plot", "一号地块")
    everything = parts_of(body("plot"))

    assert seen(plot, powers(city, "住建经办")) == everything
    assert seen(plot, powers(city, "工委甲")) == everything
    assert seen(plot, powers(city, "环境经办")) == everything  # `department: all`
    assert seen(plot, powers(city, "管家甲")) == {"title", "place", "soil-class"}
    assert seen(plot, None) == {"title", "place", "soil-class"}


def test_a_field_left_out_is_hidden_and_the_rest_shown(city: City, begin: Begin):
    project = begin("project", "某项目")

    assert seen(project, powers(city, "管家甲")) == parts_of(body("project")) - {"agreement"}
    assert seen(project, None) == {"title", "project-kind", "stage"}


def test_a_protected_register_shows_nothing_to_anybody_else(city: City, begin: Begin, firm_contact: Account):
    person = begin("talent", "张某", values=PERSON)
    steps = [
        (name, list(Entry.objects.visible_with(powers(city, name))))
        for name in ("环境经办", "管家甲", "企业甲")
    ]

    assert steps == [("环境经办", []), ("管家甲", []), ("企业甲", [])]
    assert list(Entry.objects.public(NOON.date())) == []
    assert list(Entry.objects.visible_with(powers(city, "住建经办"))) == [person]
    assert list(Entry.objects.visible_with(powers(city, "工委甲"))) == [person]


def test_where_it_holds_only_what_is_named_is_seen(city: City, begin: Begin, firm_contact: Account):
    person = begin("talent", "张某", values=PERSON)
    for number, outcome in enumerate(("choose", "match"), 1):
        complete_step(person.life_id, By(ACTOR, NOON), step=number, outcome=outcome)
    asked = powers(city, "企业甲")

    assert list(Entry.objects.visible_with(asked)) == [person]
    assert seen(person, asked) == {"skills"}
    assert list(Entry.objects.visible_with(asked, "title")) == []  # nobody else names the person to them


def test_who_is_signed_out_or_holds_nothing_sees_what_is_public(begin: Begin):
    plot = begin("plot", "一号地块")
    begin("library-item", "发展党员流程图", values={"shelf": "流程图表"})

    assert list(Entry.objects.visible_with(Powers(on=NOON.date()))) == [plot]


@pytest.mark.parametrize(
    ("length", "expected"),
    [("1 月", "2026-02-28"), ("12 月", "2025-03-31"), ("10 自然日", "2026-03-21"), ("", None)],
)
def test_from_which_day_on_an_entry_is_fresh(length: str, expected: str | None):
    asked: Any = body("plot").model_copy(update={"fresh_for": Limit.parse(length) if length else None})

    assert check_by(asked, dt.date(2026, 3, 31)) == (dt.date.fromisoformat(expected) if expected else None)


# Lists the city fills


def test_a_list_has_the_lines_of_the_day():
    first = add_line(
        "library-categories", title="党员发展", facts={}, actor=ACTOR, at=moment("2026-03-02 09:00")
    )
    change_line(first.pk, title="发展党员", facts={}, actor=ACTOR, at=moment("2026-03-09 09:00"))
    second = add_line(
        "library-categories", title="组织生活", facts={}, actor=ACTOR, at=moment("2026-03-09 09:00")
    )
    end_line(second.pk, actor=ACTOR, at=moment("2026-03-20 09:00"))

    told = [
        [(line.code, line.title) for line in lines_on("library-categories", dt.date(2026, 3, day))]
        for day in (1, 2, 9, 20)
    ]

    assert told == [
        [],
        [("1", "党员发展")],
        [("1", "发展党员"), ("2", "组织生活")],
        [("1", "发展党员")],
    ]
    form = body("library-item").form
    assert lists_of(form, dt.date(2026, 3, 20))["library-categories"] == [{"code": "1", "title": "发展党员"}]
    assert line_facts("library-categories", "2", dt.date(2026, 3, 10)).title == "组织生活"  # type: ignore[union-attr]


def test_lines_that_cannot_be_are_refused():
    add_line("library-categories", title="党员发展", facts={}, actor=ACTOR, at=NOON)

    for asked, field in (
        ({"code": "library-categories", "title": " "}, "title"),
        ({"code": "library-categories", "title": "党员发展"}, "title"),
        ({"code": "library-categories", "title": "别的", "line": "1"}, "code"),
        ({"code": "plot-classes", "title": "第五类"}, ""),
    ):
        with pytest.raises(LineRefused) as refused:
            add_line(asked.pop("code"), facts={}, actor=ACTOR, at=NOON, **asked)
        assert list(refused.value.data["errors"]) == [field]  # type: ignore[call-overload]
