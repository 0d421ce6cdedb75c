"""A kept connection is looked at before each request: not by asking the server, but by whether it said goodbye."""

from __future__ import annotations

import select
from typing import Any

from django.db.backends.postgresql import base
from psycopg.pq import ConnStatus


class DatabaseWrapper(base.DatabaseWrapper):
    """As Django's; after the database was restarted no request meets a connection of before."""

    health_check_done: bool  # Django's
    _kept: Any = None

    def kept_cursor(self) -> Any:
        """A cursor as old as its connection, for statements whose rows are read at once: making one costs as much as asking."""
        if not self.health_check_done:
            self.close_if_health_check_failed()
        if self.queries_logged:
            return self.cursor()
        kept = self._kept
        if kept is None or kept.cursor.connection is not self.connection:
            self._kept = kept = self.cursor()
        return kept

    def is_usable(self) -> bool:
        """Whether nothing waits to be read: a server that hung up has said so, one that lives is silent unless asked."""
        line = self.connection.pgconn if self.connection is not None else None
        if line is None or line.status != ConnStatus.OK:
            return False
        said, _, _ = select.select([line.socket], [], [], 0)
        return not said or bool(super().is_usable())
