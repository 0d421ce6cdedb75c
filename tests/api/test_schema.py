"""The description itself, and schemathesis over it: no server error, and what is answered is what was described."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
import schemathesis
from django.core.handlers.wsgi import WSGIHandler
from django.db import transaction
from django.test import Client
from hypothesis import HealthCheck, Phase, given, seed, settings as bounds, strategies as st
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from ronghe.activities.models import Activity
from ronghe.api.urls import api
from ronghe.casework.domain import follow_code_of
from ronghe.casework.models import Case
from tests.api.conftest import Api, api_for
from tests.api.test_activities import held
from tests.city import City
from tests.www.desk_cases import do, file_message

pytestmark = [pytest.mark.page, pytest.mark.django_db]

EXAMPLES, SEED = 6, 4
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]
CHINESE = re.compile(r"[\u4e00-\u9fff]")


def described() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(api.description_json())
    return found


def test_the_description_is_for_everybody_and_whole() -> None:
    answer = Client().get("/api/openapi.json")

    assert answer["Content-Type"] == "application/json"
    assert answer.json() == described()


def test_everything_is_told_in_chinese() -> None:
    said = described()
    lacking = []
    for path, methods in said["paths"].items():
        for operation in methods.values():
            if not CHINESE.search(operation["summary"]) or not operation["operationId"].isascii():
                lacking.append(path)
            for parameter in operation["parameters"]:
                if parameter["in"] != "path" and not CHINESE.search(
                    json.dumps(parameter, ensure_ascii=False)
                ):
                    lacking.append(f"{path} {parameter['name']}")
    for name, schema in said["components"]["schemas"].items():
        for code, field in schema.get("properties", {}).items():
            if not CHINESE.search(field.get("title", "")):
                lacking.append(f"{name}.{code}")
    assert not lacking


def test_writes_ask_for_a_key_and_reads_do_not() -> None:
    for methods in described()["paths"].values():
        for method, operation in methods.items():
            names = {parameter["name"] for parameter in operation["parameters"]}
            assert ("Idempotency-Key" in names) == (method == "post")


@pytest.fixture(scope="module")
def asking(city: City, django_db_blocker: Any) -> tuple[Api, Case]:
    with django_db_blocker.unblock():
        case = file_message(city)
        do(city, "分办甲", case, 1, "transfer", to=city.units["zjj"])
        held(city, "zjj", "住建局长")
        return api_for(city.accounts["住建局长"]), Case.objects.get(pk=case.pk)


def application(environ: dict[str, Any], start_response: Any) -> list[bytes]:
    """The product as a server runs it, each answer read to its end and closed."""
    answer = HANDLER(environ, start_response)
    try:
        return list(answer)
    finally:
        answer.close()


HANDLER = WSGIHandler()
SCHEMA = schemathesis.openapi.from_dict(described())
SCHEMA.app = application
OPERATIONS = [found.ok() for found in SCHEMA.get_all_operations()]


def made_for(operation: Any, known: dict[str, Any]) -> Any:
    """Requests as the description has them, of known things and of others, and requests it does not allow."""
    named = {name: value for name, value in known.items() if f"{{{name}}}" in operation.path}
    right = operation.as_strategy(GenerationMode.POSITIVE, path_parameters=named)
    wrong = operation.as_strategy(GenerationMode.NEGATIVE)
    return st.one_of(right, right, operation.as_strategy(GenerationMode.POSITIVE), wrong)


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda one: one.label)
def test_no_server_error_and_answers_as_described(asking: tuple[Api, Case], operation: Any) -> None:
    asker, case = asking
    assert case.submission is not None
    known = {"number": case.number, "step": case.steps.get(done_at=None).no, "no": 1, "rating": 1}
    known["activity"] = Activity.objects.latest("pk").pk
    headers = {"Authorization": f"Bearer {asker.secret}", "Follow-Code": follow_code_of(case.submission)}

    @seed(SEED)
    @bounds(
        max_examples=EXAMPLES,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(made=made_for(operation, known))
    def ask(made: Any) -> None:
        with transaction.atomic():
            answer = made.call(headers=headers)
            transaction.set_rollback(True)
        made.validate_response(answer, checks=CHECKS)

    ask()
