"""What was answered to a bulletin: the cases about it, read from the ledger."""

from __future__ import annotations

from dataclasses import dataclass

from ronghe.ledger.models import Entry

UPHELD = "upheld"
_ENDS = ("case.closed", "case.withdrawn", "case.merged")


@dataclass(frozen=True)
class Objection:
    """One case about a bulletin: whether it still goes on, and how it ended."""

    case: int
    is_open: bool
    result: str = ""

    @property
    def is_upheld(self) -> bool:
        """Whether whoever objected was right."""
        return not self.is_open and self.result == UPHELD


def objections_to(bulletin: int) -> list[Objection]:
    """Every case opened about it, in the order they came; two statements."""
    opened = Entry.objects.filter(
        kind="case.opened", touches__role="about", touches__type="bulletin", touches__ref=bulletin
    )
    cases = list(opened.order_by("at", "pk").values_list("subject_id", flat=True))
    last: dict[int, tuple[str, str]] = {}
    told = Entry.objects.filter(
        subject_type="case", subject_id__in=cases, kind__in=(*_ENDS, "case.reopened")
    ).order_by("subject_id", "seq")
    for case, kind, data in told.values_list("subject_id", "kind", "data"):
        last[case] = (kind, str(data.get("result") or ""))
    return [_objection(case, *last.get(case, ("", ""))) for case in cases]


def _objection(case: int, kind: str, result: str) -> Objection:
    return Objection(case, is_open=kind not in _ENDS, result=result)
