"""Who may judge what, what is asked for, and what makes a rating doubtful. Nothing here voids anything."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from ronghe.judgements.enums import Doubt, Standing

if TYPE_CHECKING:
    from ronghe.judgements.models import Judgement
    from ronghe.organisations.queries import Powers

NOT_ASKED = frozenset({"declined", "withdrawn", "merged", "imported"})
RATERS = ("requester:", "visitor:", "import:", "demo:")

QUICK = dt.timedelta(seconds=20)
PHONE_WINDOW, PHONE_MOST = dt.timedelta(hours=24), 3
BURST_WINDOW, USUAL_WINDOW = dt.timedelta(hours=24), dt.timedelta(days=28)
BURST_LEAST, BURST_TIMES = 10, 5


@dataclass(frozen=True)
class Odd:
    """One thing found odd about a rating: the code, the numbers that explain it, and the other ratings it is odd with."""

    code: Doubt
    numbers: dict[str, Any]
    others: tuple[int, ...] = ()

    def as_json(self) -> dict[str, Any]:
        return {"code": self.code.value, "numbers": self.numbers}


@dataclass(frozen=True)
class Circumstances:
    """What is known of how a rating came about; ids are those of other ratings of the same unit.

    `same_phone`: from this telephone with this grade within a day. `tops`: with the highest grade within a day.
    `usual`: how many such come on a usual day of the four weeks before.
    """

    seconds: float | None = None
    same_phone: tuple[int, ...] = ()
    is_officer: bool = False
    tops: tuple[int, ...] = ()
    usual: Decimal = Decimal(0)


def doubts_about(known: Circumstances) -> list[Odd]:
    """What is odd about a rating; each for a reason that can be said in words."""
    found = []
    if known.seconds is not None and 0 <= known.seconds < QUICK.total_seconds():
        found.append(Odd(Doubt.TOO_QUICK, {"seconds": int(known.seconds)}))
    if known.is_officer:
        found.append(Odd(Doubt.OFFICER_PHONE, {}))
    if len(known.same_phone) >= PHONE_MOST:
        found.append(Odd(Doubt.SAME_PHONE, {"n": len(known.same_phone) + 1}, known.same_phone))
    count = len(known.tops) + 1
    if count >= BURST_LEAST and known.tops and count > BURST_TIMES * known.usual:
        numbers = {"n": count, "usual": str(known.usual.quantize(Decimal("0.1")))}
        found.append(Odd(Doubt.BURST, numbers, known.tops))
    return found


def is_asked(result: str) -> bool:
    """Whether who asked is invited to rate a case that ended so: only what was answered or done."""
    return result not in NOT_ASKED


def is_of_unit(powers: Powers, organisation: int | None) -> bool:
    """Whether somebody belongs to the unit, works for it, leads it, or stands in for one who does."""
    mine = powers.organisation_ids | powers.of("handle") | powers.scope("lead")
    return organisation is not None and organisation in mine


def may_check(
    powers: Powers, *, responsible: int | None, about_unit: int | None, handled: Collection[int]
) -> bool:
    """Check a reply: nobody of the unit that wrote it or is complained of, nobody who handled the case."""
    if powers.person_id is None or powers.person_id in handled:
        return False
    return not is_of_unit(powers, responsible) and not is_of_unit(powers, about_unit)


def may_appeal(powers: Powers, rating: Judgement) -> bool:
    """Contest a bad rating: an officer or leader of the unit rated, once, unless it is voided already."""
    works = powers.of("handle") | powers.of("lead") | powers.scope("lead")
    return (
        rating.satisfied is False
        and rating.standing != Standing.VOIDED
        and rating.appealed_at is None
        and rating.organisation_id in works
    )


def may_settle(powers: Powers, rating: Judgement) -> bool:
    """Decide about a doubted or contested rating: an overseer of another unit, and not who contested it."""
    return (
        powers.has("oversee")
        and is_open(rating)
        and not is_of_unit(powers, rating.organisation_id)
        and rating.appealed_by != f"person:{powers.person_id}"
    )


def is_open(rating: Judgement) -> bool:
    """Whether somebody still has to decide about the rating."""
    if rating.standing == Standing.VOIDED:
        return False
    return is_contested(rating) or rating.standing == Standing.QUARANTINED


def is_contested(rating: Judgement) -> bool:
    """Whether the unit's objection was not decided yet."""
    return rating.appealed_at is not None and (
        rating.settled_at is None or rating.settled_at < rating.appealed_at
    )
