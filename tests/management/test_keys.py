"""Keys are rotated: after `ronghe keys rotate` everything opens without the old key."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.management import call_command

from ronghe.casework.domain.drafts import save_draft, take_draft
from ronghe.messages.domain import Address, send
from ronghe.messages.queries import inbox
from ronghe.organisations.domain import Contact, find_by_phone, open_contact, seal_identity
from tests.city import ACTOR, City, moment

pytestmark = [pytest.mark.db, pytest.mark.django_db]
AT = moment("2026-03-02 10:00")
PHONE = "13711112222"


def test_nothing_needs_the_old_key(city: City, settings: Any) -> None:
    old = settings.IDENTITY_KEYS[0]
    identity = seal_identity(Contact(name="周建国", phone=PHONE), actor=ACTOR, at=AT)
    person = city.people["环境经办"].pk
    send(Address("person", person), kind="test", title="题", text="话", at=AT)
    save_draft("person:1", "here", {"detail": ["写到一半"]}, AT)

    settings.IDENTITY_KEYS = ["a-new-key", old]
    call_command("keys", "rotate")
    settings.IDENTITY_KEYS = ["a-new-key"]

    identity.refresh_from_db()
    assert open_contact(identity).name == "周建国"
    assert [one.pk for one in find_by_phone(PHONE)] == [identity.pk]
    assert [told.text for told in inbox(person)] == ["话"]
    kept = take_draft("person:1", "here", AT)
    assert kept is not None
    assert kept.values == {"detail": ["写到一半"]}
