"""What every template may use."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings

if TYPE_CHECKING:
    from django.http import HttpRequest


def shared(request: HttpRequest) -> dict[str, object]:
    """The city's name, and whether this is a demonstration."""
    return {"city": settings.CITY, "is_demo": settings.DEMO}
