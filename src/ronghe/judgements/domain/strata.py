"""What is drawn of how many, from each stratum some; and what must be kept so that it can be drawn again."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from fractions import Fraction

from ronghe.core.draw import draw_strata
from ronghe.core.select import Path, is_thing
from ronghe.definitions.queries import Loaded
from ronghe.definitions.things import Ref, facts_of
from ronghe.judgements.models import Draw, DrawnFrom


def strata_of(loaded: Loaded, things: Mapping[str, Ref], on: dt.date) -> dict[str, str]:
    """The stratum of each: what the thing says on the field that `strata` names; without it all are of one."""
    path = loaded.body.when.strata
    if path is None:
        return dict.fromkeys(things, "")
    return {key: _stratum(ref, path, on) for key, ref in things.items()}


def _stratum(ref: Ref, path: str, on: dt.date) -> str:
    """What a thing says on that field; nothing is a stratum of its own."""
    facts = facts_of(ref, on)
    found = Path.parse(path).resolve(facts) if facts else []
    one = found[0] if found else ""
    return str(one.get("code") if is_thing(one) else one)


def drawn_of(loaded: Loaded, strata: Mapping[str, str], seed: str) -> tuple[str, ...]:
    """Those drawn, some of each stratum; all of them where nothing says how many."""
    size = loaded.body.when.draw
    if size is None:
        return tuple(sorted(strata))
    share = Fraction(size.removesuffix("%").strip()) / 100 if isinstance(size, str) else None
    drawn = draw_strata(strata, seed=seed, count=None if share else size, share=share)
    return tuple(key for name in sorted(drawn) for key in drawn[name])


def keep_strata(made: Draw, strata: Mapping[str, str]) -> None:
    """Keep what a draw drew from, where the ledger alone cannot tell it again."""
    DrawnFrom.objects.create(draw=made, strata=dict(strata))
