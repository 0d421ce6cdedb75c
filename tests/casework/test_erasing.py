"""清除: nothing that tells who somebody is stays, everything that happened does; never while a case is open."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile

from ronghe.casework import domain
from ronghe.casework.domain import By
from ronghe.casework.domain.erasing import erase_expired, erase_requester, forget_expired
from ronghe.casework.exceptions import DomainError
from ronghe.casework.models import Attachment, Case, Draft
from ronghe.casework.queries.keeping import due_identities, held_by
from ronghe.definitions import queries as definitions
from ronghe.judgements.models import Judgement
from ronghe.ledger.models import Entry
from ronghe.messages.domain import Address, send
from ronghe.messages.models import Message
from ronghe.organisations.domain import Contact
from ronghe.organisations.domain.visitors import visitor_for
from ronghe.organisations.models import Claim, SignInCode
from tests.city import ACTOR, City, moment

pytestmark = [pytest.mark.db, pytest.mark.both, pytest.mark.django_db]
FILED, LATER = moment("2026-03-02 10:00"), moment("2026-03-05 10:00")
PHONE, NAME = "13711112222", "周建国"
DETAIL = f"我叫{NAME}，电话{PHONE}，小区路灯不亮。"


@pytest.fixture
def case(city: City, settings: Any, tmp_path: Path) -> Case:
    settings.MEDIA_ROOT = tmp_path
    procedure = definitions.get("procedure", "resident-message", FILED.date())
    opened = domain.open_case(
        procedure, values={"detail": DETAIL}, at=FILED, contact=Contact(name=NAME, phone=PHONE)
    ).case
    photo = SimpleUploadedFile("周建国家门口.jpg", b"\xff\xd8\xff\xe0photo")
    return domain.attach(opened.pk, By(f"requester:{opened.pk}", FILED), file=photo)


def withdrawn(case: Case) -> Case:
    return domain.withdraw_case(case.pk, By(f"requester:{case.pk}", LATER), note=f"不用了，{NAME}。")


def erase(case: Case, at: dt.datetime = LATER) -> int:
    assert case.identity is not None
    return erase_requester(case.identity, ground="asked", actor=ACTOR, at=at)


def test_an_open_case_keeps_its_requester(case: Case) -> None:
    with pytest.raises(DomainError, match="还有 1 件没有办结") as refused:
        erase(case)
    assert refused.value.code == "still-open"
    assert [held.open for held in held_by(PHONE)] == [1], "and is still found"


def test_nothing_tells_who_it_was(case: Case, django_capture_on_commit_callbacks: Any) -> None:
    withdrawn(case)
    path = Attachment.objects.get().path
    with django_capture_on_commit_callbacks(execute=True):
        assert erase(case) == 1
    case = Case.objects.get(pk=case.pk)
    words = [case.title, *case.values.values(), *(note.text for note in case.notes.all())]
    words += [file.name for file in case.attachments.all()]
    assert not [word for word in words if PHONE in word or NAME in word]
    assert "路灯不亮" in case.values["detail"], "what it was about stays"
    assert not default_storage.exists(path)
    assert held_by(PHONE) == held_by(case.number) == []
    assert not Message.objects.filter(to_type="identity", sealed__isnull=False).exists()


def test_the_ledger_says_that_it_was_erased_and_still_rebuilds_the_case(case: Case) -> None:
    withdrawn(case)
    erase(case)
    last = Entry.objects.filter(subject_type="case").order_by("-seq")[0]
    assert (last.kind, last.actor, last.data) == ("case.erased", ACTOR, {"ground": "asked", "rows": 1})
    assert Entry.objects.filter(kind="identity.erased", subject_id=case.identity_id).count() == 1
    assert domain.reconcile()["differences"] == []


def test_a_visitor_loses_drafts_and_claims(case: Case, city: City) -> None:
    visitor = visitor_for(PHONE, actor=ACTOR, at=FILED, identity=case.identity)
    Claim.objects.create(
        visitor=visitor, enterprise=city.units["enterprise"], state=Claim.State.VERIFIED, asked_at=FILED
    )
    Draft.objects.create(owner=f"visitor:{visitor.pk}", place="submit", sealed=b"x", at=FILED)
    withdrawn(case)
    erase(case)
    assert not Draft.objects.exists()
    assert Claim.objects.get().state == Claim.State.ENDED


@pytest.mark.parametrize(
    ("days", "due"), [(1095, 0), (1096, 1)], ids=["on the last day of the term", "a day later"]
)
def test_the_term_begins_when_the_last_case_is_closed(case: Case, days: int, due: int) -> None:
    withdrawn(case)
    assert due_identities(LATER + dt.timedelta(days=days)).count() == due


def test_no_term_ends_while_a_case_is_open(case: Case) -> None:
    assert not due_identities(LATER + dt.timedelta(days=10_000)).exists()


def test_staff_are_never_due(city: City) -> None:
    person = city.people["工委甲"]
    person.identity = visitor_for("13600001111", actor=ACTOR, at=FILED).identity
    person.save()
    assert not due_identities(LATER + dt.timedelta(days=10_000)).exists()


def test_what_is_due_is_erased_in_turns(case: Case) -> None:
    withdrawn(case)
    at = LATER + dt.timedelta(days=1200)
    assert [erase_expired(actor=ACTOR, at=at, most=1) for _ in range(2)] == [1, 0]


def test_old_words_and_codes_are_forgotten_by_themselves(case: Case) -> None:
    assert case.identity_id is not None
    message = send(Address("identity", case.identity_id), kind="test", title="告诉", text="您的事", at=FILED)
    Message.objects.filter(pk=message.pk).update(state="sent", sent_at=FILED)
    SignInCode.objects.create(phone_index="x", code_hash="x", sent_at=FILED, expires_at=FILED)
    assert forget_expired(FILED + dt.timedelta(days=29)) == 0
    assert forget_expired(FILED + dt.timedelta(days=31)) == 1, "the code"
    assert forget_expired(FILED + dt.timedelta(days=366)) == 1, "the words"
    assert Message.objects.get(pk=message.pk).sealed is None


def test_what_was_found_of_their_cases_goes_with_them(case: Case, city: City) -> None:
    withdrawn(case)
    review = Judgement.objects.create(
        edition=definitions.get("judgement", "look-back", LATER.date()).edition, judgement="look-back",
        subject_type="case", subject_id=case.pk, asked_at=LATER, given_at=LATER, actor=ACTOR, is_review=True,
        comment=f"已回访{NAME}（{PHONE}）。",
    )  # fmt: skip
    other = Judgement.objects.create(
        edition=review.edition, judgement="look-back", subject_type="entry", subject_id=case.pk,
        asked_at=LATER, given_at=LATER, actor=ACTOR, is_review=True, comment=NAME,
    )  # fmt: skip

    erase(case)

    review.refresh_from_db()
    other.refresh_from_db()
    assert (review.comment, other.comment) == ("已回访***（***********）。", NAME)
    assert Entry.objects.get(kind="judgement.erased").subject_id == review.pk


def test_words_in_rows_and_of_steps_go_too(case: Case) -> None:
    withdrawn(case)
    Case.objects.filter(pk=case.pk).update(
        values={"people": [{"name": NAME, "n": 2}], "kinds": [f"电话{PHONE}"]}
    )
    case.steps.update(values={"opinion": f"{NAME}反映属实"})
    erase(case)

    case.refresh_from_db()
    assert case.values == {"people": [{"name": "***", "n": 2}], "kinds": ["电话***********"]}
    assert {str(step.values) for step in case.steps.all()} == {str({"opinion": "***反映属实"})}
