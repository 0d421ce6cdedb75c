"""Panels: what was given of one, reckoned from its ledger entries alone, and who may see how far it is."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from typing import TYPE_CHECKING

from django.db.models import Q, QuerySet
from django.utils import timezone

from ronghe.core.forms import Field, FieldType
from ronghe.core.panels import Method, combined
from ronghe.judgements.models import Judgement, Panel
from ronghe.ledger.models import Entry
from ronghe.organisations.queries import line_facts

if TYPE_CHECKING:
    import datetime as dt

    from ronghe.definitions.queries import Loaded
    from ronghe.definitions.things import Ref
    from ronghe.organisations.queries import Powers

METHODS = frozenset(Method)


@dataclass(frozen=True)
class Score:
    """What one member gave on one field: the review, and the ledger entry that says so."""

    review: int
    entry: int
    figure: Fraction


@dataclass(frozen=True)
class Combined:
    """One field of a panel: how its scores become one, the scores, and the one; None: not enough were given."""

    field: Field
    method: Method
    scores: tuple[Score, ...]
    figure: Fraction | None


def least_of(loaded: Loaded) -> int:
    """How many must have given before there is a figure."""
    return int(max(loaded.body.panel.least if loaded.body.panel else 1, loaded.body.combine.least))


def entries_of(panel: Panel) -> list[Entry]:
    """What its members gave, as the ledger has it, in the order it came."""
    rows = Entry.objects.filter(
        kind="judgement.given",
        subject_type="judgement",
        subject_id__in=Judgement.objects.filter(panel=panel).values("pk"),
    )
    return list(rows.order_by("at", "pk"))


def combined_of(panel: Panel, loaded: Loaded) -> list[Combined]:
    """Each field its definition combines, from the ledger alone; a field left empty is not nought, it is not there."""
    entries = entries_of(panel)
    found = []
    for code, method in loaded.body.combine.fields.items():
        field = loaded.body.form.get(code) if loaded.body.form else None
        if field is None or method not in METHODS:
            continue
        scores = tuple(
            Score(entry.subject_id, entry.pk, figure)
            for entry in entries
            if (
                figure := _figure(field, entry.data.get("values", {}).get(code), timezone.localdate(entry.at))
            )
            is not None
        )
        enough = len(scores) >= least_of(loaded)
        figure = combined([score.figure for score in scores], Method(method)) if enough else None
        found.append(Combined(field, Method(method), scores, figure))
    return found


def _figure(field: Field, value: object, on: dt.date) -> Fraction | None:
    """A number, or the points of the line that was chosen."""
    if value in (None, ""):
        return None
    if field.type not in (FieldType.NUMBER, FieldType.MONEY):
        line = line_facts(field.source, str(value), on) if field.source else None
        value = line.get("points") if line else None
    try:
        return Fraction(Decimal(str(value)))
    except InvalidOperation:
        return None


def seats_of(panel: Panel) -> list[Judgement]:
    """Its members as they are now: who stepped aside is left out."""
    rows = Judgement.objects.filter(panel=panel, recused_at=None).select_related("judge")
    return list(rows.order_by("seat"))


def panels_for(powers: Powers) -> QuerySet[Panel]:
    """The panels somebody organises (all, for who oversees), the newest first."""
    found = Panel.objects.select_related("edition", "organisation", "organiser").order_by("-asked_at", "-pk")
    if powers.has("oversee"):
        return found
    return found.filter(Q(organiser__in=organised_by(powers)))


def organised_by(powers: Powers) -> Collection[int]:
    """The units for which somebody closes panels."""
    return powers.of("handle") | powers.of("lead") | powers.scope("lead")


def may_organise(panel: Panel, powers: Powers) -> bool:
    """Who sees how far a panel is, and may close it once enough gave."""
    return powers.has("oversee") or panel.organiser_id in organised_by(powers)


def closed_panels(subject: Ref) -> Iterable[Panel]:
    """What panels found about a thing."""
    rows = Panel.objects.filter(subject_type=subject[0], subject_id=subject[1], closed_at__isnull=False)
    return rows.select_related("edition").order_by("closed_at", "pk")
