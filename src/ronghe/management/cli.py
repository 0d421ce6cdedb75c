"""`ronghe COMMAND …`: Django's command runner under our name, with our settings."""

from __future__ import annotations

import os
import sys

from django.core.management import execute_from_command_line


def main() -> None:
    """Run one command; errors end with status 2, also Django's own, which are 1."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "ronghe.settings")
    try:
        execute_from_command_line(["ronghe", *sys.argv[1:]])
    except SystemExit as ended:
        sys.exit(2 if ended.code == 1 else ended.code)


if __name__ == "__main__":
    main()
