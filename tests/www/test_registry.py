"""The registry: who reads it, the trees of a day, one unit, enterprises and coverage."""

from __future__ import annotations

import datetime as dt
import re
from html import unescape
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from ronghe.casework.domain import open_case
from ronghe.core.memory import remembering
from ronghe.definitions.queries import get
from ronghe.organisations import domain
from ronghe.organisations.models import Appointment, Organisation, Relationship
from ronghe.organisations.queries import tree_on
from ronghe.organisations.queries.coverage import (
    NOWHERE,
    Share,
    Wanted,
    find_enterprises,
    office_share,
    served_by_district,
    served_by_group,
    served_share,
)
from ronghe.organisations.queries.directory import edges_of, leaders_on, search_names, seats_of
from ronghe.www.registry.shares import ShareCell
from ronghe.www.registry.trees import drawn
from tests.city import ACTOR, FOUNDED, City
from tests.www.registry_pages import DAY, LATER, address, firm, text

pytestmark = [pytest.mark.page, pytest.mark.both, pytest.mark.django_db]

LISTS = ["organisations", "enterprises", "coverage"]


def serve(city: City, enterprise: Organisation, on: dt.datetime = FOUNDED) -> Relationship:
    ends = [("organisation", city.units["fwz1"].pk), ("organisation", enterprise.pk)]
    return domain.relate("assigned-service", from_=ends[0], to=ends[1], actor=ACTOR, at=on)


# Who may read and who may write


@pytest.mark.parametrize("name", LISTS)
def test_stranger_is_asked_to_sign_in(client: Client, name: str):
    answer = client.get(reverse(name))

    assert (answer.status_code, answer["Location"]) == (302, f"/sign-in/?next={reverse(name)}")


def test_stranger_neither_reads_nor_changes_a_unit(city: City, client: Client):
    unit, enterprise = city.units["zjj"], city.units["enterprise"]
    asked = [
        client.get(address(unit)),
        client.get(reverse("enterprise", args=[enterprise.pk])),
        client.post(address(unit, "rename"), {"name": "别的局", "on": "2026-03-02", "step": "confirmed"}),
    ]

    assert {answer.status_code for answer in asked} == {302}
    assert Organisation.objects.get(pk=unit.pk).name == "市住房和建设局"


@pytest.mark.parametrize("who", ["环境经办", "工委甲", "管家甲", "分办甲"])
def test_every_member_of_staff_reads_the_registry(city: City, signed, who: str):
    client = signed(who)
    pages = [reverse(name) for name in LISTS] + [
        address(city.units["zjj"]),
        reverse("enterprise", args=[city.units["enterprise"].pk]),
    ]

    assert {client.get(page).status_code for page in pages} == {200}
    assert "示范精密制造有限公司" in text(client.get(reverse("enterprises")))


def test_case_of_an_enterprise_is_listed_to_whom_may_see_it(city: City, signed):
    enterprise = city.units["enterprise"]
    case = open_case(
        get("procedure", "resident-message", DAY),
        values={"title": "门前道路", "detail": "货车进不来。"},
        actor=ACTOR,
        at=LATER,
        about=enterprise,
        responsible=city.units["sthjj"],
    ).case
    page = reverse("enterprise", args=[enterprise.pk])

    told = {who: case.number in text(signed(who).get(page)) for who in ("环境经办", "住建经办", "工委甲")}

    assert told == {"环境经办": True, "住建经办": False, "工委甲": True}


# The tree of a day


def test_tree_is_that_of_the_day_with_names_of_the_day(city: City, signed):
    domain.rename_organisation(city.units["zjj"], name="市住房和城乡建设局", actor=ACTOR, at=LATER)
    client = signed("工委甲")

    before = text(client.get("/organisations/?tree=government&on=2026-03-01"))
    after = text(client.get("/organisations/?tree=government&on=2026-03-02"))

    assert ("市住房和建设局" in before, "市住房和城乡建设局" in before) == (True, False)
    assert ("市住房和建设局" in after, "市住房和城乡建设局" in after) == (False, True)
    assert "主要负责人 住建局长" in after


def test_merged_unit_names_its_successor_in_tree_list_and_search(city: City, signed):
    domain.merge_organisation(city.units["zjj"], into=city.units["sthjj"], actor=ACTOR, at=LATER)
    client = signed("工委甲")
    fate = "2026年3月2日并入市生态环境局"

    told = [
        text(client.get("/organisations/?tree=government&on=2026-03-01")),
        text(client.get("/organisations/?tree=government&on=2026-03-02")),
        text(client.get("/organisations/?q=住房")),
    ]

    assert [fate in page for page in told] == [True, True, True]
    assert "已于2026年3月2日并入 市生态环境局" in text(client.get(address(city.units["zjj"])))


def test_search_finds_past_names_and_says_todays(city: City):
    domain.rename_organisation(city.units["zjj"], name="市城建局", actor=ACTOR, at=LATER)

    found = [(one.organisation.code, one.name, one.borne) for one in search_names("住房", DAY, 10)]
    by_short = [one.name for one in search_names("nothing like it", DAY, 10)]

    assert found == [("zjj", "市城建局", "市住房和建设局")]
    assert by_short == []


def test_enterprises_are_counted_not_drawn_in_their_tree(city: City, signed):
    page = text(signed("工委甲").get("/organisations/?tree=others"))

    assert "另有企业 1 家" in page
    assert "示范精密制造" not in page


def test_deep_tree_is_drawn_to_the_level_that_fits(city: City):
    top = city.units["szgw"]
    for number in range(3):
        branch = city.unit(f"dw{number}", "party-committee", f"第{number}机关党委", parent=top, tree="party")
        for inner in range(2):
            city.unit(f"z{number}{inner}", "branch", f"第{number}{inner}支部", parent=branch, tree="party")
    nodes = tree_on("party", DAY)

    (all_of_it,) = drawn(nodes, [top.pk], DAY)
    (cut,) = drawn(nodes, [top.pk], DAY, most=5)

    assert [(twig.node.name, twig.below, len(twig.twigs)) for twig in all_of_it.twigs[:1]] == [
        ("第0机关党委", 2, 2)
    ]
    assert [(twig.below, len(twig.twigs)) for twig in cut.twigs] == [(2, 0)] * 3


@pytest.mark.parametrize("query", ["on=2026-13-01", "on=yesterday", "tree=sea"])
def test_list_that_cannot_be_read_says_so_and_shows_today(city: City, signed, query: str):
    answer = signed("工委甲").get(f"/organisations/?{query}")

    assert answer.status_code == 422
    assert answer.context["form"].day == timezone.localdate()
    assert "有 1 处要改一下" in text(answer)


def test_part_equals_the_whole_page(city: City, signed):
    client = signed("工委甲")
    for page in ("/organisations/?tree=government", "/enterprises/?served=yes"):
        asked = (client.get(page), client.get(page, headers={"HX-Request": "true"}))
        whole, part = (
            re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", one.content.decode()) for one in asked
        )

        assert "<html" not in part
        assert part.strip() in whole


# One unit


def test_unit_shows_seats_with_dates_and_the_vacant_ones(city: City, signed):
    seat = Appointment.objects.get(person=city.people["住建局长"])
    domain.end_appointment(seat, actor=ACTOR, at=LATER)
    client = signed("工委甲")

    before = text(client.get(address(city.units["zjj"]) + "?on=2026-03-01"))
    after = text(client.get(address(city.units["zjj"])))

    assert "主要负责人 住建局长 2026年1月5日起" in before
    assert "主要负责人 空缺" in after
    assert "从前在任的 住建局长 主要负责人 · 2026年1月5日起，到2026年3月2日为止" in after
    assert "分管领导 没有设岗" in after


def test_unit_shows_relationships_from_both_ends(city: City, signed):
    client = signed("工委甲")
    group = text(client.get(address(city.units["fwz1"])))
    enterprise = text(client.get(reverse("enterprise", args=[city.units["enterprise"].pk])))

    assert "挂点服务 1 对 示范精密制造有限公司 2026年1月5日起" in group
    assert "第1服务小组 2026年1月5日起 服务小组组长" not in enterprise  # no such seat was set up
    assert "第1服务小组 2026年1月5日起 企业管家 管家甲" in enterprise


def test_unit_page_of_an_enterprise_is_its_own(city: City, signed):
    enterprise = city.units["enterprise"]
    answer = signed("工委甲").get(address(enterprise) + "?on=2026-03-01")

    assert answer["Location"] == reverse("enterprise", args=[enterprise.pk]) + "?on=2026-03-01"


@pytest.mark.parametrize(
    "path", ["/organisations/999999/", "/enterprises/999999/", "/organisations/99999999999999999999/"]
)
def test_unit_that_is_not_there_is_not_found(city: City, signed, path: str):
    assert signed("工委甲").get(path).status_code == 404


def test_links_of_a_unit_open(city: City, signed):
    client = signed("工委甲")
    for page in (
        address(city.units["zjj"]),
        reverse("enterprise", args=[city.units["enterprise"].pk]),
        "/coverage/",
    ):
        links = set(
            re.findall(r"<main.*</main>", client.get(page).content.decode(), re.DOTALL)[0].split('href="')[1:]
        )
        for link in sorted({unescape(link.split('"')[0]).split("#")[0] for link in links}):
            assert client.get(link).status_code == 200, link


# Enterprises and coverage


def test_enterprises_are_found_by_what_is_kept(city: City):
    city.unit("bcq", "district", "北城区")
    one, two = firm(city, 1, district="bcq", **{"four-above": True, "scale-class": "industry"}), firm(city, 2)
    serve(city, one)
    first = city.units["enterprise"]

    def found(**asked: Any) -> set[int]:
        return set(find_enterprises(Wanted(on=DAY, **asked)).values_list("pk", flat=True))

    assert found() == {first.pk, one.pk, two.pk}
    assert found(text="第1家") == {one.pk}
    assert found(text=(one.credit_code or "").lower()[-6:]) == {one.pk}
    assert found(district="bcq") == found(scale="any") == found(scale="industry") == {one.pk}
    assert found(district=NOWHERE) == {first.pk, two.pk}
    assert found(served=True) == found(group=city.units["fwz1"].pk) == {first.pk, one.pk}
    assert found(served=False) == {two.pk}


def test_coverage_counts_both_numbers_of_the_day(city: City):
    one, two = firm(city, 1, district="bcq"), firm(city, 2, district="bcq")
    edge = serve(city, one)
    domain.end_relationship(edge, actor=ACTOR, at=LATER)
    eve, day = Wanted(on=dt.date(2026, 3, 1)), Wanted(on=DAY)

    assert (served_share(eve), served_share(day)) == (Share(2, 3), Share(1, 3))
    assert served_by_district(eve) == {"bcq": Share(1, 2), NOWHERE: Share(1, 1)}
    assert served_by_group(eve) == {city.units["fwz1"].pk: 2}
    assert served_share(Wanted(on=dt.date(2025, 1, 1))) == Share(0, 0)
    assert two.pk in set(find_enterprises(Wanted(on=DAY, served=False)).values_list("pk", flat=True))


def test_coverage_page_shows_shares_and_lists_the_gaps(city: City, signed):
    firm(city, 1, district="bcq")
    office = city.unit("zjj-k1", "office", "市住建局办公室", parent=city.units["zjj"])
    client = signed("工委甲")

    page = client.get("/coverage/")

    assert "50.0% 1 / 2" in text(page)
    assert "还有 1 家没有服务小组" in text(page)
    assert "还有 1 个科室没有党支部" in text(page)
    assert "市住建局办公室 市住房和建设局 没有党支部" in text(page)
    assert "第1家有限公司" in text(client.get(page.context["total"].gap))
    branch = city.unit("zjj-z1", "branch", "第一党支部", tree="party")
    ends = [("organisation", branch.pk), ("organisation", office.pk)]
    domain.relate("party-branch-of", from_=ends[0], to=ends[1], actor=ACTOR, at=FOUNDED)
    assert office_share(DAY) == Share(1, 1)
    assert "每个科室都有党支部。" in text(client.get("/coverage/"))
    assert "第一党支部" in text(client.get("/coverage/?offices=with"))


def test_hundred_per_cent_is_said_only_of_all(city: City):
    told = [ShareCell(Share(*two), "", "").percent for two in ((9999, 10000), (1, 9999), (0, 3), (3, 3))]

    assert told == ["99.9%", "0.1%", "0.0%", "100.0%"]


@pytest.mark.parametrize(
    "path",
    [
        "/organisations/?on=2020-01-01",
        "/enterprises/?on=2020-01-01",
        "/enterprises/?q=没有",
        "/coverage/?on=2020-01-01",
        "/organisations/?q=没有",
    ],
)
def test_empty_list_says_what_would_be_there(city: City, signed, path: str):
    answer = signed("工委甲").get(path)

    assert answer.status_code == 200
    assert 'class="empty"' in answer.content.decode()


def sit(city: City, unit: str, post: str, name: str) -> None:
    """Somebody in a post of a unit, without an account."""
    seat = domain.create_post(city.units[unit], kind=post, actor=ACTOR, at=FOUNDED)
    domain.appoint(
        seat, person=domain.create_person(name=name, actor=ACTOR, at=FOUNDED), actor=ACTOR, at=FOUNDED
    )


def grow(city: City, *numbers: int) -> None:
    """One more of everything a page lists, for each number."""
    unit = city.units["fwz1"]
    for number in numbers:
        serve(city, firm(city, number, district="bcq"))
        city.unit(f"k{number}", "office", f"第{number}科", parent=city.units["zjj"])
        sit(city, f"k{number}", "section-head", f"科长{number}")
        city.unit(f"zx{number}", "service-group", f"专项{number}组", parent=unit)
        sit(city, f"zx{number}", "steward", f"管家{number}")


# How many statements


@pytest.mark.parametrize("name", ["organisations", "organisation", "enterprises", "enterprise", "coverage"])
def test_statements_do_not_grow_with_what_is_listed(
    city: City, signed, name: str, django_assert_max_num_queries
):
    client = signed("工委甲")
    unit = city.units["fwz1"]
    page = {
        "organisation": address(unit),
        "enterprise": reverse("enterprise", args=[city.units["enterprise"].pk]),
        "organisations": "/organisations/?tree=government",
    }.get(name) or reverse(name)
    grow(city, 1)
    with django_assert_max_num_queries(40) as one:
        client.get(page)
    grow(city, 2, 3)
    with django_assert_max_num_queries(40) as three:
        client.get(page)

    assert len(three.captured_queries) == len(one.captured_queries)


def test_directory_is_read_in_fixed_numbers_of_statements(city: City, django_assert_num_queries):
    unit = city.units["fwz1"]
    with remembering():
        leaders_on({unit.pk: unit.kind}, DAY)
        seats_of(unit, DAY)
        with django_assert_num_queries(1):
            leaders_on({unit.pk: unit.kind}, DAY)
        with django_assert_num_queries(2):
            seats_of(unit, DAY)
        with django_assert_num_queries(3):
            edges_of(unit, DAY, 10)


@pytest.mark.parametrize("name", ["organisations", "enterprises"])
def test_search_field_has_one_type(city: City, signed, name: str) -> None:
    page = signed("环境经办").get(reverse(name)).content.decode()

    [field] = re.findall(r'<input[^>]*name="q"[^>]*id="id_q"[^>]*>', page)
    assert re.findall(r'type="(\w+)"', field) == ["search"]
