"""A share as a cell of a table: its words, its two numbers, and where each opens."""

from __future__ import annotations

from dataclasses import dataclass

from django.urls import reverse
from django.utils.http import urlencode

from ronghe.organisations.queries.coverage import Share
from ronghe.www.registry.forms import KEPT, SERVED, UNSERVED, CoverageForm


@dataclass(frozen=True)
class ShareCell:
    """A share and the lists behind it: of its part, of its whole, of what is missing."""

    share: Share
    part: str
    whole: str
    gap: str = ""

    @property
    def percent(self) -> str:
        """95.0%. A hundred only when nothing is missing, nought only when nothing is there."""
        told = f"{self.share.rate or 0:.1%}"
        if self.share.gap and told == "100.0%":
            return "99.9%"
        return "0.1%" if self.share.part and told == "0.0%" else told


def served_cell(form: CoverageForm, share: Share, **of: str) -> ShareCell:
    """Enterprises with a service group among those of the form and, say, of a district."""
    return ShareCell(
        share,
        _enterprises(form, served=SERVED, **of),
        _enterprises(form, **of),
        _enterprises(form, served=UNSERVED, **of),
    )


def keeper_cell(form: CoverageForm, share: Share, kind: str) -> ShareCell:
    """Enterprises with a steward or a commissioner among those of the form."""
    words = {asked_of: word for word, asked_of in KEPT.items()}
    with_one, without = words[kind, True], words[kind, False]
    return ShareCell(
        share,
        _enterprises(form, served=with_one),
        _enterprises(form),
        _enterprises(form, served=without),
    )


def group_cell(form: CoverageForm, share: Share, group: int) -> ShareCell:
    """The enterprises one group serves among all of the form."""
    return ShareCell(share, _enterprises(form, group=str(group)), _enterprises(form))


def _enterprises(form: CoverageForm, **more: str) -> str:
    """The list of the enterprises a number counts: of the same day and the same classes."""
    asked = {"on": form.day.isoformat(), "scale": form.given("scale"), **more}
    return f"{reverse('enterprises')}?{urlencode({key: value for key, value in asked.items() if value})}"


def office_cell(form: CoverageForm, share: Share) -> ShareCell:
    """Offices with a branch among all offices; the lists stand on the page itself."""
    return ShareCell(share, *(_offices(form, which) for which in ("with", "all", "")))


def _offices(form: CoverageForm, which: str) -> str:
    asked = {"on": form.day.isoformat(), "scale": form.given("scale"), "offices": which}
    return f"{reverse('coverage')}?{urlencode({key: value for key, value in asked.items() if value})}#offices"
