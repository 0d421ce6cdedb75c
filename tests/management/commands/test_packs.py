"""`ronghe packs`: the report, in words and as one object, and the exit status."""

import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

pytestmark = [pytest.mark.db, pytest.mark.django_db]


def run(*args):
    out = StringIO()
    call_command("packs", *args, stdout=out)
    return out.getvalue()


def refused(*args):
    out = StringIO()
    with pytest.raises(CommandError) as error:
        call_command("packs", *args, stdout=out)
    return error.value, out.getvalue()


def test_check_of_the_packs_in_force_finds_nothing():
    assert run("check") == "没有问题。\n"
    assert json.loads(run("check", "--format", "json")) == {"problems": [], "count": 0}


def test_check_tells_every_problem_and_ends_with_2(tmp_path):
    file = tmp_path / "a.yaml"
    file.write_text("list: a\ntitle: 甲\nsource: [S-1]\neffective: 2026-01-01\nlins: []\n")

    error, told = refused("check", str(file))
    assert (error.returncode, str(error)) == (2, "有 1 处问题，请按提示修改后再检查。")
    assert "a.yaml:5 [lins] 不认识“lins”。（是不是“lines”？）" in told

    _, told = refused("check", str(file), "--format", "json")
    assert json.loads(told) == {
        "problems": [
            {
                "file": "a.yaml",
                "line": 5,
                "field": "lins",
                "message": "不认识“lins”。",
                "cure": "是不是“lines”？",
                "code": "unknown-key",
                "severity": "error",
            }
        ],
        "count": 1,
    }


@pytest.mark.parametrize("content", [b"", b"\x00\xff", "清单：甲".encode("gb18030")])
def test_check_of_what_is_no_definition_ends_with_2(tmp_path, content):
    file = tmp_path / "a.yaml"
    file.write_bytes(content)

    assert refused("check", str(file))[0].returncode == 2


def test_check_of_a_missing_file_ends_with_2(tmp_path):
    error, told = refused("check", str(tmp_path / "gone"))

    assert (error.returncode, "找不到这个文件或文件夹" in told) == (2, True)


def test_load_twice_changes_nothing():
    first = json.loads(run("load", "--format", "json"))
    again = json.loads(run("load", "--format", "json"))

    assert (first["packs"], first["new"] > 60) == (["common", "shenzhen"], True)
    assert again == {
        "packs": ["common", "shenzhen"],
        "new": 0,
        "changed": 0,
        "unchanged": first["new"],
        "removed": 0,
    }
    assert run("load") == f"新增 0 个，更新 0 个，未变 {first['new']} 个，移除 0 个。\n"


def test_load_of_an_unknown_pack_ends_with_2(settings):
    settings.PACKS = ["common", "atlantis"]

    error, _ = refused("load")

    assert (error.returncode, "atlantis" in str(error)) == (2, True)
