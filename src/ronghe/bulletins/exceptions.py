"""What the bulletins room refuses, in words."""

from __future__ import annotations

from ronghe.core.errors import RongheError


class DomainError(RongheError):
    """An act on a bulletin that cannot be done; nothing was changed."""


class StaleBulletin(DomainError):
    """Somebody else changed the bulletin since the page was shown; `data["now"]` says what its parts say now."""
