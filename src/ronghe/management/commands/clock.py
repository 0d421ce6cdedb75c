"""`ronghe clock`: when a limit ends, and why, day by day."""

from __future__ import annotations

from typing import Any

from django.core.management.base import CommandParser
from django.utils import timezone
from django.utils.translation import gettext

from ronghe.core.worktime import Limit, Unit, sentence
from ronghe.core.worktime.calculator import answer, read_clock, read_instant
from ronghe.definitions import queries as definitions
from ronghe.management.base import RongheCommand

YELLOW = Limit(1, Unit.WORKDAY)


class Command(RongheCommand):
    help = "时限计算：何时到期、还剩多少、逐日说明。ronghe clock 2026-09-25 '5 工作日' --pause 2026-09-28..2026-09-30"

    def add_options(self, parser: CommandParser) -> None:
        parser.add_argument("start", metavar="START", help="起算之日或时刻：2026-09-25 或 2026-09-25T10:30")
        parser.add_argument("limit", metavar="LIMIT", help="期限：5 工作日、15 自然日、1 月、4 工时")
        parser.add_argument(
            "--pause",
            metavar="FROM..TO",
            action="append",
            default=[],
            help="暂停；TO 为恢复之日，缺省为仍在暂停",
        )
        parser.add_argument("--extend", metavar="LIMIT", action="append", default=[], help="延期")
        parser.add_argument("--at", metavar="NOW", help="截至何时计算；只写日期即当日下班时；缺省为现在")
        self.add_format(parser)

    def run(self, **options: Any) -> dict[str, Any]:
        calendar = definitions.calendar()
        log = read_clock(options["start"], options["limit"], options["pause"], options["extend"], calendar)
        now = read_instant(options["at"], calendar, is_whole_day=True) if options["at"] else timezone.now()
        self.words = [sentence(log.reading(calendar, now), now, calendar), log.explain_briefly(calendar, now)]
        return answer(log, calendar, now, YELLOW)

    def text(self, report: dict[str, Any]) -> str:
        days = [f"{day['date']}  {'●' if day['counted'] else '·'}  {day['reason']}" for day in report["days"]]
        return "\n".join([*self.words, "", gettext("逐日说明"), *days])
