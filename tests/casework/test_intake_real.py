"""The real files load as a whole, again changes nothing, and the ledger agrees; in a time CI can spend."""

from __future__ import annotations

import json
import os
import time
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.core.management import call_command
from django.db import connection
from django.db.models import Count

from ronghe.casework import domain
from ronghe.casework.models import Case
from ronghe.definitions.domain import load_packs
from ronghe.ledger.models import Entry
from ronghe.organisations.models import Organisation
from tests.city import moment

pytestmark = [pytest.mark.db, pytest.mark.both, pytest.mark.django_db]
DATA = Path(__file__).resolve().parents[3] / "shared" / "data"
IS_FULL = os.environ.get("HYPOTHESIS_PROFILE") == "full"
SECONDS_A_ROW = 0.025  # a shared core of CI; a quiet machine needs a tenth


@pytest.fixture(autouse=True)
def _packs(settings: Any, tmp_path: Path) -> None:
    settings.DATA_DIR = tmp_path
    load_packs(django_settings.PACKS, actor="system:test", at=moment("2026-01-05 09:00"))


@pytest.mark.parametrize(
    ("name", "rows", "units", "first", "last", "at_least_on"),
    [
        ("letters", 4226, 510, 2023, 2024, "postgresql"),
        ("messages", 2113, 0, 2011, 2020, "sqlite"),
    ],
)
def test_a_real_file_loads_once(
    name: str, rows: int, units: int, first: int, last: int, at_least_on: str
) -> None:
    """Each file on one database; `make test-all` repeats it on the other."""
    if connection.vendor != at_least_on and not IS_FULL:
        pytest.skip(f"on {at_least_on}; on both with `make test-all`")
    path = DATA / f"{name}.xlsx"
    if not path.exists():
        pytest.skip(f"{path} is not here")

    begun = time.perf_counter()
    report = _import(path)
    seconds = time.perf_counter() - begun

    counted = ("rows", "accepted", "already", "refused", "created_organisations")
    assert [report[key] for key in counted] == [rows, rows, 0, 0, units]
    assert (Case.objects.filter(source=name, state="closed").count(), Organisation.objects.count()) == (
        rows,
        units,
    )
    kinds = dict(Entry.objects.filter(subject_type="case").values_list("kind").annotate(Count("pk")))
    assert kinds == {"case.opened": rows, "case.answered": rows, "case.closed": rows}
    years = Case.objects.order_by("opened_at").values_list("opened_at__year", flat=True)
    assert (years[0], years[len(years) - 1]) == (first, last)
    assert domain.reconcile()["differences"] == []
    before = Entry.objects.count()
    again = _import(path)
    assert [again[key] for key in counted] == [rows, 0, rows, 0, 0]
    assert Entry.objects.count() == before
    print(f"{name}: {seconds:.1f} s, {rows / seconds:.0f} rows/s")
    assert seconds < rows * SECONDS_A_ROW


def _import(path: Path) -> dict[str, Any]:
    said = StringIO()
    call_command("import", "cases", str(path), "--create-organisations", "--format", "json", stdout=said)
    report: dict[str, Any] = json.loads(said.getvalue())
    return report
