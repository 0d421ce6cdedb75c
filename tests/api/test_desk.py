"""The desk's acts through the API: a case goes from its filing to its answer, and beside the way."""

from __future__ import annotations

from typing import Any

import pytest
from django.utils import timezone

from ronghe.casework.models import Case
from ronghe.ledger.models import Entry
from ronghe.organisations.models import Account
from tests.api.conftest import Api, api_for, message
from tests.city import City
from tests.www.desk_cases import file, file_message, file_petition, file_request

pytestmark = [pytest.mark.page, pytest.mark.django_db]

PARTS = {"handling": "路灯已经修好。", "opinion": "今后每月巡查一次。"}


@pytest.fixture
def desk(city: City) -> dict[str, Api]:
    return {name: api_for(account) for name, account in city.accounts.items()}


def do(api: Api, case: Case | str, act: str, status: int = 200, **body: Any) -> Any:
    number = case if isinstance(case, str) else case.number
    response = api.post(f"/cases/{number}/{act}", body)
    assert response.status_code == status, response.content.decode()
    return response.json()


def step_of(case: Case) -> int:
    return int(case.steps.get(done_at=None).no)


def finish(api: Api, case: Case, outcome: str, status: int = 200, **body: Any) -> Any:
    return do(api, case, f"steps/{step_of(case)}", status, outcome=outcome, **body)


def handled(desk: dict[str, Api], case: Case) -> Case:
    """The case accepted by 住建局."""
    finish(desk["分办甲"], case, "transfer", to="zjj")
    finish(desk["住建经办"], case, "accept")
    case.refresh_from_db()
    return case


def test_a_case_is_handed_on_accepted_answered_and_checked(city: City, desk: dict[str, Api]) -> None:
    case = file_message(city)

    handed = finish(desk["分办甲"], case, "transfer", to="zjj", note="请住建局办。")
    finish(desk["住建经办"], case, "accept")
    finish(desk["住建经办"], case, "ready")
    promise = {"text": "每月巡查", "due": f"{timezone.localdate().year + 1}-06-30"}
    finish(desk["住建经办"], case, "submit", parts=PARTS, promises=[promise])
    same = finish(desk["住建经办"], case, "send", 403)
    ended = finish(desk["住建局长"], case, "send")

    assert handed["unit"] == {"code": "zjj", "name": "市住房和建设局"}
    assert same["code"] == "not-yours"
    assert (ended["state"], ended["revision"]) == ("closed", Case.objects.get(pk=case.pk).revision)
    [reply] = desk["住建局长"].get(f"/cases/{case.number}/replies").json()["items"]
    assert "路灯已经修好。" in reply["text"]
    assert reply["promises"] == [promise]
    assert set(
        Entry.objects.filter(subject_type="case", subject_id=case.pk, seq__gt=2).values_list(
            "origin", flat=True
        )
    ) == {"api"}


def test_what_is_offered_can_be_done_and_nothing_else(city: City, desk: dict[str, Api]) -> None:
    case = handled(desk, file_message(city))
    offered = desk["住建经办"].get(f"/cases/{case.number}").json()["offered"]

    assert [step["code"] for step in offered["steps"]] == ["handle"]
    assert {choice["outcome"] for choice in offered["steps"][0]["choices"]} == {"ready", "return"}
    assert offered["steps"][0]["pauses"] == [{"title": "补充材料", "text": "supplement"}]
    assert offered["acts"] == ["files", "merge", "notes", "split-off"]
    assert finish(desk["住建经办"], case, "declined", 422)["errors"].keys() == {"outcome"}
    for act in ("explain", "resume", "close-call"):
        body = {"text": "说明"} if act == "explain" else {}
        assert do(desk["住建经办"], case, act, 403, **body)["code"] == "not-yours"


def test_a_stale_revision_changes_nothing_and_tells_the_present_one(city: City, desk: dict[str, Api]) -> None:
    case = file_message(city)
    seen = case.revision
    finish(desk["分办甲"], case, "transfer", to="zjj")
    now = Case.objects.get(pk=case.pk).revision

    by_field = finish(desk["住建经办"], case, "accept", 409, revision=seen)
    by_header = desk["住建经办"].post(
        f"/cases/{case.number}/steps/{step_of(case)}",
        {"outcome": "accept"},
        headers={"If-Match": f'"{seen}"'},
    )

    assert (by_field["code"], by_field["revision"]) == ("stale-revision", now)
    assert (by_header.status_code, by_header.json()["revision"]) == (409, now)
    assert Case.objects.get(pk=case.pk).revision == now
    assert finish(desk["住建经办"], case, "accept", revision=now)["revision"] > now


def test_the_clock_is_paused_resumed_and_lengthened(city: City, desk: dict[str, Api]) -> None:
    case = handled(desk, file_message(city))
    step, due = step_of(case), case.due
    officer, head = desk["住建经办"], desk["住建局长"]

    do(officer, case, f"steps/{step}/pause", ground="supplement", note="等材料")
    assert desk["住建经办"].get(f"/cases/{case.number}").json()["light"] == "paused"
    do(officer, case, "resume")
    do(officer, case, f"steps/{step}/pause", 422, ground="weather")
    do(officer, case, f"steps/{step}/extend", 403, amount=2, note="要采购")
    do(officer, case, f"steps/{step}/ask-extension", amount=2, note="要采购")
    do(officer, case, "settle-extension", 403, approve=True)
    settled = do(head, case, "settle-extension", approve=True)
    case.refresh_from_db()

    assert due is not None
    assert case.due is not None
    assert case.due > due
    assert settled["due"] == timezone.localtime(case.due).isoformat(timespec="seconds")
    assert do(head, case, f"steps/{step}/extend", 409, amount=2, note="再延")["code"] == "extended-before"


def test_the_requester_is_asked_only_where_they_can_be_reached(city: City, desk: dict[str, Api]) -> None:
    case = handled(desk, file_message(city))
    silent = handled(desk, file("resident-message", {"detail": "楼道堆物。"}))

    do(desk["住建经办"], case, f"steps/{step_of(case)}/ask", question="请补一张照片。")
    told = do(desk["住建经办"], silent, f"steps/{step_of(silent)}/ask", 409, question="请补一张照片。")

    case.refresh_from_db()
    assert case.paused_at is not None
    assert told["code"] == "no-contact"


def test_a_step_is_assigned_within_the_unit(city: City, desk: dict[str, Api]) -> None:
    case = handled(desk, file_message(city))
    api, path = desk["住建局长"], f"steps/{step_of(case)}/assign"
    officers = api.get(f"/cases/{case.number}").json()["offered"]["steps"][0]["officers"]
    chosen = next(one for one in officers if one["name"] == "住建经办")

    do(api, case, path, person=chosen["id"])
    other = do(api, case, path, 422, person=city.people["环境经办"].pk)

    assert case.steps.get(done_at=None).assignee == city.people["住建经办"]
    assert other["errors"].keys() == {"person"}


def test_urging_explaining_and_remarks(city: City, desk: dict[str, Api]) -> None:
    case = handled(desk, file_message(city))

    do(desk["工委甲"], case, "urge", note="请抓紧。")
    do(desk["工委甲"], case, "supervise", 422)
    do(desk["工委甲"], case, "supervise", note="本周办结。")
    do(desk["住建经办"], case, "supervise", 403, note="不该有")
    do(desk["住建经办"], case, "explain", text="周五办完。")
    do(desk["住建经办"], case, "notes", text="已联系施工单位。")
    do(desk["工委甲"], case, "notes", 403, text="不是我办的")

    kinds = [line["kind"] for line in desk["工委甲"].get(f"/cases/{case.number}/timeline").json()["items"]]
    assert kinds[-4:] == ["case.urged", "case.urged", "case.explained", "case.noted"]


def test_merged_split_and_split_off(city: City, desk: dict[str, Api]) -> None:
    main, case = handled(desk, file_message(city)), handled(desk, file_message(city, "路灯又坏了。"))
    hidden = file_request(city)
    officer = desk["住建经办"]

    do(officer, case, "merge", 422, into=hidden.number)
    do(officer, case, "merge", into=main.number)
    assert officer.get(f"/cases/{case.number}").json()["merged_into"] == main.number
    do(officer, case, "split", note="不是一回事")
    made = do(officer, case, "split-off", detail="另外井盖也坏了。")

    assert Case.objects.get(number=made["new_number"]).related == case


def test_several_units_assist(city: City, desk: dict[str, Api]) -> None:
    case = file_request(city)
    finish(desk["环境经办"], case, "accept")

    lacking = finish(desk["环境经办"], case, "joint", 422)
    unknown = finish(desk["环境经办"], case, "joint", 422, co_handlers=["no-such-unit"])
    finish(desk["环境经办"], case, "joint", co_handlers=["zjj"])

    assert lacking["code"] == "co-handlers-missing"
    assert unknown["errors"].keys() == {"co_handlers"}
    assert case.steps.get(done_at=None).holder == city.units["zjj"]


def test_a_call_is_answered_closed_and_decided(city: City, desk: dict[str, Api]) -> None:
    values = {
        "detail": "攻克一项工艺。",
        "target": "良率九成。",
        "finish": f"{timezone.localdate().year + 1}-06-30",
    }
    actor = f"person:{city.people['住建经办'].pk}"
    case = file("open-task", values, timezone.now(), actor=actor, responsible=city.units["zjj"])
    officer, committee = desk["住建经办"], desk["工委甲"]

    finish(officer, case, "done")
    assert do(officer, case, "claim", 403, unit="zjj", values={"plan": "自己揭"})["code"] == "not-yours"
    assert do(committee, case, "claim", 403, unit="szgw", values={"plan": "不面向"})["code"] == "not-yours"
    do(officer, case, "close-call")

    case.refresh_from_db()
    assert case.call_until is None or case.state == "closed"


def test_whoever_is_complained_of_meets_nothing_at_all(city: City, desk: dict[str, Api]) -> None:
    case = file_petition(city)

    for name in ("环境经办", "环境局长"):
        assert desk[name].get(f"/cases/{case.number}").status_code == 404
        assert desk[name].get("/cases", query={"q": case.number}).json()["items"] == []
        for act in ("urge", "merge", "notes", "explain", f"steps/{step_of(case)}"):
            body = (
                {"into": "LY2026-000001"}
                if act == "merge"
                else {"text": "x"}
                if act in {"notes", "explain"}
                else {}
            )
            body = {"outcome": "accept"} if act.startswith("steps") else body
            assert do(desk[name], case, act, 404, **body)["code"] == "not-found"


def test_a_protected_identity_is_covered_in_every_answer(city: City, desk: dict[str, Api]) -> None:
    case = file_petition(city)

    for part in ("", "/timeline", "/replies"):
        said = desk["分办甲"].get(f"/cases/{case.number}{part}").content.decode()
        assert "钱守信" not in said
        assert "13712345678" not in said
    shown = desk["分办甲"].get(f"/cases/{case.number}").json()["requester"]
    assert shown["is_masked"]


def test_an_account_without_a_person_does_nothing(city: City, desk: dict[str, Api]) -> None:
    case = file_message(city)
    nobody = Account.objects.create_account("outside-system", "a-long-test-password")
    api = api_for(nobody)

    assert api.get("/cases").json()["items"] == []
    assert do(api, case, "urge", 404)["code"] == "not-found"
    assert api.post("/cases", message()).json()["code"] == "no-person"
