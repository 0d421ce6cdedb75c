"""The page of a case as its requester reads it, and what they may do on it now."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from ronghe.casework.domain import link_token
from ronghe.casework.domain.complaining import may_be_complained_of
from ronghe.casework.enums import CaseState
from ronghe.casework.models import Case
from ronghe.casework.queries.asked import question_of
from ronghe.casework.queries.attachments import requesters_files
from ronghe.casework.queries.complaints import COMPLAINT, complaints_of
from ronghe.casework.queries.followed import may_follow
from ronghe.casework.queries.promises import promises_of
from ronghe.casework.queries.steps import steps_of_case
from ronghe.casework.queries.timeline import timeline
from ronghe.definitions import queries as definitions
from ronghe.definitions.enums import Kind
from ronghe.judgements.enums import RatingLink
from ronghe.judgements.models import Judgement
from ronghe.judgements.queries import given_to, rating_link
from ronghe.www.access import STAFF, visitor_of
from ronghe.www.files import FileLine
from ronghe.www.forms import DefinedForm, form_class
from ronghe.www.live import follow_case
from ronghe.www.portal.delays import delays_of, passages_of
from ronghe.www.portal.followed import ANSWER, is_remembered
from ronghe.www.portal.forms import NoteForm, WithdrawForm
from ronghe.www.portal.reading import rating_form, rounds_of, said_in
from ronghe.www.portal.standing import standing_of
from ronghe.www.portal.submission import kept_initial


def show(
    request: HttpRequest,
    case: Case,
    *,
    status: int = 200,
    typed: Mapping[str, list[str]] | None = None,
    **forms: Any,
) -> HttpResponse:
    """The page; `forms`: those that were sent back with their errors."""
    procedure = definitions.by_edition(case.edition_id)
    titles = {field.code: field.title for field in getattr(procedure.body.form, "file_fields", ())}
    context = {
        **head_of(case, case.revision),
        "live": follow_case(request, case),
        "now": timezone.localtime(),
        "promises": promises_of(case, timezone.localdate()),
        "said": said_in(case, procedure),
        "files": [
            FileLine(
                file, reverse("follow-file", args=[case.number, file.no]), under=titles.get(file.field, "")
            )
            for file in requesters_files(case)
        ],
        "complaints": _complaints(request, case),
        **_asked(request, case, typed or {}),
        **forms,
        "forms_sent": list(forms.values()),
    }
    return render(request, "portal/case.html", {**context, "main": _main(context)}, status=status)


def head_of(case: Case, seen: int) -> dict[str, Any]:
    """Where it is and why, what happened, what was answered; `seen`: the revision the reader has on their page."""
    now = timezone.now()
    all_steps, lines = steps_of_case(case), timeline(case, is_public=True)
    standing, steps = standing_of(case, now, all_steps), [one for one in all_steps if one.round == case.round]
    return {
        "case": case,
        "standing": standing,
        "lines": lines,
        "rounds": rounds_of(case, _ratings(case)),
        "delays": delays_of(case, lines, steps, is_overdue=standing.is_overdue),
        "passages": passages_of(steps, now),
        "is_new": seen != case.revision,
    }


def _ratings(case: Case) -> list[Judgement]:
    """The ratings given to it; nobody is asked for one before its first round has ended."""
    is_in_first = case.state == CaseState.OPEN and case.round == 1
    return [] if is_in_first else given_to(("case", case.pk))


def _asked(request: HttpRequest, case: Case, typed: Mapping[str, list[str]]) -> dict[str, Any]:
    """The forms of what is due or possible now."""
    is_open = case.state == CaseState.OPEN
    rating = rating_state(request, case)
    question = question_of(case)
    flow = definitions.by_edition(case.edition_id).body.flow
    # A draft ends with the note it became, so the count of notes is part of its name.
    written = case.notes.filter(actor=f"requester:{case.pk}").count()
    return {
        "rating": rating,
        "rate_form": rating_form(case) if rating == RatingLink.OPEN else None,
        "question": question,
        "supplement_form": NoteForm(initial=kept_initial(typed), prefix=ANSWER) if question else None,
        "note_draft": f"note-{case.number}-{written}",
        "note_form": NoteForm(initial=kept_initial(typed)) if is_open and not question else None,
        "withdraw_form": WithdrawForm() if is_open and "withdraw" in flow.outcomes else None,
        "complaint_form": complaint_form() if may_be_complained_of(case) else None,
    }


def ending_of(request: HttpRequest, case: Case) -> dict[str, Any]:
    """What comes of itself once the case has ended: the form of its rating; while it goes on there is nothing to ask."""
    if case.state == CaseState.OPEN:
        return {"is_over": False}
    rating = rating_state(request, case)
    form = rating_form(case) if rating == RatingLink.OPEN else None
    return {"is_over": True, "rating": rating, "rate_form": form, "main": "rate" if form else ""}


def _main(context: Mapping[str, Any]) -> str:
    """The one main act of the page."""
    forms = {"supplement": "supplement_form", "rate": "rate_form", "note": "note_form"}
    return next((name for name, form in forms.items() if context[form]), "")


def rating_state(request: HttpRequest, case: Case, round_: int | None = None) -> RatingLink:
    """Whether a round (the last one) may be rated by who is here now."""
    return rating_link(
        case.pk,
        case.round if round_ is None else round_,
        timezone.now(),
        is_closed=case.state == CaseState.CLOSED,
        case_round=case.round,
        is_staff=case.state == CaseState.CLOSED and STAFF(request.user),
    )


def complaint_form(data: Any = None) -> DefinedForm | None:
    """The form of a complaint as of today; None where the city takes none."""
    today = timezone.localdate()
    found = definitions.find(Kind.PROCEDURE, COMPLAINT, today)
    if found is None or found.body.form is None:
        return None
    built = form_class(COMPLAINT, found.edition.edition, found.body.form)
    return built(data, lists=definitions.lists_of(found.body.form, today), prefix="complain")


@dataclass(frozen=True)
class ComplaintLine:
    """A complaint, and the link with which it is followed."""

    case: Case
    link: str


def _complaints(request: HttpRequest, case: Case) -> list[ComplaintLine]:
    """The complaints about the case that are this reader's: all in the browser that holds its code, else their own."""
    visitor, is_own = visitor_of(request), is_remembered(request, case)
    return [
        ComplaintLine(one, reverse("link", args=[link_token(one.pk, "follow", one.round)]))
        for one in complaints_of(case)
        if is_own or (visitor and may_follow(visitor, one))
    ]
