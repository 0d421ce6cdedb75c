"""The API as a whole: how an operation is declared, what is answered when it fails, and its description (OpenAPI)."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from django.core.exceptions import PermissionDenied, RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent
from django.db import OperationalError
from django.http import Http404, HttpRequest, HttpResponse
from django.http.multipartparser import MultiPartParserError
from ninja import NinjaAPI, Router
from ninja.errors import HttpError, ValidationError
from ninja.parser import Parser
from pydantic import BaseModel

from ronghe.api.auth import Needs
from ronghe.api.describing import described
from ronghe.api.once import answer_json, once
from ronghe.api.problems import Problem, answer, status_of
from ronghe.api.saying import errors_of
from ronghe.core.errors import RongheError

View = Callable[..., Any]
_SURROGATE = re.compile(rb"\\u[dD][89a-fA-F]")
TOO_LARGE = (RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent)


class JsonParser(Parser):
    """Bodies are JSON objects and say so."""

    def parse_body(self, request: HttpRequest) -> Any:
        if request.content_type != "application/json":
            raise Problem(415)
        try:
            if b"\\u0000" in request.body:
                raise ValueError  # noqa: TRY301 - told below with the rest
            sent = json.loads(request.body, parse_constant=_refuse_constant)
            if _SURROGATE.search(request.body):
                json.dumps(sent, ensure_ascii=False).encode()  # half a sign cannot be kept
        except (ValueError, RecursionError):
            raise Problem(400, "not-json", "内容不是合格的 JSON（UTF-8），没有处理。请核对后再发。") from None
        return sent


def _refuse_constant(name: str) -> None:
    """NaN and Infinity are no JSON."""
    raise ValueError(name)


class Service(NinjaAPI):
    """Ninja with our parser, our problems and our description."""

    def __init__(self) -> None:
        super().__init__(
            title="融合 API",
            version="1",
            description=(
                "和页面办的是同一套业务：同样的权限、同样的校验、同样的台账。"
                "请求带密钥（Authorization: Bearer …）；写操作带 Idempotency-Key；"
                "失败一律答 application/problem+json，code 不变，detail 是给人看的话。"
            ),
            openapi_url=None,
            docs_url=None,
            parser=JsonParser(),
            urls_namespace="api",
        )

    def set_default_exception_handlers(self) -> None:
        """Every refusal is a problem; anything unforeseen is Django's to log and `middleware` to word."""
        handlers: Mapping[type[Exception], Callable[..., HttpResponse]] = {
            Problem: _problem,
            RongheError: _refused,
            ValidationError: _invalid,
            Http404: lambda _request, _error: answer(404),
            PermissionDenied: lambda _request, _error: answer(403),
            OperationalError: lambda _request, _error: answer(503),
            HttpError: _unread,
            MultiPartParserError: lambda _request, _error: answer(400),
            **dict.fromkeys(TOO_LARGE, lambda _request, _error: answer(413)),
        }
        for kind, handler in handlers.items():
            self.add_exception_handler(kind, handler)

    def description_json(self) -> bytes:
        """The OpenAPI document."""
        said = described(self.get_openapi_schema(path_prefix="/api/"))
        return json.dumps(said, ensure_ascii=False, indent=1).encode()


def _problem(_request: HttpRequest, problem: Problem) -> HttpResponse:
    response = answer(problem.status, problem.code, problem.detail, **problem.more)
    for name, value in problem.headers.items():
        response[name] = value
    return response


def _unread(request: HttpRequest, error: HttpError) -> HttpResponse:
    """Ninja hides what the parser said behind a failure of its own."""
    cause = error.__cause__
    return _problem(request, cause) if isinstance(cause, Problem) else answer(error.status_code)


def _refused(_request: HttpRequest, error: RongheError) -> HttpResponse:
    """What the domain refused; its own words, the fields it names, and the revision the case has now."""
    more: dict[str, Any] = {}
    told = error.data.get("errors")
    if isinstance(told, Mapping):
        more["errors"] = {f"values.{field}" if field else "values": str(said) for field, said in told.items()}
    if "revision" in error.data:
        more["revision"] = error.data["revision"]
    return answer(status_of(error.code), error.code, error.message, **more)


def _invalid(_request: HttpRequest, error: ValidationError) -> HttpResponse:
    errors = errors_of(error.errors)
    told = "；".join(f"{field}：{said}" for field, said in list(errors.items())[:3])
    return answer(422, "invalid", f"有内容需要修改，没有处理。{told}", errors=errors)


def reads(
    router: Router, path: str, *, name: str, title: str, scopes: Sequence[str], gives: Any, **more: Any
) -> Callable[[View], View]:
    """Declare a GET; `name` is its operationId and, in words with hyphens, the name of its address."""

    def declare(view: View) -> View:
        router.get(
            path,
            auth=Needs(*scopes),
            response=gives,
            operation_id=name,
            summary=title,
            url_name=more.pop("url_name", _url_name(name)),
            **more,
        )(view)
        view._ninja_operation.view_func = _told(view)  # type: ignore[attr-defined]  # noqa: SLF001 - ninja's own mark
        return view

    return declare


def _told(view: View) -> View:
    """The view, its answer written by pydantic itself; a file is given as it is."""

    def told(request: HttpRequest, **values: Any) -> Any:
        found = view(request, **values)
        if isinstance(found, BaseModel):
            return answer_json(200, found.model_dump_json(), vars(found))
        return found

    return told


def writes(
    router: Router,
    path: str,
    *,
    name: str,
    title: str,
    scopes: Sequence[str],
    gives: Any,
    status: int = 200,
    first: Callable[..., None] | None = None,
    **more: Any,
) -> Callable[[View], View]:
    """Declare a POST that is done once for each Idempotency-Key; `first` as `once` takes it."""

    def declare(view: View) -> View:
        router.post(
            path,
            auth=Needs(*scopes),
            response={status: gives},
            operation_id=name,
            summary=title,
            url_name=more.pop("url_name", _url_name(name)),
            **more,
        )(view)
        view._ninja_operation.view_func = once(status, view, first)  # type: ignore[attr-defined]  # noqa: SLF001 - ninja's own mark
        return view

    return declare


def _url_name(name: str) -> str:
    return "api-" + "".join(f"-{sign.lower()}" if sign.isupper() else sign for sign in name)
