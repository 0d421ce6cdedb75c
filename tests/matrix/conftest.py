"""The world of the matrix, built once for each module that asks for it."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import transaction
from django.test import override_settings

from tests.city import City
from tests.matrix.world import World, build_world


@pytest.fixture(scope="module")
def world(city: City, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """Cases, roles and their browsers; files lie in a folder of their own; rolled back at the end."""
    folder = tmp_path_factory.mktemp("matrix")
    apart = override_settings(MEDIA_ROOT=folder / "files", DATA_DIR=folder / "data")
    with django_db_blocker.unblock(), apart, transaction.atomic():
        yield build_world(city)
        transaction.set_rollback(True)


@pytest.fixture(autouse=True)
def _refusals_are_expected() -> Iterator[None]:
    """Thousands of refusals are asked for; a log of them says nothing."""
    logging.disable(logging.CRITICAL)
    yield
    logging.disable(logging.NOTSET)
