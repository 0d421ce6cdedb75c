"""What a page asks the database, with what it was answered: recorded in this process, to be asked again by `bare`."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from django.http import HttpResponse

CONTROL = ("SAVEPOINT", "RELEASE")


@dataclass
class Recording:
    """The statements of one request, in the order asked, as parts inside and outside its transaction."""

    parts: list[tuple[bool, list[list[Any]]]] = field(default_factory=list)
    statements: int = 0
    told: list[str] = field(default_factory=list)

    def add(self, sql: str, params: Any, rows: list[Any], *, inside: bool) -> None:
        if not self.parts or self.parts[-1][0] != inside:
            self.parts.append((inside, []))
        self.parts[-1][1].append([sql, list(params or ()), [], rows])


def record(ask: Callable[[], HttpResponse]) -> dict[str, Any]:
    """Ask a page and give what `bare` needs to ask the same."""
    from django.db import connection  # noqa: PLC0415
    from django.test.utils import CaptureQueriesContext  # noqa: PLC0415

    found = Recording()

    def listen(execute: Any, sql: str, params: Any, many: Any, context: Any) -> Any:
        inside = connection.in_atomic_block
        result = execute(sql, params, many, context)
        if not sql.startswith(CONTROL):
            cursor = context["cursor"].cursor
            rows = []
            if sql.lstrip().startswith("INSERT") and cursor.description:
                rows = cursor.fetchall()
                cursor.scroll(0, mode="absolute")
            found.add(sql, params, rows, inside=inside)
        return result

    with CaptureQueriesContext(connection) as captured, connection.execute_wrapper(listen):
        response = ask()
    body = b"".join(response.streaming_content) if response.streaming else response.content  # type: ignore[attr-defined]
    told = [one["sql"] for one in captured.captured_queries]
    return {
        "parts": found.parts,
        "statements": len(told),
        "told": told,
        "status": response.status_code,
        "type": response.headers.get("Content-Type", "text/html"),
        "body": body,
        "fresh": [],
        "number": "",
    }


def make_fresh(page: dict[str, Any], *, number: str, keys: list[Any]) -> dict[str, Any]:
    """Mark what must differ each time: ids the database gave, the number made of one, and the keys of the request."""
    given: set[Any] = {number, *keys}
    for _, statements in page["parts"]:
        for one in statements:
            sql, params, _, rows = one
            if "json_to_recordset" in sql:
                params = one[1] = [
                    woven(value, given) if isinstance(value, str) else value for value in params
                ]
            one[2] = [place for place, value in enumerate(params) if _differs(value, given)]
            if sql.lstrip().startswith("INSERT"):
                given |= {value for row in rows for value in row if isinstance(value, int)}
    return {**page, "fresh": keys, "number": number}


def woven(text: str, given: set[Any]) -> str | tuple[Any, ...]:
    """A text that holds some of those given: its pieces, every second one of them given."""
    olds = {str(one): one for one in given}
    longest = sorted(olds, key=len, reverse=True)
    pieces = re.split(rf"(?<![\w.-])({'|'.join(map(re.escape, longest))})(?![\w.-])", text)
    return tuple(olds[piece] if n % 2 else piece for n, piece in enumerate(pieces)) if pieces[1:] else text


def _differs(value: Any, given: set[Any]) -> bool:
    if isinstance(value, (int, str, uuid.UUID)) and not isinstance(value, bool):
        return value in given
    return isinstance(value, tuple)
