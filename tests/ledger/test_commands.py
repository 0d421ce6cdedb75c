"""`ronghe init` and `ronghe ledger`."""

import datetime as dt
import json
from io import StringIO

import pytest
from django.core.management import call_command

from ronghe.casework.models import Case
from ronghe.definitions.models import Edition
from ronghe.ledger.domain import Touch, record
from ronghe.ledger.models import Entry
from ronghe.management.base import Refused

pytestmark = [pytest.mark.db, pytest.mark.django_db]

AT = dt.datetime(2026, 3, 2, 2, tzinfo=dt.UTC)
PACK = """\
{list: topics, title: 类别, source: 测试, effective: 2020-01-01, lines: [{code: land, title: 土地}]}
---
procedure: asked
title: 事项
source: 测试
effective: 2020-01-01
number: X{year}-{seq:06}
flow: [{step: handle, title: 办理, by: responsible}]
"""


def say(*words):
    out = StringIO()
    call_command(*words, stdout=out)
    return out.getvalue()


@pytest.fixture
def pack(settings, tmp_path):
    (tmp_path / "test").mkdir()
    (tmp_path / "test" / "all.yaml").write_text(PACK, encoding="utf-8")
    settings.PACKS_DIR, settings.PACKS, settings.DATA_DIR = tmp_path, ["test"], tmp_path / "data"


@pytest.mark.usefixtures("pack")
def test_init_may_be_repeated():
    first, again = (json.loads(say("init", "--format", "json")) for _ in range(2))

    packs = {"names": ["test"], "changed": 0, "removed": 0}
    assert first == {"migrations": 0, "packs": {**packs, "new": 2, "unchanged": 0}, "watermark": 2}
    assert again == {"migrations": 0, "packs": {**packs, "new": 0, "unchanged": 2}, "watermark": 2}
    assert "账本记到第 2 条" in say("init")


@pytest.mark.usefixtures("pack")
def test_init_says_what_is_wrong_with_a_pack(settings):
    settings.PACKS = ["nowhere"]

    with pytest.raises(Refused) as refused:
        say("init")

    assert (refused.value.returncode, "nowhere" in str(refused.value)) == (2, True)


def test_ledger_shows_and_sequences():
    record(
        "case.noted",
        subject=("case", 3),
        actor="person:7",
        at=AT,
        data={"note": 1},
        touches=(Touch("about", "post", 4),),
    )

    assert json.loads(say("ledger", "sequence", "--format", "json")) == {"watermark": 1}
    assert json.loads(say("ledger", "show", "case:3", "--format", "json")) == {
        "entries": [
            {
                "seq": 1,
                "at": "2026-03-02 02:00:00+00:00",
                "kind": "case.noted",
                "actor": "person:7",
                "organisation": None,
                "quantity": None,
                "data": {"note": 1},
                "touches": ["about=post:4"],
            }
        ]
    }
    assert say("ledger", "show", "case:3") == "1 2026-03-02 10:00 case.noted person:7 {'note': 1}\n"
    with pytest.raises(Refused, match="case:12"):
        say("ledger", "show", "everything")


@pytest.mark.usefixtures("pack")
def test_reconcile_reports_a_case_the_ledger_does_not_know():
    assert json.loads(say("ledger", "reconcile", "--format", "json")) == {
        "cases": 0,
        "entries": 0,
        "differences": [],
    }
    assert "cases: 0" in say("ledger", "reconcile")
    say("init")
    edition = Edition.objects.get(kind="procedure")
    before = Entry.objects.count()
    Case.objects.create(
        number="X1", edition=edition, procedure="asked", title="无账", opener="person:1", opened_at=AT
    )

    out = StringIO()
    with pytest.raises(Refused) as refused:
        call_command("ledger", "reconcile", "--format", "json", stdout=out)

    assert refused.value.returncode == 2
    assert json.loads(out.getvalue())["differences"] != []
    assert Entry.objects.count() == before
