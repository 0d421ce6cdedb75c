"""What somebody at a desk may file: for those who come, call or write, and what their own post brings."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from django.utils import timezone

from ronghe.casework.models import Case
from ronghe.core.procedure import Step
from ronghe.definitions import queries as definitions
from ronghe.definitions.enums import Kind, Power, Requester

if TYPE_CHECKING:
    from ronghe.definitions.queries import Loaded
    from ronghe.organisations.queries import Powers

OF_OTHERS = frozenset({Requester.ANY, Requester.RESIDENT, Requester.ENTERPRISE})
WORKING = (Power.HANDLE, Power.LEAD, Power.TRIAGE)


def filable(powers: Powers, on: dt.date) -> list[Loaded]:
    """The procedures in force of which these powers may file a case."""
    live = definitions.live(Kind.PROCEDURE, on)
    return [loaded for loaded in live if loaded.first_effective <= on and may_file(powers, loaded)]


def may_file(powers: Powers, procedure: Loaded) -> bool:
    """What the public asks is filed by posts that may `file`; what staff open, by the posts that its first step
    names, or by any officer where it names none.
    """
    if is_of_others(procedure):
        return powers.has(Power.FILE)
    posts = _posts_of_first_step(procedure, powers.on)
    if posts:
        return any(powers.holds_post(post) for post in posts)
    return any(powers.has(power) for power in WORKING)


def is_of_others(procedure: Loaded) -> bool:
    """Whether its requester is somebody of the public, so that whoever files it does so on their behalf."""
    return procedure.body.requester in OF_OTHERS


def _posts_of_first_step(procedure: Loaded, on: dt.date) -> list[str]:
    """The posts of which one must open it; empty when its first step may be anybody's."""
    first: Any = procedure.body.flow.nodes[0]
    if not isinstance(first, Step) or first.by is None:
        return []
    named = first.by.names()
    posts = [
        name
        for kind, name in named
        if kind == "post" or (kind == "name" and definitions.find(Kind.POST, name, on) is not None)
    ]
    return posts if len(posts) == len(named) else []


def filed_by(actor: str, number: str, on: dt.date) -> Case | None:
    """The case of that number, if this actor filed it that day: who may see its slip, and until when."""
    case: Case | None = Case.objects.with_units().filter(number=number, opener=actor).first()
    return case if case is not None and timezone.localdate(case.opened_at) == on else None
