"""A city in a database that another process can open, and the process of live events beside it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.city import City, build_city
from tests.live.running import Running
from tests.shared_database import for_a_module


@pytest.fixture(scope="module")
def transactional_db(
    django_db_setup: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[None]:
    with for_a_module(django_db_blocker, tmp_path_factory.mktemp("live") / "live.sqlite3"):
        yield


@pytest.fixture(scope="module")
def shared_city(transactional_db: None) -> City:
    """The small city, committed where another process reads it; each test files its own cases."""
    return build_city()


@pytest.fixture(scope="module")
def process(shared_city: City) -> Iterator[Running]:
    """One process for a module of tests: it takes seconds to begin."""
    running = Running()
    yield running
    running.end()


@pytest.fixture
def live(process: Running, tmp_path: Path, settings: Any) -> Iterator[Running]:
    """The process, begun; its streams are closed with the test."""
    settings.MEDIA_ROOT = tmp_path / "files"
    process.start()
    yield process
    process.close_streams()
