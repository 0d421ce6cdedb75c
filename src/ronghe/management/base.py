"""The base of our commands: parse, one domain call, print."""

from __future__ import annotations

import json
import sys
from argparse import ArgumentTypeError
from collections.abc import Callable
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext

from ronghe.core.errors import RongheError


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
