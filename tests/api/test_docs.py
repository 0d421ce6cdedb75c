"""The curl session of docs/api.md is run as it stands there."""

from __future__ import annotations

import json
import re
import shlex
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from ronghe.casework.models import Case
from tests.api.conftest import api_for
from tests.city import City

pytestmark = [pytest.mark.page, pytest.mark.django_db]

PAGE = Path(__file__).parents[2] / "docs" / "api.md"
PHOTO = b"\xff\xd8\xff\xe0photo"


def session() -> list[list[str]]:
    """The commands, each as its words, continued lines joined."""
    block = re.search(r"```sh\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    assert block is not None
    lines = block[1].replace("\\\n", " ").splitlines()
    return [shlex.split(line) for line in lines if line.startswith("curl")]


def run(words: list[str], known: dict[str, str]) -> Any:
    """Ask what a curl command asks."""
    filled = [re.sub(r"\$([A-Z]+)", lambda found: known[found[1]], word) for word in words[1:]]
    headers: dict[str, str] = {}
    body: str | None = None
    files: dict[str, Any] = {}
    address = ""
    while filled:
        word = filled.pop(0)
        match word:
            case "-H":
                name, value = filled.pop(0).split(": ", 1)
                headers[name] = value
            case "-d":
                body = filled.pop(0)
            case "-F":
                name, value = filled.pop(0).split("=@")
                files[name] = SimpleUploadedFile(value, PHOTO, "image/jpeg")
            case _:
                address = word
    path, client = urlsplit(address), Client()
    if files:
        return client.post(path.path, files, headers=headers)
    if body is not None:
        return client.post(path.path, body, content_type=headers.pop("Content-Type"), headers=headers)
    return client.get(path.path, dict(parse_qsl(path.query)), headers=headers)


def test_the_session_of_the_page(city: City) -> None:
    known = {"KEY": api_for(city.accounts["分办甲"]).secret, "SITE": "http://testserver"}
    answers = []
    for words in session():
        answer = run(words, known)
        assert answer.status_code in {200, 201}, (words, answer.content.decode())
        said = json.loads(answer.content)
        known |= {"NUMBER": said["number"]} if "number" in said else {}
        known |= {"CODE": said["follow_code"]} if "follow_code" in said else {}
        known |= {"ETAG": answer["ETag"]} if "ETag" in answer.headers else {}
        answers.append(said)

    assert len(answers) == 9
    assert answers[1] == answers[2]
    assert [row["number"] for row in answers[3]["items"]] == [known["NUMBER"]]
    assert answers[5]["unit"]["code"] == "zjj"
    case = Case.objects.get()
    assert (case.source, case.source_number, case.notes.count(), case.attachments.count()) == (
        "12345",
        "4711",
        2,
        1,
    )
