"""A small city that other processes see, and the service on it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import settings
from django.utils import timezone

from ronghe.organisations.domain import TOKEN_SCOPES, issue_token
from tests.city import ACTOR, City, build_city
from tests.faults.serving import Service
from tests.live.running import database_url
from tests.shared_database import in_a_file


@pytest.fixture(scope="module")
def shared_database(
    django_db_setup: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[None]:
    with django_db_blocker.unblock(), in_a_file(tmp_path_factory.mktemp("faults") / "faults.sqlite3"):
        yield


@pytest.fixture
def shared_city(shared_database: None, transactional_db: None) -> City:
    """The small city, committed."""
    return build_city()


@pytest.fixture
def service(shared_city: City) -> Iterator[Service]:
    """Web workers and the background process on that city."""
    assert settings.SECRET_KEY  # the processes read it where these tests do
    running = Service(database_url())
    try:
        running.start_web()
        running.start_work()
        yield running
    finally:
        running.stop()


@pytest.fixture
def tokens(shared_city: City) -> dict[str, str]:
    """The keys of another system that files for the public, and of the committee."""
    at = timezone.now()
    return {
        who: issue_token(
            shared_city.accounts[name], name="忙", scopes=list(TOKEN_SCOPES), actor=ACTOR, at=at
        )[1]
        for who, name in (("public", "管家甲"), ("committee", "工委甲"))
    }
