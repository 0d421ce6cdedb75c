"""`gives: {bulletin: x}`: a draft for the unit that answers, about what gave it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils import timezone

from ronghe.bulletins.domain.drafting import draft
from ronghe.casework.domain.giving import Giver
from ronghe.core.select import Create
from ronghe.definitions import queries as definitions
from ronghe.definitions.enums import Kind
from ronghe.definitions.things import Ref


def make_bulletin(item: Create, values: Mapping[str, Any], giver: Giver) -> Ref | None:
    """Draft what is given; nothing where no unit answers for it."""
    if giver.organisation is None:
        return None
    about = giver.thing or (("organisation", giver.about.pk) if giver.about else None)
    paper = draft(
        definitions.get(Kind.BULLETIN, item.name, timezone.localdate(giver.at)),
        organisation=giver.organisation,
        about=about,
        case=giver.source[1] if giver.source[0] == "case" else None,
        values=values,
        actor=giver.actor,
        at=giver.at,
        origin=giver.origin,
    )
    return "bulletin", paper.pk
