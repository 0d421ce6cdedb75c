"""Which units a case may belong to, each with its reason. It advises; an officer decides and signs."""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from django.utils import timezone
from django.utils.translation import gettext

from ronghe.casework.models import Case, Step
from ronghe.core.forms import FieldType
from ronghe.definitions import queries as definitions
from ronghe.definitions.enums import Kind, Power
from ronghe.organisations.models import Organisation
from ronghe.organisations.queries import Powers, by_code, with_successor
from ronghe.text.similarity import pairs_of, weights

MOST = 3
LOOKED_THROUGH = 3000  # past cases, the newest first
ALIKE = 0.3  # the share of a past title's weight that must be found again
TEXT_READ = 400


@dataclass(frozen=True)
class Suggestion:
    """A unit and why it is suggested, in words."""

    unit: Organisation
    reason: str


def suggestions_for(case: Case, powers: Powers, on: dt.date) -> list[Suggestion]:
    """At most three units: those a list of the form names, then those that had cases told alike.

    Never the unit complained of, one that handed the case back, or one that has ended.
    """
    barred = {*with_successor(case.about_unit_id), *(unit.pk for unit, _ in handed_back(case))}
    found: dict[int, Suggestion] = {}
    for suggestion in (*_by_lists(case, on), *_by_past(case, powers)):
        ended = suggestion.unit.ends is not None and suggestion.unit.ends <= on
        if suggestion.unit.pk not in barred and not ended:
            found.setdefault(suggestion.unit.pk, suggestion)
    return list(found.values())[:MOST]


def handed_back(case: Case) -> list[tuple[Organisation, int]]:
    """The units that handed the case on without accepting it, and how often; the triage desk's own transfers left out."""
    steps = case.steps.filter(outcome__in=["transfer", "return"]).select_related("holder").order_by("no")
    units = Counter(step.holder for step in steps if step.holder and not _is_triage(step))
    return list(units.items())


def _is_triage(step: Step) -> bool:
    return bool(step.post) and Power.TRIAGE in definitions.powers(
        step.post, timezone.localdate(step.opened_at)
    )


def _by_lists(case: Case, on: dt.date) -> Iterable[Suggestion]:
    form = definitions.body_of(case.edition).form
    for field in form.fields if form else ():
        listed = definitions.find(Kind.LIST, field.source, on) if field.source else None
        if listed is None or field.type is not FieldType.CHOICE:
            continue
        line = next((line for line in listed.body.lines if line.code == case.values.get(field.code)), None)
        unit = by_code(str(line.facts.get("unit"))) if line and line.facts.get("unit") else None
        if line is not None and unit is not None:
            words = {"field": field.title, "line": line.title}
            yield Suggestion(unit, gettext("%(field)s“%(line)s”由它承办") % words)


def _by_past(case: Case, powers: Powers) -> list[Suggestion]:
    past = (
        Case.objects.visible_with(powers)
        .filter(responsible__isnull=False)
        .exclude(pk=case.pk)
        .order_by("-opened_at", "-pk")
    )
    rows = [(pairs_of(title), title, number, unit) for title, number, unit in
            past.values_list("title", "number", "responsible")[:LOOKED_THROUGH]]  # fmt: skip
    weight = weights(pairs for pairs, *_ in rows)
    told = pairs_of(f"{case.title} {str(case.values.get('detail', ''))[:TEXT_READ]}")
    alike: dict[int, list[tuple[float, str, str]]] = defaultdict(list)
    for pairs, title, number, unit in rows:
        whole = sum(weight[pair] for pair in pairs)
        shared = sum(weight[pair] for pair in pairs & told)
        if whole and shared / whole >= ALIKE:
            alike[unit].append((shared / whole, title, number))
    ranked = sorted(alike, key=lambda unit: (-sum(score for score, *_ in alike[unit]), unit))[: MOST * 2]
    units = Organisation.objects.in_bulk(ranked)
    return [Suggestion(units[unit], _reason(alike[unit])) for unit in ranked]


def _reason(alike: list[tuple[float, str, str]]) -> str:
    _, title, number = max(alike)
    words = {"n": len(alike), "title": title, "number": number}
    return gettext("办过 %(n)d 件说法相近的，最像的是“%(title)s”（%(number)s）") % words
