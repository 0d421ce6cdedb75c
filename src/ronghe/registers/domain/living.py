"""The life of an entry: the procedure that opens with it, and whose open step is its stage."""

from __future__ import annotations

import datetime as dt

from django.utils import timezone

from ronghe.casework.domain import open_case
from ronghe.definitions import queries as definitions
from ronghe.definitions.enums import Kind
from ronghe.definitions.kinds import RegisterDefinition
from ronghe.definitions.things import Ref
from ronghe.registers.exceptions import DomainError
from ronghe.registers.models import Entry


def begin_life(
    entry: Entry,
    body: RegisterDefinition,
    *,
    actor: str,
    at: dt.datetime,
    came_from: Ref | None,
    origin: str,
) -> None:
    """Open the procedure of the register's `life` about the entry; what both ask is taken over."""
    assert body.life is not None  # noqa: S101 - asked only then
    procedure = definitions.get(Kind.PROCEDURE, body.life, timezone.localdate(at))
    asked = procedure.body.form.titles if procedure.body.form else {}
    entry.life = open_case(
        procedure,
        values={code: value for code, value in entry.values.items() if code in asked},
        actor=actor,
        at=at,
        thing=("entry", entry.pk),
        came_from=came_from,
        responsible=entry.organisation,
        title=entry.title,
        origin=origin,
    ).case
    entry.save(update_fields=["life"])


def refuse_while_it_lives(entry: Entry) -> None:
    """Raise `life-open` while the case that runs its life is open."""
    life = (
        Entry.objects.filter(pk=entry.pk, life__state="open").values_list("life__number", flat=True).first()
    )
    if life is not None:
        message = f"它的办理过程（{life}）还没有结束，不能注销。请先在那一件里办结或终止，再来注销。"
        raise DomainError("life-open", message, number=life)
