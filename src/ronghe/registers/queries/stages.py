"""The stage of entries that have a life: the open step of the case that runs it, or how that ended."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from ronghe.core.procedure import steps_of
from ronghe.definitions import queries as definitions
from ronghe.registers.models import Entry


@dataclass(frozen=True)
class Stage:
    """Where the life of an entry stands; of several open steps the names together. `number`: of its case."""

    codes: tuple[str, ...]
    title: str
    number: str
    is_open: bool


def stages_of(entries: Iterable[Entry]) -> dict[int, Stage]:
    """Entry → stage, for those with a life; one statement."""
    lives = [entry.pk for entry in entries if entry.life_id]
    if not lives:
        return {}
    columns = ("pk", "life__edition_id", "life__number", "life__state", "life__result")
    steps = ("life__steps__code", "life__steps__done_at")
    rows = Entry.objects.filter(pk__in=lives).order_by("pk", "life__steps__no").values_list(*columns, *steps)
    found: dict[int, list[tuple[object, ...]]] = {}
    for row in rows:
        found.setdefault(row[0], []).append(row)
    return {pk: _stage(told) for pk, told in found.items()}


def stage_titles(life: str, on: object) -> dict[str, str]:
    """The steps of a life, in its order, for choosing among them."""
    loaded = definitions.find("procedure", life, on)  # type: ignore[arg-type]
    return {placed.step.code: placed.step.title for placed in steps_of(loaded.body.flow)} if loaded else {}


def _stage(rows: list[tuple[object, ...]]) -> Stage:
    _pk, edition, number, state, result, *_step = rows[0]
    body = definitions.by_edition(int(str(edition))).body
    if state != "open":
        return Stage((), body.results.get(str(result), "") or _ENDED, str(number), is_open=False)
    titles = {placed.step.code: placed.step.title for placed in steps_of(body.flow)}
    codes = tuple(dict.fromkeys(str(row[5]) for row in rows if row[5] and row[6] is None))
    return Stage(codes, "、".join(titles.get(code, code) for code in codes), str(number), is_open=True)


_ENDED = "已结束"
