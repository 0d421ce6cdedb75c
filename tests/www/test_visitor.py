"""Visitors: signing in by phone code, who sees which case, and who speaks for an enterprise."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from ronghe.casework import domain as casework
from ronghe.casework.models import Case
from ronghe.casework.queries.followed import followed_by, may_follow
from ronghe.core.creditcode import make
from ronghe.definitions import queries as definitions
from ronghe.messages.models import Message
from ronghe.messages.queries import words_of
from ronghe.organisations.domain import Contact, claims, visitors
from ronghe.organisations.models import Claim, Visitor
from ronghe.organisations.queries import powers_of
from ronghe.www.visitor.session import LASTS, UNTIL_KEY, VISITOR_KEY
from tests.city import PASSWORD, City
from tests.www.conftest import TEXT

pytestmark = [pytest.mark.page, pytest.mark.django_db]

ANN, BEN, EVE = "13800138000", "13900139000", "13700137000"
CODE = make("91440300MA5F0A1B2")
MATTER = "conduct"


@pytest.fixture(autouse=True)
def _city(city: City) -> None:
    """Every page of this file stands in the small city."""


def text(response: Any) -> str:
    return response.content.decode()


def digits() -> str:
    """The code last sent."""
    last = Message.objects.filter(kind="sign-in-code").latest("pk")
    return words_of(last)[1].removeprefix("验证码 ")[:6]


def signed_in(phone: str = ANN, client: Client | None = None) -> Client:
    """A browser in which the owner of the phone signed in."""
    client = client or Client()
    client.post("/my/sign-in/", {"phone": phone})
    client.post("/my/sign-in/", {"stage": "enter", "phone": phone, "code": digits()})
    return client


def visitor(phone: str = ANN) -> Visitor:
    return visitors.visitor_for(phone, actor="", at=timezone.now())


def file(kind: str, phone: str, city: City, **more: Any) -> Case:
    """A case filed by somebody with that phone."""
    procedure = definitions.get("procedure", kind, timezone.localdate())
    values = {"enterprise-request": {"topic": "transport"}, "petition": {"matter": _matter()}}
    return casework.open_case(
        procedure,
        values={"detail": TEXT, **values.get(kind, {})},
        at=timezone.now(),
        submission=uuid.uuid4(),
        contact=Contact(name="某人", phone=phone),
        **more,
    ).case


def _matter() -> str:
    form = definitions.get("procedure", "petition", timezone.localdate()).body.form
    lines = definitions.lists_of(form, timezone.localdate())
    field = next(field for field in form.fields if field.code == "matter")
    return str(lines[field.source][0]["code"]) if field.source else str(field.choices[0].code)


def verified(phone: str, city: City) -> Claim:
    """An owner whose claim the steward confirmed."""
    claim = claims.ask_claim(visitor(phone), CODE, at=timezone.now())
    powers = powers_of(city.people["管家甲"], timezone.localdate())
    return claims.settle_claim(claim, powers=powers, approve=True, at=timezone.now())


# Signing in


def test_code_signs_in_and_leads_where_one_was_going(client: Client):
    refused = client.get("/my/")
    asked = client.post("/my/sign-in/", {"phone": ANN, "next": "/my/enterprises/"})
    before = client.session.session_key
    entered = client.post(
        "/my/sign-in/", {"stage": "enter", "phone": ANN, "code": digits(), "next": "/my/enterprises/"}
    )

    assert refused["Location"] == "/my/sign-in/?next=/my/"
    assert (asked.status_code, entered["Location"]) == (200, "/my/enterprises/")
    assert 'autocomplete="one-time-code"' in text(asked)
    assert client.session.session_key != before
    assert client.get("/my/").status_code == 200


def test_page_says_the_same_of_a_known_and_an_unknown_phone(client: Client, city: City):
    file("resident-message", BEN, city)
    signed_in(ANN)
    Message.objects.all().delete()
    pages = [text(Client().post("/my/sign-in/", {"phone": phone})) for phone in (BEN, EVE)]
    plain = [
        page.split("<main", 1)[1].split("</main>")[0].replace(BEN, "").replace(EVE, "") for page in pages
    ]
    tokens = [page.split('csrfmiddlewaretoken" value="')[1].split('"')[0] for page in pages]

    assert plain[0].replace(tokens[0], "")[:400] == plain[1].replace(tokens[1], "")[:400]
    assert Message.objects.count() == 2


@pytest.mark.parametrize(
    ("sent", "says"),
    [
        ({"phone": ""}, "请填写手机号。"),
        ({"phone": "123"}, "手机号应为 11 位数字，请核对。"),
        ({"stage": "enter", "phone": ANN, "code": ""}, "请填写收到的 6 位验证码。"),
        ({"stage": "enter", "phone": ANN, "code": "000000"}, "请重新获取一个。"),
        ({"stage": "enter", "phone": "x", "code": "1"}, "手机号应为 11 位数字，请核对。"),
    ],
)
def test_what_is_wrong_stands_beside_the_field(client: Client, sent: dict[str, str], says: str):
    page = client.post("/my/sign-in/", sent)

    assert page.status_code == 422
    assert says in text(page)


def test_asking_again_at_once_shows_the_page_for_the_code_that_was_sent(client: Client):
    client.post("/my/sign-in/", {"phone": ANN})
    page = client.post("/my/sign-in/", {"phone": ANN})

    assert "刚发过一条验证码，没有再发。" in text(page)
    assert 'name="code"' in text(page)
    assert Message.objects.count() == 1


def test_sign_in_never_leads_to_another_site(client: Client):
    client.post("/my/sign-in/", {"phone": ANN})
    page = client.post(
        "/my/sign-in/", {"stage": "enter", "phone": ANN, "code": digits(), "next": "https://example.com/"}
    )

    assert page["Location"] == "/my/"


def test_signed_in_for_thirty_days(client: Client):
    signed_in(client=client)
    kept = client.session.get_expiry_age()
    session = client.session
    session[UNTIL_KEY] = timezone.now().timestamp() - 1
    session.save()

    assert LASTS - 60 < kept <= LASTS
    assert client.get("/my/").status_code == 302


def test_staff_and_visitor_stand_side_by_side_and_end_as_early_as_staff(client: Client, settings: Any):
    signed_in(client=client)
    client.post("/sign-in/", {"username": "住建经办", "password": PASSWORD})
    both = (client.get("/my/").status_code, client.get("/desk/").status_code)
    age = client.session.get_expiry_age()
    client.post("/my/sign-out/")
    staff_only = (client.get("/my/").status_code, client.get("/desk/").status_code)

    assert both == (200, 200)
    assert age <= settings.SESSION_COOKIE_AGE
    assert staff_only == (302, 200)


def test_sign_out_is_a_button_and_leaves_nothing(client: Client, city: City):
    signed_in(client=client)
    by_link = client.get("/my/sign-out/").status_code
    client.post("/my/sign-out/")

    assert by_link == 405
    assert VISITOR_KEY not in client.session
    assert client.get("/my/").status_code == 302


def test_visitor_is_no_staff_and_staff_no_visitor(client: Client, city: City):
    signed_in(client=client)
    staff = Client()
    staff.force_login(city.accounts["管家甲"])

    assert client.get("/desk/")["Location"].startswith("/sign-in/")
    assert client.get("/desk/claims/")["Location"].startswith("/sign-in/")
    assert staff.get("/my/")["Location"].startswith("/my/sign-in/")


def test_typed_survives_a_visit_that_expired(client: Client):
    client.post("/my/enterprises/", {"credit_code": CODE, "name": "安"})
    told = client.get("/my/sign-in/")

    assert "登录后接着填" in text(told)


# Who sees which case


CASES = {
    "own message": ("resident-message", ANN, False),
    "own petition": ("petition", ANN, False),
    "own request": ("enterprise-request", ANN, True),
    "another's message": ("resident-message", EVE, False),
    "another's petition": ("petition", EVE, False),
    "another's request of the enterprise": ("enterprise-request", EVE, True),
    "another's petition about the enterprise": ("petition", EVE, True),
    "another's message about the enterprise": ("resident-message", EVE, True),
}
OWN = {"own message", "own petition", "own request"}
REQUESTS = {"own request", "another's request of the enterprise"}
ROLES: dict[str, tuple[Callable[[City], str], set[str]]] = {
    "the one who filed": (lambda _city: ANN, OWN),
    "a stranger": (lambda _city: BEN, set()),
    "who only asked": (lambda _city: _asked(BEN), set()),
    "an owner": (lambda city: _owner(BEN, city), REQUESTS),
    "a delegate": (lambda city: _delegate(BEN, city), REQUESTS),
    "a delegate removed": (lambda city: _delegate(BEN, city, removed=True), set()),
    "a delegate of an owner who left": (lambda city: _delegate(BEN, city, left=True), set()),
    "the one who filed, an owner too": (lambda city: _owner(ANN, city), OWN | REQUESTS),
}


def _asked(phone: str) -> str:
    claims.ask_claim(visitor(phone), CODE, at=timezone.now())
    return phone


def _owner(phone: str, city: City) -> str:
    verified(phone, city)
    return phone


def _delegate(phone: str, city: City, *, removed: bool = False, left: bool = False) -> str:
    owner = verified("13600136000", city)
    granted = claims.add_delegate(owner, phone=phone, at=timezone.now())
    if removed or left:
        claims.end_claim(granted if removed else owner, by=owner.visitor, at=timezone.now())
    return phone


@pytest.mark.parametrize("role", ROLES)
def test_who_sees_which_case(city: City, role: str):
    filed = {
        name: file(kind, phone, city, about=city.units["enterprise"] if is_about else None)
        for name, (kind, phone, is_about) in CASES.items()
    }
    phone, expected = ROLES[role][0](city), ROLES[role][1]
    who = visitor(phone)
    listed = text(signed_in(phone).get("/my/"))

    assert {name for name, case in filed.items() if case in followed_by(who)} == expected
    assert {name for name, case in filed.items() if may_follow(who, case)} == expected
    assert {name for name, case in filed.items() if case.number in listed} == expected


def test_cases_of_a_rotated_key_are_found(city: City, settings: Any):
    settings.IDENTITY_KEYS = ["old"]
    case = file("resident-message", ANN, city)
    settings.IDENTITY_KEYS = ["new", "old"]

    assert list(followed_by(visitor(ANN))) == [case]


def test_list_says_light_unit_and_how_to_begin(client: Client, city: City):
    signed_in(client=client)
    empty = client.get("/my/")
    case = file("enterprise-request", ANN, city, about=city.units["enterprise"])
    full = client.get("/my/")

    assert "还没有用这个手机号提过诉求" in text(empty)
    for said in (case.number, "还剩", "第1服务小组", f'href="/follow/{case.number}/"'):
        assert said in text(full)


def test_list_takes_the_same_statements_for_one_and_three(city: City):
    client, counts = signed_in(), []
    for more in (1, 2):
        for _ in range(more):
            file("enterprise-request", ANN, city, about=city.units["enterprise"])
        client.get("/my/")
        with CaptureQueriesContext(connection) as said:
            client.get("/my/")
        counts.append(len(said))

    assert counts == [counts[0]] * 2
    assert counts[0] <= 14


# Enterprises


def test_claim_is_asked_confirmed_and_shared(city: City):
    owner, staff = signed_in(ANN), Client()
    staff.force_login(city.accounts["管家甲"])
    asked = owner.post("/my/enterprises/", {"credit_code": CODE.lower(), "name": "安某"}, follow=True)
    claim = Claim.objects.get()
    listed = staff.get("/desk/claims/")
    staff.post(f"/desk/claims/{claim.pk}/", {"act": "approve"})
    granted = owner.post(
        f"/my/enterprises/{claim.pk}/delegates/",
        {f"c{claim.pk}-name": "贝某", f"c{claim.pk}-phone": BEN},
        follow=True,
    )

    assert "由服务它的工作人员核实" in text(asked)
    for said in ("示范精密制造有限公司", "安某", "138****8000"):
        assert said in text(listed)
    assert ANN not in text(listed)
    assert "139****9000" in text(granted)
    assert "示范精密制造有限公司" in text(signed_in(BEN).get("/my/"))


def test_wrong_claims_say_why(client: Client):
    signed_in(client=client)
    empty = client.post("/my/enterprises/", {})
    unknown = client.post("/my/enterprises/", {"credit_code": make("91440300MA5F0A1B9"), "name": "安"})

    assert (empty.status_code, unknown.status_code) == (422, 422)
    assert "请填写统一社会信用代码。" in text(empty)
    assert "企业名录里没有这个统一社会信用代码" in text(unknown)


def test_refusal_needs_a_ground(city: City):
    claim = claims.ask_claim(visitor(BEN), CODE, at=timezone.now())
    staff = Client()
    staff.force_login(city.accounts["分办甲"])
    without = staff.post(f"/desk/claims/{claim.pk}/", {"act": "refuse"})
    staff.post(f"/desk/claims/{claim.pk}/", {"act": "refuse", "ground": "not-reached"})
    claim.refresh_from_db()

    assert without.status_code == 422
    assert "请选一个原因，申请人会看到。" in text(without)
    assert claim.state == "refused"


@pytest.mark.parametrize(
    ("name", "expected"), [("管家甲", 200), ("分办甲", 200), ("环境局长", 403), ("工委甲", 403)]
)
def test_desk_of_claims_is_for_who_serves_enterprises(city: City, name: str, expected: int):
    claim = claims.ask_claim(visitor(BEN), CODE, at=timezone.now())
    client = Client()
    client.force_login(city.accounts[name])

    assert client.get("/desk/claims/").status_code == expected
    assert client.get(f"/desk/claims/{claim.pk}/").status_code == expected
    assert client.post(f"/desk/claims/{claim.pk}/", {"act": "approve"}).status_code in {302, expected}


def test_a_claim_of_others_is_not_there(city: City):
    claim = verified(ANN, city)
    stranger = signed_in(BEN)

    assert stranger.post(f"/my/enterprises/{claim.pk}/end/").status_code == 404
    assert stranger.post(f"/my/enterprises/{claim.pk}/delegates/", {}).status_code == 404
    assert (
        may_follow(visitor(BEN), file("enterprise-request", EVE, city, about=city.units["enterprise"]))
        is False
    )


def test_leaving_loses_sight_at_once(city: City):
    claim, client = verified(ANN, city), signed_in(ANN)
    case = file("enterprise-request", EVE, city, about=city.units["enterprise"])
    before = case.number in text(client.get("/my/"))
    client.post(f"/my/enterprises/{claim.pk}/end/")

    assert (before, case.number in text(client.get("/my/"))) == (True, False)


def test_desk_list_takes_the_same_statements_for_one_and_three(city: City):
    staff, counts = Client(), []
    staff.force_login(city.accounts["管家甲"])
    for phones in ([ANN], [BEN, EVE]):
        for phone in phones:
            claims.ask_claim(visitor(phone), CODE, at=timezone.now() - dt.timedelta(hours=1))
        staff.get("/desk/claims/")
        with CaptureQueriesContext(connection) as said:
            staff.get("/desk/claims/")
        counts.append(len(said))

    assert counts == [counts[0]] * 2
    assert counts[0] <= 14
