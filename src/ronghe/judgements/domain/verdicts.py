"""What a judgement's answers say by its definition: cleaned, scored, and what follows."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ronghe.core.forms import FieldType
from ronghe.core.select import Change, Gives
from ronghe.definitions import queries as definitions
from ronghe.definitions.queries import Loaded
from ronghe.judgements.exceptions import DomainError
from ronghe.organisations.queries import LineFacts, line_facts

REASONS = "reasons"
WORDS = frozenset({FieldType.TEXT, FieldType.PLACE, FieldType.ROWS, FieldType.FILES, FieldType.CONDITION})


@dataclass(frozen=True)
class Verdicts:
    """What follows from a judgement's values: whether it satisfied, and whether the case is taken up again."""

    score: int | None
    is_satisfied: bool
    reopens: bool


def verdict_of(loaded: Loaded, values: Mapping[str, Any], on: dt.date) -> Verdicts:
    """What the definition says follows: the points and `satisfied` of the chosen line, and its `verdict`s."""
    facts = facts_of_answers(loaded, values, on)
    scored = [
        line for line in facts.values() if isinstance(line, LineFacts) and line.get("points") is not None
    ]
    points = scored[0].get("points") if scored else None
    return Verdicts(
        score=int(str(points)) if points is not None else None,
        is_satisfied=bool(scored) and scored[0].get("satisfied") in (True, "true", "是"),
        reopens=any(
            verdict.where.matches(facts) and _reopens(verdict.gives) for verdict in loaded.body.verdict
        ),
    )


def cleaned(loaded: Loaded, values: Mapping[str, Any], on: dt.date) -> dict[str, Any]:
    """The answers as the definition's form takes them. Raises DomainError `invalid`."""
    form = loaded.body.form
    result = form.clean(values, lists=definitions.lists_of(form, on))
    if result.errors:
        first = next(iter(result.errors.values()))
        raise DomainError("invalid", f"还没有填好：{first}", errors=result.errors)
    return dict(result.values)


def check_reasons(loaded: Loaded, values: Mapping[str, Any], verdict: Verdicts) -> None:
    """Where the form asks for reasons, a rating that has the case done again names one. Raises DomainError `invalid`."""
    if loaded.body.form.get(REASONS) is None or not verdict.reopens or values.get(REASONS):
        return
    said = "请至少选一项不满意的原因，重新办理时照着改。"
    raise DomainError("invalid", f"评价还没有填好：{said}", errors={REASONS: said})


def coded(loaded: Loaded, values: Mapping[str, Any]) -> dict[str, Any]:
    """The answers the ledger may keep: codes and numbers, never words somebody wrote."""
    form = loaded.body.form
    return {
        field.code: values[field.code]
        for field in form.fields
        if field.type not in WORDS and field.code in values
    }


def highest_score(loaded: Loaded, on: dt.date) -> int | None:
    """The most points its list gives; None when nothing has points."""
    lists = definitions.lists_of(loaded.body.form, on)
    points = [line["points"] for lines in lists.values() for line in lines if line.get("points") is not None]
    return max((int(str(one)) for one in points), default=None)


def facts_of_answers(loaded: Loaded, values: Mapping[str, Any], on: dt.date) -> dict[str, object]:
    """The values with each choice as the line of its list, also under `form`."""
    facts: dict[str, object] = {"today": on, **values}
    for field in loaded.body.form.fields if loaded.body.form else ():
        line = line_facts(field.source, str(values.get(field.code)), on) if field.source else None
        if line is not None:
            facts[field.code] = line
    return {**facts, "form": facts}


def _reopens(gives: Gives | None) -> bool:
    return gives is not None and any(
        isinstance(give, Change) and give.act == "reopen" for give in gives.items
    )
