"""What the list of papers and its table have in common."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import Q, QuerySet
from django.http import HttpRequest, QueryDict
from django.utils import timezone

from ronghe.bulletins.enums import WRITING
from ronghe.bulletins.models import Bulletin
from ronghe.definitions import queries as definitions
from ronghe.definitions.enums import Kind
from ronghe.definitions.things import Ref, titles_of, visible_of
from ronghe.organisations.queries import Powers, powers_of
from ronghe.www.access import account_of
from ronghe.www.papers.forms import PapersForm


def powers_for(request: HttpRequest) -> Powers:
    """What who asks may do today."""
    return powers_of(account_of(request), timezone.localdate())


def form_for(request: HttpRequest) -> PapersForm:
    """The filters of the list."""
    return papers_form(request.GET)


def papers_form(asked: QueryDict) -> PapersForm:
    """The filters as they are asked for in an address."""
    live = definitions.live(Kind.BULLETIN, timezone.localdate())
    kinds = sorted((one.edition.code, one.edition.title) for one in live)
    return PapersForm(asked, kinds=kinds)


def issued_for(powers: Powers, form: PapersForm) -> QuerySet[Bulletin]:
    """Issued papers they may see, the newest first, cut to what was asked for."""
    found = Bulletin.objects.visible_with(powers).exclude(state__in=WRITING)
    if kind := form.chosen("kind"):
        found = found.filter(bulletin=kind)
    if state := form.chosen("state"):
        found = found.filter(state=state)
    if text := form.chosen("text"):
        found = found.filter(Q(title__icontains=text) | Q(number__icontains=text))
    rows: QuerySet[Bulletin] = found.select_related("organisation", "edition").order_by("-issued_at", "-pk")
    return rows


def abouts_of(papers: Iterable[Bulletin], powers: Powers) -> dict[int, str]:
    """Number of the paper → whom or what it is about, where its title does not say so and the reader may know it."""
    refs: dict[int, Ref] = {
        paper.pk: (paper.about_type, paper.about_id) for paper in papers if paper.about_id is not None
    }
    titles = titles_of(visible_of(set(refs.values()), powers))
    named = {paper.pk: titles.get(refs[paper.pk], "") for paper in papers if paper.pk in refs}
    return {
        paper.pk: named[paper.pk]
        for paper in papers
        if paper.pk in named and named[paper.pk] not in paper.title
    }
