"""A table that was sent, from looking at it to what became of it; kept for a week in the data directory."""

from __future__ import annotations

import datetime as dt
import json
import os
import secrets
import shutil
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.http import Http404

from ronghe.core.tables import as_words, is_blank
from ronghe.management.imports.files import open_table
from ronghe.management.imports.run import Kind, Order, Report, columns_of, run
from ronghe.organisations.queries import Powers

KEPT_DAYS = 7
STILL_SECONDS = 120  # a run that has not moved for so long has stopped
SHOWN_ROWS, SHOWN_CHARACTERS, CELL_MOST = 5, 40, 10**6
REFUSED, ACCOUNTS = "refused", "accounts"
SEALED = ("id_number", "phone")  # columns whose cells are not shown again


@dataclass(frozen=True)
class Upload:
    """One table of one account, in a folder of its own. `told` is what was said when it was sent."""

    folder: Path
    told: dict[str, Any]

    @classmethod
    def keep(cls, file: UploadedFile, account: int, asked: dict[str, Any], at: dt.datetime) -> Self:
        """Store what was sent."""
        token = uuid.uuid4()
        folder = _root() / str(token)
        folder.mkdir(parents=True, mode=0o700)
        told = {
            **asked,
            "token": str(token),
            "account": account,
            "name": file.name or "",
            "at": at.isoformat(),
        }
        upload = cls(folder, told)
        with upload.path.open("wb") as kept:
            for chunk in file.chunks():
                kept.write(chunk)
        upload.write("told", told)
        return upload

    @classmethod
    def find(cls, token: uuid.UUID, account: int) -> Self:
        """The upload of that token, for the account that sent it; else 404."""
        upload = cls(_root() / str(token), {})
        told = upload.read("told")
        if told is None or told["account"] != account:
            raise Http404
        return cls(upload.folder, told)

    @property
    def path(self) -> Path:
        return self.folder / "table"

    @property
    def token(self) -> str:
        return str(self.told["token"])

    @property
    def kind(self) -> Kind:
        return Kind(self.told["kind"])

    def write(self, name: str, content: dict[str, Any]) -> None:
        (self.folder / f"{name}.json").write_text(json.dumps(content, ensure_ascii=False), encoding="utf-8")

    def read(self, name: str) -> dict[str, Any] | None:
        path = self.folder / f"{name}.json"
        if not path.is_file():
            return None
        content: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        return content

    def discard(self) -> None:
        """Throw everything away."""
        shutil.rmtree(self.folder, ignore_errors=True)

    def check(
        self, at: dt.datetime, within: frozenset[int] | None = None, powers: Powers | None = None
    ) -> None:
        """Say what would happen, and keep it beside the file. Raises TableError."""
        self.write("check", self._run(at, within, powers, is_trial=True).to_json())

    def carry_out(
        self, at: dt.datetime, within: frozenset[int] | None = None, powers: Powers | None = None
    ) -> bool:
        """Import it. False: it is being imported, or was. A run that broke off can be begun again: nothing comes twice.

        `within`: the branches whose rolls whoever sent it keeps; `powers`: theirs.
        """
        running = self.folder / "running"
        if self.read("result") is not None or (self.is_running and running.exists()):
            return False
        running.touch()
        try:
            self.write("result", self._run(at, within, powers, is_trial=False).to_json())
        finally:
            running.unlink(missing_ok=True)
        self.path.unlink(missing_ok=True)
        return True

    @property
    def is_running(self) -> bool:
        running = self.folder / "running"
        return (
            running.exists() and dt.datetime.now(dt.UTC).timestamp() - running.stat().st_mtime < STILL_SECONDS
        )

    def _run(
        self, at: dt.datetime, within: frozenset[int] | None, powers: Powers | None, *, is_trial: bool
    ) -> Report:
        running = self.folder / "running"
        report = run(
            Order(
                kind=self.kind,
                path=self.path,
                at=at,
                refused=self.folder / f"{REFUSED}.xlsx",
                name=self.told["name"],
                source=self.told["source"],
                may_found=self.told["may_found"],
                within=within,
                powers=powers,
                is_trial=is_trial,
                first_password=lambda: secrets.token_urlsafe(12),
                progress=lambda _rows: os.utime(running) if running.exists() else None,
            )
        )
        if report.accounts_file:
            Path(report.accounts_file).rename(self.folder / f"{ACCOUNTS}.xlsx")
        return report

    def sample(self) -> dict[str, Any]:
        """The headings, which of them are taken as another column or left out, and the first rows, shortened."""
        columns = {column.code: column.title for column in columns_of(self.kind)}
        with open_table(self.path, columns_of(self.kind), self.told["name"]) as table:
            heads = [(place, title) for place, title in enumerate(table.heading.titles) if title]
            taken = [
                (table.heading.titles[place], columns[code]) for code, place in table.heading.places.items()
            ]
            sealed = {table.heading.places.get(code) for code in SEALED}
            rows = [
                [
                    (title, _shown(row.raw[place], is_sealed=place in sealed) if place < len(row.raw) else "")
                    for place, title in heads
                ]
                for row, _ in zip(table.rows, range(SHOWN_ROWS), strict=False)
            ]
        return {
            "heads": [title for _, title in heads],
            "renamed": [(title, column) for title, column in taken if title != column],
            "unknown": list(table.heading.unknown),
            "rows": rows,
        }


def _shown(cell: Any, *, is_sealed: bool) -> str:
    return "***" if is_sealed and not is_blank(cell) else _short(cell)


def _short(cell: Any) -> str:
    text = "" if is_blank(cell) else as_words(cell, CELL_MOST)
    return text if len(text) <= SHOWN_CHARACTERS else text[:SHOWN_CHARACTERS] + "…"


def _root() -> Path:
    return Path(settings.DATA_DIR) / "imports"


def sweep(now: dt.datetime) -> None:
    """Throw away what was sent more than a week ago."""
    for folder in _folders():
        if (folder / "told.json").exists() and now.timestamp() - folder.stat().st_mtime > KEPT_DAYS * 86400:
            shutil.rmtree(folder, ignore_errors=True)


def _folders() -> Iterator[Path]:
    if _root().is_dir():
        yield from (folder for folder in _root().iterdir() if folder.is_dir())
