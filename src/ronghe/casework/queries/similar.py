"""Cases told alike: answers the public may read before asking, and open cases an officer may merge. Both only advise."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from django.db.models.fields.json import KT
from django.db.models.functions import Left
from django.utils.translation import gettext

from ronghe.casework.enums import CaseState
from ronghe.casework.models import Case, Reply
from ronghe.casework.queries.public import public_answers
from ronghe.core.forms import FieldType
from ronghe.definitions import queries as definitions
from ronghe.organisations.queries import Powers
from ronghe.text.masking import mask, without
from ronghe.text.similarity import Ranked, rank

LOOKED_THROUGH = 3000  # the newest ones
TEXT_READ = 400  # letters of what is being asked
DETAIL_READ = 80  # letters of each open case's detail, besides its title
PUBLIC = "public"


@dataclass(frozen=True)
class SimilarAnswer:
    """A public case and the reply sent last, personal data covered in both."""

    number: str
    title: str
    reply: str
    unit: str
    closed_at: dt.datetime


@dataclass(frozen=True)
class SimilarOpen:
    """An open case like the one at hand, and why it is thought so, in words."""

    case: Case
    reason: str


def similar_answers(text: str, *, on: dt.date, most: int = 3) -> list[SimilarAnswer]:
    """Closed cases with a sent reply whose procedure shows title and reply to the public, the most alike first.

    Never of a procedure that protects who asks. What is covered in a title finds it for nobody. Two statements, and one for the definitions.
    """
    closed = public_answers(on).order_by("-opened_at", "-pk")
    asked = without(text[:TEXT_READ])
    titles = dict(closed.values_list("pk", "title")[:LOOKED_THROUGH])
    likely = [(one.key, without(titles[one.key])) for one in rank(asked, titles.items(), most * 4)]
    chosen = [one.key for one in rank(asked, likely, most)]
    replies = Reply.objects.filter(case__in=chosen, sent_at__isnull=False).order_by("no")
    last = {reply.case_id: reply for reply in replies.select_related("case__responsible", "organisation")}
    return [_shown(last[pk]) for pk in chosen]


def _shown(reply: Reply) -> SimilarAnswer:
    case, unit = reply.case, reply.organisation or reply.case.responsible
    return SimilarAnswer(
        number=case.number,
        title=mask(case.title),
        reply=mask(reply.text, by_office=True),
        unit=unit.name if unit else "",
        closed_at=case.closed_at or reply.at,
    )


def similar_open(case: Case, powers: Powers, *, most: int = 5) -> list[SimilarOpen]:
    """Other open cases of the same procedure, seen by whoever asks and told alike, the most alike first.

    Those of the same enterprise or place come before others. Two statements, and those for the case's own form.
    """
    open_cases = (
        Case.objects.visible_with(powers)
        .filter(procedure=case.procedure, state=CaseState.OPEN, merged_into=None)
        .exclude(pk=case.pk)
        .order_by("-opened_at", "-pk")
        .annotate(detail=Left(KT("values__detail"), DETAIL_READ))
    )
    told = {
        pk: f"{title} {detail or ''}"
        for pk, title, detail in open_cases.values_list("pk", "title", "detail")[:LOOKED_THROUGH]
    }
    asked = f"{case.title} {str(case.values.get('detail', ''))[:DETAIL_READ]}"
    alike = rank(asked, told.items(), most * 4)
    found = Case.objects.with_units().in_bulk([one.key for one in alike])
    places = _places(case)
    same = {pk: _same(case, other, places) for pk, other in found.items()}
    alike.sort(key=lambda one: (-len(same[one.key]), -one.score))
    return [SimilarOpen(found[one.key], _reason(one, same[one.key])) for one in alike[:most]]


def _same(case: Case, other: Case, places: Mapping[str, object]) -> list[str]:
    """What both cases are about, in words."""
    same = []
    if case.about_id is not None and case.about_id == other.about_id:
        same.append(gettext("同一家企业"))
    if any(other.values.get(code) == place for code, place in places.items()):
        same.append(gettext("同一个地点"))
    return same


def _places(case: Case) -> dict[str, object]:
    form = definitions.by_edition(case.edition_id).body.form
    fields = form.fields if form else ()
    return {
        field.code: case.values[field.code]
        for field in fields
        if field.type is FieldType.PLACE and case.values.get(field.code)
    }


def _reason(one: Ranked[int], same: list[str]) -> str:
    words = "".join(f"“{word}”" for word in one.shared)
    return "，".join([*same, gettext("都说到%(words)s") % {"words": words}])
