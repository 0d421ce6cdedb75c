"""What the registers refuse, in words."""

from __future__ import annotations

from ronghe.core.errors import RongheError


class DomainError(RongheError):
    """An act on a register that cannot be done; nothing was changed."""


class StaleEntry(DomainError):
    """Somebody else changed the entry since the page was shown; `data` says what it says now."""


class LooksAlike(DomainError):
    """There is an entry much like it; whoever says that it is another one may go on. `data["alike"]`: their ids."""
