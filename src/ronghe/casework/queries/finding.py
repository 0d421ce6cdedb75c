"""Finding one case: by its number within what somebody may see, or by number and follow code."""

from __future__ import annotations

import hashlib
import hmac
import uuid
from base64 import b32encode
from typing import TYPE_CHECKING

from django.conf import settings
from django.http import Http404
from django.utils import timezone

from ronghe.casework.models import Case
from ronghe.casework.queries.sightings import Sighting
from ronghe.organisations.queries import powers_of
from ronghe.rows import Question

if TYPE_CHECKING:
    from ronghe.organisations.models import Account

_SEEN_BY_NUMBER: Sighting[Case] = Sighting(
    lambda cases, number: cases.with_units().select_related("identity").filter(number=number), number=str
)
_BY_NUMBER: Question[Case] = Question(
    lambda number: Case.objects.with_units().filter(number=number), number=str
)


def get_visible_or_404(account: Account, pk: int) -> Case:
    """The case, if the account may see it; hidden and absent look the same (404)."""
    case: Case | None = Case.objects.visible_to(account).with_units().filter(pk=pk).first()
    if case is None:
        raise Http404
    return case


def find_visible_or_404(account: Account, number: str) -> Case:
    """The case of that number, if the account may see it; hidden and absent look the same (404)."""
    case = _SEEN_BY_NUMBER.first(powers_of(account, timezone.localdate()), number=number)
    if case is None:
        raise Http404
    return case


def follow(number: str, code: str) -> Case | None:
    """The case whose number and follow code these are; None otherwise, taking the same time."""
    case = _BY_NUMBER.first(number=number.strip().upper())
    kept = case.code_hash if case else ""
    if hmac.compare_digest(kept, hash_code(number.strip().upper(), code)):
        return case
    return None


def follow_code_of(submission: uuid.UUID) -> str:
    """Eight letters and digits that follow from the submission, so that a repeated submit shows the same receipt."""
    digest = hmac.digest(settings.SECRET_KEY.encode(), b"follow:" + submission.bytes, hashlib.sha256)
    return b32encode(digest)[:8].decode().translate(str.maketrans("OI", "89"))


def hash_code(number: str, code: str) -> str:
    """What is kept of a follow code."""
    text = f"{number}:{code.strip().upper()}".encode()
    return hmac.digest(settings.SECRET_KEY.encode(), text, hashlib.sha256).hex()
