"""docs/adding-a-mechanism.md, done exactly as it says: one YAML file, no Python."""

from __future__ import annotations

import datetime as dt
import re
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client
from django.utils import timezone

from ronghe.casework.models import Case
from ronghe.core.worktime import SHANGHAI
from ronghe.definitions.queries import calendar
from ronghe.definitions.reading import Problem
from ronghe.duties.domain import check_all
from ronghe.management.base import Refused
from tests.city import City

pytestmark = [pytest.mark.page, pytest.mark.django_db]
PAGE = Path(__file__).parents[2] / "docs" / "adding-a-mechanism.md"
DUTY, KIND = "每季度企业走访日", "企业走访日"
PROBLEMS = (("下水道堵了三天", "sthjj"), ("工地夜间施工扰民", "zjj"))


@pytest.fixture
def pack(tmp_path: Path, settings: Any) -> Path:
    """The file of step 2 in the folder of step 1, and `RONGHE_PACKS` as step 4 sets it."""
    text = re.findall(r"```yaml\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    folder = tmp_path / "our-city"
    folder.mkdir()
    (folder / "visit-day.yaml").write_text(text[0], encoding="utf-8")
    settings.PACKS = [*settings.PACKS, str(folder)]
    return folder


def packs(*words: str) -> str:
    told = StringIO()
    call_command("packs", *words, stdout=told)
    return told.getvalue()


def test_the_page_says_the_commands_that_are_tried_here() -> None:
    text = PAGE.read_text(encoding="utf-8")

    assert ".venv/bin/ronghe packs check /srv/our-city" in text
    assert "export RONGHE_PACKS=common,shenzhen,/srv/our-city" in text
    assert ".venv/bin/ronghe packs load" in text


def test_it_is_checked_and_a_slip_is_told_with_its_line_and_cure(pack: Path, city: City) -> None:
    assert packs("check", str(pack)) == "没有问题。\n"
    file = pack / "visit-day.yaml"
    file.write_text(
        file.read_text(encoding="utf-8").replace("every: quarter", "every: quater"), encoding="utf-8"
    )

    with pytest.raises(Refused) as refused:
        packs("check", str(pack))
    told = str(Problem(**refused.value.report["problems"][0]))
    assert re.search(r"visit-day\.yaml:\d+ \[every\] .*quater.*（.*quarter.*）", told), told


def test_it_is_owed_recorded_once_and_counted(pack: Path, city: City, client: Client) -> None:
    packs("load")
    client.force_login(city.accounts["环境经办"])
    sent = {
        "organiser": "sthjj",
        "begins": timezone.localtime().strftime("%Y-%m-%dT00:00"),
        "about": "示范精密制造有限公司",
        "q-firms": "5",
        "q-problems": "2",
        "act": "record",
        "submission": "7d5a3f8e-3f5b-4a53-9f57-0d8c3c7f1a10",
    }
    for number, (what, unit) in enumerate(PROBLEMS):
        sent |= {f"findings-{number}-detail": what, f"findings-{number}-unit": unit}

    assert standing(client) == "要做的"
    page = client.post("/desk/activities/new/visit-day/", sent, follow=True)
    place = page.redirect_chain[-1][0]
    assert page.status_code == 200
    assert standing(client) == "已完成"
    client.post(f"{place}follow/")
    client.post(f"{place}follow/")  # the same tap twice

    cases = Case.objects.filter(procedure="visit-day-problem").order_by("pk")
    today = timezone.localdate(timezone=SHANGHAI)
    assert [(case.title, case.responsible and case.responsible.code) for case in cases] == [*PROBLEMS]
    assert {due_day(case) for case in cases} == {calendar().add(today, 10)}
    check_all(timezone.now(), calendar())
    client.force_login(city.accounts["工委甲"])
    told = client.get("/desk/duties/visit-day-quarter/").content.decode()
    assert re.search(r"1\s*/\s*2", re.sub(r"<[^>]+>", "", told)), "one of two departments"


def standing(client: Client) -> str:
    """Under which heading 支部本月 shows the duty to an officer of the environment bureau."""
    page = client.get("/desk/month/").content.decode()
    parts = {
        re.sub(r"<[^>]+>|[ \d]", "", part.partition("</h2>")[0]): part
        for part in page.split('<h2 id="h-')[1:]
    }
    return next((heading.partition(">")[2] for heading, part in parts.items() if DUTY in part), "")


def due_day(case: Case) -> dt.date:
    assert case.due is not None
    return case.due.astimezone(SHANGHAI).date()
