"""The open work of an account as an iCalendar: numbers and lights, no names and no words of anybody; and what their units owe."""

from __future__ import annotations

import datetime as dt
from urllib.parse import urlsplit

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext
from icalendar import Alarm, Calendar as Ical, Event

from ronghe.casework.models import Case
from ronghe.casework.queries.worklist import WorkItem, items_of, open_steps
from ronghe.core.periods import SHANGHAI
from ronghe.core.worktime import Calendar, Light
from ronghe.duties.models import Owed
from ronghe.duties.queries.due import due_of
from ronghe.organisations.models import Account
from ronghe.organisations.queries import powers_of

MOST = 300
LASTS = dt.timedelta(minutes=30)
AGAIN = dt.timedelta(hours=1)
WEEK, MORNING = dt.timedelta(days=7), dt.time(9)
ALARMS = (dt.timedelta(days=1), dt.timedelta(hours=2))


def feed_of(account: Account, now: dt.datetime, calendar: Calendar) -> bytes:
    """Every open step the account may do, of cases it sees today, that has a due date; the same bytes until one changes."""
    powers = powers_of(account, calendar.local(now).date())
    steps = open_steps(powers).filter(case__in=Case.objects.visible_with(powers))
    sheet = Ical()
    sheet.add("prodid", "-//Ronghe//Due work//ZH")
    sheet.add("version", "2.0")
    sheet.add("method", "PUBLISH")
    sheet.add("x-wr-calname", gettext("%(city)s待办") % {"city": settings.CITY})
    sheet.add("refresh-interval", AGAIN, parameters={"value": "DURATION"})
    for item in items_of(steps[:MOST], now, calendar):
        if item.due is not None:
            sheet.add_component(_event(item, item.due, calendar))
    for owed, name in due_of(powers):
        sheet.add_component(_duty(owed, name))
    return bytes(sheet.to_ical())


def _event(item: WorkItem, due: dt.datetime, calendar: Calendar) -> Event:
    event = Event()
    words = {"number": item.case.number, "step": item.title, "light": gettext(Light(item.light).label)}
    event.add("summary", gettext("%(number)s %(step)s（%(light)s）") % words)
    event.add("uid", f"step-{item.step.pk}@{urlsplit(settings.SITE_URL).hostname or 'ronghe'}")
    event.add("dtstamp", item.step.opened_at.astimezone(dt.UTC))
    local = calendar.local(due)
    if _is_day(local, calendar):
        event.add("dtstart", _day_of(local))
        event.add("dtend", _day_of(local) + dt.timedelta(days=1))
    else:
        event.add("dtstart", (due - LASTS).astimezone(dt.UTC))
        event.add("dtend", due.astimezone(dt.UTC))
    event.add("url", settings.SITE_URL.rstrip("/") + reverse("case", args=[item.case.number]))
    event.add("transp", "TRANSPARENT")
    for before in ALARMS:
        event.add_component(_alarm(due - before, str(event["summary"])))
    return event


def _duty(owed: Owed, name: str) -> Event:
    """What a unit of theirs owes, on its last day."""
    event = Event()
    words = {"what": name, "unit": owed.organisation.name}
    event.add("summary", gettext("%(unit)s %(what)s") % words)
    event.add("uid", f"duty-{owed.pk}@{urlsplit(settings.SITE_URL).hostname or 'ronghe'}")
    event.add("dtstamp", dt.datetime.combine(owed.begins, dt.time(), dt.UTC))
    event.add("dtstart", owed.ends)
    event.add("dtend", owed.ends + dt.timedelta(days=1))
    link = f"{reverse('month')}?unit={owed.organisation_id}"
    event.add("url", settings.SITE_URL.rstrip("/") + link)
    event.add("transp", "TRANSPARENT")
    event.add_component(
        _alarm(dt.datetime.combine(owed.ends - WEEK, MORNING, SHANGHAI), str(event["summary"]))
    )
    return event


def _is_day(local: dt.datetime, calendar: Calendar) -> bool:
    """Whether it is due by the end of a day, of the office or of the clock, and not at an hour of its own."""
    spans = calendar.hours_on(local.toordinal()).spans
    ends = {dt.time(0), dt.time(23, 59), *([spans[-1][1]] if spans else [])}
    return local.time().replace(second=0, microsecond=0) in ends


def _day_of(local: dt.datetime) -> dt.date:
    """The day that ends then: midnight ends the day before."""
    return (local - dt.timedelta(seconds=1)).date() if local.time() == dt.time(0) else local.date()


def _alarm(at: dt.datetime, words: str) -> Alarm:
    alarm = Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("description", words)
    alarm.add("trigger", at.astimezone(dt.UTC))
    return alarm
