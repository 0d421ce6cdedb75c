"""What the room of judgements refuses, in words."""

from ronghe.core.errors import RongheError


class DomainError(RongheError):
    """A judgement that cannot be given; nothing was changed."""
