"""Ratings in a table of cases: which grade a written one means, and writing them behind the cases."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext

from ronghe.casework.domain.intake import Given
from ronghe.core.memory import remembered
from ronghe.core.tables import CellError
from ronghe.definitions import queries as definitions
from ronghe.definitions.queries import Loaded
from ronghe.judgements.domain import Rated, rate_many
from ronghe.judgements.queries import rating_for

_NUMBER = re.compile(r"([1-9])(\.0+)?\s*[分星级]?")


def values_of(procedure: Loaded, written: str, on: dt.date) -> Mapping[str, Any]:
    """The rating's answers for `5`, `5分`, 非常满意 or a code. Raises CellError."""
    code = procedure.edition.code
    words = remembered(("import-grades", code, on), lambda: _words(code, on))
    if not words:
        raise CellError(
            "not-asked", gettext("“%(title)s”不请求评价，请删去评价。") % {"title": procedure.body.title}
        )
    number = _NUMBER.fullmatch(written)
    found = words.get(number[1] if number else written)
    if found is None:
        numbers = sorted(word for word in words if word.isdigit())
        said = {"written": written, "least": numbers[0], "most": numbers[-1]}
        raise CellError(
            "grade", gettext("评价“%(written)s”看不懂，请写 %(least)s 到 %(most)s 的整数。") % said
        )
    return found


def _words(code: str, on: dt.date) -> dict[str, dict[str, str]]:
    """Points, title or code of a grade → the answer it is."""
    loaded = rating_for(code, on)
    form = loaded.body.form if loaded else None
    words: dict[str, dict[str, str]] = {}
    for name, lines in definitions.lists_of(form, on).items():
        asked = next(field.code for field in form.fields if field.source == name) if form else ""
        for line in lines:
            if line.get("points") is not None:
                answer = {asked: str(line["code"])}
                words |= dict.fromkeys((str(line["points"]), str(line["title"]), str(line["code"])), answer)
    return words


def write(given: Sequence[Given], *, batch: str) -> None:
    """Rate cases just written. Nothing is taken up again: the source says that they stayed closed."""
    rate_many(
        [
            (Rated(case.pk, case.procedure, case.round, case.responsible_id), values, f"import:{batch}", at)
            for case, values, at in given
        ],
        origin="import",
        batch=batch,
    )
