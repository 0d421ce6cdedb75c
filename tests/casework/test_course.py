"""Random lives in memory: whatever is done, in whatever order, the record is what its entries say."""

from __future__ import annotations

import copy
import datetime as dt
from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given, strategies as st

from ronghe.casework.domain.course import Course, Holder, Party, Terms
from ronghe.casework.domain.fold import HANDLERS, replay
from ronghe.casework.domain.record import CaseRecord
from ronghe.casework.enums import CaseState
from ronghe.core.errors import RongheError
from ronghe.core.procedure import Parallel, Step, parse_flow
from ronghe.core.worktime import Limit
from ronghe.definitions.queries import calendar
from ronghe.ledger.domain import check
from ronghe.ledger.entries import KINDS
from tests.city import moment

pytestmark = pytest.mark.unit
OPENED = moment("2026-03-02 10:00")
FLOW = parse_flow(
    [
        {
            "step": "receive",
            "title": "接收",
            "by": "triage",
            "limit": "4 工时",
            "outcomes": {"accept": "handle", "transfer": "receive", "decline": {"end": "declined"}},
        },
        {
            "step": "handle",
            "title": "办理",
            "by": "responsible",
            "pauses": {"supplement": {"title": "补充材料", "max": "5 工作日"}},
            "extends": {"max": "5 工作日", "once": True},
            "outcomes": {"ready": "reply", "joint": "opinions", "return": "receive"},
        },
        {
            "parallel": "opinions",
            "over": "co-handlers",
            "flow": [{"step": "opinion", "title": "协办意见", "by": "lane", "limit": "2 工作日"}],
            "then": "handle",
        },
        {
            "step": "reply",
            "title": "答复",
            "by": "responsible",
            "template": "x",
            "outcomes": {"send": {"end": "answered"}},
        },
    ],
    {"withdraw": {"by": "requester", "end": "withdrawn"}},
)


class FixedRouting:
    """Unit 1 is the triage desk, unit 2 gets what it routes; opinions are asked of units 3 and 4."""

    def holder(self, record: CaseRecord, step: Step, path: tuple[str, ...]) -> Holder:
        if path:
            return Holder(int(path[-1]))
        if step.code == "receive":
            return Holder(1, "triage-officer", triage=True)
        return Holder(record.responsible)

    def lanes(self, _record: CaseRecord, _parallel: Parallel) -> Sequence[str]:
        return ["3", "4"]

    def limit(self, _record: CaseRecord, limit: Any) -> Limit | None:
        return limit if isinstance(limit, Limit) else None


def course(limit: str | None = "5 工作日", *, from_acceptance: bool = False) -> Course:
    terms = Terms(
        "procedure:x",
        "2026-01-01",
        FLOW,
        Limit.parse(limit) if limit else None,
        from_acceptance=from_acceptance,
    )
    made = Course(CaseRecord(id=1), terms, calendar(), FixedRouting(), (Party("about", "organisation", 9),))
    made.by("person:1", OPENED).open(number="T2026-1", edition_id=1)
    return made


acts = st.lists(
    st.tuples(
        st.sampled_from(
            [
                "accept",
                "transfer",
                "return",
                "decline",
                "ready",
                "joint",
                "done",
                "send",
                "pause",
                "resume",
                "extend",
                "withdraw",
                "reopen",
                "note",
                "assign",
            ]
        ),
        st.integers(0, 3),
        st.integers(0, 60 * 24 * 4),
    ),
    max_size=25,
)


def do(made: Course, act: str, which: int) -> None:
    opened = made.record.open_steps
    no = opened[which % len(opened)].no if opened else 1
    match act:
        case "pause":
            made.pause(no, "supplement")
        case "resume":
            made.resume()
        case "extend":
            made.extend(no, Limit.parse("3 工作日"))
        case "withdraw":
            made.withdraw()
        case "reopen":
            made.reopen(cause="rating")
        case "note":
            made.note(made.record.notes + 1)
        case "assign":
            made.assign(no, 7)
        case "transfer":
            made.complete(no, act, to=Holder(2 + which) if which else None)
        case "send":
            made.complete(no, act, reply=made.record.replies + 1)
        case _:
            made.complete(no, act)


@given(acts, st.sampled_from(["5 工作日", "15 自然日", "1 月", None]), st.booleans())
def test_record_is_what_its_entries_say(
    plan: list[tuple[str, int, int]], limit: str | None, from_acceptance: bool
) -> None:
    made = course(limit, from_acceptance=from_acceptance)
    at = OPENED
    for act, which, minutes in plan:
        at += dt.timedelta(minutes=minutes)
        before, written = copy.deepcopy(made.record), len(made.entries)
        try:
            do(made.by("person:1", at), act, which)
        except RongheError:
            assert (made.record, len(made.entries)) == (before, written), "a refused act changed something"

    record = made.record
    for draft in made.entries:
        check(draft)
    assert replay(FLOW, made.entries, 1) == record
    assert record.revision == len(made.entries)
    assert record.state in CaseState.values
    assert (record.closed_at is None) == (record.state == CaseState.OPEN)
    assert bool(record.open_steps) == (record.state == CaseState.OPEN)
    tokens = {(token.path, token.step) for token in (record.marking.tokens if record.marking else ())}
    assert {(step.path, step.code) for step in record.open_steps} == tokens


@given(acts)
def test_split_anywhere_and_folded_twice_gives_the_same(plan: list[tuple[str, int, int]]) -> None:
    made = course()
    at = OPENED
    for act, which, minutes in plan:
        at += dt.timedelta(minutes=minutes)
        try:
            do(made.by("person:1", at), act, which)
        except RongheError:
            continue
    middle = len(made.entries) // 2

    first = replay(FLOW, made.entries[:middle], 1) if middle else CaseRecord(id=1)
    for draft in made.entries[middle:]:
        HANDLERS[draft.kind](first, FLOW, draft)
        first.revision += 1

    assert first == made.record


def test_every_case_and_step_kind_has_a_handler_or_comes_later() -> None:
    later = {"case.corrected"}
    families = ("case.", "step.", "lane.", "call.", "clock.")

    assert {kind for kind in KINDS if kind.startswith(families)} - later == set(HANDLERS)


def test_time_cannot_run_backwards() -> None:
    made = course()

    with pytest.raises(RongheError, match="早于上一步"):
        made.by("person:1", OPENED - dt.timedelta(minutes=1))


def test_pause_ends_by_itself_at_its_maximum() -> None:
    made = course()
    made.by("person:1", moment("2026-03-02 11:00")).complete(1, "transfer", to=Holder(2))
    made.by("person:1", moment("2026-03-02 14:00")).complete(2, "accept")
    made.by("person:1", moment("2026-03-03 09:00")).pause(3, "supplement")

    made.by("person:1", moment("2026-03-20 09:00")).resume()

    assert made.record.due == moment("2026-03-16 18:00")  # five working days of pause, not thirteen


def test_days_used_leave_pauses_out() -> None:
    made = course()
    made.by("person:1", moment("2026-03-02 11:00")).complete(1, "transfer", to=Holder(2))
    made.by("person:1", moment("2026-03-02 14:00")).complete(2, "accept")
    made.by("person:1", moment("2026-03-03 09:00")).pause(3, "supplement")
    made.by("person:1", moment("2026-03-05 09:00")).resume()
    made.by("person:1", moment("2026-03-06 09:00")).complete(3, "ready")

    made.by("person:1", moment("2026-03-09 09:00")).complete(4, "send", reply=1)

    assert (made.entries[-1].kind, made.entries[-1].quantity) == ("case.closed", 3)


def test_accept_starts_the_clock_where_the_definition_says_so() -> None:
    made = course("60 自然日", from_acceptance=True)
    assert made.record.due is None

    made.by("person:1", moment("2026-03-04 09:00")).complete(1, "transfer", to=Holder(2))
    made.by("person:1", moment("2026-03-05 09:00")).complete(2, "accept")

    assert made.record.due == moment("2026-05-06 18:00")
