"""Making papers into PDF beside the worker's other chores: in a thread, for one may take a minute and nothing waits for it."""

from __future__ import annotations

import datetime as dt
import logging
from threading import Thread

from django.db import connections
from django.utils import timezone

from ronghe.bulletins.domain import is_due, make_due

log = logging.getLogger(__name__)
_running: list[Thread] = []


def print_due(now: dt.datetime) -> bool:
    """Begin to make what waits, unless it is being made; gives whether it began. Nothing to do costs one small statement."""
    if any(thread.is_alive() for thread in _running) or not is_due(now):
        return False
    _running[:] = [Thread(target=_work, name="printing", daemon=True)]
    _running[0].start()
    return True


def _work() -> None:
    try:
        make_due(timezone.now)
    except Exception:
        log.exception("papers could not be made into PDF")
    finally:
        connections.close_all()
