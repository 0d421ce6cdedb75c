"""`ronghe packs check [PATH]`, `ronghe packs load` and `ronghe packs coverage`."""

from __future__ import annotations

import dataclasses
import datetime as dt
from argparse import ArgumentTypeError
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import CommandParser
from django.utils import timezone
from django.utils.translation import gettext as _

from ronghe.definitions.domain import check_packs, check_path, load_packs
from ronghe.definitions.reading import Problem
from ronghe.management import mechanisms
from ronghe.management.base import Refused, RongheCommand


def _day(text: str) -> dt.date:
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        raise ArgumentTypeError(_("没有“%(text)s”这一天，请写成 2026-01-01") % {"text": text}) from None


class Command(RongheCommand):
    """Checks definition files, loads the packs in force (RONGHE_PACKS), or tells which mechanisms they write down."""

    help = "检查定义文件，装载定义包，或对照机制清单：packs check [PATH]，packs load，packs coverage"

    def add_options(self, parser: CommandParser) -> None:
        acts = parser.add_subparsers(dest="act", required=True)
        check = acts.add_parser("check", help="检查文件、文件夹，或（不写时）全部在用的定义包")
        check.add_argument("path", nargs="?", type=Path)
        check.add_argument(
            "--effective", type=_day, metavar="DAY", help="没写生效日期的草稿按这一天检查，例如 2026-01-01"
        )
        self.add_format(check)
        self.add_format(acts.add_parser("load", help="装载 RONGHE_PACKS 里的定义包，可重复执行"))
        covered = acts.add_parser("coverage", help="每个机制（S 编号）写成了哪些定义、有哪些试验")
        covered.add_argument("--write", type=Path, metavar="PAGE", help="同时把对照表写进这一页")
        self.add_format(covered)

    def run(self, **options: Any) -> dict[str, Any]:
        if options["act"] == "load":
            loaded = load_packs(settings.PACKS, actor="system:packs", at=timezone.now())
            return {"packs": settings.PACKS, **dataclasses.asdict(loaded)}
        if options["act"] == "coverage":
            return _coverage(options["write"])
        path = options["path"]
        found = check_path(path, effective=options["effective"]) if path else check_packs(settings.PACKS)[1]
        report = {"problems": [dataclasses.asdict(problem) for problem in found], "count": len(found)}
        if found:
            raise Refused(_("有 %(count)d 处问题，请按提示修改后再检查。") % {"count": len(found)}, report)
        return report

    def text(self, report: dict[str, Any]) -> str:
        if "rows" in report:
            return _summary(report["rows"])
        if "problems" in report:
            lines = [str(Problem(**problem)) for problem in report["problems"]]
            return "\n".join(lines) or _("没有问题。")
        return (
            _("新增 %(new)d 个，更新 %(changed)d 个，未变 %(unchanged)d 个，移除 %(removed)d 个。") % report
        )


def _coverage(page: Path | None) -> dict[str, Any]:
    if not (page or mechanisms.PAGE).is_file():
        raise Refused(_("这里没有机制清单 docs/mechanisms.md，没有对照。请在源代码的文件夹里执行。"))
    rows = mechanisms.coverage(page or mechanisms.PAGE)
    if page:
        mechanisms.write(rows, page)
    return {
        "rows": [
            {
                "id": row.id,
                "definitions": list(row.definitions),
                "tests": list(row.tests),
                "text_only": row.text_only or None,
            }
            for row in rows
        ]
    }


def _summary(rows: list[dict[str, Any]]) -> str:
    written = [row for row in rows if row["definitions"]]
    text = [row["id"] for row in rows if row["text_only"] and not row["definitions"]]
    missing = [row["id"] for row in rows if not row["text_only"] and not row["definitions"]]
    lines = [
        _(
            "机制 %(count)d 个：写成定义 %(written)d 个（其中有试验 %(tested)d 个），只是文字 %(text)d 个，还没有 %(missing)d 个。"
        )
        % {
            "count": len(rows),
            "written": len(written),
            "tested": sum(1 for row in written if row["tests"]),
            "text": len(text),
            "missing": len(missing),
        }
    ]
    if missing:
        lines.append(_("还没有：%(missing)s") % {"missing": " ".join(missing)})
    return "\n".join(lines)
