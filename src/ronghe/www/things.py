"""Where things of other rooms are shown: type and id → the address of their page."""

from __future__ import annotations

from collections.abc import Mapping

from django.urls import NoReverseMatch, reverse

from ronghe.casework.models import Case
from ronghe.definitions.things import Ref

PAGES: Mapping[str, str] = {
    "activity": "activity",
    "bulletin": "paper",
    "entry": "register-entry",
    "judgement": "review",
    "organisation": "organisation",
    "panel": "panel",
}


def link_of(ref: Ref) -> str:
    """The address of a thing's page; empty where it has none."""
    if ref[0] == "case":
        number = Case.objects.filter(pk=ref[1]).values_list("number", flat=True).first()
        return reverse("case", args=[number]) if number else ""
    name = PAGES.get(ref[0])
    try:
        return reverse(name, args=[ref[1]]) if name else ""
    except NoReverseMatch:
        return ""
