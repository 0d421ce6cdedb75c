"""How the API says no: problem+json (RFC 9457), with a stable `code`, Chinese words, and the fields to be changed."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from django.http import HttpResponse

CONTENT_TYPE = "application/problem+json"
TITLES: Mapping[int, str] = {
    400: "请求有误",
    401: "没有有效的密钥",
    403: "不在权限之内",
    404: "没有找到",
    405: "这个地址不支持这种方法",
    409: "与现状冲突",
    413: "内容太大",
    415: "内容格式不支持",
    422: "内容需要修改",
    429: "请求太多",
    500: "系统出错",
    503: "暂时不能处理",
}
DETAILS: Mapping[int, str] = {
    400: "这个请求读不懂。请对照接口说明核对地址、请求头和内容。",
    401: "请在请求头 Authorization 里带上密钥，写成“Bearer 密钥”。",
    403: "这个账号或密钥不能做这件事。",
    404: "没有这个地址，或没有这个对象，或本账号看不到它。请核对地址和编号。",
    405: "请对照接口说明改用支持的方法，见响应头 Allow。",
    413: "内容超过上限，没有收下。请减小后再发。",
    415: "请按接口说明用 application/json 发送；上传文件用 multipart/form-data。",
    500: "这次没有处理成功，没有保存任何内容。请稍后用同一个 Idempotency-Key 再试；一直不行，请联系管理员。",
    503: "系统正忙，没有保存任何内容。请稍后用同一个 Idempotency-Key 再试。",
}
CODES: Mapping[int, str] = {
    400: "bad-request",
    401: "no-token",
    403: "forbidden",
    404: "not-found",
    405: "method-not-allowed",
    413: "too-large",
    415: "wrong-content-type",
    500: "server-error",
    503: "busy",
}
# What the domain refuses with another status than 422, by its code.
FORBIDDEN = frozenset({"not-yours", "own-work", "own-unit", "same-person", "checked-before", "not-called"})
ABSENT = frozenset({"no-such-case", "no-such-rating", "no-such-activity"})
CONFLICTS = frozenset(
    {
        *("stale-revision", "step-not-open", "not-open", "case-closed", "not-closed", "submission-taken"),
        *("asked-before", "not-asked", "rated-before", "too-late", "call-over", "not-merged", "merge-closed"),
        *(
            "merge-chain",
            "not-paused",
            "already-paused",
            "extended-before",
            "extension-late",
            "before-last-act",
        ),
        *("still-open", "given-before", "complained-before", "no-clock"),
        *("cancelled", "not-planned", "one-per", "one-per-flag", "revealed-before"),
    }
)


class Problem(Exception):
    """A request refused by the API itself."""

    def __init__(self, status: int, code: str = "", detail: str = "", **more: Any) -> None:
        super().__init__(code or CODES.get(status, str(status)))
        self.status, self.code, self.detail, self.more = status, code, detail, more
        self.headers: dict[str, str] = {}

    def with_header(self, name: str, value: str) -> Problem:
        """The same with one more header."""
        self.headers[name] = value
        return self


def status_of(code: str) -> int:
    """With which status an error of the domain is answered."""
    if code in FORBIDDEN:
        return 403
    if code in ABSENT:
        return 404
    if code in CONFLICTS:
        return 409
    return 413 if code == "file-too-large" else 422


def answer(status: int, code: str = "", detail: str = "", **more: Any) -> HttpResponse:
    """A problem as it is sent."""
    code = code or CODES.get(status, "error")
    said = {
        "type": f"urn:ronghe:problem:{code}",
        "title": TITLES.get(status, TITLES[400]),
        "status": status,
        "code": code,
        "detail": detail or DETAILS.get(status, DETAILS[400]),
        **more,
    }
    return HttpResponse(json.dumps(said, ensure_ascii=False), status=status, content_type=CONTENT_TYPE)
