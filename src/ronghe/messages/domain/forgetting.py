"""What was told long ago loses its words; that it was told stays."""

from __future__ import annotations

import datetime as dt

from ronghe.messages.enums import MessageState
from ronghe.messages.models import Message


def wipe_before(at: dt.datetime) -> int:
    """Take the words out of everything sent before then; give how many. What still waits keeps its words."""
    sent = Message.objects.filter(state=MessageState.SENT, sent_at__lt=at, sealed__isnull=False)
    return sent.update(sealed=None)
