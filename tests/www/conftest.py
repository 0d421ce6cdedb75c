"""Asking pages: submissions and the cases they made."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from ronghe.casework.domain import follow_code_of
from ronghe.casework.models import Case
from tests.city import City

JPEG = b"\xff\xd8\xff\xe0" + b"photo" * 100
TEXT = "厂区门前的道路上周开始施工，货车进不来，请协调留一条车道。"


@pytest.fixture(autouse=True)
def _files_lie_apart(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path / "files"


@pytest.fixture
def signed(client: Client, city: City) -> Callable[[str], Client]:
    """`signed("环境局长")`: the browser, signed in as that account of the small city."""

    def sign_in(name: str) -> Client:
        client.force_login(city.accounts[name])
        return client

    return sign_in


@pytest.fixture
def officer(signed: Callable[[str], Client]) -> Client:
    """环境经办 of 市生态环境局, signed in."""
    return signed("环境经办")


@pytest.fixture
def staffed(city: City) -> City:
    """Two administrators of the city, one of a department, one of an office below another department."""
    city.seat("szgw", "administrator", "管理甲")
    city.seat("szgw", "administrator", "管理乙")
    city.seat("zjj", "unit-administrator", "住建管理")
    city.unit("sthjj-k1", "office", "环境科室", parent=city.units["sthjj"])
    city.seat("sthjj-k1", "unit-administrator", "科室管理")
    return city


@pytest.fixture
def photo() -> SimpleUploadedFile:
    return SimpleUploadedFile("现场 照片.jpg", JPEG, "image/jpeg")


@pytest.fixture
def message() -> dict[str, Any]:
    """A resident's message as its page sends it."""
    return {
        "stage": "send",
        "kind": "resident-message",
        "submission": str(uuid.uuid4()),
        "detail": TEXT,
        "name": "王某",
        "phone": "13800138000",
    }


@pytest.fixture
def followed(city: Any, client: Client, message: dict[str, Any]) -> Callable[[], Case]:
    """A case that this browser submitted and may follow, as it stands now."""
    client.post("/submit/", message)
    case = Case.objects.get(submission=message["submission"])
    client.post("/follow/", {"number": case.number, "code": follow_code_of(case.submission)})
    return lambda: Case.objects.get(pk=case.pk)
