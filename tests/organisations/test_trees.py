"""Trees of the day: begun, renamed, moved, merged, ended; the past stays."""

import threading
from contextlib import suppress

import pytest
from django.db import connection, transaction
from hypothesis import given, settings, strategies as st

from ronghe.core.creditcode import make
from ronghe.ledger.models import Entry
from ronghe.ledger.queries import entries_of
from ronghe.organisations import domain, queries
from ronghe.organisations.exceptions import OrganisationError
from ronghe.organisations.models import Appointment, Organisation, Placement, Post, Relationship
from tests.organisations.conftest import Founder, day, moment, when

pytestmark = [pytest.mark.db]


def tree(on, name="government"):
    return [(node.depth, node.name) for node in queries.tree_on(name, day(on))]


def written(unit):
    return [
        (entry.kind, entry.data, [(t.role, t.ref) for t in entry.touches.all()])
        for entry in entries_of(("organisation", unit.pk))
    ]


def test_create_places_under_the_kinds_own_tree_and_records(found):
    city = found.unit("市", on="2026-01-05")
    bureau = found.unit(
        "环境局", city, on="2026-01-06", short_name="环境", values={"founded": "2020-01-01"}, order=2
    )

    placement = Placement.objects.get(organisation=bureau)
    assert (bureau.name, bureau.short_name, bureau.begins, str(bureau)) == (
        "环境局",
        "环境",
        day("2026-01-06"),
        "环境",
    )
    assert (placement.tree, placement.parent, placement.order, str(placement)) == (
        "government",
        city,
        2,
        "环境局",
    )
    assert written(bureau) == [
        (
            "organisation.began",
            {
                "kind": "department",
                "tree": "government",
                "parent": city.pk,
                "placement": placement.pk,
                "day": "2026-01-06",
            },
            [("parent", city.pk)],
        )
    ]


def test_create_refuses_what_cannot_be(found, refused):
    city = found.unit("市", on="2026-02-01")
    given = {"code": "x", "kind": "department", "name": "局", **when("2026-03-01")}

    refused("name-needed", domain.create_organisation, **{**given, "name": "  "})
    refused("name-needed", domain.create_organisation, **{**given, "code": " "})
    refused("code-taken", domain.create_organisation, **{**given, "code": city.code})
    refused("unknown-definition", domain.create_organisation, **{**given, "kind": "palace"})
    future = refused("future-day", domain.create_organisation, **given, on=day("2026-03-02"))
    early = refused("parent-not-live", domain.create_organisation, **given, parent=city, on=day("2026-01-31"))

    assert "2026年3月2日" in future.message
    assert "2026年1月31日" in early.message
    assert Organisation.objects.count() == 1


def test_an_enterprise_is_registered_once_under_its_checked_code(found, refused):
    code = make("91440300MA5F0A1B2")
    given = {"name": "示范公司", **when("2026-01-05")}

    unit = domain.register_enterprise(credit_code=f" {code.lower()} ", **given)

    assert (unit.code, unit.credit_code, unit.kind) == (code, code, "enterprise")
    assert queries.by_credit_code(code[:8] + " " + code[8:]) == unit == queries.by_code(code)
    assert queries.by_code("none") is None
    refused("credit-code-length", domain.register_enterprise, credit_code="123", **given)
    refused("code-taken", domain.register_enterprise, credit_code=code, **given)
    taken = refused(
        "credit-code-taken",
        domain.create_organisation,
        code="other",
        kind="enterprise",
        credit_code=code,
        **given,
    )
    assert "示范公司" in taken.message


def test_a_past_day_is_shown_under_the_tree_of_its_day(found):
    city = found.unit("市")
    other = found.unit("委", city, order=1)
    bureau = found.unit("环保局", city, order=2)
    station = found.unit("监测站", bureau)
    domain.rename_organisation(bureau, name="生态环境局", short_name="环境局", **when("2026-03-01"))
    domain.move_organisation(station, tree="government", parent=other, **when("2026-04-01"))

    assert tree("2026-01-04") == []
    assert tree("2026-02-28") == [(0, "市"), (1, "委"), (1, "环保局"), (2, "监测站")]
    assert tree("2026-03-01") == [(0, "市"), (1, "委"), (1, "生态环境局"), (2, "监测站")]
    assert tree("2026-04-01") == [(0, "市"), (1, "委"), (2, "监测站"), (1, "生态环境局")]
    assert [
        queries.parent_on(station, day(on), "government") for on in ("2026-01-01", "2026-03-31", "2026-04-01")
    ] == [
        None,
        bureau,
        other,
    ]
    assert [queries.names_on([bureau.pk], day(on)) for on in ("2020-01-01", "2026-02-28", "2030-01-01")] == [
        {bureau.pk: "环保局"},
        {bureau.pk: "环保局"},
        {bureau.pk: "生态环境局"},
    ]
    assert Organisation.objects.get(pk=bureau.pk).short_name == "环境局"
    assert [kind for kind, _, _ in written(bureau)] == ["organisation.began", "organisation.renamed"]


def test_a_tree_is_read_in_one_query(found, django_assert_num_queries):
    city = found.unit("市")
    for number in range(3):
        found.unit(f"局{number}", city)

    with django_assert_num_queries(1):
        assert len(queries.tree_on("government", day("2026-02-01"))) == 4


def test_an_organisation_whose_parent_is_elsewhere_is_a_root_of_its_tree(found):
    bureau = found.unit("局")
    branch = found.unit("支部", bureau, kind="branch")

    assert tree("2026-02-01", "party") == [(0, "支部")]
    assert queries.parent_on(branch, day("2026-02-01"), "party") == bureau
    assert queries.subtree_ids([bureau.pk], day("2026-02-01")) == {bureau.pk, branch.pk}
    assert queries.subtree_ids([bureau.pk], day("2026-02-01"), "government") == {bureau.pk}
    assert queries.subtree_ids([], day("2026-02-01")) == frozenset()


def test_a_second_tree_is_joined_by_moving_into_it(found):
    bureau, team = found.unit("局"), found.unit("专班")
    moved = domain.move_organisation(bureau, tree="teams", parent=team, order=3, **when("2026-02-01"))
    domain.move_organisation(bureau, tree="teams", parent=None, **when("2026-03-01"))

    assert moved == bureau
    assert [tree(on, "teams") for on in ("2026-01-31", "2026-02-01", "2026-03-01")] == [
        [],
        [(0, "局")],
        [(0, "局")],
    ]
    assert list(Placement.objects.filter(tree="teams").order_by("begins").values_list("parent", "order")) == [
        (team.pk, 3),
        (None, 3),
    ]


def test_two_changes_on_one_day_leave_one_placement(found):
    bureau = found.unit("局", on="2026-01-05")
    domain.rename_organisation(bureau, name="委", **when("2026-01-05"))
    domain.rename_organisation(bureau, name="委", **when("2026-01-09"))

    assert list(Placement.objects.values_list("name", "begins", "ends")) == [("委", day("2026-01-05"), None)]


def test_changes_are_refused_out_of_order(found, refused):
    bureau = found.unit("局", on="2026-01-05")
    domain.rename_organisation(bureau, name="新局", **when("2026-03-01"))

    late = refused("out-of-order", domain.rename_organisation, bureau, name="再新局", **when("2026-02-01"))
    refused("before-begin", domain.rename_organisation, bureau, name="再新局", **when("2026-01-04"))
    refused("name-needed", domain.rename_organisation, bureau, name=" ", **when("2026-04-01"))
    refused("out-of-order", domain.end_organisation, bureau, **when("2026-03-01"))

    assert "2026年3月1日" in late.message


def test_a_move_never_closes_a_ring(found, refused):
    top = found.unit("甲")
    middle = found.unit("乙", top)
    low = found.unit("丙", middle)

    for parent in (top, middle, low):
        told = refused(
            "cycle", domain.move_organisation, top, tree="government", parent=parent, **when("2026-02-01")
        )
        assert parent.name in told.message
    domain.move_organisation(top, tree="party", parent=low, **when("2026-02-01"))


def test_a_backdated_move_never_closes_a_ring_later(found, refused):
    one, two = found.unit("甲"), found.unit("乙")
    domain.move_organisation(two, tree="government", parent=one, **when("2026-03-01"))

    refused("cycle", domain.move_organisation, one, tree="government", parent=two, **when("2026-02-01"))


def test_ending_closes_posts_appointments_and_relationships(found, refused):
    city = found.unit("市")
    bureau = found.unit("局", city)
    found.seat(bureau, "clerk", "甲")
    firm = found.unit("公司", kind="enterprise")
    domain.relate(
        "assigned", from_=("organisation", bureau.pk), to=("organisation", firm.pk), **when("2026-01-05")
    )
    told = refused("has-children", domain.end_organisation, city, **when("2026-02-01"))

    ended = domain.end_organisation(bureau, **when("2026-02-01"))

    assert "局" in told.message
    closing = {model: model.objects.get().ends for model in (Post, Appointment, Relationship)}
    assert set(closing.values()) == {ended.ends} == {day("2026-02-01")}
    assert tree("2026-01-31") == [(0, "市"), (1, "局")]
    assert tree("2026-02-01") == [(0, "市")]
    assert list(Organisation.objects.live(day("2026-02-01")).order_by("pk")) == [city, firm]
    assert list(
        Entry.objects.filter(kind__endswith=".ended").order_by("pk").values_list("kind", flat=True)
    ) == [
        "appointment.ended",
        "post.ended",
        "relationship.ended",
        "organisation.ended",
    ]
    gone = refused("ended", domain.rename_organisation, bureau, name="新局", **when("2026-03-01"))
    assert "2026年2月1日" in gone.message


def test_a_merger_names_the_successor_and_hands_over_what_stood_below(found, refused):
    city = found.unit("市")
    old, new = found.unit("规划局", city, order=1), found.unit("国土局", city, order=2)
    section = found.unit("规划处", old)
    refused("merge-itself", domain.merge_organisation, old, into=old, **when("2026-02-01"))

    merged = domain.merge_organisation(old, into=new, **when("2026-02-01"))

    assert (merged.merged_into, merged.ends) == (new, day("2026-02-01"))
    assert tree("2026-01-31") == [(0, "市"), (1, "规划局"), (2, "规划处"), (1, "国土局")]
    assert tree("2026-02-01") == [(0, "市"), (1, "国土局"), (2, "规划处")]
    assert written(old)[-1] == (
        "organisation.merged",
        {"into": new.pk, "day": "2026-02-01"},
        [("successor", new.pk)],
    )
    assert queries.subtree_ids([new.pk], day("2026-02-01")) == {new.pk, old.pk, section.pk}
    assert queries.subtree_ids([new.pk], day("2026-01-31")) == {new.pk}
    assert queries.successor_of(merged) == new == queries.successor_of(new)


def test_a_merger_into_ones_own_child_lifts_the_child(found, refused):
    city = found.unit("市")
    old = found.unit("局", city)
    child = found.unit("处", old)
    grandchild = found.unit("科", child)
    refused("cycle", domain.merge_organisation, old, into=grandchild, **when("2026-02-01"))

    domain.merge_organisation(old, into=child, **when("2026-02-01"))

    assert tree("2026-02-01") == [(0, "市"), (1, "处"), (2, "科")]


def test_names_are_found_as_of_their_day(found, refused):
    city = found.unit("市")
    bureau = found.unit("环保局（城区）", city, short_name="环保")
    domain.rename_organisation(bureau, name="生态环境局", **when("2026-03-01"))
    day1, day2 = day("2026-02-01"), day("2026-03-01")

    assert queries.find_by_name("环保局（城区）", day1) == bureau
    assert queries.find_by_name("环保", day2) == bureau
    assert queries.find_by_name("生态环境局", day2) == bureau
    assert queries.NameIndex.load().find(" 环保局(城区) ", day1) == bureau.pk
    past = refused("unknown-organisation", queries.find_by_name, "环保局（城区）", day2)
    early = refused("unknown-organisation", queries.find_by_name, "生态环境局", day1)
    refused("unknown-organisation", queries.find_by_name, "水务局", day1)

    assert "2026年1月5日起至2026年3月1日前" in past.message
    assert "2026年3月1日起" in early.message


def test_two_units_of_one_name_are_told_apart_by_their_parents(found, refused):
    north, south = found.unit("北区"), found.unit("南区")
    one, two = found.unit("办公室", north), found.unit("办公室", south)
    three = found.unit("办公室")

    told = refused("ambiguous-organisation", queries.find_by_name, "办公室", day("2026-02-01"))

    assert told.data["candidates"] == [
        {"id": one.pk, "code": one.code, "parents": ["北区"]},
        {"id": two.pk, "code": two.code, "parents": ["南区"]},
        {"id": three.pk, "code": three.code, "parents": []},
    ]
    assert f"{one.code}（上级：北区）；{two.code}（上级：南区）；{three.code}（上级：无）" in told.message


@settings(max_examples=10)
@given(
    st.lists(
        st.tuples(
            st.sampled_from(["move", "rename", "end", "merge"]),
            st.integers(0, 4),
            st.integers(0, 5),
            st.integers(0, 3),
        ),
        max_size=8,
    )
)
@pytest.mark.usefixtures("found")
def test_whatever_is_done_every_day_has_one_tree_and_its_past_does_not_change(steps):
    with transaction.atomic():
        founder = Founder()
        units = [founder.unit(f"甲{number}") for number in range(5)] + [None]
        month = 2
        for act, one, other, later in steps:
            month += later
            at = {"actor": "person:1", "at": moment(f"20{26 + month // 12}-{month % 12 + 1:02}-01")}
            before = [tree(f"2026-{past:02}-28") for past in range(1, min(month + 1, 13))]
            with suppress(OrganisationError), transaction.atomic():
                if act == "move":
                    domain.move_organisation(units[one], tree="government", parent=units[other], **at)
                elif act == "rename":
                    domain.rename_organisation(units[one], name=f"乙{other}", **at)
                elif act == "end":
                    domain.end_organisation(units[one], **at)
                elif units[other] is not None:
                    domain.merge_organisation(units[one], into=units[other], **at)
            assert [tree(f"2026-{past:02}-28") for past in range(1, min(month + 1, 13))] == before
            now = day(at["at"].date().isoformat())
            nodes = queries.tree_on("government", now)
            assert sorted(node.organisation_id for node in nodes) == sorted(
                Organisation.objects.live(now).values_list("pk", flat=True)
            )
        transaction.set_rollback(True)


@pytest.mark.django_db(transaction=True)
def test_two_moves_at_once_never_close_a_ring(found):
    if connection.vendor != "postgresql":
        pytest.skip("an in-memory SQLite database has one writer by its nature")
    top = [found.unit("甲"), found.unit("乙")]
    low = [found.unit("丙", top[0]), found.unit("丁", top[1])]
    gate, refusals = threading.Barrier(2), []

    def move(unit, parent):
        try:
            gate.wait(30)
            domain.move_organisation(unit, tree="government", parent=parent, **when("2026-02-01"))
        except OrganisationError as error:
            refusals.append(error.code)
        finally:
            connection.close()

    threads = [threading.Thread(target=move, args=pair) for pair in ((top[0], low[1]), (top[1], low[0]))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)

    assert refusals == ["cycle"]
    assert len(queries.tree_on("government", day("2026-02-01"))) == 4
