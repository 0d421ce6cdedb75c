"""Which parts of an issued bulletin somebody sees, by the `seen_by` of the day."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

from ronghe.bulletins import rules
from ronghe.bulletins.managers import EVERYBODY, PUBLIC
from ronghe.bulletins.models import Bulletin
from ronghe.definitions import queries as definitions
from ronghe.definitions.enums import Kind, Power
from ronghe.organisations.queries import Powers

Shown = Callable[[str], bool]


def _all(_name: str) -> bool:
    return True


def shown_to_public(paper: Bulletin, on: dt.date) -> Shown:
    """The parts everybody sees; a sight that depends on something shows nothing."""
    return _by(definitions.find(Kind.BULLETIN, paper.bulletin, on), (PUBLIC,))


def shown_to(powers: Powers, paper: Bulletin) -> Shown:
    """The parts a colleague who may open it sees: all for its own unit, whom it is about or to, and who oversees."""
    mine = powers.organisation_ids | powers.scope(Power.LEAD) | rules.writing_units(powers)
    parties = {paper.organisation_id, paper.about_id if paper.about_type == "organisation" else None}
    if paper.case is not None:
        parties |= {paper.case.responsible_id, paper.case.about_id}
    if powers.has(Power.OVERSEE) or mine & parties:
        return _all
    loaded = definitions.find(Kind.BULLETIN, paper.bulletin, powers.on)
    posts = {kind for kind, _unit in powers.posts}
    known = loaded.body.seen_by.keys() if loaded else set()
    roles = tuple(role for role in known if role in posts or role in (PUBLIC, EVERYBODY))
    return _by(loaded, roles or tuple(known))


def _by(loaded: Any, roles: tuple[str, ...]) -> Shown:
    sights = [loaded.body.seen_by[role] for role in roles if role in loaded.body.seen_by] if loaded else []
    sights = [sight for sight in sights if sight.where is None]

    def shown(name: str) -> bool:
        return any(
            (sight.only is None or name in sight.only) and name not in sight.hidden for sight in sights
        )

    return shown
