"""What every template may use."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from django.conf import settings
from django.utils import timezone

from ronghe.messages.queries import shows_test_messages, unread_count
from ronghe.organisations.queries import powers_of
from ronghe.www.desk.saved import Kept, kept_by, page_of, present

if TYPE_CHECKING:
    from django.http import HttpRequest


def shared(request: HttpRequest) -> dict[str, object]:
    """The city's name, whether this is a demonstration, what who asks may do (`{% if may.triage %}`) and their own."""
    return {
        "city": settings.CITY,
        "is_demo": settings.DEMO,
        "shows_test_messages": shows_test_messages(),
        "may": Allowed(request),
        "at_desk": AtDesk(request),
    }


class Allowed:
    """The powers of who asks, looked up when a template asks for one."""

    def __init__(self, request: HttpRequest) -> None:
        self.request = request

    @cached_property
    def held(self) -> frozenset[str]:
        """All of them."""
        powers = powers_of(getattr(self.request, "user", None), timezone.localdate())
        return frozenset(power for power, where in powers.held.items() if where)

    def __getitem__(self, power: str) -> bool:
        return power in self.held


class AtDesk:
    """What the head of every desk shows; asked for when a template asks, once a page."""

    def __init__(self, request: HttpRequest) -> None:
        self.request = request
        self.user = getattr(request, "user", None)

    @cached_property
    def unread(self) -> int:
        """How many messages who is signed in has not opened."""
        person = getattr(self.user, "person_id", None)
        return unread_count(person) if person else 0

    @cached_property
    def page(self) -> str:
        """The list at hand whose filters may be kept, by the name of its address; empty: none."""
        return page_of(self.request)

    @cached_property
    def filters(self) -> list[Kept]:
        """The filters kept for the list at hand."""
        return kept_by(getattr(self.user, "person", None), self.page) if self.page else []

    @cached_property
    def present(self) -> str:
        """The filter of the list at hand, to be kept; empty: none."""
        return present(self.request) if self.page else ""

    @cached_property
    def acting_for(self) -> list[str]:
        """The names of those for whom they act today."""
        return list(powers_of(self.user, timezone.localdate()).names.values())
