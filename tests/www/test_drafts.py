"""Drafts of whoever is signed in: theirs alone, sealed, back on another device, gone when sent; and nothing asked twice."""

from __future__ import annotations

import datetime as dt
import json
import uuid
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from ronghe.casework.domain import drafts
from ronghe.casework.exceptions import DomainError
from ronghe.casework.models import Case, Draft
from ronghe.organisations.domain import Contact, visitors
from tests.city import City
from tests.www.conftest import TEXT
from tests.www.test_visitor import ANN, BEN, CODE, signed_in, verified, visitor

pytestmark = [pytest.mark.page, pytest.mark.django_db]

AT = timezone.now()
WORDS = {"text": [TEXT], "kind": ["petition"]}


@pytest.fixture(autouse=True)
def _city(city: City) -> None:
    """Every page of this file stands in the small city."""


def text(response: Any) -> str:
    return response.content.decode()


def save(client: Client, place: str = "submit", values: Any = WORDS) -> Any:
    return client.post("/drafts/", {"place": place, "values": json.dumps(values)})


# The room


def test_draft_is_sealed_and_opened_again():
    drafts.save_draft("visitor:1", "submit", {**WORDS, "empty": [""]}, AT)

    assert TEXT.encode() not in bytes(Draft.objects.get().sealed)
    kept = drafts.take_draft("visitor:1", "submit", AT)
    assert (kept.values, kept.at, TEXT in repr(kept)) == (WORDS, AT, False)


def test_the_newest_replaces_and_an_empty_one_ends():
    drafts.save_draft("visitor:1", "submit", WORDS, AT)
    drafts.save_draft("visitor:1", "submit", {"text": ["改过"]}, AT + dt.timedelta(minutes=1))
    changed = drafts.take_draft("visitor:1", "submit", AT)
    drafts.save_draft("visitor:1", "submit", {"text": []}, AT)

    assert changed.values == {"text": ["改过"]}
    assert Draft.objects.count() == 0


@pytest.mark.parametrize(
    ("owner", "place", "later"),
    [("visitor:2", "submit", 0), ("visitor:1", "other", 0), ("visitor:1", "submit", 31)],
)
def test_nobody_else_no_other_place_and_not_after_thirty_days(owner: str, place: str, later: int):
    drafts.save_draft("visitor:1", "submit", WORDS, AT)

    assert drafts.take_draft(owner, place, AT + dt.timedelta(days=later)) is None


def test_old_drafts_go_when_another_is_kept():
    drafts.save_draft("visitor:1", "submit", WORDS, AT - dt.timedelta(days=31))
    drafts.save_draft("visitor:2", "submit", WORDS, AT)

    assert list(Draft.objects.values_list("owner", flat=True)) == ["visitor:2"]


def test_one_owner_keeps_no_more_than_the_newest_forty():
    for number in range(drafts.MOST + 2):
        drafts.save_draft("visitor:1", f"p{number}", WORDS, AT + dt.timedelta(seconds=number))

    assert Draft.objects.count() == drafts.MOST
    assert drafts.take_draft("visitor:1", "p1", AT) is None


def test_too_large_a_draft_leaves_the_one_before():
    drafts.save_draft("visitor:1", "submit", WORDS, AT)
    with pytest.raises(DomainError) as raised:
        drafts.save_draft("visitor:1", "submit", {"text": ["字" * drafts.LARGEST]}, AT)

    assert raised.value.code == "draft-too-large"
    assert drafts.take_draft("visitor:1", "submit", AT).values == WORDS


def test_a_draft_whose_key_is_gone_is_forgotten(settings: Any):
    settings.IDENTITY_KEYS = ["old"]
    drafts.save_draft("visitor:1", "submit", WORDS, AT)
    settings.IDENTITY_KEYS = ["new", "old"]
    rotated = drafts.take_draft("visitor:1", "submit", AT)
    settings.IDENTITY_KEYS = ["new"]

    assert rotated.values == WORDS
    assert drafts.take_draft("visitor:1", "submit", AT) is None


# The pages


def test_typed_on_one_device_is_there_on_another():
    saved = save(signed_in(ANN))
    there = signed_in_again(ANN).get("/drafts/", {"place": "submit"})

    assert there.json() == {"at": saved.json()["at"], "values": WORDS}


def signed_in_again(phone: str) -> Client:
    """Another browser of the same visitor; the first code is not waited for."""
    from ronghe.organisations.models import SignInCode

    SignInCode.objects.update(sent_at=timezone.now() - dt.timedelta(minutes=2))
    return signed_in(phone)


def test_nobody_signed_in_keeps_nothing_on_the_server():
    client = Client()

    assert save(client).status_code == 204
    assert client.get("/drafts/", {"place": "submit"}).status_code == 204
    assert Draft.objects.count() == 0


def test_drafts_are_each_ones_own(city: City):
    staff = Client()
    staff.force_login(city.accounts["住建经办"])
    ann, ben = signed_in(ANN), signed_in(BEN)
    save(ann)
    save(staff, values={"reply": ["答复"]})

    assert ben.get("/drafts/", {"place": "submit"}).status_code == 204
    assert staff.get("/drafts/", {"place": "submit"}).json()["values"] == {"reply": ["答复"]}
    assert sorted(Draft.objects.values_list("owner", flat=True)) == [
        f"person:{city.people['住建经办'].pk}",
        f"visitor:{visitor(ANN).pk}",
    ]


@pytest.mark.parametrize(
    ("place", "values", "expected"),
    [
        ("submit", "not json", 400),
        ("submit", ["a"], 400),
        ("submit", {"a": "b"}, 400),
        ("", WORDS, 422),
        ("p" * 121, WORDS, 422),
        ("submit", {"text": ["字" * 100_001]}, 422),
    ],
)
def test_what_is_no_draft_is_refused(place: str, values: Any, expected: int):
    client = signed_in(ANN)
    sent = values if values == "not json" else json.dumps(values)

    assert client.post("/drafts/", {"place": place, "values": sent}).status_code == expected
    assert Draft.objects.count() == 0


def test_second_page_is_gone_on_with_from_another_device():
    submission = str(uuid.uuid4())
    save(signed_in(ANN), f"submit-petition-{submission}", {"detail": [TEXT]})
    client = signed_in_again(ANN)
    first = client.get("/submit/")
    again = client.get("/submit/", {"kind": "petition", "draft": submission})

    assert "您有一份没有提交的" in text(first)
    assert f"/submit/?kind=petition&amp;draft={submission}" in text(first)
    assert again.context["page"].answers["detail"].value() == TEXT
    assert f'name="submission" value="{submission}"' in text(again)


def test_a_draft_of_others_is_not_gone_on_with():
    submission = str(uuid.uuid4())
    save(signed_in(ANN), f"submit-petition-{submission}", {"detail": [TEXT]})
    page = signed_in(BEN).get("/submit/", {"kind": "petition", "draft": submission})

    assert TEXT not in text(page)
    assert f'value="{submission}"' not in text(page)


def test_sending_ends_the_drafts(message: dict[str, Any]):
    client = signed_in(ANN)
    save(client)
    save(client, f"submit-resident-message-{message['submission']}", {"detail": [TEXT]})
    save(client, "elsewhere", {"detail": ["别的"]})
    client.post("/submit/", message)

    assert list(Draft.objects.values_list("place", flat=True)) == ["elsewhere"]


def test_form_names_the_address_of_drafts_only_for_who_is_signed_in(city: City):
    assert "data-drafts" not in text(Client().get("/submit/"))
    assert 'data-drafts="/drafts/"' in text(signed_in(ANN).get("/submit/"))


# Nothing asked twice


def test_name_and_phone_are_known_the_second_time(message: dict[str, Any]):
    client = signed_in(ANN)
    first = client.get("/submit/", {"kind": "resident-message"}).context["page"].parts
    client.post("/submit/", message)
    second = client.get("/submit/", {"kind": "resident-message"}).context["page"].parts

    assert (first["name"].value(), first["phone"].value()) == ("", ANN)
    assert (second["name"].value(), second["phone"].value()) == ("王某", ANN)


def test_a_name_given_with_another_phone_is_not_the_visitors(message: dict[str, Any]):
    client = signed_in(ANN)
    client.post("/submit/", {**message, "phone": BEN})

    assert visitors.contact_of(visitor(ANN)) == Contact(phone=ANN)


def test_who_speaks_for_an_enterprise_is_not_asked_for_it(city: City):
    verified(ANN, city)
    client = signed_in(ANN)
    first = client.get("/submit/")
    page = client.post("/submit/", {"stage": "next", "text": TEXT, "kind": "enterprise-request"})
    sent = {"stage": "send", "kind": "enterprise-request", "topic": "transport", "detail": TEXT}
    parts = page.context["page"].parts
    client.post(
        "/submit/", {**sent, **{name: parts[name].value() for name in ("credit_code", "name", "phone")}}
    )

    assert first.context["form"]["kind"].value() == "enterprise-request"
    assert parts["credit_code"].value() == CODE
    assert '<p class="found">示范精密制造有限公司</p>' in text(page)
    assert Case.objects.get().about == city.units["enterprise"]


def test_pages_take_a_fixed_number_of_statements(city: City):
    verified(ANN, city)
    client, counts = signed_in(ANN), []
    for more in (1, 2):
        for _ in range(more):
            save(client, f"submit-petition-{uuid.uuid4()}", {"detail": [TEXT]})
        client.get("/submit/")
        with CaptureQueriesContext(connection) as said:
            client.get("/submit/")
            client.get("/submit/", {"kind": "enterprise-request"})
        counts.append(len(said))

    assert counts == [counts[0]] * 2
    assert counts[0] <= 24
