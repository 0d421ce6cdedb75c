"""Three units of a made-up city and two procedures whose cases are counted."""

from __future__ import annotations

import datetime as dt
import json

import pytest

from ronghe.definitions.models import Edition
from ronghe.organisations.models import Organisation, Placement
from tests.appraisal.ledgers import SHANGHAI

A_STEP = {
    "source": ["S-116"],
    "effective": "2020-01-01",
    "number": "B{year}-{seq:06}",
    "requester": "resident",
    "flow": [
        {"step": "answer", "title": "答复", "by": "responsible", "outcomes": {"send": {"end": "answered"}}}
    ],
}

UNITS = {"a": 901, "b": 902, "c": 903}

NOW = dt.datetime(2024, 6, 1, 9, tzinfo=SHANGHAI)


@pytest.fixture
def units() -> dict[str, int]:
    day = dt.date(2020, 1, 1)
    for code, number in UNITS.items():
        Organisation.objects.create(
            pk=number, code=code, kind="department", name=f"今天的{code}局", begins=day
        )
        Placement.objects.create(organisation_id=number, tree="government", name=f"{code}局", begins=day)
    for code, title in (("letters", "群众来信"), ("petitions", "信访")):
        Edition.objects.create(
            kind="procedure",
            code=code,
            edition="1",
            effective=day,
            title=title,
            body=json.dumps({"procedure": code, "title": title, **A_STEP}),
            hash=f"reckoning-{code}",
            loaded_at=NOW,
        )
    return UNITS
