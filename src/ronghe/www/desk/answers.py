"""What was answered on the page of a case: in the forms of its steps, and with files; each file only to who may fetch it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ronghe.casework.queries.said import words_of
from ronghe.core.forms import FieldType, Form
from ronghe.core.procedure import ANY_LANE, LanePath, Parallel, lists_of, steps_of
from ronghe.definitions import queries as definitions

if TYPE_CHECKING:
    from ronghe.casework.models import Step
    from ronghe.www.desk.page import CasePage
    from ronghe.www.files import FileLine

EMPTY: tuple[object, ...] = (None, "", [])


@dataclass(frozen=True)
class Answer:
    """One answer: in words, or the files kept under it."""

    title: str
    words: str
    files: Sequence[FileLine] = ()


@dataclass(frozen=True)
class StepAnswers:
    """What was answered in one step; `unit`: whose, where several units do it side by side."""

    title: str
    answers: list[Answer]
    unit: str = ""


@dataclass(frozen=True)
class Claim:
    """What a unit answered an open call with."""

    unit: str
    is_chosen: bool
    answers: list[Answer]


def given_files(page: CasePage) -> list[Answer]:
    """The file fields of the form the case was filed with, and what is kept under them."""
    return [one for one in _answers(page, page.procedure.body.form, {}, {None}) if one.files]


def step_answers(page: CasePage) -> list[StepAnswers]:
    """What the steps of the procedure were answered with, in its order; those of lanes once for each lane, as last done."""
    asked = page.procedure.body.form
    first = {field.code for field in asked.fields} if asked else set()
    own = {code: value for code, value in page.case.values.items() if code not in first}
    found = []
    for placed in steps_of(page.procedure.body.flow):
        same = [
            one
            for one in page.steps
            if one.no not in page.sealed and one.code == placed.step.code and _leads(placed.path, one.path)
        ]
        for path in dict.fromkeys(tuple(one.path) for one in same) if placed.path else [()]:
            rows = [one for one in same if tuple(one.path) == path]
            done = next((one for one in reversed(rows) if one.values), None)
            values = (done.values if done else {}) if path else own
            answers = _answers(page, placed.step.form, values, {one.no for one in rows})
            unit = str((done or rows[-1]).holder or "") if path else ""
            found.append(StepAnswers(placed.step.title, answers, unit))
    return [one for one in found if one.answers]


def claims(page: CasePage) -> list[Claim]:
    """The lanes of an open call of this round, in the order they came, each with what it said, as far as the reader may know."""
    calls = {
        node.code: node.form
        for listing in lists_of(page.procedure.body.flow)
        for node in listing.flow.nodes
        if isinstance(node, Parallel) and node.is_call
    }
    first: dict[str, Step] = {}
    for one in page.steps:
        if one.path and one.path[-2] in calls and one.round == page.case.round:
            first.setdefault(one.path[-1], one)
    return [
        Claim(
            str(one.holder or ""),
            lane in page.case.chosen,
            _answers(page, calls[one.path[-2]], one.values, {one.no}),
        )
        for lane, one in first.items()
        if one.no not in page.sealed
    ]


def _leads(placed: LanePath, path: Sequence[str]) -> bool:
    """Whether a step that stands there in the definition stands here in the case."""
    return len(placed) == len(path) and all(
        one in (other, ANY_LANE) for one, other in zip(placed, path, strict=True)
    )


def titles_of_files(page: CasePage) -> Mapping[str, str]:
    """Under which question a file was given, by the field's code."""
    asked = page.procedure.body.form
    forms = [*((asked,) if asked else ()), *page.procedure.body.flow.forms]
    return {field.code: field.title for form in reversed(forms) for field in form.file_fields}


def kept_under(page: CasePage, step: Step, form: Form | None) -> dict[str, int]:
    """How many files are kept under each file field of a step's form already."""
    if form is None or not form.file_fields:
        return {}
    same = {one.no for one in page.steps if (one.code, one.path) == (step.code, step.path)}
    codes = {field.code for field in form.file_fields}
    kept = [line.file for line in page.files if line.file.field in codes and line.file.step in same]
    return {code: sum(file.field == code for file in kept) for code in codes}


def _answers(
    page: CasePage, form: Form | None, values: Mapping[str, object], steps: Collection[int | None]
) -> list[Answer]:
    """The fields that were answered; `steps`: under which numbers its files are kept, None: as the case was filed."""
    if form is None:
        return []
    files = _files(page, steps) if form.file_fields else {}
    answered = [field for field in form.fields if values.get(field.code) not in EMPTY]
    lists = definitions.lists_of(Form(tuple(answered)), page.on) if answered else {}
    return [
        Answer(
            field.title,
            words_of(field, values[field.code], lists.get(field.source, ())) if field in answered else "",
            files.get(field.code, ()),
        )
        for field in form.fields
        if (field in answered and field.type is not FieldType.FILES) or files.get(field.code)
    ]


def _files(page: CasePage, steps: Collection[int | None]) -> dict[str, list[FileLine]]:
    found = defaultdict(list)
    for line in page.files:
        if line.file.field and line.file.step in steps:
            found[line.file.field].append(line)
    return found
