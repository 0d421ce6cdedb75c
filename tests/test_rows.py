"""Statements made once give what the ORM gives, for other values as well."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from ronghe.casework.models import Case
from ronghe.organisations.models import Organisation
from ronghe.rows import Question
from tests.casework.test_life import file_request
from tests.city import City

pytestmark = [pytest.mark.db, pytest.mark.both, pytest.mark.django_db]


def test_values_of_a_question_differ_and_what_it_selects_comes_along(city: City) -> None:
    question: Question[Case] = Question(
        lambda number: Case.objects.select_related("responsible", "about_unit").filter(number=number),
        number=str,
    )
    cases = [file_request(city) for _ in range(3)]

    found = [question.first(number=case.number) for case in cases]

    assert found == cases
    with CaptureQueriesContext(connection) as told:
        assert [(one.responsible, one.about_unit) for one in found if one] == [
            (case.responsible, None) for case in cases
        ]
    assert len([one for one in told.captured_queries if "casework" in one["sql"]]) == 0
    assert question.first(number="QY1900-000001") is None


def test_several_ids_may_be_asked_for_however_many(city: City) -> None:
    question = Question(
        lambda ids, kind: (
            Organisation.objects.filter(pk__in=ids)
            .exclude(kind=kind)
            .order_by("pk")
            .values_list("pk", "name")
        ),
        ids=tuple,
        kind=str,
    )
    rows = list(Organisation.objects.exclude(kind="enterprise").order_by("pk").values_list("pk", "name"))
    ids = tuple(pk for pk, _ in rows)

    assert question.all(ids=ids, kind="enterprise") == rows
    assert question.all(ids=ids[:2], kind="enterprise") == rows[:2]
    assert question.all(ids=ids[2:4], kind="enterprise") == rows[2:4]
    assert question.all(ids=(), kind="enterprise") == []
