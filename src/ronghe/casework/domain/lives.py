"""The life of an organisation: the procedure its kind names opens about it when it is founded.

Once for each organisation: one whose life was begun by hand is left as it is, and the same again opens nothing.
"""

from __future__ import annotations

import datetime as dt
import uuid

from django.db import transaction

from ronghe.casework.domain.filing import open_case
from ronghe.casework.models import Case
from ronghe.core.errors import RongheError
from ronghe.definitions import queries as definitions
from ronghe.definitions.enums import Kind
from ronghe.organisations.domain.beginnings import BEGINNINGS
from ronghe.organisations.models import Organisation

ACTOR = "system:life"
_LIVES = uuid.UUID("6a1b7f0e-1f6c-5b55-9c1c-2f6f0f5a7d10")


def begin_life(unit: Organisation, *, actor: str, at: dt.datetime) -> Case | None:
    """Open the life of an organisation about itself; what both ask is taken over. None: its kind has none, or it began.

    Raises DomainError `invalid` where the procedure asks what the organisation does not say.
    """
    code = _life_of(unit.kind, at.date())
    if code is None or Case.objects.filter(procedure=code, about=unit).exists():
        return None
    procedure = definitions.get(Kind.PROCEDURE, code, at.date())
    asked = procedure.body.form.titles if procedure.body.form else {}
    return open_case(
        procedure,
        values={field: value for field, value in unit.values.items() if field in asked},
        actor=actor,
        at=at,
        about=unit,
        responsible=unit,
        title=unit.name,
        submission=uuid.uuid5(_LIVES, f"{unit.pk}/{code}"),
        origin="system",
    ).case


def begin_lives(now: dt.datetime) -> int:
    """Begin those of organisations that were founded before this did so of itself, or whose kind got a life later.

    One that cannot begin keeps no other back; the first such error is raised when all are through.
    """
    kinds = {
        one.edition.code: one.body.life
        for one in definitions.live(Kind.ORGANISATION, now.date())
        if one.body.life
    }
    begun, refused = 0, []
    for kind, code in sorted(kinds.items()):
        living = Case.objects.filter(procedure=code, about__isnull=False).values("about")
        units = Organisation.objects.live(now.date()).filter(kind=kind).exclude(pk__in=living)
        for number in list(units.order_by("pk").values_list("pk", flat=True)):
            try:
                with transaction.atomic():
                    unit = Organisation.objects.select_for_update().get(pk=number)
                    begun += begin_life(unit, actor=ACTOR, at=now) is not None
            except RongheError as error:
                refused.append(error)
    if refused:
        raise refused[0]
    return begun


def _life_of(kind: str, on: dt.date) -> str | None:
    found = definitions.find(Kind.ORGANISATION, kind, on)
    code: str | None = found.body.life if found else None
    return code


def register() -> None:
    """Have it done whenever an organisation is founded."""
    if begin_life not in BEGINNINGS:
        BEGINNINGS.append(begin_life)
