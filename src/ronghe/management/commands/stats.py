"""`ronghe stats cases --period 2023 --by organisation`: what was received, closed, on time and rated."""

from __future__ import annotations

import datetime as dt
import unicodedata
from dataclasses import replace
from typing import Any

from django.core.management.base import CommandParser
from django.utils import timezone
from django.utils.translation import gettext

from ronghe.appraisal.enums import Measure, Status
from ronghe.appraisal.queries import ask, reckon
from ronghe.ledger.domain import sequence
from ronghe.management.base import Refused, RongheCommand

SHOWN = {Status.NOT_APPLICABLE: "—", Status.PENDING: "…", Status.MISSING: "?", Status.WITHHELD: "*"}

SHARES = (Measure.ON_TIME, Measure.SATISFIED_SHARE)


class Command(RongheCommand):
    help = "从台账统计办件：收到、办结、按期、用时、评价。"

    def add_options(self, parser: CommandParser) -> None:
        parser.add_argument("what", nargs="?", default="cases", help="cases（办件）")
        parser.add_argument(
            "--period", default="", help="2023、2023-H1、2023-Q1、2023-07 或 2023-07-01..2023-07-31"
        )
        parser.add_argument(
            "--by",
            default="organisation",
            help="organisation（单位）、month（月份）、kind（类型）或 topic（诉求类别）",
        )
        parser.add_argument("--kind", default="", help="只统计这一类办件，写它的代码")
        parser.add_argument("--at", default="", help="站在什么时候看，如 2023-07-31T18:00；不写就是现在")
        self.add_format(parser, "table", "json")

    def run(self, **options: Any) -> dict[str, Any]:
        """Give new entries their positions, then count all that have one."""
        if options["what"] != "cases":
            raise Refused(
                gettext("不能统计“%(what)s”，现在能统计 cases（办件）。") % {"what": options["what"]}
            )
        if not options["period"]:
            raise Refused(gettext("请用 --period 写明期间，例如 --period 2023。"))
        question = ask(
            options["period"], options["by"], kind=options["kind"], now=_moment(options["at"]), watermark=0
        )
        return reckon(replace(question, watermark=sequence())).as_json()

    def text(self, report: dict[str, Any]) -> str:
        """A table for a terminal, the total last."""
        rows = [*report["rows"], {"label": gettext("合计"), "measures": report["total"]}]
        table = [["", *(str(measure.label) for measure in Measure)]]
        table += [
            [row["label"], *(_cell(measure, row["measures"][measure]) for measure in Measure)] for row in rows
        ]
        widths = [max(_width(row[column]) for row in table) for column in range(len(table[0]))]
        lines = [
            "  ".join([_pad(row[0], widths[0], right=False), *map(_pad, row[1:], widths[1:])]).rstrip()
            for row in table
        ]
        moment = timezone.localtime(dt.datetime.fromisoformat(report["as_of"]))
        foot = gettext("截至 %(moment)s，台账第 %(watermark)d 条。— 不适用　… 未到期间　? 缺数据") % {
            "moment": f"{moment:%Y-%m-%d %H:%M}",
            "watermark": report["watermark"],
        }
        return "\n".join([*lines, "", foot])


def _moment(written: str) -> dt.datetime:
    if not written:
        return timezone.now()
    try:
        moment = dt.datetime.fromisoformat(written)
    except ValueError as error:
        message = gettext("看不懂时间“%(written)s”，请按 2023-07-31T18:00 的样子写。") % {"written": written}
        raise Refused(message) from error
    return moment if moment.tzinfo else timezone.make_aware(moment)


def _cell(measure: Measure, figure: dict[str, Any]) -> str:
    """A count as it is; a share as `91.2% (31/34)`, a mean as `4.35 (174/40)`, days as `3.5 (40/42)`."""
    value, numerator, denominator = figure["value"], figure["numerator"], figure["denominator"]
    if value is None:
        return SHOWN[Status(figure["status"])]
    if denominator is None:
        return str(value)
    shown = (
        f"{value:.1%}"
        if measure in SHARES
        else f"{value:.2f}"
        if measure == Measure.MEAN_RATING
        else str(value)
    )
    return f"{shown} ({numerator}/{denominator})"


def _width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(letter) in "WF" else 1 for letter in text)


def _pad(text: str, width: int, *, right: bool = True) -> str:
    blank = " " * (width - _width(text))
    return blank + text if right else text + blank
