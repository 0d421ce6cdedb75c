"""What is asked of the ledger: which period, split by what, up to which position, seen from which moment."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace

from django.utils.translation import gettext

from ronghe.appraisal.enums import By
from ronghe.appraisal.exceptions import ReckoningError
from ronghe.core.errors import DefinitionError
from ronghe.core.periods import Every, Period
from ronghe.definitions.models import Edition
from ronghe.ledger import queries as ledger

PROCEDURE = "procedure:"
UNASSIGNED = ""  # the key of the row of what no unit answered for yet
MOST_MONTHS = 120
_INSTANT = dt.timedelta(microseconds=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """The same question always has the same answer.

    Entries positioned up to `watermark` count, if they happened in the period and not after `now` (aware). `kind`
    keeps to one procedure by its code; empty: all. `kinds` keeps to some of them (None: all), `unit` to what one
    organisation answered for at each event, `programme` to the cases whose opening names that 专项行动 (empty: all).
    """

    period: Period
    by: By
    watermark: int
    now: dt.datetime
    kind: str = ""
    kinds: tuple[str, ...] | None = None
    unit: int | None = None
    programme: str = ""

    @property
    def cut(self) -> dt.datetime:
        """The first instant that no longer counts: the period's end, or just after `now` while it still runs."""
        return min(self.period.end, self.now + _INSTANT)

    @property
    def moment(self) -> dt.datetime:
        """When the period stood as reckoned: its end, or `now` while it still runs."""
        return min(self.period.end, self.now)

    @property
    def has_begun(self) -> bool:
        return self.period.start <= self.now

    @property
    def definitions(self) -> list[str] | None:
        """How ledger entries name the procedures asked about; None: all."""
        if not self.kind and self.kinds is None:
            return None
        wanted = (self.kind,) if self.kind else self.kinds or ()
        return [PROCEDURE + code for code in wanted if self.kinds is None or code in self.kinds]

    def months(self) -> list[tuple[Period, Question]]:
        """The period's months, each with its own question; at the ends only the days that lie in the period."""
        return [
            (month, replace(self, period=self._within(month))) for month in self.period.split(Every.MONTH)
        ]

    def _within(self, month: Period) -> Period:
        if self.period.first <= month.first and month.last <= self.period.last:
            return month
        return Period(max(month.first, self.period.first), min(month.last, self.period.last))


def ask(
    period: str,
    by: str,
    *,
    now: dt.datetime,
    kind: str = "",
    watermark: int | None = None,
    programme: str = "",
) -> Question:
    """The question in the words of an address or a command; without a watermark, up to the ledger's current one.

    Raises ReckoningError in words for the one who typed it.
    """
    try:
        asked = Period.parse(period)
    except DefinitionError as error:
        message = gettext("%(wrong)s。%(cure)s。") % {"wrong": error.message, "cure": error.cure}
        raise ReckoningError("bad-period", message, period=period) from error
    if by not in By.values:
        message = gettext(
            "不能按“%(by)s”统计。请写 organisation（单位）、month（月份）、kind（类型）或 topic（诉求类别）。"
        ) % {"by": by}
        raise ReckoningError("bad-by", message, by=by)
    if (
        by == By.MONTH
        and sum(1 for _, _ in zip(range(MOST_MONTHS + 1), asked.split(Every.MONTH), strict=False))
        > MOST_MONTHS
    ):
        message = gettext("一次最多按月统计 %(most)d 个月，请把期间写短一些。") % {"most": MOST_MONTHS}
        raise ReckoningError("too-many-months", message, period=period)
    if kind and not Edition.objects.filter(kind="procedure", code=kind).exists():
        message = gettext(
            "没有代码为“%(kind)s”的办件类型。不写类型就统计全部；代码见按类型（kind）统计的结果。"
        ) % {"kind": kind}
        raise ReckoningError("no-such-kind", message, kind=kind)
    return Question(
        period=asked,
        by=By(by),
        kind=kind,
        now=now,
        programme=programme,
        watermark=ledger.watermark() if watermark is None else watermark,
    )
