"""What the room of duties refuses, in words."""

from ronghe.core.errors import RongheError


class DomainError(RongheError):
    """Something about a duty that cannot be done; nothing was changed."""
