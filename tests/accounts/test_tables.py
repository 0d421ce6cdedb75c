"""The tables of allauth stand as its models want them."""

from __future__ import annotations

import pytest
from django.core.management import call_command

pytestmark = [pytest.mark.db, pytest.mark.django_db]


def test_no_migration_is_missing() -> None:
    call_command(
        "makemigrations",
        "--check",
        "--dry-run",
        "account",
        "mfa",
        "socialaccount",
        "usersessions",
        verbosity=0,
    )
