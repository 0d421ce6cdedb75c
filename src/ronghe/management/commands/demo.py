"""`ronghe demo`: a fictional city that has lived a year."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.conf import settings
from django.core.management.base import CommandParser
from django.utils import timezone

from ronghe.core.worktime import SHANGHAI
from ronghe.management.base import Refused, RongheCommand
from ronghe.management.demo.build import SCALES, Scale, build
from ronghe.management.tables import size_up
from ronghe.organisations.models import Organisation


class Command(RongheCommand):
    """Founds the city once; a database with organisations is left alone."""

    help = "建一座虚构的示范城市（单位、企业和一年的办件），供试用；不含真实人员。"

    def add_options(self, parser: CommandParser) -> None:
        parser.add_argument("--scale", choices=sorted(SCALES), default="small", help="城市大小")
        parser.add_argument("--cases", type=int, help="只要这么多件办件的小城市，建得快")
        parser.add_argument("--seed", type=int, default=1, help="随机种子，同一种子同一天得到同一座城市")
        parser.add_argument("--today", type=dt.date.fromisoformat, help="城市活到哪一天下班（默认昨天）")
        parser.add_argument("--if-empty", action="store_true", help="库里已有单位时什么也不做")
        self.add_format(parser)

    def run(
        self,
        *,
        scale: str,
        cases: int | None,
        seed: int,
        today: dt.date | None,
        if_empty: bool,
        **_options: Any,
    ) -> dict[str, Any]:
        if Organisation.objects.exists():
            if if_empty:
                return {"built": False}
            raise Refused("数据库里已有单位，没有建示范城市。请换一个空的 RONGHE_DATA_DIR 或数据库后再试。")
        yesterday = timezone.localdate() - dt.timedelta(days=1)
        now = dt.datetime.combine(today or yesterday, dt.time(18), SHANGHAI)
        size = SCALES[scale] if cases is None else Scale(max(cases // 3, 60), cases)
        counts = build(size, seed, now)
        size_up()
        settings.DATA_DIR.mkdir(parents=True, exist_ok=True)
        (settings.DATA_DIR / "demo").write_text(f"{seed}\n")
        return {"built": True, **counts}

    def text(self, report: dict[str, Any]) -> str:
        if not report["built"]:
            return "已有数据，示范城市保持原样。"
        return (
            f"示范城市已建好：{report['departments']} 个部门、{report['branches']} 个支部、"
            f"{report['enterprises']} 家企业、{report['cases']} 件办件、{report['ratings']} 次评价。"
        )
