"""Due duties in the calendar of who answers for the unit."""

from __future__ import annotations

from typing import Any

import pytest
from icalendar import Calendar as Ical, Event

from ronghe.definitions.queries import calendar
from ronghe.duties.domain import check_all
from ronghe.www.calendar_feed.events import feed_of
from tests.city import City, moment

pytestmark = [pytest.mark.db, pytest.mark.django_db]


@pytest.mark.parametrize(
    ("who", "summaries"),
    [
        ("一支部书记", ["第一党支部 三会一课：支部委员会会议", "第一党支部 三会一课：党员大会"]),
        ("二支部书记", ["第二党支部 三会一课：党员大会"]),
        ("环境局长", ["市生态环境局 每月学习日"]),
    ],
)
def test_what_is_due_soon_stands_in_the_calendar_of_its_unit(
    branches: City, settings: Any, who: str, summaries: list[str]
) -> None:
    settings.SITE_URL = "https://r.example.gov.cn"
    now = moment("2026-03-02 10:00")
    check_all(now, calendar())

    first, again = (feed_of(branches.accounts[who], now, calendar()) for _turn in range(2))

    events = [event for event in Ical.from_ical(first).walk("VEVENT") if isinstance(event, Event)]
    assert sorted(str(event["summary"]) for event in events) == sorted(summaries)
    assert all(str(event["url"]).startswith("https://r.example.gov.cn/desk/month/?unit=") for event in events)
    assert first == again
