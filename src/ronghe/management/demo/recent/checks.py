"""Spot checks: drawn on each of the last working days, the earlier ones given."""

from __future__ import annotations

import datetime as dt
from itertools import cycle

from ronghe.judgements.domain import draw_due, give_check
from ronghe.judgements.models import Judgement
from ronghe.management.demo.recent.weeks import DEMO, Weeks
from ronghe.organisations.queries import powers_of

DAYS, WAITING = 5, 3
ALL = ["complete", "handled", "resolved"]
FOUND = (
    ("优秀", ALL, "有现场照片，有复查结果，写清了下一步。"),
    ("合格", ALL, ""),
    ("不合格", ["complete"], "只写了已转有关单位，没有说明处理结果，请重新办理。"),
    ("合格", ALL, "建议附上监测数据。"),
    ("合格", ALL, ""),
    ("优秀", ALL, "逐点回应，依据写得清楚。"),
    ("合格", ALL, ""),
    ("合格", ALL, "称呼和落款可以再规范一些。"),
)


def check(weeks: Weeks) -> None:
    """Draw as the worker does when the office opens; the last few checks wait for who was drawn to give them."""
    for back in reversed(range(DAYS)):
        draw_due(weeks.at(back, "09:05"), weeks.calendar)
    rows = Judgement.objects.filter(draw__isnull=False, given_at=None).exclude(judge=None)
    drawn = list(rows.select_related("judge").order_by("asked_at", "pk"))
    for row, (grade, points, remark) in zip(drawn[:-WAITING], cycle(FOUND), strict=False):
        judge = row.judge
        assert judge is not None  # noqa: S101 - those without anybody were left out
        at = row.asked_at + dt.timedelta(hours=1, minutes=row.pk % 50)
        values = {"points": points, "grade": grade, "remark": remark}
        give_check(row.pk, values=values, powers=powers_of(judge, at.date()), at=at, origin=DEMO)
