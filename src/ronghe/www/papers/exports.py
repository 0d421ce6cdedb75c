"""Lists of papers and notices as tables."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from ronghe.bulletins.models import Bulletin
from ronghe.bulletins.queries import to_write
from ronghe.organisations.queries import Powers
from ronghe.www.papers.forms import ISSUED
from ronghe.www.papers.listing import abouts_of, form_for, issued_for, powers_for
from ronghe.www.sheets import Column, Kind, Sheet, by_parts, in_words

COLUMNS = (
    Column(_("文号"), width=28),
    Column(_("标题"), width=48),
    Column(_("文种")),
    Column(_("发文单位")),
    Column(_("状态"), width=10),
)
ABOUT = Column(_("关于"), width=36)


def papers(request: HttpRequest) -> Sheet:
    """What the page lists under the same filters."""
    powers = powers_for(request)
    if request.GET.get("show") != ISSUED:
        found = to_write(powers)
        columns = [*COLUMNS, ABOUT, Column(_("拟稿"), Kind.DAY)]
        rows = by_parts(found, lambda part: [[*said, one.opened_at] for one, said in _about(part, powers)])
        return Sheet(_("在写的文稿"), columns, rows, "", found.count())
    form = form_for(request)
    issued = issued_for(powers, form)
    columns = [*COLUMNS, ABOUT, Column(_("发布"), Kind.DAY), Column(_("公示至"), Kind.MOMENT)]
    rows = by_parts(
        issued, lambda part: [[*said, one.issued_at, one.until] for one, said in _about(part, powers)]
    )
    return Sheet(_("已发布的文件"), columns, rows, in_words(form), issued.count())


def notices(_request: HttpRequest) -> Sheet:
    """The notices everybody may read now."""
    found = Bulletin.objects.public(timezone.now()).select_related("organisation", "edition")
    found = found.order_by("-issued_at", "-pk")
    columns = [*COLUMNS[:4], Column(_("发布"), Kind.DAY), Column(_("公示至"), Kind.MOMENT)]
    rows = by_parts(found, lambda part: [[*_told(one)[:4], one.issued_at, one.until] for one in part])
    return Sheet(_("公示公告"), columns, rows, "", found.count())


def _about(papers: list[Bulletin], powers: Powers) -> list[tuple[Bulletin, list[Any]]]:
    """Each with its cells and, last, whom it is about."""
    abouts = abouts_of(papers, powers)
    return [(paper, [*_told(paper), abouts.get(paper.pk, "")]) for paper in papers]


def _told(paper: Bulletin) -> list[Any]:
    return [
        paper.number,
        paper.title,
        paper.edition.title,
        paper.organisation.name,
        str(paper.get_state_display()),
    ]
