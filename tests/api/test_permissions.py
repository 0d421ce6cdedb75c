"""Who may do what: every operation of the description, by scope and by role, against what the page would do.

An operation that is not in the table fails `test_every_operation_is_in_the_table`: say there what it asks and who may.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.test import Client

from ronghe.api.urls import api, urlpatterns
from ronghe.casework.domain import follow_code_of
from ronghe.casework.models import Case
from ronghe.organisations.domain import TOKEN_SCOPES
from ronghe.organisations.models import Account
from ronghe.www.access import PUBLIC, TOKEN, rule_of
from tests.api.conftest import Api, api_for, message
from tests.city import City
from tests.www.desk_cases import do, file_message, file_petition

pytestmark = [pytest.mark.page, pytest.mark.django_db]

EVERYBODY = ("工委甲", "分办甲", "环境局长", "环境经办", "住建局长", "住建经办", "管家甲", "外部系统")
SEES = ("工委甲", "分办甲", "住建局长", "住建经办")
OFFICERS = ("住建局长", "住建经办")


@dataclass(frozen=True)
class Expected:
    """An operation: its scopes, what it is asked with, and who gets further than being refused.

    `sees`: who may know of the case at all; everybody else reads 404. `may`: who does not read 403 then.
    """

    scopes: tuple[str, ...]
    path: str
    body: dict[str, Any] | None = None
    sees: tuple[str, ...] = SEES
    may: tuple[str, ...] = OFFICERS


CASE, STEP, REQUEST = "/cases/{number}", "/cases/{number}/steps/{step}", "/requests/{number}"
REASON, DESK = {"note": "理由"}, ("desk",)
TABLE: dict[str, Expected] = {
    "listProcedures": Expected(("cases.write", "requests"), "/procedures", None, EVERYBODY, EVERYBODY),
    "listCases": Expected(("cases.read",), "/cases", None, EVERYBODY, EVERYBODY),
    "createCase": Expected(("cases.write",), "/cases", message(), EVERYBODY, ("分办甲", "管家甲")),
    "getCase": Expected(("cases.read",), CASE, None, SEES, SEES),
    "getTimeline": Expected(("cases.read",), f"{CASE}/timeline", None, SEES, SEES),
    "listReplies": Expected(("cases.read",), f"{CASE}/replies", None, SEES, SEES),
    "getFile": Expected(("cases.read",), f"{CASE}/files/1", None, (), ()),
    "attachFile": Expected(("cases.write",), f"{CASE}/files", {"file": "x"}),
    "completeStep": Expected(DESK, STEP, {"outcome": "ready"}),
    "assignStep": Expected(DESK, f"{STEP}/assign", {"person": 1}),
    "pauseCase": Expected(DESK, f"{STEP}/pause", {"ground": "supplement"}),
    "askSupplement": Expected(DESK, f"{STEP}/ask", {"question": "请补充"}),
    "extendCase": Expected(DESK, f"{STEP}/extend", {"amount": 1, **REASON}, SEES, ("住建局长",)),
    "askExtension": Expected(DESK, f"{STEP}/ask-extension", {"amount": 1, **REASON}, SEES, ("住建经办",)),
    "settleExtension": Expected(DESK, f"{CASE}/settle-extension", {"approve": True}, SEES, ()),
    "resumeCase": Expected(DESK, f"{CASE}/resume", {}, SEES, ()),
    "addNote": Expected(DESK, f"{CASE}/notes", {"text": "备注"}),
    "explainCase": Expected(DESK, f"{CASE}/explain", {"text": "说明"}, SEES, ()),
    "urgeCase": Expected(DESK, f"{CASE}/urge", {}, SEES, ("工委甲", "住建局长")),
    "superviseCase": Expected(DESK, f"{CASE}/supervise", REASON, SEES, ("工委甲",)),
    "mergeCase": Expected(DESK, f"{CASE}/merge", {"into": "LY0000-000000"}, SEES, ("分办甲", *OFFICERS)),
    "splitCase": Expected(DESK, f"{CASE}/split", {}, SEES, ()),
    "splitOff": Expected(DESK, f"{CASE}/split-off", {"detail": "另一件事。"}),
    "listRatings": Expected(("cases.read",), f"{CASE}/ratings", None, SEES, SEES),
    "appealRating": Expected(DESK, f"{CASE}/ratings/1/appeal", {"reason": "与事实不符。"}, (), ()),
    "revealIdentity": Expected(("reveal",), f"{CASE}/reveal", {"reason": "电话核实内容"}, SEES, ()),
    "claimLane": Expected(DESK, f"{CASE}/claim", {"unit": "zjj"}, SEES, ()),
    "closeCall": Expected(DESK, f"{CASE}/close-call", {}, SEES, ()),
    "fileRequest": Expected(("requests",), "/requests", message(), EVERYBODY, EVERYBODY),
    "getRequest": Expected(("requests",), REQUEST, None, EVERYBODY, EVERYBODY),
    "getRequestTimeline": Expected(("requests",), f"{REQUEST}/timeline", None, EVERYBODY, EVERYBODY),
    "getRequestFile": Expected(("requests",), f"{REQUEST}/files/1", None, (), ()),
    "attachRequestFile": Expected(("requests",), f"{REQUEST}/files", {"file": "x"}, EVERYBODY, EVERYBODY),
    "addRequestNote": Expected(("requests",), f"{REQUEST}/notes", {"text": "补充"}, EVERYBODY, EVERYBODY),
    "answerQuestion": Expected(
        ("requests",),
        f"{REQUEST}/supplement",
        {"text": "补充"},
        EVERYBODY,
        tuple(one for one in EVERYBODY if one not in {"分办甲", *OFFICERS}),
    ),
    "withdrawRequest": Expected(("requests",), f"{REQUEST}/withdraw", {}, EVERYBODY, EVERYBODY),
    "getRatingForm": Expected(("requests",), f"{REQUEST}/rating", None, EVERYBODY, EVERYBODY),
    "rateRequest": Expected(
        ("requests",),
        f"{REQUEST}/rating",
        {"values": {"grade": "satisfied"}},
        EVERYBODY,
        tuple(one for one in EVERYBODY if one not in {"分办甲", *OFFICERS}),
    ),
}


PLAN = {"kind": "tree-planting", "organisers": ["zjj"], "begins_at": "2030-03-05T15:00:00+08:00"}
HELD = {**PLAN, "begins_at": "2026-03-05T15:00:00+08:00"}
TABLE |= {
    "getComplaintForm": Expected(("requests",), f"{REQUEST}/complaint", None, EVERYBODY, EVERYBODY),
    "complainRequest": Expected(("requests",), f"{REQUEST}/complaint", {"values": {}}, EVERYBODY, EVERYBODY),
    "listActivityKinds": Expected(
        ("activities.read", "activities.write"), "/activity-kinds", None, EVERYBODY, EVERYBODY
    ),
    "listActivityMembers": Expected(("activities.write",), "/activity-members?unit=zjj", None, EVERYBODY, ()),
    "listActivities": Expected(("activities.read",), "/activities", None, EVERYBODY, EVERYBODY),
    "getActivity": Expected(("activities.read",), "/activities/1", None, (), ()),
    "planActivity": Expected(("activities.write",), "/activities/plans", PLAN, EVERYBODY, OFFICERS),
    "recordActivity": Expected(("activities.write",), "/activities", HELD, EVERYBODY, OFFICERS),
    "holdActivity": Expected(
        ("activities.write",),
        "/activities/1/hold",
        {name: said for name, said in HELD.items() if name != "kind"},
        (),
        (),
    ),
    "changeActivity": Expected(("activities.write",), "/activities/1/change", {"people": 3}, (), ()),
    "cancelActivity": Expected(("activities.write",), "/activities/1/cancel", {"ground": "dropped"}, (), ()),
}


@cache
def operations() -> dict[str, tuple[str, str]]:
    """operationId → (method, path), of the whole description."""
    paths = json.loads(api.description_json())["paths"]
    return {
        operation["operationId"]: (method, path)
        for path, methods in paths.items()
        for method, operation in methods.items()
    }


def test_every_operation_is_in_the_table() -> None:
    assert sorted(operations()) == sorted(TABLE)


@pytest.fixture(scope="module")
def apis(city: City, django_db_blocker: Any) -> dict[str, Api]:
    with django_db_blocker.unblock():
        outside = Account.objects.create_account("outside-system", "a-long-test-password")
        return {name: api_for(city.accounts.get(name) or outside) for name in EVERYBODY}


@pytest.fixture(scope="module")
def narrow(city: City, django_db_blocker: Any) -> dict[str, Api]:
    """For each scope a token that has it and one that has all others (`-scope`)."""
    head = city.accounts["住建局长"]
    with django_db_blocker.unblock():
        return {scope: api_for(head, scope) for scope in TOKEN_SCOPES} | {
            f"-{scope}": api_for(head, *(one for one in TOKEN_SCOPES if one != scope))
            for scope in TOKEN_SCOPES
        }


@pytest.fixture(scope="module")
def case(city: City, django_db_blocker: Any) -> Case:
    """A resident's message that 住建局 works on."""
    with django_db_blocker.unblock():
        found = file_message(city)
        do(city, "分办甲", found, 1, "transfer", to=city.units["zjj"])
        return do(city, "住建经办", Case.objects.get(pk=found.pk), 2, "accept")


@pytest.fixture(scope="module")
def petition(city: City, django_db_blocker: Any) -> Case:
    with django_db_blocker.unblock():
        return file_petition(city)


def ask(api: Api, name: str, case: Case) -> Any:
    """The operation asked as the table says; nothing it does is kept."""
    expected, (method, _path) = TABLE[name], operations()[name]
    step = case.steps.get(done_at=None).no
    path = expected.path.format(number=case.number, step=step)
    assert case.submission is not None
    headers = {"Follow-Code": follow_code_of(case.submission)} if path.startswith("/requests/") else {}
    with transaction.atomic():
        if method == "get":
            answer = api.get(path, headers=headers)
        elif expected.body and "file" in expected.body:
            answer = api.send(path, {"file": SimpleUploadedFile("说明.txt", b"text")}, headers=headers)
        else:
            answer = api.post(path, expected.body, headers=headers)
        transaction.set_rollback(True)
    return answer


@pytest.mark.parametrize("name", TABLE)
def test_scopes(narrow: dict[str, Api], case: Case, name: str) -> None:
    expected = TABLE[name]

    for scope in expected.scopes:
        answer = ask(narrow[scope], name, case)
        assert answer.status_code in {200, 201} or answer.json()["code"] != "scope-missing"
    refused = [ask(narrow[scope], name, case) for scope in ("calendar", "hooks")]
    if len(expected.scopes) == 1:
        refused.append(ask(narrow[f"-{expected.scopes[0]}"], name, case))
    for answer in refused:
        assert (answer.status_code, answer.json()["code"]) == (403, "scope-missing")
        assert answer.json()["scopes"] == list(expected.scopes)


@pytest.mark.parametrize("name", TABLE)
def test_roles(apis: dict[str, Api], case: Case, name: str) -> None:
    expected = TABLE[name]

    found = {who: ask(api, name, case) for who, api in apis.items()}

    met = {who: answer.status_code for who, answer in found.items()}
    assert {who for who, status in met.items() if status != 404} == set(expected.sees), met
    assert {who for who in expected.sees if met[who] != 403} == set(expected.may), met
    assert not [status for status in met.values() if status >= 500]


@pytest.mark.parametrize("name", [name for name, one in TABLE.items() if one.path.startswith("/cases/")])
def test_the_unit_complained_of_meets_nothing(apis: dict[str, Api], petition: Case, name: str) -> None:
    for who in ("环境局长", "环境经办"):
        hidden = ask(apis[who], name, petition)
        assert hidden.status_code == 404
        assert petition.number not in hidden.content.decode()


def test_without_a_token_every_operation_is_shut(case: Case) -> None:
    for method, path in operations().values():
        filled = path.replace("{number}", case.number).replace("{step}", "1").replace("{no}", "1")
        filled = filled.replace("{rating}", "1").replace("{activity}", "1")
        answer = getattr(Client(), method)(filled)
        assert (answer.status_code, answer.json()["code"]) == (401, "no-token"), path


def test_every_address_declares_its_rule() -> None:
    rules = {pattern.name: rule_of(pattern.callback) for pattern in urlpatterns}
    assert {name for name, declared in rules.items() if declared is PUBLIC} == {
        "api-description",
        "api-root",
        "api-nothing",
    }
    assert set(rules.values()) == {PUBLIC, TOKEN}
