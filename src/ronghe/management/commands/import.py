"""`ronghe import cases|organisations|people|members|enterprises FILE`."""  # noqa: N999 - the command is called so

from __future__ import annotations

import secrets
import sys
from pathlib import Path
from typing import Any

from django.core.management.base import CommandParser
from django.utils import timezone
from django.utils.translation import gettext

from ronghe.management.base import RongheCommand
from ronghe.management.imports.run import TITLES, Kind, Order, run
from ronghe.management.tables import size_up


class Command(RongheCommand):
    help = "从 .xlsx 或 .csv 导入办件、单位、人员、党员名册、企业或活动；同一来源同一编号只导入一次，可重复执行，中断后再执行即继续"

    def add_options(self, parser: CommandParser) -> None:
        parser.add_argument("kind", choices=[str(kind) for kind in Kind], help="文件里是什么")
        parser.add_argument("file", metavar="FILE", type=Path, help=".xlsx 或 .csv，首行是列名")
        parser.add_argument(
            "--create-organisations", action="store_true", help="责任单位没有登记的，先登记再导入（办件）"
        )
        parser.add_argument("--source", default="", metavar="NAME", help="来源名称，缺省用文件名（办件）")
        parser.add_argument(
            "--refused",
            type=Path,
            metavar="FILE",
            help="没有导入的行写到哪个 .xlsx，缺省放在数据目录的 imports 下",
        )
        parser.add_argument("--dry-run", action="store_true", help="只检查，不写入")
        self.add_format(parser)

    def run(self, **options: Any) -> dict[str, Any]:
        order = Order(
            kind=Kind(options["kind"]),
            path=options["file"],
            at=timezone.now(),
            refused=options["refused"],
            source=options["source"],
            may_found=options["create_organisations"],
            is_trial=options["dry_run"],
            first_password=lambda: secrets.token_urlsafe(12),
            progress=_show_rows if sys.stderr.isatty() else lambda _rows: None,
        )
        report = run(order).to_json()
        if not order.is_trial:
            size_up()
        return report

    def text(self, report: dict[str, Any]) -> str:
        told = gettext(
            "%(what)s %(rows)d 行：导入 %(accepted)d，更新 %(updated)d，已有 %(already)d，未导入 %(refused)d。"
        )
        lines = [told % {**report, "what": TITLES[Kind(report["kind"])]}]
        if report["dry_run"]:
            lines.insert(0, gettext("只检查，没有写入。"))
        if report["created_organisations"]:
            lines.append(gettext("新登记单位 %(created_organisations)d 个。") % report)
        for one in report["refusals"][:10]:
            lines.append(gettext("第 %(row)d 行 %(column)s：%(reason)s") % one)
        if report["refused_file"]:
            lines.append(gettext("没有导入的行和原因：%(refused_file)s") % report)
        if report["accounts_file"]:
            lines.append(gettext("新账号和初始密码（请尽快分发并删除）：%(accounts_file)s") % report)
        return "\n".join(lines)


def _show_rows(rows: int) -> None:
    print(f"\r{rows}", end="", file=sys.stderr, flush=True)
