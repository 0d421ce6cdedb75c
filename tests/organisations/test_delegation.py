"""代办: the taker may what the giver may, for these days, bound by what binds either; and the line upwards."""

import datetime as dt

import pytest

from ronghe.ledger.queries import entries_of
from ronghe.organisations import domain, queries
from ronghe.organisations.models import Delegation
from ronghe.organisations.queries import powers_of
from ronghe.organisations.queries.delegations import possible_takers
from tests.organisations.conftest import day, when

pytestmark = [pytest.mark.db, pytest.mark.both]
ON = day("2026-03-03")


@pytest.fixture
def staff(found):
    """市 over 局 over 处, and 他局 beside: a chief or clerk in each."""
    found.city = found.unit("市")
    found.bureau = found.unit("局", found.city)
    found.section = found.unit("处", found.bureau)
    found.other = found.unit("他局", found.city)
    found.mayor = found.seat(found.city, "clerk", "市里")
    found.chief = found.seat(found.bureau, "chief", "王局长")
    found.clerk = found.seat(found.bureau, "clerk", "经办")
    found.below = found.seat(found.section, "clerk", "处员")
    found.stranger = found.seat(found.other, "clerk", "外人")
    return found


def lend(giver, taker, begins="2026-03-02", ends="2026-03-07", at="2026-03-02", **more):
    return domain.delegate(
        giver, taker, begins=day(begins), ends=day(ends), reason="外出学习", **when(at), **more
    )


def test_the_taker_may_what_the_giver_may_in_these_days_and_no_longer(staff, django_assert_num_queries):
    lend(staff.chief, staff.clerk)

    with django_assert_num_queries(2):
        powers = powers_of(staff.clerk, ON)
    assert [powers_of(staff.clerk, day(on)).has("lead") for on in ("2026-03-01", "2026-03-02", "2026-03-06", "2026-03-07")] == [
        False, True, True, False,
    ]  # fmt: skip
    assert powers.scope("lead") == {staff.bureau.pk, staff.section.pk}
    assert powers.posts == {("chief", staff.bureau.pk), ("clerk", staff.bureau.pk)}
    assert powers_of(staff.chief, ON) == queries.Powers(
        person_id=staff.chief.pk,
        on=ON,
        held={power: frozenset({staff.bureau.pk}) for power in ("lead", "handle")},
        led=frozenset({staff.bureau.pk, staff.section.pk}),
        organisation_ids=frozenset({staff.bureau.pk}),
        posts=frozenset({("chief", staff.bureau.pk)}),
    )


@pytest.mark.parametrize(
    ("power", "where", "for_chief"),
    [
        ("lead", "bureau", True),
        ("lead", "section", True),
        ("lead", "other", False),
        ("handle", "bureau", False),
        ("handle", "other", False),
        ("triage", None, False),
    ],
)
def test_it_is_told_whose_power_is_used(staff, power, where, for_chief):
    lend(staff.chief, staff.clerk)
    powers = powers_of(staff.clerk, ON)
    unit = getattr(staff, where).pk if where else None

    assert powers.acting_for(power, unit) == (staff.chief.pk if for_chief else None)
    assert powers.acting_name(power, unit) == ("王局长" if for_chief else "")
    assert powers_of(staff.chief, ON).acting_for(power, unit) is None


def test_what_covers_the_city_is_lent_too(staff):
    officer = staff.seat(staff.bureau, "triage-officer", "分办")
    lend(officer, staff.clerk)
    powers = powers_of(staff.clerk, ON)

    assert (powers.has("triage"), powers.acting_name("triage", None)) == (True, "分办")


def test_a_lent_power_is_not_lent_on(staff):
    lend(staff.chief, staff.clerk)
    lend(staff.clerk, staff.below)
    powers = powers_of(staff.below, ON)

    assert (powers.has("lead"), powers.may("handle", staff.bureau.pk)) == (False, True)


def test_units_of_the_giver_bind_the_taker(staff):
    """`visible_with` and `may_work` shut out what complains of `organisation_ids`: of the giver's units as of the own."""
    lend(staff.chief, staff.below)

    assert powers_of(staff.below, ON).organisation_ids == {staff.bureau.pk, staff.section.pk}


def test_whose_posts_ended_lends_nothing(staff):
    lend(staff.chief, staff.clerk)
    domain.leave(staff.chief, **when("2026-03-02"))

    assert powers_of(staff.clerk, ON).own is None


@pytest.mark.parametrize(
    ("giver", "taker", "begins", "ends", "code"),
    [
        ("chief", "chief", "2026-03-02", "2026-03-07", "delegate-self"),
        ("chief", "stranger", "2026-03-02", "2026-03-07", "taker-elsewhere"),
        ("chief", "clerk", "2026-03-02", "2026-06-03", "delegation-long"),
        ("chief", "clerk", "2026-03-02", "2026-03-02", "ends-before-begin"),
        ("chief", "clerk", "2026-03-01", "2026-03-07", "begins-past"),
        ("chief", "clerk", "2026-03-02", "2026-06-02", None),
        ("chief", "below", "2026-03-02", "2026-03-07", None),
        ("chief", "mayor", "2026-03-02", "2026-03-07", None),
        ("below", "mayor", "2026-03-02", "2026-03-07", None),
        ("below", "stranger", "2026-03-02", "2026-03-07", "taker-elsewhere"),
    ],
)
def test_who_may_act_for_whom_and_how_long(staff, refused, giver, taker, begins, ends, code):
    pair = (getattr(staff, giver), getattr(staff, taker))
    if code:
        refused(code, lend, *pair, begins, ends)
    else:
        lend(*pair, begins, ends)

    assert Delegation.objects.count() == (0 if code else 1)


def test_somebody_who_left_acts_for_nobody(staff, refused):
    domain.leave(staff.clerk, **when("2026-03-01"))

    refused("taker-elsewhere", lend, staff.chief, staff.clerk)
    assert staff.clerk not in possible_takers(staff.chief.pk, ON)


def test_one_acts_at_a_time(staff, refused):
    first = lend(staff.chief, staff.clerk)

    error = refused("delegation-overlaps", lend, staff.chief, staff.below, "2026-03-06", "2026-03-10")
    assert "2026年3月2日至2026年3月6日已请 经办 代办" in error.message
    lend(staff.chief, staff.below, "2026-03-07", "2026-03-10")
    domain.end_delegation(first, **when("2026-03-04"))
    lend(staff.chief, staff.below, "2026-03-05", "2026-03-07", at="2026-03-04")
    assert Delegation.objects.count() == 3


def test_it_ends_at_once_and_both_ends_stand_in_the_ledger(staff):
    running = lend(staff.chief, staff.clerk)
    coming = lend(staff.chief, staff.clerk, "2026-04-01", "2026-04-03")
    for _ in range(2):
        domain.end_delegation(running, **when("2026-03-03"))
    domain.end_delegation(coming, **when("2026-03-03"))

    assert not powers_of(staff.clerk, ON).has("lead")
    assert list(queries.delegations_given(staff.chief.pk, ON)) == []
    entries = [
        entry for entry in entries_of(("person", staff.chief.pk)) if entry.kind.startswith("delegation.")
    ]
    assert [(entry.kind, entry.actor, entry.data) for entry in entries] == [
        (
            "delegation.began",
            "person:1",
            {"person": staff.clerk.pk, "day": "2026-03-02", "ends": "2026-03-07"},
        ),
        (
            "delegation.began",
            "person:1",
            {"person": staff.clerk.pk, "day": "2026-04-01", "ends": "2026-04-03"},
        ),
        ("delegation.ended", "person:1", {"person": staff.clerk.pk, "day": "2026-03-03"}),
        ("delegation.ended", "person:1", {"person": staff.clerk.pk, "day": "2026-04-01"}),
    ]


def test_given_and_taken_are_listed_while_they_last(staff):
    given = lend(staff.chief, staff.clerk)

    def listed(on):
        return [
            list(queries.delegations_given(staff.chief.pk, day(on))),
            list(queries.delegations_taken(staff.clerk.pk, day(on))),
            list(queries.delegations_taken(staff.chief.pk, day(on))),
        ]

    assert [listed(on) for on in ("2026-03-02", "2026-03-07")] == [[[given], [given], []], [[], [], []]]


# the line upwards


def names(people):
    return [person.name for person in people]


def told(unit, on="2026-03-03"):
    return [
        (rung.level, rung.organisation_id, names(rung.people)) for rung in queries.line_of(unit.pk, day(on))
    ]


def test_the_line_goes_from_the_head_up_and_leaves_out_empty_seats(staff):
    deputy = staff.seat(staff.section, "chief", "处长", on="2026-03-02")
    section, bureau, city = staff.section.pk, staff.bureau.pk, staff.city.pk

    assert queries.superiors_of(section, ON) == [bureau, city]
    assert told(staff.section, "2026-03-01") == [("superior", bureau, ["王局长"])]
    assert told(staff.section) == [("head", section, ["处长"]), ("superior", bureau, ["王局长"])]
    assert told(staff.city) == []
    assert queries.heads_of(section, ON) == [deputy]


def test_the_line_has_a_fixed_number_of_statements(
    staff, django_assert_num_queries, django_assert_max_num_queries
):
    with django_assert_max_num_queries(12) as one:
        queries.line_of(staff.bureau.pk, ON)
    for number in range(3):
        staff.seat(staff.section, "chief", f"处长{number}")
    with django_assert_num_queries(len(one)):
        queries.line_of(staff.section.pk, ON)


def test_the_line_follows_moves_and_mergers_by_day(staff):
    other_chief = staff.seat(staff.other, "chief", "他局长")
    domain.move_organisation(staff.section, tree="government", parent=staff.other, **when("2026-03-10"))
    domain.merge_organisation(staff.bureau, into=staff.other, **when("2026-03-20"))

    assert [told(staff.section, on) for on in ("2026-03-09", "2026-03-10")] == [
        [("superior", staff.bureau.pk, ["王局长"])],
        [("superior", staff.other.pk, ["他局长"])],
    ]
    assert [names(queries.heads_of(staff.bureau.pk, day(on))) for on in ("2026-03-19", "2026-03-20")] == [
        ["王局长"],
        ["他局长"],
    ]
    assert [queries.acting_unit(staff.bureau.pk, day(on)) for on in ("2026-03-19", "2026-03-20")] == [
        staff.bureau.pk,
        staff.other.pk,
    ]
    assert queries.superiors_of(staff.bureau.pk, day("2026-03-20")) == [staff.city.pk]
    assert queries.heads_of(staff.other.pk, ON) == [other_chief]


def test_the_government_tree_comes_first(staff):
    party = staff.unit("甲党委", kind="branch")
    domain.move_organisation(staff.section, tree="party", parent=party, **when("2026-02-01"))

    assert queries.superiors_of(staff.section.pk, ON) == [staff.bureau.pk, staff.city.pk, party.pk]


def test_who_is_told_is_told_with_whoever_acts_for_them(staff):
    lend(staff.chief, staff.clerk)
    people = [staff.chief, staff.below, staff.clerk]

    assert names(queries.with_takers(people, ON)) == ["王局长", "经办", "处员"]
    assert names(queries.with_takers(people, ON + dt.timedelta(days=9))) == ["王局长", "处员", "经办"]


@pytest.mark.django_db
def test_the_inspectors_stand_last(city):
    bureau = city.units["sthjj"].pk

    assert [
        (rung.level, rung.organisation_id, names(rung.people)) for rung in queries.line_of(bureau, ON)
    ] == [
        ("head", bureau, ["环境局长"]),
        ("inspector", None, ["工委甲"]),
    ]
    assert names(queries.inspectors(day("2026-01-01"))) == []
