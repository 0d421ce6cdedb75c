"""`ronghe search rebuild | check`."""

from __future__ import annotations

from typing import Any

from django.core.management.base import CommandParser
from django.utils import timezone
from django.utils.translation import gettext as _

from ronghe.casework.domain import indexing
from ronghe.management.base import Refused, RongheCommand
from ronghe.organisations.domain.initials import refresh_all_initials, wrong_initials

SHOWN = 20


class Command(RongheCommand):
    """What cases, units and people are found by, against what they are."""

    help = "检索用的文字和拼音首字母：search rebuild 全部重编，search check 逐件核对（有差异时退出码为 2）"

    def add_options(self, parser: CommandParser) -> None:
        acts = parser.add_subparsers(dest="act", required=True)
        for act, said in (
            ("rebuild", "重编全部办件的检索文字和单位、人员的拼音首字母；其间照常办件、照常检索"),
            ("check", "核对检索文字与办件、索引与检索文字、首字母与名称，有差异时退出码为 2"),
        ):
            self.add_format(acts.add_parser(act, help=said))

    def run(self, *, act: str, **_options: Any) -> dict[str, Any]:
        if act == "rebuild":
            return {**indexing.rebuild(timezone.now()), "names": refresh_all_initials()}
        report = indexing.check()
        report["names"] = wrong_initials()
        wrong = len(report["differences"]) + report["names"]
        if wrong:
            message = _("有 %(count)d 处不一致，见输出；什么都没有改动。请执行 ronghe search rebuild。")
            raise Refused(message % {"count": wrong}, report)
        return report

    def text(self, report: dict[str, Any]) -> str:
        """The first differences; `--format json` has them all."""
        lines = [f"{one['case']} {one['what']}".strip() for one in report.get("differences", [])]
        more = [_("……共 %(count)d 处") % {"count": len(lines)}] if len(lines) > SHOWN else []
        counts = [f"{key}: {value}" for key, value in report.items() if key != "differences"]
        return "\n".join([*counts, *lines[:SHOWN], *more])
