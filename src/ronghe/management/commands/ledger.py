"""`ronghe ledger reconcile | sequence | show TYPE:ID`."""

from __future__ import annotations

from typing import Any

from django.core.management.base import CommandParser
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from ronghe.casework.domain import reconcile
from ronghe.ledger.domain import sequence
from ronghe.ledger.models import Entry
from ronghe.ledger.queries import entries_of
from ronghe.management.base import Refused, RongheCommand


class Command(RongheCommand):
    """The ledger as it stands, and whether the tables still say what it says."""

    help = "核对账本与现状、给记账排位、查看一件事的记账：ledger reconcile，ledger sequence，ledger show 类别:编号"

    def add_options(self, parser: CommandParser) -> None:
        acts = parser.add_subparsers(dest="act", required=True)
        for act, said in (
            ("reconcile", "从账本重建每件事项并报告与现状的差异（有差异时退出码为 2）"),
            ("sequence", "给还没有排位的记账排位"),
            ("show", "查看一件事的全部记账"),
        ):
            one = acts.add_parser(act, help=said)
            self.add_format(one)
            if act == "show":
                one.add_argument("subject", help="类别:编号，例如 case:12")

    def run(self, **options: Any) -> dict[str, Any]:
        if options["act"] == "sequence":
            return {"watermark": sequence()}
        if options["act"] == "show":
            entries = [_row(entry) for entry in entries_of(_subject(options["subject"]))]
            if not entries:
                message = _("没有“%(subject)s”的记账，请核对类别和编号，例如 case:12。")
                raise Refused(message % {"subject": options["subject"]})
            return {"entries": entries}
        report = reconcile()
        if report["differences"]:
            message = _("账本与现状有 %(count)d 处不一致，见输出；两边都没有改动。") % {
                "count": len(report["differences"])
            }
            raise Refused(message, report)
        return report

    def text(self, report: dict[str, Any]) -> str:
        if "entries" not in report or isinstance(report["entries"], int):
            return super().text(report)
        return "\n".join(
            f"{row['seq']} {localtime(row['at']):%Y-%m-%d %H:%M} {row['kind']} {row['actor']} {row['data']}"
            for row in report["entries"]
        )


def _subject(text: str) -> tuple[str, int]:
    kind, _colon, number = text.partition(":")
    if not kind or not number.isdecimal():
        raise Refused(_("“%(text)s”不是“类别:编号”，例如 case:12。") % {"text": text})
    return kind, int(number)


def _row(entry: Entry) -> dict[str, Any]:
    return {
        "seq": entry.seq,
        "at": entry.at,
        "kind": entry.kind,
        "actor": entry.actor,
        "organisation": entry.organisation_id,
        "quantity": entry.quantity,
        "data": entry.data,
        "touches": [f"{touch.role}={touch.type}:{touch.ref}" for touch in entry.touches.all()],
    }
