"""What follows from a finding by its definition: something given, taken up again, told; a step of a case ended."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext

from ronghe.casework import domain as casework
from ronghe.casework.domain.giving import Giver, Together, give
from ronghe.core.select import Change, Choice, Facts, FirstOf, Gives, Name, Path, PathRef
from ronghe.definitions.queries import Loaded
from ronghe.definitions.things import Ref, facts_of, titles_of
from ronghe.judgements.domain.verdicts import facts_of_answers
from ronghe.messages.domain import Address, send
from ronghe.organisations.models import Organisation
from ronghe.organisations.queries import OrganisationFacts, PersonFacts, heads_of

REOPEN = "reopen"


@dataclass(frozen=True)
class Found:
    """What was found, by one reviewer or a panel. `actor`: as other rooms may know them."""

    ref: Ref
    subject: Ref
    organisation: Organisation | None
    actor: str
    at: dt.datetime
    came_from: Ref | None
    values: Mapping[str, Any]
    origin: str


def facts_found(found: Found, loaded: Loaded) -> Facts:
    """The answers first, then what is judged; `case`, `activity` and `entry` are that too."""
    on = timezone.localdate(found.at)
    subject = facts_of(found.subject, on) or {}
    answers = facts_of_answers(loaded, found.values, on)
    typed = {**answers, **(_typed(found, loaded) if found.ref[0] == "panel" else {})}
    return Together(typed, Together({found.subject[0]: subject, "form": typed}, subject))


def _typed(found: Found, loaded: Loaded) -> dict[str, Any]:
    """The answers as they are kept; the figures of a panel as numbers, to be compared with."""
    is_figures = found.ref[0] == "panel" and loaded.body.form is not None
    return dict(loaded.body.form.typed(found.values)) if is_figures else dict(found.values)


def reopens(found: Found, loaded: Loaded) -> bool:
    """Whether a verdict takes the case up again."""
    known = facts_found(found, loaded)
    return any(_reopens(one.gives) for one in loaded.body.verdict if one.where.matches(known))


def follow(found: Found, loaded: Loaded) -> None:
    """Give and tell what each verdict that holds says, then tell the case whose step it runs."""
    known = facts_found(found, loaded)
    verdicts = [one for one in loaded.body.verdict if one.where.matches(known)]
    for number, verdict in enumerate(verdicts):
        give(verdict.gives, _giver(found, known, f"verdict/{number}"))
        if verdict.tell is not None:
            _tell(found, loaded, verdict.tell, known)
    if found.came_from is not None and found.came_from[0] == "case":
        casework.ran(
            found.came_from[1],
            kind="judgement",
            code=loaded.edition.code,
            ref=found.ref,
            values=_typed(found, loaded),
            actor=found.actor,
            at=found.at,
            origin=found.origin,
        )


def _giver(found: Found, known: Facts, key: str) -> Giver:
    about = known.get("about")
    return Giver(
        facts=known,
        source=found.ref,
        actor=found.actor,
        at=found.at,
        origin=found.origin,
        organisation=found.organisation,
        about=about.organisation if isinstance(about, OrganisationFacts) else found.organisation,
        thing=found.subject if found.subject[0] != "organisation" else None,
        title=titles_of({found.subject}).get(found.subject, ""),
        key=key,
    )


def _reopens(gives: Gives | None) -> bool:
    return gives is not None and any(isinstance(one, Change) and one.act == REOPEN for one in gives.items)


def _tell(found: Found, loaded: Loaded, tell: Choice, known: Facts) -> None:
    """Tell whom the verdict means: persons, or whoever leads the unit on the path."""
    people = []
    for option in tell.options if isinstance(tell, FirstOf) else (tell,):
        path = (
            option.path
            if isinstance(option, PathRef)
            else Path.parse(option.text)
            if isinstance(option, Name)
            else None
        )
        for one in path.resolve(known) if path else ():
            if isinstance(one, PersonFacts):
                people.append(one.person)
            elif isinstance(one, OrganisationFacts):
                people += heads_of(one.organisation.pk, one.on)
        if people:
            break
    for person in dict.fromkeys(people):
        send(
            Address("person", person.pk),
            kind="review-given",
            title=gettext("“%(what)s”有了结果") % {"what": loaded.body.title},
            text=gettext("请查看评判意见，需要整改的按要求办理。"),
            link=reverse("panel" if found.ref[0] == "panel" else "review", args=[found.ref[1]]),
            about=found.ref,
            at=found.at,
        )
