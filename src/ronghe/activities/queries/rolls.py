"""Who belongs to a branch, as activities ask: the rolls of the organisations, which only their keepers read."""

from __future__ import annotations

from ronghe.organisations.queries.rolls import Seat, count_members, members_for, roll_kinds, seats_of

__all__ = ["Seat", "count_members", "members_for", "roll_kinds", "seats_of"]
