"""What casework refuses, in words."""

from __future__ import annotations

from ronghe.core.errors import RongheError


class DomainError(RongheError):
    """An act on a case that cannot be done; nothing was changed."""


class StaleRevision(DomainError):
    """Somebody else acted on the case since the page was shown."""
