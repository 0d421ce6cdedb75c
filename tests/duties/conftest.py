"""Branches in the small city."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.city import City
from tests.duties.duty_city import build_branches


@pytest.fixture(scope="module")
def branches(city: City, django_db_blocker: Any) -> Iterator[City]:
    """The small city with a committee and two branches."""
    with django_db_blocker.unblock():
        build_branches(city)
        yield city
