"""A city in a database that another process can open, and the process of live events beside it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.city import City, build_city
from tests.live.running import Running
from tests.shared_database import in_a_file


@pytest.fixture(scope="module")
def shared_database(
    django_db_setup: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[None]:
    """A database for a module of tests and other processes."""
    with django_db_blocker.unblock(), in_a_file(tmp_path_factory.mktemp("live") / "live.sqlite3"):
        yield


@pytest.fixture(scope="module")
def process(shared_database: None) -> Iterator[Running]:
    """One process for a module of tests: it takes seconds to begin."""
    running = Running()
    yield running
    running.end()


@pytest.fixture
def shared_city(shared_database: None, transactional_db: None, tmp_path: Path, settings: Any) -> City:
    """The small city, committed."""
    settings.MEDIA_ROOT = tmp_path / "files"
    return build_city()


@pytest.fixture
def live(process: Running, shared_city: City) -> Iterator[Running]:
    """The process, begun; its streams are closed with the test."""
    process.start()
    yield process
    process.close_streams()
