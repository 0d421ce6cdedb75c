"""What was answered on the page of a case: in the forms of its steps, and with files; each file only to who may fetch it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ronghe.casework.queries.said import words_of
from ronghe.core.forms import FieldType, Form
from ronghe.core.procedure import steps_of
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
    """What was answered in one step."""

    title: str
    answers: list[Answer]


def given_files(page: CasePage) -> list[Answer]:
    """The file fields of the form the case was filed with, and what is kept under them."""
    return [one for one in _answers(page, page.procedure.body.form, {}) if one.files]


def step_answers(page: CasePage) -> list[StepAnswers]:
    """What the steps of the procedure were answered with, in its order; what a lane answers stands with the lane."""
    asked = page.procedure.body.form
    first = {field.code for field in asked.fields} if asked else set()
    found = []
    for placed in steps_of(page.procedure.body.flow):
        if placed.path or placed.step.form is None:
            continue
        own = {code: value for code, value in page.case.values.items() if code not in first}
        if answers := _answers(page, placed.step.form, own, placed.step.code):
            found.append(StepAnswers(placed.step.title, answers))
    return found


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
    page: CasePage, form: Form | None, values: Mapping[str, object], step: str | None = None
) -> list[Answer]:
    """The fields that were answered; `step`: the code of the step that asks, None for the form the case was filed with."""
    if form is None:
        return []
    files = _files(page, step) if form.file_fields else {}
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


def _files(page: CasePage, step: str | None) -> dict[str, list[FileLine]]:
    codes = {one.no: one.code for one in page.steps}
    found = defaultdict(list)
    for line in page.files:
        if line.file.field and (codes.get(line.file.step) if line.file.step else None) == step:
            found[line.file.field].append(line)
    return found
