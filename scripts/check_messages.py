"""The English catalogue is complete: every text of code and templates is there, translated and not fuzzy.

The texts in the code are the Chinese ones, so English is the only catalogue. Nothing of the work tree is changed: the
texts are collected in a copy. `--write` puts the collected catalogue, with its gaps, into the work tree instead.
"""

from __future__ import annotations

import ast
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "src" / "ronghe"
CATALOGUE = Path("locale/en/LC_MESSAGES/django.po")


def message_ids(listing: str) -> list[str]:
    """The msgids of a catalogue's text, its header left out."""
    ids: list[str] = []
    reading = False
    for line in listing.splitlines():
        if line.startswith("msgid "):
            ids.append(ast.literal_eval(line.removeprefix("msgid ")))
            reading = True
        elif reading and line.startswith('"'):
            ids[-1] += ast.literal_eval(line)
        else:
            reading = False
    return [text for text in ids if text]


def collect(scratch: Path) -> Path:
    """A fresh catalogue of the present code, merged with the translations there are."""
    copy = scratch / "ronghe"
    shutil.copytree(PACKAGE, copy, ignore=shutil.ignore_patterns("static", "packs", "__pycache__", "*.mo"))
    (copy / CATALOGUE).parent.mkdir(parents=True, exist_ok=True)
    options = ["--locale=en", "--no-wrap", "--no-obsolete", "--add-location=file", "--verbosity=0"]
    environment = {**os.environ, "PYTHONPATH": str(scratch), "DJANGO_SETTINGS_MODULE": "ronghe.settings"}
    subprocess.run(
        [sys.executable, "-m", "django", "makemessages", *options], cwd=copy, env=environment, check=True
    )
    return copy / CATALOGUE


def lacking(catalogue: Path, *selection: str) -> list[str]:
    """The msgids of `catalogue` that msgattrib selects."""
    command = ["msgattrib", "--no-wrap", "--no-obsolete", *selection, str(catalogue)]
    return message_ids(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


def main() -> int:
    with tempfile.TemporaryDirectory() as folder:
        catalogue = collect(Path(folder))
        if not catalogue.exists():
            return 0
        if "--write" in sys.argv[1:]:
            target = PACKAGE / CATALOGUE
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(catalogue, target)
        untranslated = lacking(catalogue, "--untranslated")
        fuzzy = lacking(catalogue, "--only-fuzzy")
    for text in untranslated:
        print(f"not translated: {text!r}")
    for text in fuzzy:
        print(f"fuzzy: {text!r}")
    return 1 if untranslated or fuzzy else 0


if __name__ == "__main__":
    sys.exit(main())
