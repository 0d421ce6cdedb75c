"""Votes of a sitting: no decision without a quorum, the outcome that was voted, and nobody's own vote anywhere."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from ronghe.casework import domain
from ronghe.casework.domain import By
from ronghe.casework.exceptions import DomainError
from ronghe.casework.models import Case
from ronghe.core.errors import DefinitionError
from ronghe.core.procedure import parse_flow
from ronghe.definitions import queries as definitions
from ronghe.ledger.models import Entry
from ronghe.organisations.queries import powers_of
from tests.casework.kernel import load
from tests.city import City, moment

pytestmark = [pytest.mark.db, pytest.mark.both, pytest.mark.django_db]
AT = moment("2026-03-04 10:00")
MEETING = """
procedure: branch-meeting
title: 支部大会表决
about: branch
flow:
  - step: vote
    title: 表决
    by: about
    vote: {roll: about, quorum: more than 1/2, passes: more than 1/2 of entitled, written: true, passed: carried, failed: lost, source: [B12]}
    outcomes: {carried: {end: carried, title: 通过}, lost: {end: lost, title: 未通过}, put-off: {end: put-off, title: 改期}}
"""


@pytest.fixture
def case(party_city: City, tmp_path: Path) -> Case:
    load(tmp_path, MEETING)
    procedure = definitions.get("procedure", "branch-meeting", AT.date())
    city = party_city
    actor = f"person:{city.accounts['支书甲'].person_id}"
    return domain.open_case(
        procedure,
        values={},
        at=moment("2026-03-02 10:00"),
        actor=actor,
        about=city.units["zb1"],
        responsible=city.units["zb1"],
    ).case


def counted(*counts: int) -> dict[str, str]:
    names = ("entitled", "present", "in-favour", "against", "abstained", "written")
    given = (*counts, 0) if len(counts) == 3 else counts
    return {f"vote-{name}": str(count) for name, count in zip(names, given, strict=False)}


def vote(city: City, case: Case, outcome: str, *counts: int) -> Case:
    account = city.accounts["支书甲"]
    by = By(f"person:{account.person_id}", AT, powers_of(account, AT.date()))
    step = case.steps.get(done_at=None)
    return domain.complete_step(case.pk, by, step=step.no, outcome=outcome, values=counted(*counts))


@pytest.mark.parametrize(
    ("counts", "result"),
    [
        ((6, 4, 4), "carried"),
        ((6, 6, 3, 3), "lost"),  # half is not more than half
        ((6, 6, 3, 1, 2), "lost"),  # most of those who said yes or no, but not of those entitled
        ((6, 4, 4, 1, 0, 1), "carried"),  # a written opinion is among the votes
    ],
)
def test_counts_say_how_it_ended(party_city: City, case: Case, counts: tuple[int, ...], result: str) -> None:
    assert (vote(party_city, case, "counted", *counts).result, case.steps.count()) == (result, 1)


def test_nothing_is_decided_without_a_quorum(party_city: City, case: Case) -> None:
    for outcome in ("counted", "carried", "lost"):
        with pytest.raises(DomainError) as refused:
            vote(party_city, case, outcome, 6, 3, 3, 0, 0, 3)

        assert (refused.value.code, refused.value.data["needed"]) == ("no-quorum", 4)
        assert "应到 6 人，实到 3 人；到会要超过半数，至少 4 人" in refused.value.message
        assert set(refused.value.data["errors"]) == {"vote-present"}
    case.refresh_from_db()
    assert (case.state, case.values) == ("open", {})
    assert vote(party_city, case, "put-off", 6, 3, 0, 0).result == "put-off"


def test_another_outcome_than_was_voted_is_refused(party_city: City, case: Case) -> None:
    with pytest.raises(DomainError) as refused:
        vote(party_city, case, "carried", 6, 6, 3, 3)

    assert refused.value.code == "against-votes"
    assert (
        "赞成 3 票；应到会有表决权的人数是 6 人，要超过半数，至少 4 票才通过。结果应是“未通过”"
        in refused.value.message
    )
    assert vote(party_city, case, "lost", 6, 6, 3, 3).result == "lost"


def test_more_than_the_roll_holds_cannot_be_entitled(party_city: City, case: Case) -> None:
    with pytest.raises(DomainError) as refused:
        vote(party_city, case, "counted", 60, 59, 59)

    assert "多于名册上的" in refused.value.data["errors"]["vote-entitled"]


@pytest.mark.parametrize("counts", [(6, 7, 4), (6, 5, 4, 2), (6, 5, 4, 0, 0, 2)])
def test_counts_that_cannot_be_are_said_beside_their_field(
    party_city: City, case: Case, counts: tuple[int, ...]
) -> None:
    with pytest.raises(DomainError) as refused:
        vote(party_city, case, "counted", *counts)

    assert refused.value.code == "invalid"
    assert refused.value.data["errors"]


def test_ledger_knows_the_outcome_and_nobodys_vote(party_city: City, case: Case) -> None:
    vote(party_city, case, "counted", 6, 6, 5, 1)

    entry = Entry.objects.get(kind="step.done", subject_id=case.pk)
    assert entry.data == {"step": 1, "outcome": "carried"}
    case.refresh_from_db()
    assert case.values == counted(6, 6, 5, 1)


@pytest.mark.parametrize(
    ("raw", "says"),
    [
        ({}, "没有写到会多少"),
        ({"quorum": "most"}, "读不懂"),
        ({"quorum": "1/2", "passed": "won"}, "没有结果“won”"),
        ({"passes": "1/2 of present", "passed": "done"}, "通过和不通过"),
        ({"quorum": "1/2", "passed": "done", "secret": True}, "secret"),
    ],
)
def test_vote_that_cannot_be_read_is_refused(raw: dict[str, Any], says: str) -> None:
    with pytest.raises(DefinitionError, match=says):
        parse_flow([{"step": "meet", "by": "about", "vote": raw}])
