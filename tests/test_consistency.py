"""The project's own conventions, as tests: what no linter can know because it needs the whole."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import get_commands, load_command_class
from django.urls import URLPattern, URLResolver, get_resolver

from ronghe.www.access import rule_of

pytestmark = pytest.mark.unit

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "src" / "ronghe"
TEMPLATES = PACKAGE / "templates"
MARKS = {"unit", "db", "page", "e2e"}
TARGETS = ["setup", "run", "test", "test-unit", "test-all", "check", "fmt", "bench"]
# Django looks for these by itself.
FOUND_BY_NAME = re.compile(r"^(django/forms/|registration/|errors/|\d{3}\.html$)")


@cache
def text_of(*patterns: str) -> str:
    return "\n".join(
        path.read_text(encoding="utf-8")
        for pattern in patterns
        for path in sorted(PACKAGE.rglob(pattern))
        if "dist" not in path.parts
    )


def addresses(patterns: list[URLPattern | URLResolver], prefix: str = "") -> Iterator[tuple[str, URLPattern]]:
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            yield from addresses(pattern.url_patterns, prefix + str(pattern.pattern))
        else:
            yield prefix + str(pattern.pattern), pattern


def test_every_address_declares_who_may_ask_it():
    without = [
        address
        for address, pattern in addresses(get_resolver().url_patterns)
        if rule_of(pattern.callback) is None
    ]

    assert without == []


def test_every_address_has_a_name_of_its_own():
    names = [pattern.name for _address, pattern in addresses(get_resolver().url_patterns)]

    assert None not in names
    assert sorted(names) == sorted(set(names))


def test_every_template_is_used():
    told = text_of("*.py", "*.html")
    names = [path.relative_to(TEMPLATES).as_posix() for path in TEMPLATES.rglob("*.html")]

    assert [name for name in sorted(names) if not FOUND_BY_NAME.match(name) and name not in told] == []


def test_every_class_of_a_template_is_in_the_style_sheet():
    sheet = PACKAGE / "static" / "dist" / "app.css"
    if not sheet.exists():
        pytest.skip("the style sheet is not built: make setup")
    known = set(re.findall(r"\.((?:[\w-]|\\.)+)", sheet.read_text(encoding="utf-8")))
    known |= {name.replace("\\", "") for name in known} | {"no-js", "js"}
    unknown = set()
    for path in TEMPLATES.rglob("*.html"):
        # What code puts in counts as part of the word it touches: `light-{{ light }}` is not judged.
        text = re.sub(
            r"\{%.*?%\}", " ", re.sub(r"\{\{.*?\}\}", "§", path.read_text(encoding="utf-8")), flags=re.DOTALL
        )
        for names in re.findall(r'\sclass="([^"]*)"', text):
            unknown |= {
                f"{path.relative_to(TEMPLATES)}: {name}"
                for name in names.split()
                if name not in known and "§" not in name
            }

    assert sorted(unknown) == []


def own_commands() -> list[str]:
    return sorted(name for name, app in get_commands().items() if str(app).startswith("ronghe"))


def test_every_command_says_what_it_is_for_and_is_documented():
    docs = "\n".join(
        path.read_text(encoding="utf-8")
        for path in [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
    )
    lacking = [name for name in own_commands() if not load_command_class(get_commands()[name], name).help]
    lacking += [name for name in own_commands() if f"ronghe {name}" not in docs]

    assert lacking == []


def test_every_setting_is_documented():
    source = (PACKAGE / "settings.py").read_text(encoding="utf-8")
    table = (ROOT / "docs" / "running.md").read_text(encoding="utf-8")
    names = {f"RONGHE_{name}" for name in re.findall(r'_(?:variable|flag|words)\(\s*"([A-Z_]+)"', source)}

    assert names
    assert sorted(names - set(re.findall(r"`(RONGHE_[A-Z_]+)`", table))) == []


def test_settings_are_read_in_one_place():
    readers = [
        path.relative_to(PACKAGE).as_posix()
        for path in sorted(PACKAGE.rglob("*.py"))
        if path.name != "settings.py"
        and re.search(r"environ(\.get)?[\[(]\s*f?[\"']RONGHE_", path.read_text(encoding="utf-8"))
    ]

    assert readers == []


def test_every_test_says_what_it_needs():
    silent = []
    for path in sorted((ROOT / "tests").rglob("test_*.py")):
        marks = set(re.findall(r"pytest\.mark\.(\w+)", path.read_text(encoding="utf-8")))
        if not marks & MARKS:
            silent.append(path.relative_to(ROOT).as_posix())

    assert silent == []


def test_test_folders_mirror_the_package():
    beside = {"accounts", "checks", "faults", "frontend", "e2e", "matrix", "packs", "scripts"}
    folders = {
        path.name
        for path in (ROOT / "tests").iterdir()
        if path.is_dir() and not path.name.startswith(("_", "."))
    }
    rooms = {path.name for path in PACKAGE.iterdir() if path.is_dir()}

    assert sorted(folders - rooms - beside) == []


def test_migrations_are_named_for_what_they_do():
    names = [path.stem for path in PACKAGE.rglob("migrations/0*.py")]

    assert [name for name in names if "_auto_" in name] == []


def test_catalogue_languages_are_those_offered():
    folders = {
        path.name for path in Path(settings.LOCALE_PATHS[0]).glob("*") if (path / "LC_MESSAGES").exists()
    }

    assert folders <= {"en"}


def test_requirements_are_pinned_with_hashes():
    for name in ("base.txt", "dev.txt"):
        entries = (ROOT / "requirements" / name).read_text(encoding="utf-8").replace("\\\n", " ").splitlines()
        loose = [
            entry
            for entry in entries
            if entry.strip()
            and not entry.lstrip().startswith("#")
            and not re.search(r"^\S+==\S+.*--hash=", entry)
        ]

        assert loose == []


def test_the_readme_begins_with_the_two_commands():
    first = [line for line in (ROOT / "README.md").read_text(encoding="utf-8").splitlines() if line.strip()][
        :2
    ]

    assert [re.search(r"`(make [a-z]+)`", line)[1] for line in first] == ["make run", "make test"]


def test_the_recipes_are_there():
    recipes = re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.M)

    assert [target for target in TARGETS if target not in recipes] == []


def test_no_face_decides():
    """A page or a command asks a domain; it writes no row itself."""
    written = []
    for path in sorted(
        [*PACKAGE.glob("www/**/*.py"), *PACKAGE.glob("api/**/*.py"), *PACKAGE.glob("management/**/*.py")]
    ):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            name = (
                node.func.attr if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) else ""
            )
            if name in {"bulk_create", "bulk_update", "get_or_create", "update_or_create"} or (
                name in {"create", "update"} and ".objects" in ast.unparse(node.func.value)
            ):
                written.append(f"{path.relative_to(PACKAGE)}:{node.lineno} {name}")

    assert written == []
