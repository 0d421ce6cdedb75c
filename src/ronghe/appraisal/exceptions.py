"""What can go wrong when asking for numbers."""

from __future__ import annotations

from ronghe.core.errors import RongheError


class ReckoningError(RongheError):
    """The numbers asked for do not exist."""
