"""A definition uploaded, checked, signed: an edition of its own, told in the ledger, in nobody's way."""

from __future__ import annotations

import datetime as dt

import pytest

from ronghe.definitions import queries
from ronghe.definitions.domain import drop, examine, load_packs, propose, sign
from ronghe.definitions.exceptions import ProposalRefused
from ronghe.definitions.models import Edition, Proposal
from ronghe.ledger.models import Entry
from tests.city import City, moment

pytestmark = [pytest.mark.db, pytest.mark.both, pytest.mark.django_db]
AT = moment("2026-11-22 10:00")
TODAY, LATER = AT.date(), dt.date(2026, 12, 1)
GOOD = """list: request-topics
title: 诉求类别
source: [S-080]
effective: 2026-12-01
lines: [{code: land, title: 土地}, {code: other, title: 其他}]
"""


def upload(text: str = GOOD) -> Proposal:
    return propose(text.encode(), file_name="request-topics.yaml", actor="person:1", at=AT)


def test_signed_it_is_an_edition_from_its_day_on_and_in_the_ledger(city: City) -> None:
    before = queries.get("list", "request-topics", TODAY).edition
    proposal = upload()
    assert examine(proposal, since=TODAY).problems == ()
    edition = sign(proposal, effective=LATER, actor="person:1", at=AT)
    entry = Entry.objects.get(kind="definition.published", subject_id=edition.pk, subject_type="definition")

    assert (edition.effective, edition.signed_by, edition.pack, edition.title) == (
        LATER,
        "person:1",
        "page",
        "诉求类别",
    )
    assert (entry.actor, entry.edition, entry.data["day"], entry.data["hash"]) == (
        "person:1",
        "2026-12-01",
        "2026-12-01",
        edition.hash,
    )
    assert queries.get("list", "request-topics", TODAY).edition == before
    assert queries.get("list", "request-topics", LATER).edition == edition
    with pytest.raises(ProposalRefused):
        sign(proposal, effective=LATER, actor="person:1", at=AT)


def test_another_day_may_be_signed_for_but_none_that_has_passed(city: City) -> None:
    proposal = upload()
    with pytest.raises(ProposalRefused):
        sign(proposal, effective=dt.date(2026, 11, 21), actor="person:1", at=AT)
    night = moment("2026-11-22 00:30").astimezone(dt.UTC)  # at Greenwich still the 21st
    with pytest.raises(ProposalRefused):
        sign(proposal, effective=dt.date(2026, 11, 21), actor="person:1", at=night)
    assert sign(proposal, effective=TODAY, actor="person:1", at=AT).edition == "2026-11-22"


@pytest.mark.parametrize(
    ("text", "where"),
    [
        ("list: topics\ntitel: 类别\n", [(2, "titel"), (1, "title"), (1, "source"), (1, "effective")]),
        (GOOD.replace("2026-12-01", '2026-12-01\nedition: "2022-01-01"'), [(5, "edition")]),
        (GOOD + "---\n" + GOOD, [(1, "")]),
        (
            "procedure: x\ntitle: 甲\nsource: [S-1]\neffective: 2026-12-01\nflow: [{step: a, title: 乙, by: nobody-there}]\n",
            [(5, "flow[1].by")],
        ),
        ("", [(1, "")]),
        ("list: [", [(1, "")]),
    ],
)
def test_what_is_wrong_is_told_by_line_and_field_and_nothing_is_signed(
    city: City, text: str, where: list[tuple[int, str]]
) -> None:
    proposal = upload(text)
    found = examine(proposal, since=TODAY)
    count = Edition.objects.count()

    assert sorted((one.line, one.field) for one in found.problems) == sorted(where)
    assert all(one.message for one in found.problems)
    with pytest.raises(ProposalRefused):
        sign(proposal, effective=LATER, actor="person:1", at=AT)
    assert Edition.objects.count() == count


def test_loading_the_packs_again_leaves_what_was_signed(city: City, settings) -> None:
    edition = sign(upload(), effective=LATER, actor="person:1", at=AT)
    load_packs(settings.PACKS, actor="system:test", at=AT)

    assert Edition.objects.filter(pk=edition.pk, hash=edition.hash).exists()


def test_what_was_put_aside_is_not_signed_any_more(city: City) -> None:
    proposal = upload()
    drop(proposal, at=AT)

    with pytest.raises(ProposalRefused):
        sign(proposal, effective=LATER, actor="person:1", at=AT)


def test_what_is_no_text_is_refused_at_once() -> None:
    with pytest.raises(ProposalRefused):
        propose(b"\x00\x01", file_name="a.yaml", actor="person:1", at=AT)
    with pytest.raises(ProposalRefused):
        propose("类".encode("gb18030"), file_name="a.yaml", actor="person:1", at=AT)
