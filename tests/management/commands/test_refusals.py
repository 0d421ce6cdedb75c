"""What a command that cannot do it leaves behind: status 2, a sentence on stderr, one object on stdout."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from ronghe.management.base import Refused

pytestmark = [pytest.mark.db, pytest.mark.django_db]


def refused(*words: str) -> tuple[str, str]:
    said = io.StringIO()
    with pytest.raises(Refused) as error:
        call_command(*words, stdout=said)
    assert error.value.returncode == 2
    return said.getvalue(), str(error.value)


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("clock", "2026-02-30", "5 工作日"), "clock.time"),
        (("import", "cases", "nowhere.xlsx"), "file-missing"),
        (("ledger", "show", "case:999999"), "refused"),
        (("ledger", "show", "everything"), "refused"),
    ],
)
def test_a_refusal_as_json_is_one_object(words: tuple[str, ...], code: str) -> None:
    said, told = refused(*words, "--format", "json")

    assert json.loads(said) == {"error": {"code": code, "message": told}}


def test_a_refusal_in_words_prints_nothing_else() -> None:
    assert refused("clock", "2026-02-30", "5 工作日")[0] == ""


@pytest.mark.parametrize(
    "words",
    [
        ("serve", "--port", "99999"),
        ("serve", "--port", "http"),
        ("serve", "--workers", "0"),
        ("work", "--rounds", "-1"),
        ("work", "--every", "0"),
        ("packs", "check", "x", "--effective", "2026-02-30"),
    ],
)
def test_an_option_out_of_bounds_is_refused_before_anything_starts(words: tuple[str, ...]) -> None:
    with pytest.raises(CommandError, match=r"不对，请写|没有“2026-02-30”这一天"):
        call_command(*words)


def test_an_unknown_command_ends_with_2(tmp_path: Path) -> None:
    ended = subprocess.run(
        [sys.executable, "-m", "ronghe", "nosuch"],
        capture_output=True,
        env={**os.environ, "RONGHE_DATA_DIR": str(tmp_path)},
        check=False,
    )

    assert (ended.returncode, ended.stdout, b"nosuch" in ended.stderr) == (2, b"", True)


@pytest.mark.parametrize(
    ("url", "told"),
    [("", "请先执行 ronghe init"), ("postgresql://nobody@127.0.0.1:1/none", "请核对 RONGHE_DATABASE_URL")],
)
def test_a_database_not_made_or_not_there_is_told(tmp_path: Path, url: str, told: str) -> None:
    ended = subprocess.run(
        [sys.executable, "-m", "ronghe", "stats", "cases", "--period", "2023", "--format", "json"],
        capture_output=True,
        env={**os.environ, "RONGHE_DATA_DIR": str(tmp_path), "RONGHE_DATABASE_URL": url},
        check=False,
    )

    assert ended.returncode == 2
    assert told in ended.stderr.decode()
    assert json.loads(ended.stdout)["error"]["code"] == "database"


def test_a_setting_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    ended = subprocess.run(
        [sys.executable, "-m", "ronghe", "init"],
        capture_output=True,
        env={**os.environ, "RONGHE_DATA_DIR": str(tmp_path), "RONGHE_DATABASE_URL": "mysql://x"},
        check=False,
    )

    assert (ended.returncode, ended.stdout, b"Traceback" in ended.stderr) == (2, b"", False)
    assert "postgresql://user@host/name" in ended.stderr.decode()


def test_a_draft_is_checked_as_of_a_given_day(tmp_path: Path) -> None:
    draft = tmp_path / "draft.yaml"
    draft.write_text("list: a\ntitle: 甲\nsource: [S-1]\nlines: [{code: b, title: 乙}]\n", encoding="utf-8")
    said = io.StringIO()

    assert "effective" in refused("packs", "check", str(draft))[0]
    call_command("packs", "check", str(draft), "--effective", "2026-01-01", stdout=said)

    assert said.getvalue() == "没有问题。\n"
