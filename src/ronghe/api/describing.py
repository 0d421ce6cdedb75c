"""The OpenAPI document beside what Ninja says of types: keys of writes, problems, what a token must be good for."""

from __future__ import annotations

from typing import Any

PROBLEM: dict[str, Any] = {
    "title": "失败说明",
    "description": "RFC 9457。code 是稳定的代码，供程序判断；detail 是给人看的话。",
    "type": "object",
    "required": ["type", "title", "status", "code", "detail"],
    "properties": {
        "type": {"type": "string", "title": "种类"},
        "title": {"type": "string", "title": "标题"},
        "status": {"type": "integer", "title": "状态码"},
        "code": {"type": "string", "title": "代码"},
        "detail": {"type": "string", "title": "说明"},
        "errors": {
            "type": "object",
            "title": "要修改的字段",
            "description": "字段（嵌套用点隔开）和该怎么改。",
            "additionalProperties": {"type": "string"},
        },
        "revision": {"type": "integer", "title": "现在的版本", "description": "409 时给出。"},
        "scopes": {"type": "array", "title": "需要的权限", "items": {"type": "string"}},
    },
}
KEY: dict[str, Any] = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": True,
    "description": "自己生成的键，例如 UUID。7 天内用同一个键重发同一个请求，得到同一个答复，不会办两遍。",
    "schema": {
        "type": "string",
        "minLength": 1,
        "maxLength": 100,
        "pattern": "^[!-~]{1,100}$",
        "title": "幂等键",
    },
}
ALWAYS = (400, 401, 403, 404, 422, 429, 503)
OF_WRITES = (409, 413, 415)
SAID = {
    400: "请求读不懂，或写操作没有带键",
    401: "没有密钥，或密钥不对、已停用、过期",
    403: "密钥没有这项权限，或账号的岗位不能做",
    404: "没有，或本账号看不到",
    409: "与现状冲突：已有新的办理记录、已经办过",
    413: "内容太大",
    415: "内容格式不支持",
    422: "内容需要修改，见 errors；或键已用在另一个请求上",
    429: "太频繁，见 Retry-After",
    503: "系统正忙，用同一个键稍后再试",
}
SECURITY = "token"


def described(schema: dict[str, Any]) -> dict[str, Any]:
    """The document with what holds for all operations."""
    parts = schema.setdefault("components", {})
    parts.setdefault("schemas", {})["Problem"] = PROBLEM
    parts["securitySchemes"] = {
        SECURITY: {
            "type": "http",
            "scheme": "bearer",
            "description": "在“我的 › 接口密钥”里签发的密钥；只能做签发时选的事，也不超过账号本来的权限。",
        }
    }
    for methods in schema["paths"].values():
        for method, operation in methods.items():
            _complete(method, operation)
    return schema


def _complete(method: str, operation: dict[str, Any]) -> None:
    is_write = method != "get"
    parameters = operation.setdefault("parameters", [])
    if is_write:
        parameters.append(KEY)
    operation["security"] = [{SECURITY: []}]
    for status in (*ALWAYS, *(OF_WRITES if is_write else ())):
        operation["responses"][status] = {
            "description": SAID[status],
            "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}},
        }
