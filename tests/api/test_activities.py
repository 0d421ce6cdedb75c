"""Activities by the API: as on the pages, done once, and by key; complaints, objections and identities beside them."""

from __future__ import annotations

import base64
import datetime as dt
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from ronghe.activities.domain import By, Told, record
from ronghe.activities.models import Activity
from ronghe.definitions import queries as definitions
from ronghe.ledger.models import Entry
from ronghe.organisations.queries import powers_of
from tests.api.conftest import Api, api_for
from tests.city import City, moment

pytestmark = [pytest.mark.page, pytest.mark.both, pytest.mark.django_db]
NOW = moment("2026-03-06 09:00")
BEGAN = "2026-03-05T15:00:00+08:00"
MEETING = {
    "kind": "theme-day",
    "organisers": ["zb1"],
    "begins_at": BEGAN,
    "place": "园区",
    "values": {"theme": "进园区访企业"},
    "quantities": {"answered": 14},
    "about": [],
    "people": 12,
    "others": [{"unit": "zjj", "count": 3}],
}


def held(city: City, unit: str, name: str, code: str = "tree-planting", **more: Any) -> Activity:
    """One that was recorded."""
    account = city.accounts[name]
    by = By(f"person:{account.person_id}", NOW, powers_of(account, NOW.date()))
    told = Told(organisers=[city.units[unit]], begins_at=moment("2026-03-05 15:00"), **more)
    return record(definitions.get("activity", code, NOW.date()), by, told)


@pytest.fixture
def secretary(party_city: City) -> Api:
    return api_for(party_city.accounts["支书甲"])


def test_the_kinds_say_for_whom_and_what_is_asked(secretary: Api) -> None:
    told = secretary.get("/activity-kinds").json()
    kind = next(one for one in told["items"] if one["code"] == "theme-day")

    assert {"code": "zb1", "name": "市生态环境局第一党支部"} in told["units"]
    assert "theme" in [field["code"] for field in kind["form"]]
    assert {"code": "answered", "title": "答疑解惑", "unit": "人次", "places": 0}.keys() == kind[
        "quantities"
    ][0].keys()


def test_one_is_recorded_once_and_told_back(secretary: Api) -> None:
    first = secretary.post("/activities", MEETING, key="m-1")
    again = secretary.post("/activities", MEETING, key="m-1")
    reused = secretary.post("/activities", {**MEETING, "people": 3}, key="m-1")
    shown = secretary.get(f"/activities/{first.json()['id']}")

    assert (first.status_code, again.status_code, again["Idempotency-Replayed"]) == (201, 201, "true")
    assert again.json() == first.json()
    assert first["Location"] == first.json()["url"]
    assert (reused.status_code, reused["Content-Type"]) == (422, "application/problem+json")
    assert Activity.objects.count() == 1
    assert Entry.objects.get(kind="activity.held").origin == "api"
    told = shown.json()
    assert shown["ETag"] == f'"{told["revision"]}"'
    assert (told["title"], told["state"], told["people"], told["values"]["theme"]) == (
        "主题党日：进园区访企业",
        "held",
        15,
        "进园区访企业",
    )
    assert told["quantities"] == [
        {"title": "答疑解惑", "whose": "", "amount": "14", "unit": told["quantities"][0]["unit"]}
    ]
    assert {"role": "参加", "title": "市住房和建设局"} in told["sides"]


def test_what_is_wrong_is_said_of_the_field_that_was_sent(secretary: Api) -> None:
    wrong = {**MEETING, "values": {}, "quantities": {"answered": "若干"}}
    told = secretary.post("/activities", wrong).json()

    assert (told["status"], told["code"]) == (422, "invalid")
    assert sorted(told["errors"]) == ["quantities.answered", "values.theme"]
    nobody = secretary.post("/activities", {**MEETING, "organisers": ["nowhere"]}).json()
    assert (nobody["status"], list(nobody["errors"])) == (422, ["organisers"])
    unknown = secretary.post("/activities", {**MEETING, "quantities": {"x": 1}}).json()
    assert list(unknown["errors"]) == ["quantities.x"]
    never = secretary.post("/activities", {**MEETING, "kind": "never"}).json()
    assert list(never["errors"]) == ["kind"]


def test_only_for_ones_own_and_what_is_hidden_is_absent(party_city: City, secretary: Api) -> None:
    other = api_for(party_city.accounts["支书乙"])
    made = secretary.post("/activities", MEETING).json()
    path = f"/activities/{made['id']}"

    assert secretary.post("/activities", {**MEETING, "organisers": ["zb2"]}).status_code == 403
    assert (other.get(path).status_code, other.get("/activities").json()["items"]) == (404, [])
    assert other.post(f"{path}/cancel", {"ground": "mistaken"}).status_code == 404
    seen = api_for(party_city.accounts["住建经办"])
    assert seen.get(path).json()["may_change"] is False
    assert seen.post(f"{path}/cancel", {"ground": "mistaken"}).status_code == 403
    assert secretary.get("/activities/99999999999999999999").status_code == 404


def test_a_plan_is_held_or_cancelled_by_who_saw_it_last(secretary: Api) -> None:
    coming = dt.datetime.now(dt.UTC) + dt.timedelta(days=3)
    plan = {**MEETING, "begins_at": coming.isoformat()}
    assert secretary.post("/activities", plan).json()["code"] == "future"
    made = secretary.post("/activities/plans", plan).json()
    path = f"/activities/{made['id']}"
    report = {"begins_at": BEGAN, "people": 11}
    stale = secretary.post(f"{path}/hold", {**report, "revision": made["revision"] + 1})
    done = secretary.post(f"{path}/hold", report, headers={"If-Match": f'"{made["revision"]}"'})
    twice = secretary.post(f"{path}/hold", report)
    early = secretary.post(f"{path}/cancel", {"ground": "postponed"})
    off = secretary.post(f"{path}/cancel", {"ground": "mistaken"})
    over = secretary.post(f"{path}/cancel", {"ground": "mistaken"})

    assert made["state"] == "planned"
    assert (early.status_code, list(early.json()["errors"])) == (422, ["ground"])
    assert (stale.status_code, stale.json()["revision"]) == (409, made["revision"])
    assert (done.status_code, done.json()["state"]) == (200, "held")
    assert (twice.status_code, twice.json()["code"]) == (409, "not-planned")
    assert (off.json()["state"], over.status_code, over.json()["code"]) == ("cancelled", 409, "cancelled")
    assert secretary.get("/activities").json()["items"] == []
    assert len(secretary.get("/activities", query={"state": "cancelled"}).json()["items"]) == 1


def test_members_are_named_by_who_keeps_their_roll(party_city: City, secretary: Api) -> None:
    people = party_city.people
    told = secretary.get("/activity-members", query={"unit": "zb1"}).json()["items"]
    ids = {one["name"]: one["id"] for one in told}
    made = secretary.post("/activities", {**MEETING, "persons": [ids["党员甲"], ids["党员乙"]]}).json()
    path = f"/activities/{made['id']}"
    foreign = secretary.post("/activities", {**MEETING, "persons": [people["党员丁"].pk], "confirmed": True})
    nobody = secretary.post("/activities", {**MEETING, "persons": [2**31 - 1], "confirmed": True})
    elsewhere = secretary.get("/activity-members", query={"unit": "zb2"})
    seen = {
        name: api_for(party_city.accounts[name]).get(path).json()["participants"]
        for name in ("支书甲", "住建经办", "工委甲")
    }

    assert sorted(ids) == sorted(["支书甲", "委员甲", "组长甲", "党员甲", "党员乙", "党员丙"])
    assert [one["name"] for one in seen["支书甲"]["persons"]] == ["党员乙", "党员甲"]
    assert {one["id"] for one in seen["支书甲"]["persons"]} == {ids["党员甲"], ids["党员乙"]}
    for name in ("住建经办", "工委甲"):
        assert (seen[name]["persons"], seen[name]["unnamed"]) == ([], 2)
    assert secretary.get(path).json()["people"] == 5  # two by name, three of another unit
    for refused in (foreign, nobody):
        assert (refused.status_code, list(refused.json()["errors"])) == (422, ["persons"])
    assert (elsewhere.status_code, "党员" in elsewhere.content.decode()) == (403, False)
    assert secretary.get("/activity-members", query={"unit": "x"}).status_code == 422
    assert secretary.get("/activity-members").status_code == 422
    assert not [one for one in Entry.objects.all() if "党员" in str(one.data)]


def test_what_is_not_sent_stays_as_it_was(party_city: City, secretary: Api) -> None:
    people = party_city.people
    joint = {
        **MEETING,
        "organisers": ["zb1", "zb2"],
        "persons": [people["党员甲"].pk],
        "about": [party_city.units["enterprise"].code],
    }
    made = secretary.post("/activities", joint).json()
    path = f"/activities/{made['id']}"
    before = secretary.get(path).json()
    other = api_for(party_city.accounts["支书乙"])
    change = {
        "place": "规划馆",
        "persons": [people["党员丁"].pk],
        "others": [{"unit": "zjj", "count": 1}] * 2,
    }
    stale = other.post(f"{path}/change", {**change, "revision": made["revision"] + 1})
    first = other.post(f"{path}/change", {**change, "revision": made["revision"]}, key="x-1")
    again = other.post(f"{path}/change", {**change, "revision": made["revision"]}, key="x-1")
    after, idle = secretary.get(path).json(), other.post(f"{path}/change", {})

    assert (stale.status_code, stale.json()["revision"]) == (409, made["revision"])
    assert (first.status_code, again.json(), again["Idempotency-Replayed"]) == (200, first.json(), "true")
    assert idle.json()["revision"] == first.json()["revision"] == after["revision"]
    assert [one["name"] for one in after["participants"]["persons"]] == ["党员甲"]
    assert after["participants"]["unnamed"] == 1
    changed = ("place", "people", "revision", "participants")
    assert {name: after[name] for name in after if name not in changed} == {
        name: before[name] for name in before if name not in changed
    }
    assert (after["place"], after["people"], after["participants"]["units"]) == (
        "规划馆",
        4,
        [{"unit": "市住房和建设局", "count": 2}],
    )
    assert Entry.objects.filter(kind="activity.changed").get().actor == f"person:{people['支书乙'].pk}"


def test_a_correction_is_refused_in_words(party_city: City, secretary: Api) -> None:
    made = secretary.post("/activities", MEETING).json()
    path = f"/activities/{made['id']}/change"
    moved = secretary.post(path, {"organisers": ["zb2"]})
    wrong = secretary.post(path, {"values": {"theme": None}, "quantities": {"answered": -1}})
    later = secretary.post(path, {"begins_at": "2099-01-01T09:00:00+08:00"})
    seen = api_for(party_city.accounts["住建经办"]).post(path, {"people": 3})
    hidden = api_for(party_city.accounts["支书乙"]).post(path, {"people": 3})
    secretary.post(f"/activities/{made['id']}/cancel", {"ground": "mistaken"})
    over = secretary.post(path, {"people": 3})

    assert (moved.status_code, list(moved.json()["errors"])) == (422, ["organisers"])
    assert sorted(wrong.json()["errors"]) == ["quantities.answered", "values.theme"]
    assert (later.status_code, later.json()["code"]) == (422, "future")
    assert (seen.status_code, hidden.status_code) == (403, 404)
    assert (over.status_code, over.json()["code"]) == (409, "cancelled")


def test_each_organisers_figures_are_its_own(party_city: City) -> None:
    head = api_for(party_city.accounts["住建局长"])
    planting = {"kind": "tree-planting", "organisers": ["sthjj", "zjj"], "begins_at": BEGAN}
    made = head.post("/activities", {**planting, "quantities": {"trees": 30}})
    path = f"/activities/{made.json()['id']}"
    api_for(party_city.accounts["环境局长"]).post(f"{path}/change", {"quantities": {"trees": 20}})

    told = head.get(path).json()["quantities"]
    assert sorted((one["whose"], one["amount"]) for one in told) == [
        ("市住房和建设局", "30"),
        ("市生态环境局", "20"),
    ]


@pytest.mark.parametrize("at", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-12:00"])
def test_a_time_no_clock_can_reckon_is_refused(secretary: Api, at: str) -> None:
    cursor = base64.urlsafe_b64encode(f'["{at}", 1]'.encode()).decode()
    answers = [
        secretary.post("/activities", {**MEETING, "begins_at": at}),
        secretary.get("/activities", query={"since": at}),
        secretary.get("/cases", query={"opened_since": at}),
        secretary.get("/activities", query={"after": cursor}),
    ]
    assert [one.status_code for one in answers] == [422] * 4
    assert {one["Content-Type"] for one in answers} == {"application/problem+json"}


def test_the_list_goes_on_by_key(secretary: Api) -> None:
    for hour in (9, 10, 10, 11):
        at = f"2026-03-05T{hour:02}:00:00+08:00"
        secretary.post("/activities", {**MEETING, "begins_at": at, "confirmed": True, "title": f"{hour} 点"})
    first = secretary.get("/activities", query={"limit": 2}).json()
    late = {**MEETING, "begins_at": "2026-03-05T12:00:00+08:00", "confirmed": True}
    secretary.post("/activities", late)
    second = secretary.get("/activities", query={"limit": 2, "after": first["after"]}).json()

    told = [one["begins_at"][11:13] for page in (first, second) for one in page["items"]]
    assert told == sorted(told, reverse=True)
    assert len({one["id"] for page in (first, second) for one in page["items"]}) == len(told)
    assert second["after"] is None
    assert secretary.get("/activities", query={"after": "x"}).status_code == 422
    assert secretary.get("/activities", query={"organiser": "x"}).status_code == 422


def test_the_list_takes_a_fixed_number_of_statements(secretary: Api) -> None:
    def asked() -> int:
        with CaptureQueriesContext(connection) as statements:
            secretary.get("/activities")
        return len(statements)

    secretary.post("/activities", MEETING)
    asked()
    one = asked()
    for hour in (9, 10):
        at = f"2026-02-0{hour - 8}T15:00:00+08:00"
        secretary.post("/activities", {**MEETING, "begins_at": at, "confirmed": True})

    assert asked() == one
