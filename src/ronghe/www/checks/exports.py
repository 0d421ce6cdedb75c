"""My checks, what checks found, and bad ratings, as tables."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext, gettext_lazy as _

from ronghe.casework.models import Case
from ronghe.judgements.queries.lists import draws_between, given_checks, open_checks, ratings_shown
from ronghe.judgements.queries.reviews import open_reviews
from ronghe.organisations.queries import powers_of
from ronghe.www.access import account_of
from ronghe.www.checks.forms import RatingsForm, RecordForm
from ronghe.www.checks.reviews import review_rows
from ronghe.www.checks.rows import CheckRow, RatingRow, check_rows, given_rows, rating_rows, titles_of
from ronghe.www.sheets import Column, Kind, Sheet, by_parts

CASE = (
    Column(_("标题"), width=40),
    Column(_("编号"), width=18),
    Column(_("类别")),
    Column(_("承办单位")),
)


REVIEW = (
    Column(_("评什么"), width=30),
    Column(_("请在此前评好"), Kind.DAY),
    Column(_("对象"), width=40),
    Column(_("单位")),
)


def _case(row: CheckRow | RatingRow, unit: Any) -> list[Any]:
    return [row.case.title, row.case.number, row.case.edition.title, str(unit or "")]


def mine(request: HttpRequest) -> list[Sheet]:
    """What was drawn for me and is not checked yet, and what else I am asked to judge."""
    powers = powers_of(account_of(request), timezone.localdate())
    found = open_checks(powers.person_id, Case.objects.visible_with(powers))
    columns = [*CASE, Column(_("请在此前评好"), Kind.DAY), Column(_("办结"), Kind.DAY)]

    def told(part: list[Any]) -> Iterable[list[Any]]:
        return [
            [*_case(row, row.check.organisation), row.check.due, row.check.draw and row.check.draw.day]
            for row in check_rows(part)
        ]

    drawn = Sheet(_("我的抽查"), columns, by_parts(found, told), "", found.count())
    reviews = open_reviews(powers.person_id)
    asked = by_parts(
        reviews, lambda part: [[row.what, row.review.due, row.title, row.unit] for row in review_rows(part)]
    )
    return [drawn, Sheet(_("请我评判的"), REVIEW, asked, "", reviews.count())]


def record(request: HttpRequest) -> list[Sheet]:
    """Of a month: what was found, and what was drawn from how many."""
    form, grade = RecordForm(request.GET, today=timezone.localdate()), request.GET.get("grade", "")
    period = form.period()
    cases = Case.objects.visible_with(powers_of(account_of(request), timezone.localdate()))
    found = given_checks(cases, period.start, period.end, *([grade] if grade else []))
    words = gettext("月份：%(month)s") % {"month": period.label} + (f"；{grade}" if grade else "")

    def told(part: list[Any]) -> Iterable[list[Any]]:
        return [
            [*_case(row, row.check.organisation), row.grade, "；".join(row.failed), row.check.given_at]
            for row in given_rows(part)
        ]

    columns = [
        *CASE,
        Column(_("等次"), width=10),
        Column(_("没有做到的"), width=40),
        Column(_("评定"), Kind.DAY),
    ]
    draws = list(draws_between(period.first, period.last))
    titles = titles_of(draws)
    lines = [
        [one.day, titles.get(one.procedure, one.procedure), one.rows, one.drawn, one.hash] for one in draws
    ]
    drawn = [
        Column(_("哪天办结的"), Kind.DAY),
        Column(_("类别")),
        Column(_("办结并答复（件）"), Kind.NUMBER, 16),
        Column(_("抽中（件）"), Kind.NUMBER),
        Column(_("种子摘要"), width=66),
    ]
    return [
        Sheet(_("抽查记录"), columns, by_parts(found, told), words, found.count()),
        Sheet(_("每天抽取"), drawn, lines, words, len(lines)),
    ]


def ratings(request: HttpRequest) -> Sheet:
    """Bad ratings of the cases the reader may see; never who gave them."""
    form = RatingsForm(request.GET)
    cases = Case.objects.visible_with(powers_of(account_of(request), timezone.localdate()))
    found = ratings_shown(cases, form.shown)
    shown = dict(form.fields["show"].choices)[form.shown]  # type: ignore[attr-defined]
    columns = [
        *CASE,
        Column(_("评价时间"), Kind.DAY),
        Column(_("怎么评的"), width=40),
        Column(_("认定"), width=12),
        Column(_("单位做了什么"), width=36),
        Column(_("第二次评价"), width=20),
    ]

    def told(part: list[Any]) -> Iterable[list[Any]]:
        return [
            [
                *_case(row, row.rating.organisation),
                row.rating.given_at,
                "；".join(words for _title, words in row.answers),
                row.rating.get_standing_display(),
                row.redo or gettext("没有重新办理"),
                row.second or gettext("还没有"),
            ]
            for row in rating_rows(part)
        ]

    return Sheet(_("差评跟踪"), columns, by_parts(found, told), str(shown), found.count())
