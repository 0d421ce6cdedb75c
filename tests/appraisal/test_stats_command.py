"""`ronghe stats cases`: positions given, counted, printed; what cannot be asked is refused with status 2."""

from __future__ import annotations

import datetime as dt
import io
import json

import pytest
from django.core.management import CommandError, call_command

from ronghe.ledger.domain import Draft, record_all
from ronghe.organisations.models import Organisation
from tests.city import moment

pytestmark = [pytest.mark.db, pytest.mark.django_db]


@pytest.fixture
def one_closed_case() -> None:
    unit = Organisation.objects.create(
        code="a", kind="department", name="市生态环境局", begins=dt.date(2020, 1, 1)
    )
    common = {
        "actor": "demo:1",
        "subject": ("case", 1),
        "organisation_id": unit.pk,
        "definition": "procedure:letters",
    }
    record_all(
        [
            Draft(
                kind="case.opened",
                at=moment("2023-03-01 10:00"),
                data={"number": "B1", "edition_id": 1},
                **common,
            ),
            Draft(
                kind="case.closed",
                at=moment("2023-03-03 10:00"),
                quantity=2,
                data={"result": "answered", "round": 1, "in_time": True},
                **common,
            ),
        ]
    )


def run(*words: str) -> str:
    out = io.StringIO()
    call_command("stats", "cases", *words, stdout=out)
    return out.getvalue()


def test_json_counts_what_had_no_position_yet(one_closed_case: None) -> None:
    report = json.loads(run("--period", "2023", "--by", "organisation", "--format", "json"))

    assert list(report) == ["period", "by", "kind", "rows", "total", "watermark", "as_of"]
    assert (report["period"], report["by"], report["watermark"]) == ("2023", "organisation", 2)
    assert [(row["key"], row["label"]) for row in report["rows"]] == [("a", "市生态环境局")]
    assert report["rows"][0]["measures"]["on_time"] == {
        "numerator": 1,
        "denominator": 1,
        "value": 1.0,
        "status": "ok",
    }


def test_table_says_rates_with_their_two_numbers(one_closed_case: None) -> None:
    lines = run("--period", "2023-Q1", "--by", "month", "--at", "2023-03-15T09:00").splitlines()

    assert lines[3].split()[:4] == ["2023年3月", "1", "1", "100.0%"]
    assert lines[-1] == "截至 2023-03-15 09:00，台账第 2 条。— 不适用　… 未到期间　? 缺数据"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (
            ["--period", "2023-13"],
            "没有“2023-13”这个期间。请写成 2023、2023-H1、2023-Q1、2023-07 或 2023-07-01..2023-07-31。",
        ),
        (["--period", "2023", "--by", "city"], "不能按“city”统计"),
        (["--period", "2023", "--kind", "none"], "没有代码为“none”的办件类型"),
        (["--period", "2023", "--at", "noon"], "看不懂时间“noon”"),
        ([], "请用 --period 写明期间"),
    ],
)
def test_what_cannot_be_asked_is_refused(words: list[str], said: str) -> None:
    with pytest.raises(CommandError, match=said) as refused:
        run(*words)
    assert refused.value.returncode == 2


def test_other_subjects_are_refused() -> None:
    with pytest.raises(CommandError, match="不能统计“people”"):
        call_command("stats", "people", "--period", "2023")
