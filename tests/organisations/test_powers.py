"""What somebody may do follows from the posts of the day."""

import pytest
from django.contrib.auth.models import AnonymousUser

from ronghe.core.select import Path, Where
from ronghe.organisations import domain, queries
from ronghe.organisations.queries import OrganisationFacts, PersonFacts, Powers, powers_of
from tests.organisations.conftest import day, when

pytestmark = [pytest.mark.db]
ON = day("2026-02-01")


def test_handle_covers_the_own_organisation_and_lead_the_subtree(found, django_assert_num_queries):
    city = found.unit("市")
    bureau = found.unit("局", city)
    section = found.unit("处", bureau)
    branch = found.unit("支部", bureau, kind="branch")
    other = found.unit("他局", city)
    chief = found.seat(bureau, "chief", "局长")
    clerk = found.seat(bureau, "clerk", "经办")

    with django_assert_num_queries(2):
        leads = powers_of(chief, ON)
    handles = powers_of(clerk, ON)

    assert (leads.of("handle"), leads.of("lead")) == ({bureau.pk}, {bureau.pk})
    assert leads.scope("lead") == {bureau.pk, section.pk, branch.pk}
    assert leads.scope("handle") == {bureau.pk}
    assert [leads.may("lead", unit.pk) for unit in (bureau, section, branch, other, city)] == [
        True,
        True,
        True,
        False,
        False,
    ]
    assert [leads.may("handle", unit) for unit in (bureau.pk, section.pk, None)] == [True, False, False]
    assert leads.organisation_ids == {bureau.pk}
    assert leads.posts == {("chief", bureau.pk)}
    assert (handles.has("handle"), handles.has("lead"), handles.scope("lead")) == (True, False, frozenset())


def test_what_covers_the_city_is_held_or_not(found):
    desk, bureau = found.unit("分办中心"), found.unit("局")
    powers = powers_of(found.seat(desk, "triage-officer", "分办"), ON)

    assert {power: powers.has(power) for power in ("triage", "reveal", "oversee", "administer")} == {
        "triage": True,
        "reveal": True,
        "oversee": False,
        "administer": False,
    }
    assert [powers.may("triage", where) for where in (bureau.pk, None)] == [True, True]
    assert [
        powers.holds_post("triage-officer"), powers.holds_post("triage-officer", desk.pk),
        powers.holds_post("triage-officer", bureau.pk), powers.holds_post("clerk"),
    ] == [True, True, False, False]  # fmt: skip


def test_powers_are_of_their_day_and_remembered_on_the_object(found, django_assert_num_queries):
    bureau = found.unit("局", on="2026-01-05")
    person = found.seat(bureau, "clerk", "经办", on="2026-01-10")
    account = domain.open_account(
        person, username="jingban", password="a-long-test-password", **when("2026-01-10")
    )

    assert [powers_of(account, day(on)).has("handle") for on in ("2026-01-09", "2026-01-10")] == [False, True]
    with django_assert_num_queries(0):
        assert powers_of(account, day("2026-01-10")).of("handle") == {bureau.pk}
    domain.leave(person, **when("2026-03-01"))
    account.refresh_from_db()
    assert powers_of(account, day("2026-02-01")) == Powers(on=day("2026-02-01"))


def test_nobody_has_no_powers(found, django_assert_num_queries):
    with django_assert_num_queries(0):
        assert powers_of(AnonymousUser(), ON) == powers_of(None, ON) == Powers(on=ON)
    assert Powers().may("handle", None) is False


def test_whoever_answers_for_the_successor_answers_for_what_was_merged(found):
    old, new = found.unit("旧局"), found.unit("新局")
    section = found.unit("处", old)
    clerk, chief = found.seat(new, "clerk", "经办"), found.seat(new, "chief", "局长")
    domain.merge_organisation(old, into=new, **when("2026-02-01"))

    assert [powers_of(clerk, day(on)).of("handle") for on in ("2026-01-31", "2026-02-01")] == [
        {new.pk},
        {new.pk, old.pk},
    ]
    assert powers_of(chief, day("2026-02-01")).scope("lead") == {new.pk, old.pk, section.pk}


def test_paths_follow_fields_seats_and_relationships(found):
    city = found.unit("市")
    bureau = found.unit("局", city, short_name="简称", values={"founded": "2001-02-03", "unread": "x"})
    firm, branch = found.unit("公司", kind="enterprise"), found.unit("支部", bureau, kind="branch")
    chief, clerk = found.seat(bureau, "chief", "局长"), found.seat(bureau, "clerk", "经办")
    secretary = found.seat(branch, "branch-secretary", "书记")
    domain.relate(
        "assigned", from_=("organisation", bureau.pk), to=("organisation", firm.pk), **when("2026-01-05")
    )
    domain.relate(
        "paired", from_=("organisation", bureau.pk), to=("organisation", branch.pk), **when("2026-01-05")
    )
    facts = OrganisationFacts(bureau, ON)

    def at(path, start=facts):
        return Path.parse(path).resolve(start)

    assert {
        name: at(name)
        for name in ("code", "kind", "name", "short-name", "tree", "begins", "founded", "unread", "no")
    } == {
        "code": [bureau.code],
        "kind": ["department"],
        "name": ["局"],
        "short-name": ["简称"],
        "tree": ["government"],
        "begins": [day("2026-01-05")],
        "founded": [day("2001-02-03")],
        "unread": [],
        "no": [],
    }
    assert at("parent") == [OrganisationFacts(city, ON)]
    assert at("clerk") == [PersonFacts(clerk, ON)] == at("clerk", OrganisationFacts(bureau, ON))
    assert at("head.name") == ["局长"]
    assert at("assigned.name") == ["公司"]
    assert at("assigned.name", OrganisationFacts(firm, ON)) == ["局"]
    assert at("paired.secretary.name") == ["书记"]
    assert at("paired", OrganisationFacts(bureau, day("2026-01-04"))) == []
    assert at("chief.organisation.code", facts) == [bureau.code]
    assert at("branch-secretary", PersonFacts(secretary, ON)) == [OrganisationFacts(branch, ON)]
    assert at("clerk", PersonFacts(secretary, ON)) == []
    assert [PersonFacts(chief, ON).get(name) for name in ("code", "name")] == [None, "局长"]
    assert Where.parse({"founded": {"before": "2010-01-01"}, "kind": "department"}).matches(facts)


def test_facts_are_equal_by_what_they_are_about(found):
    bureau, other = found.unit("局"), found.unit("局")
    person = found.person("甲")

    assert (
        len(
            {
                OrganisationFacts(bureau, ON),
                OrganisationFacts(bureau, day("2026-03-01")),
                OrganisationFacts(other, ON),
            }
        )
        == 2
    )
    assert PersonFacts(person, ON) == PersonFacts(person, day("2026-03-01"))
    assert PersonFacts(person, ON) != OrganisationFacts(bureau, ON) != PersonFacts(person, ON)
    assert len({PersonFacts(person, ON), PersonFacts(person, ON)}) == 1


def test_facts_know_the_name_of_the_day_and_who_is_head(found):
    bureau = found.unit("局")
    renamed = domain.rename_organisation(bureau, name="委", **when("2026-03-01"))
    chief, head = found.seat(bureau, "chief", "局长"), found.seat(bureau, "head", "负责人", on="2026-03-01")

    assert [OrganisationFacts(renamed, day(on)).get("name") for on in ("2026-01-01", "2026-02-28", "2026-03-01")] == [
        "委", "局", "委",
    ]  # fmt: skip
    assert [OrganisationFacts(bureau, day(on)).get("head") for on in ("2026-02-28", "2026-03-01")] == [
        [PersonFacts(chief, ON)],
        [PersonFacts(head, ON)],
    ]
    assert OrganisationFacts(bureau, ON).get("short-name") is None


def test_facts_of_a_kind_no_pack_defines_are_given_as_stored(found):
    bureau = found.unit("局", values={"founded": "2001-02-03"})
    bureau.kind = "forgotten"
    firm = found.unit("公司", kind="enterprise", values={"district": "nanshan"})

    assert OrganisationFacts(bureau, ON).get("founded") == "2001-02-03"
    assert OrganisationFacts(firm, ON).get("district") == "nanshan"
    assert queries.organisation_facts(firm.pk, ON) == OrganisationFacts(firm, ON)
