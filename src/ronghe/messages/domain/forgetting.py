"""What was told long ago loses its words; that it was told stays."""

from __future__ import annotations

import datetime as dt

from ronghe.messages.enums import MessageState
from ronghe.messages.models import Message


def wipe_before(at: dt.datetime) -> int:
    """Take the words out of everything sent, or given up, that was told before then; give how many.

    What still waits keeps its words.
    """
    over = Message.objects.filter(state__in=(MessageState.SENT, MessageState.DROPPED), at__lt=at)
    return over.filter(sealed__isnull=False).update(sealed=None)
