"""提诉求: said once, received once, nothing typed lost."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from ronghe.casework import domain as casework
from ronghe.casework.domain import follow_code_of
from ronghe.casework.enums import CaseState
from ronghe.casework.models import Case, Reply
from ronghe.core.creditcode import make
from ronghe.definitions import queries as definitions
from ronghe.ledger.models import Entry
from ronghe.organisations.models import Organisation
from ronghe.www.uploads import CappedUploadHandler
from tests.city import City
from tests.www.conftest import TEXT

pytestmark = [pytest.mark.page, pytest.mark.django_db]
KNOWN = make("91440300MA5F0A1B2")
UNKNOWN = make("91440300MA5F0A1B3")


@pytest.fixture(autouse=True)
def _city(city: City) -> None:
    """Every page of this file stands in the small city."""


def text(response: Any) -> str:
    return response.content.decode()


def received(response: Any) -> str:
    return text(response).split("<main", 1)[1].split("</main>", 1)[0]


def request_of(**more: object) -> dict[str, Any]:
    """An enterprise's request as its page sends it."""
    return {
        "stage": "send",
        "kind": "enterprise-request",
        "submission": str(uuid.uuid4()),
        "detail": TEXT,
        "topic": "transport",
        "credit_code": KNOWN,
        "name": "王某",
        "phone": "13800138000",
        **more,
    }


def test_first_page_offers_what_the_public_may_ask_soonest_first(client: Client):
    page = client.get("/submit/")

    assert [code for code, _ in page.context["form"].fields["kind"].choices] == [
        "enterprise-request",
        "resident-message",
        "petition",
    ]
    assert "supervision" not in text(page)


def test_first_page_without_text_or_kind_says_what_to_do(client: Client):
    page = client.post("/submit/", {"stage": "next", "text": " "})

    assert page.status_code == 422
    assert {name: list(said) for name, said in page.context["form"].errors.items()} == {
        "text": ["还没有写是什么事。请先写几句。"],
        "kind": ["请选一类。拿不准就选最接近的，选错了会有人帮您转。"],
    }


def test_unknown_kind_is_refused_and_the_text_kept(client: Client):
    page = client.post("/submit/", {"stage": "next", "text": TEXT, "kind": "no-such-kind"})

    assert page.status_code == 422
    assert "没有这一类，请从列出的里面选。" in text(page)
    assert TEXT in text(page)


@pytest.mark.parametrize("kind", ["no-such-kind", "supervision", ""])
def test_sending_an_unknown_kind_opens_nothing_and_keeps_the_text(client: Client, kind: str):
    page = client.post("/submit/", request_of(kind=kind))

    assert page.status_code == 422
    assert TEXT in text(page)
    assert Case.objects.count() == 0


def test_second_page_asks_nothing_again(client: Client):
    page = client.post("/submit/", {"stage": "next", "text": TEXT, "kind": "enterprise-request"})

    asked = page.context["page"]
    assert page.status_code == 200
    assert asked.answers["detail"].value() == TEXT
    assert [field.name for field in asked.asked] == ["detail", "topic"]
    assert 'name="text"' not in text(page)


def test_changing_the_kind_keeps_everything_typed(client: Client):
    first = client.post("/submit/", request_of(stage="again"))
    second = client.post("/submit/", {"stage": "next", "text": TEXT, "kind": "petition"})

    assert first.context["form"]["text"].value() == TEXT
    assert second.context["page"].answers["detail"].value() == TEXT


def test_request_is_received_with_number_and_code(client: Client, photo: SimpleUploadedFile):
    sent = request_of(photos=[photo])
    page = client.post("/submit/", sent, follow=True)

    case = Case.objects.get()
    assert page.redirect_chain == [(f"/submit/{sent['submission']}/", 302)]
    assert (case.procedure, case.channel, case.about.credit_code, case.responsible.name, case.title) == (
        "enterprise-request",
        "web",
        KNOWN,
        "第1服务小组",
        TEXT[:30] + "…" if len(TEXT) > 30 else TEXT,
    )
    assert case.number in text(page)
    code = follow_code_of(case.submission)
    assert f"{code[:4]} {code[4:]}" in text(page)
    assert [attachment.name for attachment in case.attachments.all()] == ["现场 照片.jpg"]
    assert case.opener == f"requester:{case.pk}"


def test_two_submits_of_one_page_make_one_case_with_one_receipt(client: Client, photo: SimpleUploadedFile):
    sent = request_of(photos=[photo])
    first = client.post("/submit/", sent, follow=True)
    photo.seek(0)
    second = client.post("/submit/", sent, follow=True)

    assert Case.objects.count() == 1
    assert Case.objects.get().attachments.count() == 1
    assert Entry.objects.filter(kind="case.opened").count() == 1
    assert first.redirect_chain == second.redirect_chain
    assert received(first) == received(second)


def test_receipt_is_for_the_browser_that_sent_it(client: Client):
    sent = request_of()
    client.post("/submit/", sent)

    assert client.get(f"/submit/{sent['submission']}/").status_code == 200
    assert Client().get(f"/submit/{sent['submission']}/").status_code == 404


@pytest.mark.parametrize(
    ("changed", "field", "says"),
    [
        ({"detail": " "}, "detail", "请填写“具体情况”。"),
        ({"detail": "字" * 4001}, "detail", "最多 4000 个字，现有 4001 个字，请删减。"),
        ({"topic": "no-such-topic"}, "topic", "请从所列选项中选择。"),
    ],
)
def test_answers_are_cleaned_by_the_definition(
    client: Client, changed: dict[str, str], field: str, says: str
):
    page = client.post("/submit/", request_of(**changed))

    assert page.status_code == 422
    assert page.context["page"].answers.errors[field] == [says]
    assert says in text(page)
    assert "王某" in text(page)
    assert Case.objects.count() == 0


@pytest.mark.parametrize(
    ("code", "says"),
    [
        ("", "请填写统一社会信用代码。"),
        ("9144", "应为 18 位，这里是 4 位"),
        (KNOWN[:-1] + "0", "校验位不对"),
    ],
)
def test_wrong_credit_code_says_what_is_wrong(client: Client, code: str, says: str):
    page = client.post("/submit/", request_of(credit_code=code))

    assert page.status_code == 422
    assert says in text(page)


def test_unknown_enterprise_is_asked_for_its_name_then_registered(client: Client):
    sent = request_of(credit_code=UNKNOWN)
    asked = client.post("/submit/", sent)
    client.post("/submit/", {**sent, "enterprise_name": "新来科技有限公司"})

    assert "系统里还没有这个代码" in text(asked)
    assert Case.objects.get().about == Organisation.objects.get(credit_code=UNKNOWN, name="新来科技有限公司")


@pytest.mark.parametrize(
    ("typed", "says"),
    [(KNOWN.lower(), "示范精密制造有限公司"), (UNKNOWN, "还没有这家企业"), ("123", "应为 18 位"), ("", "")],
)
def test_enterprise_is_looked_up_while_typing(client: Client, typed: str, says: str):
    page = client.get("/submit/enterprise/", {"credit_code": typed}, headers={"HX-Request": "true"})

    assert page.status_code == 200
    assert says in text(page)
    assert "<html" not in text(page)


def test_petition_never_goes_to_the_unit_complained_of(client: Client, city: City):
    sent = {
        "stage": "send",
        "kind": "petition",
        "submission": str(uuid.uuid4()),
        "detail": TEXT,
        "matter": "",
        "about_unit": "sthjj",
    }
    page = client.post("/submit/", sent)
    matter = page.context["page"].answers["matter"].field.widget.choices[1][0]
    client.post("/submit/", {**sent, "matter": matter})

    case = Case.objects.get()
    assert case.about_unit == city.units["sthjj"]
    assert case.responsible != city.units["sthjj"]


def test_file_too_large_is_named_and_nothing_typed_is_lost(client: Client, settings: Any):
    settings.MAX_UPLOAD = 1024 * 1024
    film = SimpleUploadedFile("录像.mp4", b"x" * (3 * 1024 * 1024), "video/mp4")
    page = client.post("/submit/", request_of(photos=[film]))

    assert page.status_code == 413
    assert "“录像.mp4”超过 1 MB，没有收下。" in text(page)
    assert TEXT in text(page)
    assert "王某" in text(page)
    assert Case.objects.count() == 0


def test_no_more_of_a_file_than_the_limit_is_written(settings: Any):
    settings.MAX_UPLOAD = 1024 * 1024
    chunk = b"x" * 64 * 1024
    handler = CappedUploadHandler()
    handler.new_file("files", "录像.mp4", "video/mp4", 0)
    for number in range(80):
        handler.receive_data_chunk(chunk, number * len(chunk))
    kept = handler.file_complete(80 * len(chunk))
    written = kept.file.seek(0, 2)
    kept.close()

    assert (kept.size, written) == (5 * 1024 * 1024, settings.MAX_UPLOAD + len(chunk))


def test_wrong_kind_of_file_does_not_stop_the_request(client: Client):
    program = SimpleUploadedFile("照片.jpg", b"MZ not a photo", "image/jpeg")
    page = client.post("/submit/", request_of(photos=[program]), follow=True)

    case = Case.objects.get()
    assert "“照片.jpg”不是能收的文件，没有收下。" in text(page)
    assert case.attachments.count() == 0


def test_more_text_than_a_form_may_hold_is_answered_413(client: Client, settings: Any):
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 1000
    page = client.post("/submit/", request_of(detail="字" * 2000))

    assert page.status_code == 413
    assert "发送的内容太大" in text(page)


def test_broken_submission_id_is_replaced_not_refused(client: Client):
    client.post("/submit/", request_of(submission="not-a-uuid"))

    assert Case.objects.count() == 1


def test_page_grown_too_old_keeps_what_was_typed(city: City):
    client = Client(enforce_csrf_checks=True)
    refused = client.post("/submit/", request_of())
    again = client.get("/submit/")

    assert refused.status_code == 403
    assert "您刚才填写的文字替您留着" in text(refused)
    assert TEXT in text(again)
    assert "王某" in text(again)
    assert TEXT not in text(client.get("/submit/"))


# Before sending: answers given to others, and the likely kind


@pytest.fixture
def answered(city: City) -> Case:
    """A resident's message that was answered; its procedure shows title and reply to the public."""
    procedure = definitions.get("procedure", "resident-message", timezone.localdate())
    at = timezone.now()
    case = casework.open_case(
        procedure,
        values={"detail": "小区门口路灯不亮，电话13800138000"},
        at=at,
        responsible=city.units["zjj"],
    ).case
    Reply.objects.create(
        case=case, no=1, text="路灯已经修好，联系13800138000。", at=at, sent_at=at, actor="person:1"
    )
    case.state, case.closed_at = CaseState.CLOSED, at
    case.save()
    return case


def test_similar_answers_are_shown_while_writing_with_nothing_personal(client: Client, answered: Case):
    page = client.post("/submit/similar/", {"text": "小区门口路灯又不亮了"}, headers={"HX-Request": "true"})

    assert "<html" not in text(page)
    assert "路灯已经修好" in text(page)
    assert "听起来像“群众留言”" in text(page)
    assert "13800138000" not in text(page)


@pytest.mark.parametrize("typed", ["", "路灯", "完全不相干的另一件事情：护照换发"])
def test_nothing_alike_shows_nothing(client: Client, answered: Case, typed: str):
    page = client.post("/submit/similar/", {"text": typed})

    assert (page.status_code, "路灯已经修好" in text(page)) == (200, False)


def test_without_javascript_a_button_looks_for_answers_and_keeps_what_was_typed(
    client: Client, answered: Case
):
    page = client.post(
        "/submit/", {"stage": "similar", "text": "小区门口路灯又不亮了", "kind": "resident-message"}
    )
    none = client.post("/submit/", {"stage": "similar", "text": "完全不相干的另一件事情"})

    assert "路灯已经修好" in text(page)
    form = page.context["form"]
    assert (form["text"].value(), form["kind"].value()) == ("小区门口路灯又不亮了", "resident-message")
    assert "没有找到类似的答复，请接着写。" in text(none)


def test_hints_take_the_same_statements_for_one_and_three(client: Client, answered: Case, city: City):
    counts = []
    for more in (0, 2):
        for _ in range(more):
            answered.pk, answered.number, answered.submission = None, str(uuid.uuid4()), uuid.uuid4()
            answered.save(force_insert=True)
            Reply.objects.create(
                case=answered,
                no=1,
                text="修好了",
                at=timezone.now(),
                sent_at=timezone.now(),
                actor="person:1",
            )
        client.post("/submit/similar/", {"text": "小区门口路灯又不亮了"})
        with CaptureQueriesContext(connection) as said:
            page = client.post("/submit/similar/", {"text": "小区门口路灯又不亮了"})
        counts.append((len(said), text(page).count("<details")))

    assert counts == [(counts[0][0], 1), (counts[0][0], 3)]
    assert counts[0][0] <= 6


def test_receipt_has_a_picture_to_scan(client: Client):
    page = client.post("/submit/", request_of(), follow=True)

    assert '<svg class="qr" role="img"' in text(page)
    assert "<title>扫一扫，看办理进度</title>" in text(page)


def test_phone_that_cannot_be_called_is_asked_again(client: Client, city: City, message: dict[str, Any]):
    answers = [
        client.post("/submit/", {**message, "phone": typed}) for typed in ("123", "0755-8888 1234 转 801", "")
    ]

    assert [answer.status_code for answer in answers] == [422, 302, 302]
    assert "电话应为 11 位手机号" in text(answers[0])
