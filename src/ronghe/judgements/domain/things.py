"""Judgements as things other rooms may speak of."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from typing import Any

from ronghe.casework.domain.giving import MAKERS
from ronghe.definitions import queries as definitions
from ronghe.definitions.things import KEEPERS, Keeper, Known, visible_of
from ronghe.judgements.domain.asking_reviews import make_judgement
from ronghe.judgements.domain.seeing import may_see_panel
from ronghe.judgements.domain.verdicts import facts_of_answers
from ronghe.judgements.models import Judgement, Panel


def _facts(number: int, on: dt.date) -> Known | None:
    """A judgement: its answers, `code` of its definition, `at` when it was given, `round`."""
    row = Judgement.objects.select_related("edition").filter(pk=number).first()
    if row is None:
        return None
    answers = facts_of_answers(definitions.by_edition(row.edition_id), row.values, on)
    more = {"code": row.judgement, "kind": row.judgement, "at": row.given_at, "round": row.round}
    return Known(("judgement", number), {**answers, **more})


def _panel_facts(number: int, on: dt.date) -> Known | None:
    """A panel: its combined figures, `given` how many gave, `code` of its definition, `at` when it closed."""
    row = Panel.objects.select_related("edition").filter(pk=number).first()
    if row is None:
        return None
    loaded = definitions.by_edition(row.edition_id)
    figures = loaded.body.form.typed(row.values) if loaded.body.form else {}
    more = {"code": row.judgement, "kind": row.judgement, "at": row.closed_at, "round": row.round}
    return Known(("panel", number), {**figures, **more, "today": on})


def _panel_titles(numbers: Collection[int]) -> dict[int, str]:
    rows = Panel.objects.filter(pk__in=numbers).select_related("edition")
    return {row.pk: row.edition.title for row in rows}


def _panel_visible(powers: Any, numbers: Collection[int]) -> frozenset[int]:
    """Who organises it; closed, whoever sat on it or may see what is judged."""
    return frozenset(row.pk for row in Panel.objects.filter(pk__in=numbers) if may_see_panel(row, powers))


def _titles(numbers: Collection[int]) -> dict[int, str]:
    rows = Judgement.objects.filter(pk__in=numbers).select_related("edition")
    return {row.pk: row.edition.title for row in rows}


def _visible(powers: Any, numbers: Collection[int]) -> frozenset[int]:
    """Who was asked, and who may see what is judged."""
    rows = list(Judgement.objects.filter(pk__in=numbers).select_related("panel"))
    seen = visible_of({(row.subject_type, row.subject_id) for row in rows}, powers)
    return frozenset(
        row.pk
        for row in rows
        if (row.judge_id is not None and row.judge_id == powers.person_id)
        or (
            (row.subject_type, row.subject_id) in seen
            and (row.panel is None or row.panel.closed_at is not None)
        )
    )


def register() -> None:
    """Enter judgements among the keepers, and asking for one among the makers."""
    KEEPERS["panel"] = Keeper(_panel_facts, _panel_titles, _panel_visible)
    KEEPERS["judgement"] = Keeper(_facts, _titles, _visible)
    MAKERS["judgement"] = make_judgement
