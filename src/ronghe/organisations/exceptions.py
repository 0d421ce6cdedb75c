"""What cannot be done with organisations, people and identities; nothing was changed when one of these is raised."""

from __future__ import annotations

import datetime as dt

from ronghe.core.errors import RongheError


class OrganisationError(RongheError):
    """Something asked of organisations, posts, relationships, people or accounts that cannot be done."""


class IdentityError(RongheError):
    """An identity that cannot be read or kept. The message never says what the identity holds."""


class VisitorError(RongheError):
    """A visitor who cannot sign in, or a claim to speak for an enterprise that cannot be made or settled."""


def in_words(day: dt.date) -> str:
    """A day as people write it: 2026年3月1日."""
    return f"{day.year}年{day.month}月{day.day}日"
