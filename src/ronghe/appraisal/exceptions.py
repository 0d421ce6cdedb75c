"""What can go wrong when asking for numbers, and when issuing them."""

from __future__ import annotations

from ronghe.core.errors import RongheError


class ReckoningError(RongheError):
    """The numbers asked for do not exist."""


class DomainError(RongheError):
    """Something that cannot be issued; nothing was kept."""
