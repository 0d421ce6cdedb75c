"""The one way to empty the ledger, for tests only: drop the triggers, let the caller flush, restore them.

Tests that roll back (`django_db`) never need it. Tests with real transactions (`django_db(transaction=True)`,
`live_server`) get it without asking: tests/conftest.py wraps the flush at their end in it.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module

from django.db import connection

triggers = import_module("ronghe.ledger.migrations.0002_triggers")


@contextmanager
def ledger_unlocked() -> Iterator[None]:
    """The ledger may be emptied inside the block."""
    with connection.schema_editor() as editor:
        triggers.unguard(None, editor)
    try:
        yield
    finally:
        with connection.schema_editor() as editor:
            triggers.guard(None, editor)
