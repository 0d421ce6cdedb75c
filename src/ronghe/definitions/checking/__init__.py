"""Check definition files: each document alone, then what they name across all packs, then the law's rules."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from pathlib import Path

from ronghe.definitions.checking.burden import held_already
from ronghe.definitions.checking.catalogue import Catalogue
from ronghe.definitions.checking.documents import Checked, check_document
from ronghe.definitions.checking.law import against_rules
from ronghe.definitions.checking.references import unresolved
from ronghe.definitions.checking.templates import not_composable
from ronghe.definitions.reading import Document, Problem, Reading, read_path

__all__ = ["Catalogue", "Checked", "check", "check_documents", "check_upon", "problems_of", "read_all"]


def check_documents(
    documents: Sequence[Document], *, effective: datetime.date | None = None
) -> tuple[list[Checked], list[Problem]]:
    """Check each document alone; `effective` stands in where a document leaves its own out."""
    checked: list[Checked] = []
    problems: list[Problem] = []
    for document in documents:
        found = check_document(document, effective)
        if isinstance(found, Checked):
            checked.append(found)
        else:
            problems += found
    return checked, problems


def problems_of(checked: Sequence[Checked], others: Sequence[Checked] = ()) -> list[Problem]:
    """What is wrong between definitions: two of one edition, names nobody defines, forms that ask again, law."""
    catalogue = Catalogue([*others, *checked])
    problems = _twice(checked)
    for one in checked:
        problems += unresolved(one, catalogue)
        problems += held_already(one, catalogue)
        problems += not_composable(one, catalogue)
    problems += against_rules(checked, catalogue)
    return sorted(problems, key=lambda problem: (problem.file, problem.line, problem.field))


def _twice(checked: Sequence[Checked]) -> list[Problem]:
    seen: dict[tuple[str, str, object], Checked] = {}
    problems = []
    for one in checked:
        body = one.body
        for what, key in (("生效日期", body.effective), ("版次", f"edition {body.label}")):
            first = seen.setdefault((body.kind, body.code, key), one)
            if first is not one:
                message = (
                    f"{body.kind.chinese}“{body.code}”的同一{what}写了两次（另见 {first.document.file}）。"
                )
                problems.append(
                    one.document.problem(
                        (body.kind.value,), message, "换一个生效日期和版次，或删去一个", "twice"
                    )
                )
                break
    return problems


def check(
    reading: Reading, others: Reading | None = None, *, effective: datetime.date | None = None
) -> tuple[list[Checked], list[Problem]]:
    """Everything about what was read; `others` (packs beneath) may be named, are replaced by kind and
    code, and are not themselves reported.
    """
    beneath = check_documents(others.documents, effective=effective)[0] if others else []
    return check_upon(beneath, reading, effective=effective)


def check_upon(
    beneath: Sequence[Checked], reading: Reading, *, effective: datetime.date | None = None
) -> tuple[list[Checked], list[Problem]]:
    """As `check`, upon others that were checked before."""
    checked, problems = check_documents(reading.documents, effective=effective)
    replaced = {one.key for one in checked}
    left = [one for one in beneath if one.key not in replaced]
    return checked, [*reading.problems, *problems, *problems_of(checked, left)]


def read_all(paths: Sequence[Path]) -> Reading:
    """Read several folders as one; file names are told with the folder's own name."""
    readings = [read_path(path, path.parent) for path in paths]
    return Reading(
        [doc for one in readings for doc in one.documents], [bad for one in readings for bad in one.problems]
    )
