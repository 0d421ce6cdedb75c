"""What an activity's definition lets be recorded at all: enough who must be there, each figure by those it names."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import TYPE_CHECKING

from ronghe.activities.domain.told import Settled
from ronghe.activities.exceptions import DomainError
from ronghe.core.select import FirstOf, Kinds, Name, Selector
from ronghe.definitions import queries as definitions
from ronghe.definitions.enums import Kind
from ronghe.definitions.kinds.base import QuantityKind
from ronghe.organisations.queries import Powers
from ronghe.organisations.queries.rolls import seats_of, sitting_in
from ronghe.registers.domain import units_for

if TYPE_CHECKING:
    from ronghe.definitions.kinds.work import Quorum

ORGANISER = "organiser"
Amounts = Mapping[str, Mapping[str, int]]


def check_quorum(quorum: Quorum | None, settled: Settled, day: dt.date) -> None:
    """Raise `no-quorum` where fewer were there than the definition asks.

    Where nobody said how many came, or nobody sits in those posts, nothing is known and nothing is refused.
    """
    if quorum is None:
        return
    told = settled.told
    sitting = sitting_in(quorum.of, [unit.pk for unit in told.organisers], day)
    came: int | None = told.people
    if told.persons:
        seats = seats_of(told.persons, day)
        came = sum(any(seat.kind in quorum.of for seat in seats.get(person, ())) for person in told.persons)
    if not sitting or came is None or quorum.share.is_reached(came, sitting):
        return
    least = quorum.share.least(sitting)
    said = (
        f"应到 {sitting} 人，到会 {came} 人；到会要{quorum.share.chinese}（至少 {least} 人）才能开会。"
        "人数填错的请改正；确实没有到够的，这次不算开会，请改期再开。您填写的内容已保留。"
    )
    raise DomainError("no-quorum", said, errors={"people": said}, present=came, needed=least)


def may_write(kind: QuantityKind, powers: Powers | None, organisers: list[int]) -> bool:
    """Whether somebody may record this figure of an activity; without `by` whoever records the activity."""
    if kind.by is None or powers is None:
        return True
    if isinstance(kind.by, Name) and kind.by.text == ORGANISER:
        return bool(units_for(None, powers) & set(organisers))
    return bool(units_for(kind.by, powers))


def kept_figures(
    kinds: tuple[QuantityKind, ...],
    found: Amounts,
    before: Amounts,
    powers: Powers | None,
    organisers: list[int],
) -> tuple[dict[str, dict[str, int]], dict[str, str]]:
    """The figures as they may be written: what somebody may not write stays as it was; and by code what is refused."""
    kept = {code: dict(amounts) for code, amounts in found.items()}
    errors: dict[str, str] = {}
    for kind in kinds:
        if may_write(kind, powers, organisers):
            continue
        given, was = kept.pop(kind.code, {}), dict(before.get(kind.code, {}))
        if given and given != was:
            who = writers_of(kind.by, powers.on if powers else dt.date.min)
            errors[kind.code] = f"“{kind.title}”只由{who}填报，没有收下。请空着，由{who}来填。"
        if was:
            kept[kind.code] = was
    return kept, errors


def writers_of(by: Selector | None, on: dt.date) -> str:
    """Who a figure's `by` means, in words."""
    match by:
        case FirstOf(options):
            return "、".join(writers_of(one, on) for one in options)
        case Name(text):
            return "组织单位" if text == ORGANISER else _titled(text, on)
        case Kinds(_, name):
            return _titled(name, on)
        case _:
            return "规定的单位"


def _titled(code: str, on: dt.date) -> str:
    kinds = (Kind.ORGANISATION, Kind.POST)
    found = next((one for kind in kinds if (one := definitions.find(kind, code, on))), None)
    return f"“{found.edition.title}”" if found else "规定的单位"
