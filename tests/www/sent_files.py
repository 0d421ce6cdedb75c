"""Files as tests send and fetch them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from ronghe.casework import domain
from ronghe.casework.domain import By
from ronghe.casework.models import Attachment, Case

LETTER = b"%PDF-1.4 signed by Qian Shouxin, Garden Road 8, +86 137 1234 5678"

INTERNAL = b"%PDF-1.4 what the unit found and does not send out"

Followed = Callable[[], Case]


def text(response: Any) -> str:
    return response.content.decode()


def fetch(client: Client, address: str, method: str = "get", **more: Any) -> Any:
    """The answer, with all it gives in `.body`."""
    answer = getattr(client, method)(address, **more)
    answer.body = b"".join(answer.streaming_content) if answer.streaming else answer.content
    answer.close()
    return answer


def send(case: Case, name: str, content: bytes, actor: str = "") -> int:
    """Attach a file as its requester, or as `actor`; gives its number."""
    by = By(actor or f"requester:{case.pk}", timezone.localtime())
    domain.attach(case.pk, by, file=SimpleUploadedFile(name, content))
    return Attachment.objects.filter(case=case).latest("no").no


def upload(client: Client, case: Case, *files: tuple[str, bytes]) -> Any:
    sent = [SimpleUploadedFile(name, content) for name, content in files]
    return client.post(reverse("case-files", args=[case.number]), {"chosen": sent})


def names(case: Case) -> list[str]:
    return list(Attachment.objects.filter(case=case).order_by("no").values_list("name", flat=True))
