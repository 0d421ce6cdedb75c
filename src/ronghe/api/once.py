"""Every write is done once: its answer is kept under the key that was sent, in the transaction of the act."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import re
import uuid
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from django.db import IntegrityError, OperationalError, transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone

from ronghe.api.models import Given
from ronghe.api.problems import Problem
from ronghe.core.errors import RongheError
from ronghe.organisations.domain import open_text, seal_text
from ronghe.rows import insert

if TYPE_CHECKING:
    from pydantic import BaseModel

    from ronghe.organisations.models import Token

HEADER, REPLAYED = "Idempotency-Key", "Idempotency-Replayed"
KEPT = dt.timedelta(days=7)
CONTENT_TYPE = "application/json; charset=utf-8"
_KEY = re.compile(r"[\x21-\x7e]{1,100}")
_NAMESPACE = uuid.UUID("b1d8a7c2-52a4-5d0b-9a3e-6f1c0e9d7a55")
_CHUNK = 2000


def key_of(request: HttpRequest) -> str:
    """The key of a write. Raises Problem 400 without one."""
    key = request.headers.get(HEADER, "").strip()
    if not _KEY.fullmatch(key):
        detail = (
            f"写操作要在请求头 {HEADER} 里带一个自己生成的键（1 至 100 个不含空格的 ASCII 字符，例如 UUID）；"
            "网络不好重发时用同一个键，就不会办两遍。"
        )
        raise Problem(400, "idempotency-key-missing", detail)
    return key


def submission_for(request: HttpRequest) -> uuid.UUID:
    """The submission a filing by this request is: the same key files the same case."""
    return uuid.uuid5(_NAMESPACE, f"{token_of(request).pk}\n{key_of(request)}")


def token_of(request: HttpRequest) -> Token:
    """The token that was shown."""
    token: Token = request.auth  # type: ignore[attr-defined]
    return token


def fingerprint_of(request: HttpRequest) -> str:
    """What the request says: method, address and content; files by their content, whatever their boundary was."""
    found = hashlib.sha256(f"{request.method}\n{request.get_full_path()}\n".encode())
    if (request.content_type or "").startswith("multipart/"):
        for name in sorted(request.FILES):
            for file in request.FILES.getlist(name):
                found.update(f"{name}\n{file.name}\n{file.size}\n".encode())
                for chunk in file.chunks():
                    found.update(chunk)
                file.seek(0)
    else:
        found.update(request.body)
    return found.hexdigest()


def once(
    status: int, view: Callable[..., BaseModel], first: Callable[..., None] | None = None
) -> Callable[..., HttpResponse]:
    """The view, done once for a key: the same request again gets the same answer, another one with that key 422.

    `first` is asked before the transaction begins: what it counts stays counted when the act is refused.
    """

    def done_once(request: HttpRequest, **values: Any) -> HttpResponse:
        key, fingerprint = key_of(request), fingerprint_of(request)
        if first is not None:
            first(request, **values)
        try:
            with transaction.atomic():
                said = view(request, **values)
                body = said.model_dump_json()
                _keep(request, key, fingerprint, status, body)
        except (RongheError, Problem, Http404) as refused:
            return _again(request, key, fingerprint, refused)
        except IntegrityError as taken:
            conflict = Problem(
                409, "conflict", "同时有另一个请求改了同样的内容，这次没有保存。请用同一个键再试。"
            )
            conflict.__cause__ = taken
            return _again(request, key, fingerprint, conflict.with_header("Retry-After", "1"))
        except OperationalError as busy:
            raise Problem(503).with_header("Retry-After", "1") from busy
        return answer_json(status, body, vars(said))

    return done_once


def _keep(request: HttpRequest, key: str, fingerprint: str, status: int, body: str) -> None:
    given = Given(
        token=token_of(request),
        key=key,
        fingerprint=fingerprint,
        status=status,
        sealed=seal_text(body),
        at=timezone.now(),
    )
    insert([given])


def _again(request: HttpRequest, key: str, fingerprint: str, refused: Exception) -> HttpResponse:
    """What was answered before to this key; where nothing was, the refusal stands. One query."""
    kept = Given.objects.filter(token=token_of(request), key=key).first()
    if kept is None:
        raise refused
    if kept.fingerprint != fingerprint:
        detail = f"这个 {HEADER} 已经用在另一个请求上，这次没有处理。新的请求请换一个新的键。"
        raise Problem(422, "idempotency-key-reused", detail) from refused
    body = open_text(bytes(kept.sealed))
    answer = answer_json(kept.status, body, json.loads(body))
    answer[REPLAYED] = "true"
    return answer


def answer_json(status: int, body: str, said: Mapping[str, Any]) -> HttpResponse:
    """The answer with the headers that follow from what it says: its version, and where what was made is found."""
    answer = HttpResponse(body, status=status, content_type=CONTENT_TYPE)
    if "revision" in said:
        answer["ETag"] = f'"{said["revision"]}"'
    if status == 201 and "url" in said:
        answer["Location"] = said["url"]
    return answer


def forget_given(now: dt.datetime) -> int:
    """Drop answers older than a week; gives how many. The worker asks again and again."""
    old = list(Given.objects.filter(at__lt=now - KEPT).values_list("pk", flat=True)[:_CHUNK])
    Given.objects.filter(pk__in=old).delete()
    return len(old)
