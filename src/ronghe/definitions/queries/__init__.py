"""Look definitions up by day: which edition was in force, what lists held, which days were worked."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from ronghe.core.forms import Form
from ronghe.definitions.checking.documents import parse
from ronghe.definitions.enums import Identity, Kind
from ronghe.definitions.exceptions import UnknownDefinition
from ronghe.definitions.kinds.things import Line
from ronghe.definitions.models import Edition
from ronghe.definitions.queries.calendars import calendar, pack_folder
from ronghe.definitions.queries.lines import lines_of
from ronghe.definitions.queries.shelves import look_again, once, shelf

__all__ = [
    "Loaded",
    "body_of",
    "by_edition",
    "calendar",
    "edition_for",
    "find",
    "get",
    "lines_on",
    "lists_of",
    "live",
    "look_again",
    "once",
    "pack_folder",
    "powers",
    "public_procedures",
]

_bodies: dict[str, Any] = {}


@dataclass(frozen=True)
class Loaded:
    """One edition: its row, its typed content (a model of `definitions.kinds`), and when the first one took effect."""

    edition: Edition
    body: Any
    first_effective: dt.date


def body_of(edition: Edition) -> Any:
    """The typed content of an edition, parsed once in each process (content never changes under its hash)."""
    if (body := _bodies.get(edition.hash)) is None:
        body = _bodies[edition.hash] = parse(json.loads(edition.body))
    return body


def find(kind: str, code: str, on: dt.date) -> Loaded | None:
    """The edition in force on a day; a day before the first edition gives the first. None: no such definition."""
    return _in_force(shelf().of(kind, code), on)


def get(kind: str, code: str, on: dt.date) -> Loaded:
    """As `find`. Raises UnknownDefinition."""
    if (found := find(kind, code, on)) is None:
        raise UnknownDefinition(kind, code)
    return found


def edition_for(kind: str, code: str, on: dt.date) -> Edition:
    """The row `get` would give. Raises UnknownDefinition."""
    return get(kind, code, on).edition


def by_edition(edition_id: int) -> Loaded:
    """A pinned edition by its id. Raises Edition.DoesNotExist."""
    editions = shelf()
    if (edition := editions.by_id.get(edition_id)) is None:
        raise Edition.DoesNotExist(edition_id)
    first = editions.of(edition.kind, edition.code)[0].effective
    return Loaded(edition, body_of(edition), first)


def live(kind: str, on: dt.date) -> list[Loaded]:
    """Every definition of a kind as it stood on a day, by code."""
    return list(_live(kind, on))


@once
def _live(kind: str, on: dt.date) -> list[Loaded]:
    rows = shelf().by_kind.get(kind, {}).values()
    return [found for one in rows if (found := _in_force(one, on))]


def _in_force(editions: Sequence[Edition], on: dt.date) -> Loaded | None:
    if not editions:
        return None
    edition = editions[-1]
    if edition.effective > on:
        edition = next((one for one in reversed(editions) if one.effective <= on), editions[0])
    return Loaded(edition, body_of(edition), editions[0].effective)


def lists_of(form: Form | None, on: dt.date) -> dict[str, list[dict[str, Any]]]:
    """The lines of every list a form chooses from, as `Form.clean` takes them; an unloaded list is left out."""
    wanted = {name for kind, name in (form.names() if form else []) if kind == "list"}
    found = {name: find(Kind.LIST, name, on) for name in sorted(wanted)}
    return {
        name: [line.as_dict() for line in lines_of(loaded.body, on)]
        if loaded.body.is_filled_here
        else _lines_written(name, on)
        for name, loaded in found.items()
        if loaded
    }


@once
def _lines_written(name: str, on: dt.date) -> list[dict[str, Any]]:
    return [line.as_dict() for line in get(Kind.LIST, name, on).body.lines]


def lines_on(code: str, on: dt.date) -> Sequence[Line]:
    """The lines of a list on a day, of its definition or filled in by the city; none when there is no such list."""
    loaded = find(Kind.LIST, code, on)
    return lines_of(loaded.body, on) if loaded else ()


def powers(post: str, on: dt.date) -> frozenset[str]:
    """What holding a kind of post allows on a day; a kind nobody defines allows nothing."""
    found = find(Kind.POST, post, on)
    return frozenset(str(power) for power in found.body.may) if found else frozenset()


def public_procedures(on: dt.date) -> list[str]:
    """The procedures whose definition of the day shows title and reply to everybody and protects nobody's identity."""
    return [
        loaded.edition.code
        for loaded in live(Kind.PROCEDURE, on)
        if loaded.body.identity is Identity.OPEN and _shows_answers(loaded.body.seen_by.get("public"))
    ]


def _shows_answers(sight: Any) -> bool:
    if sight is None or sight.where is not None:
        return False
    shown = {"title", "reply"}
    return shown.isdisjoint(sight.hidden) and (sight.only is None or shown <= set(sight.only))
