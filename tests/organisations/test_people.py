"""Posts, appointments, sign-ins and relationships."""

import datetime as dt

import pytest

from ronghe.ledger.models import Entry
from ronghe.organisations import domain, queries
from ronghe.organisations.domain import Contact
from ronghe.organisations.exceptions import OrganisationError
from ronghe.organisations.models import Account, Appointment, Person, Post, Relationship
from tests.organisations.conftest import day, when

pytestmark = [pytest.mark.db]

PASSWORD = "a-long-test-password"


def kinds():
    return list(
        Entry.objects.exclude(kind__startswith="definition").order_by("pk").values_list("kind", flat=True)
    )


def test_an_appointment_is_true_from_its_day_until_before_its_last(found, django_assert_num_queries):
    bureau = found.unit("局")
    post = domain.create_post(bureau, kind="clerk", **when("2026-01-05"))
    one, two = found.person("甲", post), found.person("乙")
    domain.appoint(post, person=two, **when("2026-02-01"))
    ended = domain.end_appointment(Appointment.objects.get(person=one), **when("2026-03-01"))
    again = domain.end_appointment(ended, **when("2026-04-01"))

    assert (post.title, str(post), again.ends) == ("经办", "经办", day("2026-03-01"))
    assert str(ended) == f"{one.pk}@{post.pk}"
    assert {
        on: [person.name for person in queries.holders("clerk", bureau, day(on))]
        for on in ("2026-01-04", "2026-01-05", "2026-02-28", "2026-03-01")
    } == {"2026-01-04": [], "2026-01-05": ["甲"], "2026-02-28": ["甲", "乙"], "2026-03-01": ["乙"]}
    assert queries.holders(["chief", "clerk"], None, day("2026-03-01")) == [two]
    with django_assert_num_queries(1):
        assert [seat.post.organisation.name for seat in queries.posts_of(one, day("2026-02-01"))] == ["局"]
    assert kinds() == [
        "organisation.began", "post.began", "person.recorded", "appointment.began", "person.recorded",
        "appointment.began", "appointment.ended",
    ]  # fmt: skip
    last = Entry.objects.latest("pk")
    assert (last.data, last.code, last.organisation_id) == (
        {"person": one.pk, "day": "2026-03-01"},
        "clerk",
        bureau.pk,
    )
    assert [(t.role, t.type, t.ref) for t in last.touches.order_by("role")] == [
        ("person", "person", one.pk),
        ("post", "post", post.pk),
    ]


def test_posts_and_appointments_are_refused_where_they_cannot_be(found, refused):
    bureau, branch = found.unit("局", on="2026-02-01"), found.unit("支部", kind="branch")
    refused("post-not-here", domain.create_post, branch, kind="chief", **when("2026-02-01"))
    refused("organisation-not-live", domain.create_post, bureau, kind="chief", **when("2026-01-31"))
    refused("unknown-definition", domain.create_post, bureau, kind="king", **when("2026-02-01"))
    post = domain.create_post(bureau, kind="chief", title=" 局长（主持）", **when("2026-02-01"))
    person = found.person("甲", on="2026-01-05")
    refused("post-not-live", domain.appoint, post, person=person, **when("2026-01-31"))
    appointment = domain.appoint(post, person=person, **when("2026-03-01"))
    refused("already-appointed", domain.appoint, post, person=person, **when("2026-03-02"))
    refused("already-appointed", domain.appoint, post, person=person, **when("2026-02-02"))
    refused("ends-before-begin", domain.end_appointment, appointment, **when("2026-02-28"))
    refused("ends-before-begin", domain.end_post, post, **when("2026-01-31"))
    ended = domain.end_post(post, **when("2026-04-01"))
    refused("post-not-live", domain.appoint, post, person=person, **when("2026-04-02"))

    assert (post.title, Appointment.objects.get().ends) == ("局长（主持）", ended.ends)
    assert domain.end_post(post, **when("2026-05-01")).ends == day("2026-04-01")


def test_people_are_recorded_with_their_contact_sealed(found, refused):
    given = {"employee_number": " 1001 ", **when("2026-01-05")}
    person = domain.create_person(name=" 甲 ", contact=Contact(phone="13800138000"), **given)

    assert (str(person), person.employee_number) == ("甲", "1001")
    assert domain.find_by_phone("13800138000") == [person.identity]
    refused("name-needed", domain.create_person, name=" ", **when("2026-01-05"))
    refused("employee-number-taken", domain.create_person, name="乙", **given)
    assert domain.create_person(name="丙", contact=Contact(), **when("2026-01-05")).identity is None
    assert Person.objects.count() == 2


def test_leaving_ends_appointments_and_the_sign_in(found, refused):
    bureau = found.unit("局")
    post = domain.create_post(bureau, kind="clerk", **when("2026-01-05"))
    person = found.person("甲", post)
    account = domain.open_account(person, username="jia", password=PASSWORD, **when("2026-01-05"))

    left = domain.leave(person, **when("2026-03-01"))

    assert (left.left_on, Appointment.objects.get().ends) == (day("2026-03-01"), day("2026-03-01"))
    assert Account.objects.get(pk=account.pk).is_active is False
    assert domain.leave(person, **when("2026-04-01")).left_on == day("2026-03-01")
    told = refused("person-left", domain.appoint, post, person=left, **when("2026-04-01"))
    assert "2026年3月1日" in told.message
    assert kinds()[-3:] == ["appointment.ended", "person.left", "account.closed"]
    assert domain.leave(found.person("乙"), **when("2026-03-01")).left_on == day("2026-03-01")


def test_an_account_opens_with_a_strong_password_once(found, refused):
    person, other = found.person("甲"), found.person("乙")
    given = {"username": "jia", "password": PASSWORD, **when("2026-01-05")}

    account = domain.open_account(person, **given)

    assert (account.check_password(PASSWORD), str(account), account.person) == (True, "jia", person)
    refused("username-taken", domain.open_account, other, **{**given, "username": "JIA"})
    refused("username-taken", domain.open_account, other, **{**given, "username": " "})
    refused("has-account", domain.open_account, person, **{**given, "username": "jia2"})
    refused("weak-password", domain.open_account, other, **{**given, "username": "yi", "password": "short"})
    closed = domain.close_account(account, **when("2026-02-01"))
    assert (closed.is_active, domain.close_account(closed, **when("2026-02-02")).is_active) == (False, False)
    assert kinds()[-2:] == ["account.opened", "account.closed"]
    assert Entry.objects.latest("pk").data == {"person": person.pk}


def test_a_relationship_is_dated_and_one_per_end(found, refused):
    one, two = found.unit("甲局"), found.unit("乙局")
    firm, branch = found.unit("公司", kind="enterprise"), found.unit("支部", kind="branch")
    ends = {"from_": ("organisation", one.pk), "to": ("organisation", firm.pk)}

    edge = domain.relate("assigned", **ends, **when("2026-01-10"))

    assert str(edge) == f"assigned organisation:{one.pk}→organisation:{firm.pk}"
    refused(
        "already-related",
        domain.relate,
        "assigned",
        from_=("organisation", two.pk),
        to=ends["to"],
        **when("2026-02-01"),
    )
    refused("already-related", domain.relate, "assigned", **ends, **when("2026-01-08"))
    refused("wrong-end", domain.relate, "assigned", from_=ends["to"], to=ends["to"], **when("2026-02-01"))
    refused(
        "end-not-live",
        domain.relate,
        "assigned",
        from_=("organisation", 999),
        to=ends["to"],
        **when("2026-02-01"),
    )
    refused("unknown-definition", domain.relate, "friends", **ends, **when("2026-02-01"))
    refused("ends-before-begin", domain.end_relationship, edge, **when("2026-01-09"))
    ended = domain.end_relationship(edge, **when("2026-03-01"))
    assert domain.end_relationship(edge, **when("2026-04-01")).ends == ended.ends == day("2026-03-01")
    later = domain.relate("assigned", from_=("organisation", two.pk), to=ends["to"], **when("2026-03-01"))

    post = domain.create_post(one, kind="clerk", **when("2026-01-05"))
    pair = {"from_": ("post", post.pk), "to": ("organisation", branch.pk)}
    domain.relate("paired", **pair, **when("2026-03-01"))
    refused("already-related", domain.relate, "paired", **pair, **when("2026-03-02"))
    domain.relate("paired", **{**pair, "from_": ("organisation", two.pk)}, **when("2026-03-01"))
    domain.relate("paired", **{**pair, "from_": ("entry", 5)}, **when("2026-03-01"))

    live = queries.live_relationships
    assert list(live("assigned", day("2026-02-28"))) == [edge]
    assert list(live("assigned", day("2026-03-01"))) == [later]
    assert list(live("assigned", day("2026-02-28"), from_=("organisation", two.pk))) == []
    assert list(live("assigned", day("2026-02-28"), to=ends["to"])) == [edge]
    assert list(live("assigned", day("2026-03-01"), either=ends["to"])) == [later]
    entry = Entry.objects.get(subject_type="relationship", subject_id=edge.pk, kind="relationship.ended")
    assert (entry.data, [(t.role, t.ref) for t in entry.touches.order_by("role")]) == (
        {"kind": "assigned", "day": "2026-03-01"},
        [("from", one.pk), ("to", firm.pk)],
    )


def test_no_post_or_relationship_outlives_its_organisation(found):
    bureau = found.unit("局")
    found.seat(bureau, "clerk", "甲")
    domain.end_organisation(bureau, **when("2026-02-01"))

    assert list(Post.objects.filter(ends=None)) == list(Relationship.objects.filter(ends=None)) == []
    assert queries.holders("clerk", bureau, day("2026-02-01") - dt.timedelta(1)) != []


def test_duties_are_written_on_a_post_and_the_ledger_says_which(found):
    post = domain.create_post(found.unit("局"), kind="chief", **when("2026-01-05"))

    domain.describe_post(post, values={"business": "管建设", "party": "抓党建"}, **when("2026-02-01"))
    domain.describe_post(post, values={"business": "管建设", "party": "抓党建"}, **when("2026-02-02"))
    domain.describe_post(post, values={"business": "管建设"}, **when("2026-02-03"))

    assert Post.objects.get(pk=post.pk).values == {"business": "管建设"}
    described = Entry.objects.filter(kind="post.described").order_by("pk")
    assert [(entry.subject_id, entry.data) for entry in described] == [
        (post.pk, {"fields": ["business", "party"]}),
        (post.pk, {"fields": ["party"]}),
    ]


def test_what_a_post_does_not_ask_is_not_written(found):
    chief = domain.create_post(found.unit("局"), kind="chief", **when("2026-01-05"))
    ended = domain.end_post(chief, **when("2026-02-01"))
    clerk = domain.create_post(found.unit("处"), kind="clerk", **when("2026-01-05"))
    live = domain.create_post(found.unit("科"), kind="chief", **when("2026-01-05"))

    said = []
    for post, values in ((ended, {}), (clerk, {"business": "管建设"}), (live, {"business": "长" * 2000})):
        with pytest.raises(OrganisationError) as refused:
            domain.describe_post(post, values=values, **when("2026-03-01"))
        said.append((refused.value.code, Post.objects.get(pk=post.pk).values))

    assert said == [("post-not-live", {}), ("nothing-asked", {}), ("wrong-values", {})]
    assert not Entry.objects.filter(kind="post.described").exists()
