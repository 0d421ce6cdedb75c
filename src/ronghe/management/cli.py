"""`ronghe COMMAND …`: Django's command runner under our name, with our settings."""

from __future__ import annotations

import os
import sys
from importlib import import_module

from django.core.management import execute_from_command_line


def main() -> None:
    """Run one command; errors end with status 2, also Django's own, which are 1."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "ronghe.settings")
    try:
        import_module(os.environ["DJANGO_SETTINGS_MODULE"])
    except ValueError as wrong:
        sys.exit(_refuse(f"设置（RONGHE_ 开头的变量）不对：{wrong}"))
    try:
        execute_from_command_line(["ronghe", *sys.argv[1:]])
    except SystemExit as ended:
        sys.exit(2 if ended.code == 1 else ended.code)


def _refuse(message: str) -> int:
    print(message, file=sys.stderr)
    return 2


if __name__ == "__main__":
    main()
