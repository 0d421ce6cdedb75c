"""A small city that other processes see, and the service on it; each of them begun once a module, for that takes seconds."""

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
from tests.shared_database import for_a_module


@pytest.fixture(scope="module")
def transactional_db(
    django_db_setup: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[None]:
    with for_a_module(django_db_blocker, tmp_path_factory.mktemp("faults") / "faults.sqlite3"):
        yield


@pytest.fixture(scope="module")
def shared_city(transactional_db: None) -> City:
    """The small city, committed."""
    return build_city()


@pytest.fixture(scope="module")
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


@pytest.fixture(scope="module")
def tokens(shared_city: City) -> dict[str, str]:
    """The keys of another system that files for the public, and of the committee."""
    at = timezone.now()
    return {
        who: issue_token(
            shared_city.accounts[name], name="忙", scopes=list(TOKEN_SCOPES), actor=ACTOR, at=at
        )[1]
        for who, name in (("public", "管家甲"), ("committee", "工委甲"))
    }
