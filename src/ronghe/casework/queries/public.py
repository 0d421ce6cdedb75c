"""What everybody may know of a case: by the live definition, field by field; nothing of who is protected."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from ronghe.casework.enums import CaseState
from ronghe.casework.models import Case, Reply
from ronghe.casework.queries.search import indexed
from ronghe.definitions import queries as definitions
from ronghe.definitions.enums import Identity, Kind
from ronghe.definitions.queries import Loaded, public_procedures
from ronghe.text.masking import mask
from ronghe.text.tokens import holds, terms

PUBLIC = "public"
MOST_FOUND = 200  # of a search: so many of the newest that hold the words are looked through
SHORT = ("title", "closed_at", "responsible__code", "responsible__name", "edition__title")


@dataclass(frozen=True)
class Shown:
    """What a procedure shows everybody; `fields` None: all but what is hidden."""

    procedure: Loaded
    fields: frozenset[str] | None
    hidden: frozenset[str]

    def __contains__(self, field: str) -> bool:
        return field not in self.hidden and (self.fields is None or field in self.fields)

    def text(self, values: Mapping[str, Any], field: str, *, by_office: bool = True) -> str:
        """A field's words, personal data covered; empty when it is not shown or was not said."""
        said = values.get(field)
        return mask(str(said), by_office=by_office) if said and field in self else ""


def shown_of(loaded: Loaded) -> Shown | None:
    """What a procedure shows everybody; None: nothing. A sight that depends on the case shows nothing as well."""
    sight = loaded.body.seen_by.get(PUBLIC)
    if sight is None or sight.where is not None or loaded.body.identity is not Identity.OPEN:
        return None
    only = None if sight.only is None else frozenset(sight.only)
    return Shown(loaded, only, frozenset(sight.hidden))


def shown_by_code(on: dt.date, codes: Iterable[str] | None = None) -> dict[str, Shown]:
    """Procedures that show everybody at least a title; of these codes, or all."""
    wanted = None if codes is None else set(codes)
    found = {
        loaded.edition.code: shown
        for loaded in definitions.live(Kind.PROCEDURE, on)
        if (wanted is None or loaded.edition.code in wanted) and (shown := shown_of(loaded)) is not None
    }
    return {code: shown for code, shown in found.items() if "title" in shown}


def public_answers(on: dt.date) -> QuerySet[Case, Case]:
    """Answered cases of procedures that show title and reply to everybody, the latest first; still to be masked."""
    sent = Reply.objects.filter(case=OuterRef("pk"), sent_at__isnull=False)
    closed = Case.objects.filter(
        Exists(sent), state=CaseState.CLOSED, merged_into=None, procedure__in=public_procedures(on)
    )
    return closed.select_related("responsible", "edition").only(*SHORT).order_by("-closed_at", "-pk")


@dataclass(frozen=True)
class Answer:
    """A case and the reply sent last, as everybody reads them: not its number, with which its requester follows it."""

    pk: int
    title: str
    reply: str
    unit: str
    unit_code: str
    kind: str
    at: dt.datetime | None


def answers_in(cases: Iterable[Case]) -> list[Answer]:
    """Those cases with their last replies, masked; one statement."""
    listed = list(cases)
    sent = Reply.objects.filter(case__in=[case.pk for case in listed], sent_at__isnull=False).order_by("no")
    last = {reply.case_id: reply.text for reply in sent.only("case", "text")}
    return [_answer(case, last.get(case.pk, "")) for case in listed]


def _answer(case: Case, reply: str) -> Answer:
    unit = case.responsible
    return Answer(
        case.pk,
        mask(case.title),
        mask(reply, by_office=True),
        unit.name if unit else "",
        unit.code if unit else "",
        case.edition.title,
        case.closed_at,
    )


def answers_found(cases: QuerySet[Case, Case], words: str) -> list[Answer]:
    """The answers that hold the words as everybody reads them: nobody finds one by what is covered in it."""
    asked = terms(words)
    if not asked:
        return []
    said = Reply.objects.filter(case=OuterRef("pk"), sent_at__isnull=False, text__icontains=words)
    fresh = Q(search_text=None) & (Q(title__icontains=words) | Exists(said))
    newest = answers_in(cases.filter(indexed(asked) | fresh)[:MOST_FOUND])
    return [one for one in newest if holds([one.title, one.reply], asked)]
