"""Who may change what is kept about organisations, besides whoever administers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ronghe.definitions.enums import Power

if TYPE_CHECKING:
    from ronghe.organisations.models import Post
    from ronghe.organisations.queries import Powers


def may_describe(powers: Powers, post: Post) -> bool:
    """Whoever administers, and whoever leads the unit, writes down the duties of its seats."""
    return powers.has(Power.ADMINISTER) or powers.may(Power.LEAD, post.organisation_id)
