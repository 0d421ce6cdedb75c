"""Asking an address and reading all that comes back: body, headers, and what is packed inside a file."""

from __future__ import annotations

import html
import io
import re
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from email.header import decode_header, make_header
from html.parser import HTMLParser
from typing import Any
from urllib.parse import unquote

from django.db import connection, transaction
from django.http.request import HttpHeaders
from django.test import Client
from django.test.client import ClientHandler

from ronghe.casework.models import Attachment, Case
from ronghe.ledger.models import Entry

MOST = 3_000_000
UNIT = "市生态环境局"
WORDS = "核对用的文字，没有别的意思。"
HIDDEN_IN = re.compile(
    r"""((?:name="(?:csrf-token|csrfmiddlewaretoken)"\s+(?:content|value)|data-live-token)=")[^"]*"""
    r"""|[0-9a-f]{8}-[0-9a-f-]{27}|(?<="challenge": ")[^"]*|(?<="token": ")[^"]*"""
    # The size of the database and what is free of the disk, as other tests write to both
    r"""|\d+ [MG]B(?: 可用（\d+%）)?""".encode()
)
MADE_AT = "docProps/core.xml"  # of a workbook: the second it was made
GROWING = (
    f"SELECT -1, count(*) FROM {Entry._meta.db_table} UNION ALL "  # noqa: S608 - our own words
    f"SELECT -2, count(*) FROM {Attachment._meta.db_table} UNION ALL "
    f"SELECT id, revision FROM {Case._meta.db_table}"
)


class _Headers(HttpHeaders):
    """Of a request; they note whether anybody looks for what only HTMX sends, or at all of them."""

    has_part = False

    def __getitem__(self, name: str) -> str:
        self.has_part = self.has_part or name.lower().startswith("hx")
        return super().__getitem__(name)

    def __iter__(self) -> Iterator[str]:
        self.has_part = True
        return super().__iter__()


class _Handler(ClientHandler):
    """Hands a request to the pages with such headers."""

    def get_response(self, request: Any) -> Any:
        request.headers = _Headers(request.META)
        return super().get_response(request)


class Browser(Client):
    """A browser whose answers tell whether HTMX could have got another one."""

    def __init__(self) -> None:
        super().__init__()
        self.handler = _Handler(enforce_csrf_checks=False)


@dataclass(frozen=True)
class Answer:
    """What came back; `text`: everything readable in it, unpacked and decoded; `has_part`: the pages looked at what
    only HTMX sends, so that it may get another one.
    """

    status: int
    body: bytes
    headers: str
    text: str
    to: str
    has_part: bool
    has_written: bool
    changed: frozenset[int]

    @property
    def plain(self) -> bytes:
        """The body, unpacked, without what differs from one asking to the next."""
        return HIDDEN_IN.sub(rb"\1", b"\n".join(unpacked(self.body, leaving=MADE_AT)))


def ask(client: Client, path: str, data: Any = None, *, method: str = "get", **headers: str) -> Answer:
    """Ask once; whatever it wrote is undone."""
    with transaction.atomic():
        kept, before = client.cookies.copy(), _written() if method == "post" else NOTHING
        response = getattr(client, method)(path, data or {}, headers=headers or None)
        body = _read(response)
        client.cookies = kept
        after = _written() if method == "post" else NOTHING
        transaction.set_rollback(True)
    told = "\n".join(f"{name}: {make_header(decode_header(value))}" for name, value in response.items())
    told += "\n".join(morsel.value for morsel in response.cookies.values() if morsel.key != "sessionid")
    text = "\n".join([_unquoted(told), *(_readable(part) for part in unpacked(body))])
    to = response.headers.get("Location", "")
    has_part = getattr(response.wsgi_request.headers, "has_part", True)
    return Answer(response.status_code, body, told, text, to, has_part, *_change(before, after))


Written = frozenset[tuple[int, int]]
NOTHING: Written = frozenset()


def _written() -> Written:
    """What grows with every act: entries of the ledger (-1), files kept (-2), and the revision of each case by its number."""
    with connection.cursor() as cursor:
        cursor.execute(GROWING)
        return frozenset((int(pk), int(count)) for pk, count in cursor.fetchall())


def _change(before: Written, after: Written) -> tuple[bool, frozenset[int]]:
    """Whether anything was written, and which of the cases there were has changed."""
    return before != after, frozenset(pk for pk, _count in before - after if pk > 0)


def _read(response: Any) -> bytes:
    if not response.streaming:
        return bytes(response.content)
    parts, size = [], 0
    for part in response.streaming_content:
        parts.append(part)
        size += len(part)
        if size > MOST:
            break
    response.close()
    return b"".join(parts)


def unpacked(body: bytes, *, leaving: str = "") -> Iterator[bytes]:
    """The bytes, or those of every file packed in them (xlsx and docx are such) but the one named `leaving`."""
    if body[:2] != b"PK":
        yield body
        return
    with zipfile.ZipFile(io.BytesIO(body)) as archive:
        for name in archive.namelist():
            if name != leaving:
                yield name.encode()
                yield from unpacked(archive.read(name), leaving=leaving)


def _readable(part: bytes) -> str:
    text = part.decode("utf-8", errors="replace")
    ways = [text]
    if "\\u" in text:
        ways.append(re.sub(r"\\u([0-9a-fA-F]{4})", lambda found: chr(int(found[1], 16)), text))
    if "&#" in text:
        ways.append(html.unescape(text))
    if "%" in text:
        ways.append(unquote(text))
    return "\n".join(ways)


def _unquoted(text: str) -> str:
    return text + "\n" + unquote(text)


@dataclass
class Form:
    """A form of a page: where it goes, its fields filled in plausibly, and those that look for something."""

    action: str
    method: str
    fields: dict[str, str]
    searches: list[str]
    choices: dict[str, list[str]]
    required: list[str]
    texts: list[str]


class _Forms(HTMLParser):
    def __init__(self, path: str) -> None:
        super().__init__()
        self.path, self.forms = path, list[Form]()
        self.form: Form | None = None
        self.select = ""
        self.is_needed = False  # within a field that is not marked 选填

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        told = {name: value or "" for name, value in attributes}
        if "hx-get" in told and "name" in told:
            self.forms.append(Form(told["hx-get"], "get", {}, [told["name"]], {}, [], []))
        if tag == "form":
            action = told.get("action") or self.path
            self.form = Form(action.split("#")[0], told.get("method", "get").lower(), {}, [], {}, [], [])
            self.forms.append(self.form)
        elif tag in {"div", "fieldset"} and "field" in told.get("class", "").split():
            self.is_needed = True
        elif tag == "span" and told.get("class") == "optional":
            self.is_needed = False
        elif self.form is not None and tag in {"input", "textarea", "select", "option", "button"}:
            self._field(self.form, tag, told)

    def _field(self, form: Form, tag: str, told: Mapping[str, str]) -> None:
        name, kind = told.get("name", ""), told.get("type", "text" if tag == "input" else tag)
        if tag == "option":
            if self.select:
                form.choices.setdefault(self.select, []).append(told.get("value", ""))
                if told.get("value"):
                    form.fields.setdefault(self.select, told["value"])
            return
        self.select = name if tag == "select" else ""
        if not name or kind in {"file", "select", "submit"} or name == "csrfmiddlewaretoken":
            if (
                kind in {"submit", "button"}
                and name
                and ("btn-primary" in told.get("class", "") or name not in form.fields)
            ):
                form.fields[name] = told.get("value", "")
            return
        if kind != "hidden" and (self.is_needed or "required" in told) and name not in form.required:
            form.required.append(name)
        if kind in {"radio", "checkbox"}:
            form.choices.setdefault(name, []).append(told.get("value", "on"))
            form.fields.setdefault(name, told.get("value", "on"))
        elif kind in {"text", "search", "textarea"}:
            form.texts.append(name)
            form.searches.append(name)
            form.fields[name] = UNIT if "list" in told else told.get("value") or WORDS
        else:
            form.fields[name] = told.get("value") or {"number": "1", "tel": "13800138000"}.get(kind, "")

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self.form, self.is_needed = None, False
        if tag in {"form", "select"}:
            self.select = ""


def forms_on(answer: Answer, path: str) -> list[Form]:
    """The forms of a page."""
    reader = _Forms(path)
    reader.feed(answer.body.decode("utf-8", errors="replace"))
    return reader.forms


def links_on(answer: Answer) -> list[str]:
    """The addresses a page leads to."""
    found = re.findall(r'\shref="(/[^"#]*|\?[^"#]*)', answer.body.decode("utf-8", errors="replace"))
    return [address.replace("&amp;", "&") for address in dict.fromkeys(found)]
