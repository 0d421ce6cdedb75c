"""What every test shares: Hypothesis kept small by default, larger with HYPOTHESIS_PROFILE=full; a small city."""

from __future__ import annotations

import gc
import os
import re
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from django.test import TransactionTestCase
from hypothesis import HealthCheck, settings

from tests.ledger_flush import ledger_unlocked

if TYPE_CHECKING:
    from playwright.sync_api import Playwright

    from tests.city import City

# Few tests, long each.
LONG = (
    "test_killed.py",
    "test_intake_real.py",
    "test_demo_seed.py",
    "test_demo.py",
    "test_demo_recent.py",
    "test_states.py",
    "test_busy.py",
    "test_serve.py",
    "test_restarted.py",
)

gc.set_threshold(20_000, 20, 50)  # what tests make is looked through less often: a twentieth less time

settings.register_profile(
    "quick", max_examples=35, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.register_profile(
    "full", max_examples=1500, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "quick"))


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """What has no test asked for is not even imported, nor its conftest: it never names a mark asked for (`-m unit`), or says
    one that is not of all its tests (`-m "not unit"`).
    """
    asked = config.option.markexpr
    terms = asked.split(" and ")
    needed = [f"mark.{term}" for term in terms if term.isidentifier()]
    others = [term.removeprefix("not ") for term in terms if term.startswith("not ")]
    unwanted = [
        re.compile(rf"^pytestmark = .*\bmark\.{term}\b", re.M) for term in others if term.isidentifier()
    ]
    files = list(collection_path.rglob("test_*.py")) if collection_path.is_dir() else [collection_path]
    if not (needed or unwanted) or " or " in asked or any(not one.match("test_*.py") for one in files):
        return None
    for text in (one.read_text(encoding="utf-8") for one in files):
        if all(mark in text for mark in needed) and not any(mark.search(text) for mark in unwanted):
            return None
    return True


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """File by file: those that take longest first, then those with most tests, so that no process ends long before another."""
    many = Counter(item.path for item in items)
    items.sort(key=lambda item: (item.path.name not in LONG, -many[item.path], item.path))


@pytest.fixture(scope="session", autouse=True)
def _flush_may_empty_the_ledger():
    """Tests with real transactions empty every table at their end; only then the ledger's triggers step aside."""
    flush = TransactionTestCase._fixture_teardown

    def unlocked(self):
        with ledger_unlocked():
            flush(self)

    TransactionTestCase._fixture_teardown = unlocked
    yield
    TransactionTestCase._fixture_teardown = flush


@pytest.fixture(scope="session", autouse=True)
def _connection_outlives_a_request() -> Iterator[None]:
    """A download that a test does not read to its end must not close the connection whose transaction the test is in."""
    from django.db.backends.base.base import BaseDatabaseWrapper

    close = BaseDatabaseWrapper.close_if_unusable_or_obsolete

    def unless_in_a_transaction(self: BaseDatabaseWrapper) -> None:
        if not self.in_atomic_block:
            close(self)

    BaseDatabaseWrapper.close_if_unusable_or_obsolete = unless_in_a_transaction  # type: ignore[method-assign]
    yield
    BaseDatabaseWrapper.close_if_unusable_or_obsolete = close  # type: ignore[method-assign]


@pytest.fixture(autouse=True)
def _no_calendar_published() -> None:
    """Each test begins with the calendars of the packs, looked at already: what it counts in statements is its own."""
    from ronghe.definitions.queries.calendars import take_as_published

    take_as_published()


@pytest.fixture(scope="session", autouse=True)
def _definitions_are_looked_at_each_time() -> None:
    """A test that empties the database must not go by what the one before it had loaded a moment ago."""
    from ronghe.definitions.queries import shelves

    shelves.LASTS = 0.0


@pytest.fixture(scope="session", autouse=True)
def _static_files_are_looked_for_once() -> Iterator[None]:
    """Every client has middleware of its own, and each would walk all static files; they stay the same."""
    from whitenoise.middleware import WhiteNoiseMiddleware

    look, found = WhiteNoiseMiddleware.add_files_from_finders, dict[str, Any]()

    def look_once(self: WhiteNoiseMiddleware) -> None:
        if not found:
            look(self)
            found.update(self.files)
        self.files.update(found)

    WhiteNoiseMiddleware.add_files_from_finders = look_once  # type: ignore[method-assign]
    yield
    WhiteNoiseMiddleware.add_files_from_finders = look  # type: ignore[method-assign]


@pytest.fixture(scope="module")
def playwright() -> Iterator[Playwright]:
    """For the browsers of a module, and ended with it: while its loop runs in this thread no other one may."""
    from playwright.sync_api import sync_playwright

    # With that loop in this thread Django would otherwise refuse the database.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    with sync_playwright() as running:
        yield running


@pytest.fixture(scope="module")
def city(django_db_setup: None, django_db_blocker: Any) -> Iterator[City]:
    """The small city; what a module adds is rolled back at its end, and what a test adds with the test."""
    from django.db import transaction

    from tests.city_kept import found_city

    founded = ExitStack()
    with django_db_blocker.unblock():
        founded.enter_context(transaction.atomic())
        founded.callback(transaction.set_rollback, True)
        city = found_city()
    yield city
    with django_db_blocker.unblock():
        founded.close()


@pytest.fixture(scope="module")
def party_city(city: City, django_db_blocker: Any) -> City:
    """The small city with its Party organisations (`tests.city.add_party`), founded once a module as well."""
    from tests.city import City, add_party

    with django_db_blocker.unblock():
        return add_party(City(dict(city.units), dict(city.people), dict(city.accounts)))
