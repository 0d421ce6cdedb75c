"""The base of our commands: parse, one domain call, print."""

from __future__ import annotations

import json
import sys
from argparse import ArgumentTypeError
from collections.abc import Callable
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import DatabaseError, OperationalError, ProgrammingError
from django.utils.translation import gettext

from ronghe.core.errors import RongheError

_UNDEFINED_TABLE = "42P01"


class Refused(CommandError):
    """A command that could not do what was asked: stderr and exit 2; `report` is still printed to stdout."""

    def __init__(self, message: str, report: dict[str, Any] | None = None) -> None:
        super().__init__(message, returncode=2)
        self.report = report


def whole(least: int, most: int) -> Callable[[str], int]:
    """The type of an option that takes a whole number within bounds."""

    def read(text: str) -> int:
        if not text.lstrip("-").isdecimal() or not least <= int(text) <= most:
            raise ArgumentTypeError(
                gettext("“%(text)s”不对，请写 %(least)d 到 %(most)d 的整数")
                % {"text": text, "least": least, "most": most}
            )
        return int(text)

    return read


def _absent(error: DatabaseError) -> Refused | None:
    """What to do when the database has no tables yet or does not answer; None when the fault is ours."""
    if "no such table" in str(error) or getattr(error.__cause__, "sqlstate", None) == _UNDEFINED_TABLE:
        return Refused(gettext("数据库还没有建好，什么也没有做。请先执行 ronghe init。"))
    if isinstance(error, OperationalError):
        message = gettext(
            "数据库没有应答或拒绝了：%(why)s。已经提交的都还在；请核对 RONGHE_DATABASE_URL、数据库是否在运行，再执行一次。"
        )
        return Refused(message % {"why": str(error).strip().partition("\n")[0]})
    return None


class RongheCommand(BaseCommand):
    """Subclasses give `add_options` and `run`, which returns one object; `text` words it for people.

    `--format json` prints always exactly one JSON object, for a refusal without a report `{"error": {code, message}}`.
    Errors go to stderr with exit status 2.
    """

    def add_arguments(self, parser: CommandParser) -> None:
        self.add_options(parser)

    def add_options(self, parser: CommandParser) -> None:
        """Add what this command takes."""

    def add_format(self, parser: CommandParser, *choices: str) -> None:
        parser.add_argument(
            "--format", choices=choices or ("text", "json"), default=(choices or ("text",))[0]
        )

    run: Callable[..., dict[str, Any]]
    """Do it and return what is to be printed: `def run(self, *, option…, **_options)`."""

    def text(self, report: dict[str, Any]) -> str:
        """The report in words."""
        return "\n".join(f"{key}: {value}" for key, value in report.items())

    def execute(self, *args: Any, **options: Any) -> str | None:
        """As Django's, but on a command line a refusal is printed as its sentence alone."""
        try:
            return super().execute(*args, **options)
        except CommandError as error:
            if not getattr(self, "_called_from_command_line", False):
                raise
            self.stderr.write(str(error))
            sys.exit(error.returncode)

    def handle(self, *_args: Any, **options: Any) -> None:
        try:
            report = self.run(**options)
        except Refused as refused:
            self._print_refusal(refused, "refused", options)
            raise
        except RongheError as error:
            told = Refused(error.message + getattr(error, "cure", ""))
            self._print_refusal(told, error.code, options)
            raise told from error
        except (OperationalError, ProgrammingError) as error:
            absent = _absent(error)
            if absent is None:
                raise
            self._print_refusal(absent, "database", options)
            raise absent from error
        self._print(report, options)

    def _print_refusal(self, refused: Refused, code: str, options: dict[str, Any]) -> None:
        if refused.report is not None:
            self._print(refused.report, options)
        elif options.get("format") == "json":
            self._print({"error": {"code": code, "message": str(refused)}}, options)

    def _print(self, report: dict[str, Any], options: dict[str, Any]) -> None:
        if options.get("format") == "json":
            self.stdout.write(json.dumps(report, ensure_ascii=False, default=str, sort_keys=False))
        else:
            self.stdout.write(self.text(report))
        sys.stdout.flush()
