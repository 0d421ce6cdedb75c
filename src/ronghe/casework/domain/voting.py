"""表决: what a sitting counted decides its step. Without a quorum nothing is decided; nobody's own vote is kept."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from ronghe.casework.domain.acting import Work
from ronghe.casework.domain.filing import facts_of
from ronghe.casework.exceptions import DomainError
from ronghe.casework.models import Case
from ronghe.core.procedure import Step
from ronghe.core.procedure.voting import COUNTED, Vote
from ronghe.core.select import Facts
from ronghe.core.votes import Counts
from ronghe.definitions.queries import Loaded
from ronghe.organisations.queries import OrganisationFacts
from ronghe.organisations.queries.rolls import count_members


def by_votes(work: Work, node: Step, outcome: str, said: Mapping[str, Any]) -> str:
    """The outcome that follows from what was counted; an outcome that is no decision stays as it is.

    Raises `invalid` where the counts cannot be so, `no-quorum`, `against-votes` where another outcome was chosen.
    """
    vote = node.vote
    if vote is None or outcome not in {*vote.passed, *vote.failed, COUNTED}:
        return outcome
    counts, faults = vote.counts(said)
    if counts is not None and not faults:
        faults = _over_roll(work, vote, counts)
    if counts is None or faults:
        first = next(iter(faults.values()))
        raise DomainError("invalid", f"有内容需要修改：{first}您填写的内容已保留。", errors=faults)
    _check_quorum(vote, counts)
    if vote.each is not None:
        _check_each(vote, counts, said)
        return vote.passed[0] if outcome == COUNTED else outcome
    if vote.rule.passes is None:
        return vote.passed[0] if outcome == COUNTED else outcome
    right = vote.passed if vote.rule.carries(counts) else vote.failed
    if outcome == COUNTED and vote.decides:
        return right[0]
    if outcome not in right:
        names = "、".join(f"“{node.outcomes[code].title or code}”" for code in right)
        told = _told(vote, counts)
        raise DomainError(
            "against-votes", f"{told}结果应是{names}，请改选。您填写的内容已保留。", right=list(right)
        )
    return outcome


def roll_of(vote: Vote, facts: Facts, on: dt.date) -> int | None:
    """How many stand on the roll of those who may be entitled; None where there is none."""
    units = vote.roll.resolve(facts) if vote.roll else ()
    ids = [one.organisation.pk for one in units if isinstance(one, OrganisationFacts)]
    return (count_members(ids, on) or None) if ids else None


def known_entitled(case: Case, procedure: Loaded, vote: Vote, on: dt.date) -> int | None:
    """As `roll_of`, for the page of a case."""
    return roll_of(vote, facts_of(case, procedure), on)


def _over_roll(work: Work, vote: Vote, counts: Counts) -> dict[str, str]:
    most = roll_of(vote, work.facts, work.course.at.date())
    if most is None or counts.entitled <= most:
        return {}
    said = f"应到 {counts.entitled} 人，多于名册上的 {most} 人，请核对；名册要改的，先改名册。"
    return {vote.code("entitled"): said}


def _check_quorum(vote: Vote, counts: Counts) -> None:
    if vote.rule.quorum is None or vote.rule.has_quorum(counts):
        return
    needed = vote.rule.needed_present(counts)
    said = (
        f"应到 {counts.entitled} 人，实到 {counts.present} 人；到会要{vote.rule.quorum.chinese}，至少 {needed} 人。"
        "这次不能作出决定，请改期再开，人到够了再登记。您填写的内容已保留。"
    )
    raise DomainError(
        "no-quorum", said, errors={vote.code("present"): said}, present=counts.present, needed=needed
    )


def _check_each(vote: Vote, counts: Counts, said: Mapping[str, Any]) -> None:
    """Everybody in the rows has votes enough. The rows name who was elected, so who has too few is not to stand there."""
    assert vote.each is not None  # noqa: S101 - asked before
    code, column = vote.each
    needed = vote.rule.needed_in_favour(counts)
    for number, row in enumerate(said.get(code) or [], 1):
        text = str(row.get(column, ""))
        votes = int(text) if text.isdigit() else -1
        if votes < needed or votes > counts.present:
            passes = vote.rule.passes
            assert passes is not None  # noqa: S101 - `each` is judged by it
            told = (
                f"第 {number} 行的得票不在 {needed} 到 {counts.present} 之间：{passes.base.chinese}是"
                f" {vote.rule.base_of(counts)} 人，得票要{passes.share.chinese}才能当选。请核对，没有当选的不写。"
            )
            raise DomainError("against-votes", told, errors={code: told})


def _told(vote: Vote, counts: Counts) -> str:
    passes = vote.rule.passes
    assert passes is not None  # noqa: S101 - asked before
    base, needed = vote.rule.base_of(counts), vote.rule.needed_in_favour(counts)
    return f"赞成 {counts.in_favour} 票；{passes.base.chinese}是 {base} 人，要{passes.share.chinese}，至少 {needed} 票才通过。"
