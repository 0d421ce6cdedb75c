"""Things: what the notation speaks of by type and id (`entry:12`), each kept by the room that registers it here.

A room registers in its `AppConfig.ready`, so that rooms read each other's things without knowing each other's models.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from ronghe.core.select import Facts

Ref: TypeAlias = tuple[str, int]
"""Type and id."""


@dataclass(frozen=True)
class Keeper:
    """How a room answers for its things. `visible` gives those of the ids that somebody with these powers may open."""

    facts: Callable[[int, dt.date], Facts | None]
    titles: Callable[[Collection[int]], Mapping[int, str]]
    visible: Callable[[Any, Collection[int]], frozenset[int]]


KEEPERS: dict[str, Keeper] = {}


@dataclass(frozen=True)
class Known:
    """Facts together with which thing they are of; equal to the same thing on any day."""

    ref: Ref
    facts: Facts

    def get(self, name: str, /) -> object | None:
        return self.facts.get(name)

    def __eq__(self, other: object) -> bool:
        return getattr(other, "ref", None) == self.ref

    def __hash__(self) -> int:
        return hash(self.ref)


def ref_of(facts: object) -> Ref | None:
    """Which thing facts are of, when they are of one."""
    ref: Ref | None = getattr(facts, "ref", None)
    return ref


def facts_of(ref: Ref, on: dt.date) -> Facts | None:
    """A thing as the notation sees it on a day; None when there is no such thing."""
    keeper = KEEPERS.get(ref[0])
    found = keeper.facts(ref[1], on) if keeper else None
    return found if found is None or ref_of(found) else Known(ref, found)


def titles_of(refs: Collection[Ref]) -> dict[Ref, str]:
    """What things are called, asked once for each type; who may know it is for the asker to see to."""
    found = {}
    for type_ in {ref[0] for ref in refs} & KEEPERS.keys():
        titles = KEEPERS[type_].titles({number for kind, number in refs if kind == type_})
        found.update({(type_, number): title for number, title in titles.items()})
    return found


def visible_of(refs: Collection[Ref], powers: object) -> set[Ref]:
    """Those of the things that somebody with these powers may open."""
    return {
        (type_, number)
        for type_ in {ref[0] for ref in refs} & KEEPERS.keys()
        for number in KEEPERS[type_].visible(powers, {number for kind, number in refs if kind == type_})
    }
