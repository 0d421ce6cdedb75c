"""What the activities room refuses, in words."""

from __future__ import annotations

from ronghe.core.errors import RongheError


class DomainError(RongheError):
    """Something about an activity that cannot be done; nothing was changed."""


class StaleRevision(DomainError):
    """Somebody else changed the activity since the page was shown."""
