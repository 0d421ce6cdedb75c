"""记一笔: who may file what, the same case as the public's own, and a slip for the one who came."""

from __future__ import annotations

import datetime as dt
import uuid
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from ronghe.casework.domain import follow_code_of
from ronghe.casework.models import Case
from ronghe.casework.queries.timeline import timeline
from ronghe.core.creditcode import make
from ronghe.ledger.models import Entry
from ronghe.organisations.domain import open_contact, register_enterprise
from ronghe.organisations.models import Identity, Organisation
from tests.city import City
from tests.www.conftest import TEXT

pytestmark = [pytest.mark.page, pytest.mark.django_db]
KNOWN, UNKNOWN = make("91440300MA5F0A1B2"), make("91440300MA5F0A1B3")
FIRM = "示范精密制造有限公司"
NAME, PHONE = "钱守信", "13712345678"
EVERYBODY = ["窗口甲", "分办甲", "管家甲", "督查甲", "环境局长", "环境经办", "住建经办", "工委甲"]
FOR_OTHERS = ["enterprise-request", "petition", "resident-message"]


@pytest.fixture(scope="module", autouse=True)
def desk(city: City, django_db_blocker: Any) -> City:
    """The small city with a window and an inspector."""
    with django_db_blocker.unblock():
        city.unit("zwzx", "window", "市政务服务中心窗口")
        city.seat("zwzx", "window-officer", "窗口甲")
        city.seat("szgw", "inspector", "督查甲")
    return city


@pytest.fixture
def at_window(client: Client, desk: City) -> Client:
    client.force_login(desk.accounts["窗口甲"])
    return client


def text(response: Any) -> str:
    return response.content.decode()


def message(**more: object) -> dict[str, Any]:
    """A resident's message as a clerk's page sends it."""
    return {
        "submission": str(uuid.uuid4()),
        "channel": "hotline",
        "detail": TEXT,
        "name": NAME,
        "phone": PHONE,
        **more,
    }


def request_of(**more: object) -> dict[str, Any]:
    return message(**{"topic": "transport", "credit_code": KNOWN, **more})


def petition_of(client: Client, about_unit: str = "sthjj", **more: object) -> dict[str, Any]:
    matters = client.get("/desk/file/petition/").context["page"].answers["matter"].field.widget.choices
    return message(matter=matters[1][0], about_unit=about_unit, **more)


def kinds(client: Client, city: City, name: str) -> list[str]:
    client.force_login(city.accounts[name])
    page = client.get("/desk/file/")
    if page.status_code == 302:
        return [page["Location"].strip("/").rsplit("/", 1)[-1]]
    return sorted(offer.code for offer in page.context["offers"])


def test_who_may_file_what(client: Client, desk: City):
    found = {name: kinds(client, desk, name) for name in EVERYBODY}
    own = {name: [code for code in codes if code not in FOR_OTHERS] for name, codes in found.items()}

    assert {name: sorted(set(codes) & set(FOR_OTHERS)) for name, codes in found.items()} == {
        **{name: [] for name in EVERYBODY},
        **dict.fromkeys(("窗口甲", "分办甲", "管家甲"), FOR_OTHERS),
    }
    assert [name for name in EVERYBODY if "supervision" in own[name]] == ["督查甲"]


@pytest.mark.parametrize("name", ["窗口甲", "督查甲", "环境经办"])
def test_every_kind_offered_has_its_page(client: Client, desk: City, name: str):
    offered = kinds(client, desk, name)

    assert offered
    assert {client.get(f"/desk/file/{kind}/").status_code for kind in offered} == {200}


def test_timeline_says_who_filed_it_and_how_it_came(at_window: Client, desk: City):
    at_window.post("/desk/file/enterprise-request/", request_of())
    case = Case.objects.get()

    [desk_line, *_], [own_line, *_] = timeline(case), timeline(case, is_public=True)
    assert (desk_line.who, desk_line.unit, desk_line.title, desk_line.outcome) == (
        "窗口甲",
        "",
        "代为登记",
        "热线",
    )
    assert (own_line.who, own_line.unit, own_line.title) == ("", "", "已代您登记")


@pytest.mark.parametrize("kind", [*FOR_OTHERS, "no-such-kind"])
@pytest.mark.parametrize("who", ["环境经办", "环境局长", "工委甲"])
def test_others_are_refused_and_file_nothing(client: Client, desk: City, who: str, kind: str):
    client.force_login(desk.accounts[who])

    answers = [client.get(f"/desk/file/{kind}/"), client.post(f"/desk/file/{kind}/", message())]

    assert [answer.status_code for answer in answers] == [403, 403]
    assert Case.objects.count() == 0


@pytest.mark.parametrize("address", ["", "resident-message/", "enterprise/", "slip/LY2026-000001/"])
def test_stranger_is_asked_to_sign_in(client: Client, address: str):
    answer = client.get(f"/desk/file/{address}")

    assert (answer.status_code, answer["Location"].split("?")[0]) == (302, "/sign-in/")


def test_nothing_to_file_says_who_may_and_where_to_go(client: Client, desk: City):
    client.force_login(desk.accounts["工委甲"])
    page = client.get("/desk/file/")

    assert page.status_code in {200, 302}
    if page.status_code == 200 and not page.context["offers"]:
        assert "您的岗位没有要登记的事" in text(page)
        assert 'href="/submit/"' in text(page)


def test_message_is_filed_by_the_clerk_for_the_resident(at_window: Client, desk: City):
    answer = at_window.post("/desk/file/resident-message/", message())

    case = Case.objects.get()
    opened = Entry.objects.get(kind="case.opened")
    clerk = f"person:{desk.people['窗口甲'].pk}"
    assert answer["Location"] == f"/desk/file/slip/{case.number}/"
    assert (case.procedure, case.channel, case.opener, case.title) == (
        "resident-message",
        "hotline",
        clerk,
        TEXT[:30] + "…" if len(TEXT) > 30 else TEXT,
    )
    assert (opened.actor, opened.origin, opened.data["channel"]) == (clerk, "page", "hotline")
    contact = open_contact(case.identity)
    assert (contact.name, contact.phone) == (NAME, PHONE)
    assert Entry.objects.get(kind="identity.recorded").actor == clerk


def test_the_desk_makes_the_case_the_portal_would_have_made(at_window: Client):
    at_window.post("/desk/file/enterprise-request/", request_of())
    Client().post("/submit/", {**request_of(), "stage": "send", "kind": "enterprise-request"})

    desk_case, portal_case = Case.objects.order_by("pk")
    same = [
        "procedure",
        "edition_id",
        "values",
        "about_id",
        "responsible_id",
        "first_receiver_id",
        "title",
        "state",
    ]
    assert [getattr(desk_case, name) for name in same] == [getattr(portal_case, name) for name in same]
    assert (desk_case.channel, portal_case.channel) == ("hotline", "web")


@pytest.mark.parametrize(
    ("changed", "part", "field", "says"),
    [
        ({"channel": ""}, "parts", "channel", "请选这件是怎么来的。"),
        ({"channel": "web"}, "parts", "channel", "没有这个渠道，请从列出的里面选。"),
        ({"channel": "import"}, "parts", "channel", "没有这个渠道，请从列出的里面选。"),
        ({"detail": " "}, "answers", "detail", "请填写“具体情况”。"),
        ({"detail": "字" * 4001}, "answers", "detail", "最多 4000 个字，现有 4001 个字，请删减。"),
        ({"topic": "no-such"}, "answers", "topic", "请从所列选项中选择。"),
        ({"credit_code": ""}, "parts", "credit_code", "请填写企业的统一社会信用代码或名称。"),
        ({"credit_code": "9144"}, "parts", "credit_code", "应为 18 位，这里是 4 位"),
        ({"credit_code": "没有这家"}, "parts", "credit_code", "没有找到名称里有“没有这家”的企业。"),
        ({"credit_code": UNKNOWN}, "parts", "enterprise_name", "系统里还没有这个代码"),
    ],
)
def test_the_same_validation_keeps_what_was_typed(
    at_window: Client, changed: dict[str, str], part: str, field: str, says: str
):
    page = at_window.post("/desk/file/enterprise-request/", request_of(**changed))

    assert page.status_code == 422
    assert says in " ".join(getattr(page.context["page"], part).errors[field])
    assert says in text(page)
    assert NAME in text(page)
    assert Case.objects.count() == 0


@pytest.mark.parametrize("typed", [KNOWN, KNOWN.lower(), FIRM, "精密制造"])
def test_enterprise_by_code_or_by_name(at_window: Client, desk: City, typed: str):
    at_window.post("/desk/file/enterprise-request/", request_of(credit_code=typed))

    assert Case.objects.get().about == desk.units["enterprise"]


def test_a_name_that_several_bear_is_not_guessed(at_window: Client, desk: City):
    register_enterprise(
        credit_code=UNKNOWN, name="示范精密仪器有限公司", actor="system:test", at=timezone.now()
    )
    page = at_window.post("/desk/file/enterprise-request/", request_of(credit_code="示范精密"))

    assert page.status_code == 422
    told = text(page)
    assert "名称里有“示范精密”的不止一家" in told
    assert f"示范精密仪器有限公司 {UNKNOWN}" in told
    assert f"{FIRM} {KNOWN}" in told


def test_unknown_enterprise_is_registered_by_the_clerk(at_window: Client, desk: City):
    sent = request_of(credit_code=UNKNOWN, enterprise_name="新来科技有限公司")
    at_window.post("/desk/file/enterprise-request/", sent)

    firm = Organisation.objects.get(credit_code=UNKNOWN)
    written = Entry.objects.filter(subject_type="organisation", subject_id=firm.pk)
    assert Case.objects.get().about == firm
    assert {entry.actor for entry in written} == {f"person:{desk.people['窗口甲'].pk}"}


def test_two_submits_of_one_page_make_one_case(at_window: Client):
    sent = request_of()
    photos = [SimpleUploadedFile("现场.jpg", b"\xff\xd8\xff\xe0photo", "image/jpeg") for _ in range(2)]
    answers = [at_window.post("/desk/file/enterprise-request/", {**sent, "photos": [one]}) for one in photos]

    case = Case.objects.get()
    assert [answer["Location"] for answer in answers] == [f"/desk/file/slip/{case.number}/"] * 2
    assert case.attachments.count() == 1
    assert Entry.objects.filter(kind="case.opened").count() == Identity.objects.count() == 1


def test_a_submission_of_somebody_else_gives_nothing_away(client: Client, desk: City):
    sent = message()
    Client().post("/submit/", {**sent, "stage": "send", "kind": "resident-message"})
    client.force_login(desk.accounts["窗口甲"])

    refused = client.post("/desk/file/resident-message/", sent)
    again = client.post(
        "/desk/file/resident-message/", {**sent, "submission": str(refused.context["page"].submission)}
    )

    assert refused.status_code == 422
    assert "这一页已经提交过一次" in text(refused)
    assert TEXT in text(refused)
    assert (again.status_code, Case.objects.count()) == (302, 2)


def test_protected_identity_is_sealed_and_never_shown_again(at_window: Client, desk: City):
    at_window.post("/desk/file/petition/", petition_of(at_window))

    case = Case.objects.get()
    pages = [
        at_window.get(address)
        for address in (
            f"/desk/file/slip/{case.number}/",
            "/desk/file/",
            "/desk/file/petition/?channel=hotline",
            f"/desk/cases/{case.number}/",
            "/desk/cases/",
        )
    ]
    assert case.about_unit == desk.units["sthjj"]
    assert case.responsible != desk.units["sthjj"]
    assert open_contact(case.identity).name == NAME
    assert [NAME in text(page) or PHONE in text(page) for page in pages] == [False] * 5


def test_the_unit_complained_of_files_no_complaint_about_itself(client: Client, desk: City):
    client.force_login(desk.accounts["窗口甲"])
    page = client.post("/desk/file/petition/", petition_of(client, about_unit="zwzx"))

    assert page.status_code == 422
    assert "反映的就是您所在的单位，不能由您登记。" in text(page)
    assert TEXT in text(page)
    assert Case.objects.count() == 0


def test_slip_tells_what_the_requester_needs_and_no_more(at_window: Client, settings: Any):
    settings.PHONES = ["市民热线 12345"]
    at_window.post("/desk/file/enterprise-request/", request_of())
    case = Case.objects.get()
    page = at_window.get(f"/desk/file/slip/{case.number}/")

    slip = text(page).split('<article class="slip"', 1)[1].split("</article>", 1)[0]
    code = follow_code_of(case.submission)
    due = timezone.localtime(case.due)
    for words in (
        case.number,
        f"{code[:4]} {code[4:]}",
        "第1服务小组",
        f"最迟 {due.year}年{due.month}月{due.day}日",
        "市民热线 12345",
        "testserver/follow/",
        '<svg class="qr" role="img"',
    ):
        assert words in slip
    assert not [words for words in (NAME, PHONE, TEXT, FIRM, case.title) if words in slip]
    assert "no-store" in page["Cache-Control"]


def test_slip_of_a_case_nobody_has_yet_names_the_desk_that_finds_a_unit(at_window: Client):
    at_window.post("/desk/file/resident-message/", message())
    slip = text(at_window.get(f"/desk/file/slip/{Case.objects.get().number}/"))

    assert "市诉求分办中心（确定由谁办）" in slip


def test_slip_is_for_who_filed_it_that_day(client: Client, desk: City):
    client.force_login(desk.accounts["窗口甲"])
    client.post("/desk/file/resident-message/", message())
    case = Case.objects.get()
    address = f"/desk/file/slip/{case.number}/"

    seen = {}
    for name in EVERYBODY:
        client.force_login(desk.accounts[name])
        seen[name] = client.get(address).status_code
    client.force_login(desk.accounts["窗口甲"])
    Case.objects.filter(pk=case.pk).update(opened_at=timezone.now() - dt.timedelta(days=1))

    assert seen == {**dict.fromkeys(EVERYBODY, 404), "窗口甲": 200}
    assert client.get(address).status_code == 404


def test_slip_of_what_the_public_filed_is_nobodys(client: Client, desk: City):
    client.post("/submit/", {**message(), "stage": "send", "kind": "resident-message"})
    client.force_login(desk.accounts["窗口甲"])

    assert client.get(f"/desk/file/slip/{Case.objects.get().number}/").status_code == 404


def test_one_more_keeps_the_way_it_came(at_window: Client):
    at_window.post("/desk/file/resident-message/", message())
    slip = text(at_window.get(f"/desk/file/slip/{Case.objects.get().number}/"))
    page = at_window.get("/desk/file/resident-message/?channel=hotline")

    assert 'href="/desk/file/resident-message/?channel=hotline"' in slip
    assert page.context["page"].parts["channel"].value() == "hotline"
    assert TEXT not in text(page)


def test_filed_today_can_be_found_again(at_window: Client):
    at_window.post("/desk/file/resident-message/", message())
    page = text(at_window.get("/desk/file/"))

    assert f"/desk/file/slip/{Case.objects.get().number}/" in page


def test_files_are_kept_and_the_refused_one_is_told(at_window: Client, settings: Any, tmp_path: Path):
    good = SimpleUploadedFile("现场.jpg", b"\xff\xd8\xff\xe0photo", "image/jpeg")
    bad = SimpleUploadedFile("照片.jpg", b"MZ", "image/jpeg")
    page = at_window.post("/desk/file/resident-message/", message(photos=[good, bad]), follow=True)

    case = Case.objects.get()
    assert [(file.name, file.actor) for file in case.attachments.all()] == [("现场.jpg", case.opener)]
    assert "“照片.jpg”不是能收的文件，没有收下。" in text(page)


def test_file_too_large_keeps_the_words(at_window: Client, settings: Any):
    settings.MAX_UPLOAD = 1024 * 1024
    film = SimpleUploadedFile("录像.mp4", b"x" * (2 * 1024 * 1024), "video/mp4")
    page = at_window.post("/desk/file/resident-message/", message(photos=[film]))

    assert (page.status_code, Case.objects.count()) == (413, 0)
    assert TEXT in text(page)


def test_words_survive_a_sign_in_that_expired(client: Client, desk: City):
    client.post("/desk/file/resident-message/", message())
    client.force_login(desk.accounts["窗口甲"])
    page = client.get("/desk/file/resident-message/")

    assert TEXT in text(page)
    assert page.context["page"].parts["channel"].value() == "hotline"


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        (KNOWN[:9], FIRM),
        ("精密", FIRM),
        ("没有这家", "没有找到这个名称"),
        (UNKNOWN, "还没有这个代码"),
        ("示", ""),
    ],
)
def test_enterprise_is_looked_up_while_typing(at_window: Client, typed: str, says: str):
    page = at_window.get("/desk/file/enterprise/", {"credit_code": typed}, headers={"HX-Request": "true"})

    assert page.status_code == 200
    assert says in text(page)
    assert "<html" not in text(page)


def test_supervision_names_the_case_it_is_about(client: Client, desk: City):
    client.post("/submit/", {**request_of(), "stage": "send", "kind": "enterprise-request"})
    late = Case.objects.get()
    client.force_login(desk.accounts["督查甲"])
    wrong = client.post("/desk/file/supervision/", {"submission": str(uuid.uuid4()), "related": "QY1-1"})
    page = client.post(
        "/desk/file/supervision/", {"submission": str(uuid.uuid4()), "related": late.number}, follow=True
    )

    case = Case.objects.get(procedure="supervision")
    assert (wrong.status_code, "没有找到这个编号的办件" in text(wrong)) == (422, True)
    assert (case.related, case.identity, case.channel) == (late, None, "")
    assert "查询码" not in text(page).split('<article class="slip"', 1)[1]
    assert follow_code_of(case.submission)[:4] not in text(page)


def test_statements_do_not_grow_with_what_is_there(at_window: Client, django_assert_max_num_queries: Any):
    at_window.post("/desk/file/resident-message/", message())
    at_window.get("/desk/file/")  # reads the editions anew: one is in use now
    counts = []
    for _ in range(2):
        with django_assert_max_num_queries(60) as one:
            for address in (
                "/desk/file/",
                "/desk/file/petition/",
                f"/desk/file/slip/{Case.objects.first().number}/",
            ):
                at_window.get(address)
        counts.append(len(one))
        for _ in range(2):
            at_window.post("/desk/file/resident-message/", message())

    assert counts[0] == counts[1]
