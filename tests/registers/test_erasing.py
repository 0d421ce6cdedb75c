"""清除: an entry tells no more of persons on any of its days; its row, its figures and its ledger stay."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile

from ronghe.erasure import Erasure, NotErased
from ronghe.judgements.models import Judgement, JudgementFile
from ronghe.ledger.models import Entry as LedgerEntry
from ronghe.registers.domain import begin_entry, change_entry, end_entry, erase_entry
from ronghe.registers.models import Entry
from tests.casework.kernel import load
from tests.city import City
from tests.registers.conftest import ACTOR, NOON

pytestmark = [pytest.mark.db, pytest.mark.both, pytest.mark.django_db]
LATER = NOON + dt.timedelta(days=3)
NAME, PHONE = "欧阳明月", "13711112222"
HELPER = """
register: room-helper
title: 帮扶对象
by: {organisation: department}
form:
  - {field: detail, title: 情况, type: text}
  - {field: amount, title: 金额, type: number, optional: true}
  - {field: paper, title: 材料, type: files, optional: true}
"""
GONE = Erasure("asked", ACTOR, LATER, (NAME,))


@pytest.fixture
def entry(city: City, settings: Any, tmp_path: Path) -> Entry:
    """Registered with a file, said otherwise the day after, with another."""
    load(tmp_path, HELPER)
    settings.MEDIA_ROOT = tmp_path / "media"
    begun = begin_entry(
        "room-helper",
        title=NAME,
        values={"detail": f"{NAME}家，电话{PHONE}，屋顶漏水。", "amount": PHONE},
        organisation=city.units["zjj"],
        actor=ACTOR,
        at=NOON,
        files={"paper": [SimpleUploadedFile("欧阳明月身份证.pdf", b"%PDF-1.4 one")]},
    ).entry
    return change_entry(
        begun.pk,
        values={"detail": f"{NAME}家已经修好。", "amount": PHONE},
        title=NAME,
        actor=ACTOR,
        at=NOON + dt.timedelta(days=1),
        files={"paper": [SimpleUploadedFile("收条.pdf", b"%PDF-1.4 two")]},
    )


def test_nothing_tells_who_it_was_on_any_day(entry: Entry, django_capture_on_commit_callbacks: Any) -> None:
    paths = list(entry.files.values_list("path", flat=True))
    with django_capture_on_commit_callbacks(execute=True):
        assert erase_entry(entry.pk, GONE) == 2

    entry.refresh_from_db()
    assert [default_storage.exists(path) for path in paths] == [False, False]
    assert list(entry.files.order_by("no").values_list("no", "name", "path", "size")) == [
        (1, "（已清除）", "", 0),
        (2, "（已清除）", "", 0),
    ]
    said = [entry.title, str(entry.values["detail"])]
    said += [f"{state.title} {state.values['detail']}" for state in entry.states.all()]
    assert [word for word in said if NAME in word or PHONE in word] == []
    assert "屋顶漏水" in said[2], "what it was about stays"
    assert entry.values["amount"] == PHONE, "and so does a number that only looks like one"
    last = LedgerEntry.objects.filter(subject_type="entry", subject_id=entry.pk).order_by("-seq")[0]
    assert (last.kind, last.actor, last.data) == ("entry.erased", ACTOR, {"ground": "asked", "rows": 2})


def test_one_that_ended_is_erased_too_and_asked_again_no_file_goes(entry: Entry) -> None:
    end_entry(entry.pk, because="对象迁出", actor=ACTOR, at=NOON + dt.timedelta(days=2))

    assert [erase_entry(entry.pk, GONE), erase_entry(entry.pk, GONE)] == [2, 0]


def test_what_was_found_of_it_goes_with_it(city: City, entry: Entry) -> None:
    review = Judgement.objects.create(
        edition=entry.edition, judgement="room-helped", subject_type="entry", subject_id=entry.pk,
        asked_at=NOON, given_at=NOON, actor=ACTOR, is_review=True, values={"detail": f"走访了{NAME}。"},
    )  # fmt: skip
    JudgementFile.objects.create(
        judgement=review, no=1, field="paper", name="a.pdf", size=1, content_type="application/pdf",
        sha256="0" * 64, path="judgements/1", at=NOON, actor=ACTOR,
    )  # fmt: skip

    assert erase_entry(entry.pk, GONE) == 3

    review.refresh_from_db()
    assert (review.values, review.files.get().path) == ({"detail": "走访了****。"}, "")
    erased = LedgerEntry.objects.get(kind="judgement.erased", subject_id=review.pk)
    assert (erased.actor, erased.data) == (ACTOR, {"ground": "asked", "rows": 1})


def test_without_a_ground_nothing_is_erased(entry: Entry) -> None:
    with pytest.raises(NotErased, match="请选择清除的原因"):
        erase_entry(entry.pk, Erasure("", ACTOR, LATER))

    assert NAME in Entry.objects.get(pk=entry.pk).title
