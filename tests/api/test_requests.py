"""Requesters through another system: filing, following, adding, answering, rating."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from ronghe.casework.domain import follow_code_of
from ronghe.casework.models import Case
from ronghe.judgements.models import Judgement
from ronghe.organisations.models import Account
from tests.api.conftest import Api, api_for, message
from tests.city import City
from tests.www.desk_cases import answered, do, file_message, file_petition

pytestmark = [pytest.mark.page, pytest.mark.django_db]

PHOTO = b"\xff\xd8\xff\xe0photo"


@pytest.fixture
def outside(city: City) -> Api:
    """The system of a mobile application: an account nobody sits behind."""
    return api_for(Account.objects.create_account("mobile-app", "a-long-test-password"), "requests")


def code_of(case: Case) -> dict[str, str]:
    assert case.submission is not None
    return {"Follow-Code": follow_code_of(case.submission)}


def ask(api: Api, case: Case, part: str = "") -> Any:
    return api.get(f"/requests/{case.number}{part}", headers=code_of(case))


def send(api: Api, case: Case, part: str, **body: Any) -> Any:
    return api.post(f"/requests/{case.number}/{part}", body, headers=code_of(case))


def closed(city: City, case: Case) -> Case:
    """Answered by 住建局."""
    do(city, "分办甲", case, 1, "transfer", to=city.units["zjj"])
    for outcome in ("accept", "ready"):
        case = Case.objects.get(pk=case.pk)
        do(city, "住建经办", case, case.steps.get(done_at=None).no, outcome)
    return answered(
        city, Case.objects.get(pk=case.pk), "路灯已经修好。", writer="住建经办", checker="住建局长"
    )


def test_filed_and_followed_with_number_and_code(outside: Api) -> None:
    filed = outside.post("/requests", message(contact={"name": "赵秀兰", "phone": "13911112222"}))

    assert filed.status_code == 201, filed.content.decode()
    receipt = filed.json()
    shown = outside.get(
        f"/requests/{receipt['number']}", headers={"Follow-Code": receipt["follow_code"]}
    ).json()
    assert shown["where"] == "正在确定由哪个单位办理。"
    assert shown["due"] == receipt["due"]
    case = Case.objects.get(number=receipt["number"])
    assert (case.opener, case.channel) == (f"requester:{case.pk}", "web")


def test_a_wrong_code_opens_nothing_and_is_counted(city: City, outside: Api) -> None:
    case = file_message(city)
    wrong = {"Follow-Code": "AAAA2222"}

    tries = [outside.get(f"/requests/{case.number}", headers=wrong) for _ in range(6)]
    tries += [outside.post(f"/requests/{case.number}/notes", {"text": "x"}, headers=wrong) for _ in range(5)]

    assert [one.status_code for one in tries[:10]] == [404] * 10
    assert {one.json()["code"] for one in tries[:10]} == {"follow-wrong"}
    slowed = outside.get(f"/requests/{case.number}", headers=wrong)
    assert slowed.status_code == 429
    assert int(slowed["Retry-After"]) <= 60


def test_words_files_and_a_withdrawal(city: City, outside: Api) -> None:
    case = file_message(city)

    assert send(outside, case, "notes", text="昨晚又黑了。").status_code == 200
    kept = outside.send(
        f"/requests/{case.number}/files",
        {"file": SimpleUploadedFile("路灯.jpg", PHOTO, "image/jpeg")},
        headers=code_of(case),
    )
    assert kept.status_code == 201, kept.content.decode()
    fetched = outside.get(kept.json()["file"]["url"].removeprefix("/api/v1"), headers=code_of(case))
    assert b"".join(fetched.streaming_content) == PHOTO
    told = ask(outside, case, "/timeline").json()
    assert [line["text"] for line in told["items"] if line["kind"] == "case.noted"] == ["昨晚又黑了。"]
    assert [file["name"] for file in told["files"]] == ["路灯.jpg"]
    assert send(outside, case, "withdraw", reason="修好了").json()["state"] == "withdrawn"


def test_a_question_is_answered(city: City, outside: Api) -> None:
    case = file_message(city)
    early = send(outside, case, "supplement", text="先说一句")
    do(city, "分办甲", case, 1, "transfer", to=city.units["zjj"])
    do(city, "住建经办", Case.objects.get(pk=case.pk), 2, "accept")
    asked = api_for(city.accounts["住建经办"]).post(
        f"/cases/{case.number}/steps/3/ask", {"question": "是哪一盏？"}
    )
    assert asked.status_code == 200, asked.content.decode()

    assert early.json()["code"] == "not-asked"
    assert ask(outside, case).json()["question"]["text"] == "是哪一盏？"
    own = send(api_for(city.accounts["住建经办"]), case, "supplement", text="我替他答")
    assert (own.status_code, own.json()["code"]) == (403, "own-work")
    assert send(outside, case, "supplement", text="3 号楼前那盏。").json()["question"] is None


def test_rated_once_and_never_by_who_works_on_it(city: City, outside: Api) -> None:
    case = file_message(city)
    assert ask(outside, case, "/rating").json()["rating"] == "over"
    case = closed(city, case)
    form = ask(outside, case, "/rating").json()
    grades = next(field for field in form["form"] if field["code"] == "grade")["options"]

    own = send(api_for(city.accounts["住建经办"]), case, "rating", values={"grade": grades[0]["code"]})
    wrong = send(outside, case, "rating", values={"grade": "splendid"})
    given = send(outside, case, "rating", values={"grade": grades[0]["code"]})
    twice = send(outside, case, "rating", values={"grade": grades[0]["code"]})

    assert form["rating"] == "open"
    assert (own.status_code, own.json()["code"]) == (403, "own-work")
    assert (wrong.status_code, list(wrong.json()["errors"])) == (422, ["values.grade"])
    assert (given.status_code, given.json()["is_reopened"]) == (201, False)
    assert (twice.status_code, twice.json()["code"]) == (409, "rated-before")
    assert Judgement.objects.filter(subject_id=case.pk).count() == 1


def test_a_bad_rating_has_the_case_done_again(city: City, outside: Api) -> None:
    case = closed(city, file_message(city))
    form = {field["code"]: field for field in ask(outside, case, "/rating").json()["form"]}
    worst, reason = form["grade"]["options"][-1]["code"], form["reasons"]["options"][0]["code"]

    given = send(outside, case, "rating", values={"grade": worst, "reasons": [reason]})

    assert given.json()["is_reopened"], given.content.decode()
    assert ask(outside, case).json()["state"] == "open"


def test_the_public_view_names_no_officer(city: City, outside: Api) -> None:
    case = closed(city, file_message(city))

    said = ask(outside, case).content.decode() + ask(outside, case, "/timeline").content.decode()

    assert "路灯已经修好。" in said
    assert not [name for name in city.people if name in said]


def test_only_what_the_public_may_file(city: City, outside: Api) -> None:
    staff = outside.post("/requests", {"procedure": "deed", "values": {}})
    nothing = outside.post("/requests", {"procedure": "no-such", "values": {}})
    kinds = {one["code"] for one in outside.get("/procedures").json()["items"]}

    assert (staff.status_code, list(staff.json()["errors"])) == (422, ["procedure"])
    assert (nothing.status_code, list(nothing.json()["errors"])) == (422, ["procedure"])
    assert "resident-message" in kinds
    assert "deed" not in kinds


def test_a_petition_is_filed_about_a_unit_that_never_sees_it(city: City, outside: Api) -> None:
    template = file_petition(city)

    filed = outside.post(
        "/requests", {"procedure": "petition", "values": template.values, "about_unit": "sthjj"}
    )

    assert filed.status_code == 201, filed.content.decode()
    number = filed.json()["number"]
    assert Case.objects.get(number=number).about_unit == city.units["sthjj"]
    assert api_for(city.accounts["环境经办"]).get(f"/cases/{number}").status_code == 404
