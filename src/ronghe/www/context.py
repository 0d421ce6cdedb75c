"""What every template may use."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.utils import timezone

from ronghe.organisations.queries import powers_of

if TYPE_CHECKING:
    from django.http import HttpRequest


def shared(request: HttpRequest) -> dict[str, object]:
    """The city's name, whether this is a demonstration, and what who asks may do: `{% if may.triage %}`."""
    return {"city": settings.CITY, "is_demo": settings.DEMO, "may": Allowed(request)}


class Allowed:
    """The powers of who asks, looked up when a template asks for one."""

    def __init__(self, request: HttpRequest) -> None:
        self.request = request

    def __getitem__(self, power: str) -> bool:
        return powers_of(getattr(self.request, "user", None), timezone.localdate()).has(power)
