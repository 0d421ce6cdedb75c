"""What is shown while somebody writes: answers already given to others, and the kind it sounds like. Nothing is decided by it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.utils import timezone

from ronghe.casework.queries.similar import similar_answers
from ronghe.text.kinds import Voice, voice_of
from ronghe.www.portal.offers import Offer

LEAST = 8  # letters; of less nothing can be told


def hints_for(text: str, offers: Sequence[Offer]) -> dict[str, Any]:
    """Similar public answers and the likely offer, for the part of the first page that shows them."""
    text = text.strip()
    if len(text) < LEAST:
        return {"similar": [], "likely": None, "looked": False}
    return {
        "similar": similar_answers(text, on=timezone.localdate()),
        "likely": likely_offer(text, offers),
        "looked": True,
    }


def likely_offer(text: str, offers: Sequence[Offer]) -> Offer | None:
    """The first offer of the kind the text sounds like."""
    voice = voice_of(text)
    return next((offer for offer in offers if voice is not None and _voice(offer) == voice), None)


def _voice(offer: Offer) -> Voice:
    if offer.is_protected:
        return Voice.COMPLAINT
    return Voice.ENTERPRISE if offer.wants_enterprise else Voice.RESIDENT
