"""The small city, founded anew for each module of tests in a transaction that is rolled back."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from copy import deepcopy
from typing import Any

from django.db import transaction

from tests.city import City, build_city


class Founded:
    """Founded at its first use; undone for tests that want a database without it, and founded again after them."""

    def __init__(self) -> None:
        self._open: ExitStack | None = None
        self._city = City()
        self._is_lent = False

    @contextmanager
    def lent(self) -> Iterator[City]:
        """The city with rows and objects of its own for a module; what the module adds is rolled back."""
        self.undo()
        self._found()
        self._is_lent = True
        try:
            with transaction.atomic():
                yield deepcopy(self._city)
                transaction.set_rollback(True)
        finally:
            self._is_lent = False

    def make_way(self, blocker: Any) -> None:
        """Undo it for a test that wants none, unless the module of that test has it already."""
        if self._open is not None and not self._is_lent:
            with blocker.unblock():
                self.undo()

    def undo(self) -> None:
        """Roll the city back."""
        if self._open is not None:
            self._open.close()
            self._open = None

    def _found(self) -> None:
        with ExitStack() as opened:
            opened.enter_context(transaction.atomic())
            self._city = build_city()
            opened.callback(transaction.set_rollback, True)
            self._open = opened.pop_all()


THE_CITY = Founded()
