"""Building the fictional city, letting it live a year, and its recent weeks."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from random import Random

from django.db import transaction

from ronghe.casework.domain import Bulk, Filing
from ronghe.core.memory import remembering
from ronghe.core.worktime import SHANGHAI
from ronghe.definitions import queries as definitions
from ronghe.duties.domain import check_all
from ronghe.judgements.domain import rate_many
from ronghe.ledger.domain import sequence
from ronghe.management.demo import party, words
from ronghe.management.demo.city import DemoCity
from ronghe.management.demo.lives import DemoLife, begin, rated_of
from ronghe.management.demo.recent import tell
from ronghe.organisations.domain import Contact

BATCH = 500
BUSY = 0.15
"""How much more comes to the units of the demonstration accounts, so that there is something to do."""
RECENT = 0.2
"""The share of cases filed in the last two weeks."""
CHANNELS = ("web", "web", "web", "hotline", "window", "visit")


@dataclass(frozen=True)
class Scale:
    """How large a city."""

    enterprises: int
    cases: int


SCALES = {"small": Scale(800, 3000)}


@transaction.atomic
def build(scale: Scale, seed: int, now: dt.datetime) -> dict[str, int]:
    """Found the city a year and a bit before `now` and let its cases happen; all or nothing."""
    random = Random(seed)  # noqa: S311 - a fictional city, not a secret
    founded = dt.datetime.combine(now.date() - dt.timedelta(days=400), dt.time(9), SHANGHAI)
    city = DemoCity(actor=f"demo:{seed}", at=founded, random=random)
    city.found(scale.enterprises)
    with remembering():
        lives = [life for batch in live(city, scale, seed, now) for life in batch]
    sequence()
    tell(city, now)
    party.live(city, now)
    sequence()
    check_all(now, definitions.calendar())
    return {
        "departments": len(words.DEPARTMENTS),
        "branches": city.branches,
        "enterprises": len(city.enterprises),
        "cases": len(lives),
        "ratings": sum(len(life.ratings) for life in lives),
    }


def live(city: DemoCity, scale: Scale, seed: int, now: dt.datetime) -> Iterator[list[DemoLife]]:
    """Let the cases happen in the order they are filed; each batch is written before the next begins."""
    moments = sorted(_filed_at(city.random, now) for _ in range(scale.cases))
    for start in range(0, len(moments), BATCH):
        bulk = Bulk(origin="demo", batch=f"demo-{seed}")
        batch = [file(city, bulk, at, now) for at in moments[start : start + BATCH]]
        for life in batch:
            life.live()
        bulk.flush()
        rate_many([given for life in batch for given in rated_of(life)], origin="demo", batch=bulk.batch)
        yield batch


def file(city: DemoCity, bulk: Bulk, at: dt.datetime, now: dt.datetime) -> DemoLife:
    """One case of a kind drawn at random, about to be lived."""
    random = city.random
    code = random.choices(("enterprise-request", "resident-message", "petition"), (50, 42, 8))[0]
    contact = Contact(
        name=random.choice(words.SURNAMES) + "某", phone=f"000{random.randint(10**7, 10**8 - 1)}"
    )
    more: dict[str, object] = {}
    if code == "enterprise-request":
        topic = "environment" if random.random() < BUSY else random.choice(list(words.REQUESTS))
        title, detail = words.REQUESTS[topic]
        line = next(
            line
            for line in definitions.get("list", "request-topics", at.date()).body.lines
            if line.code == topic
        )
        values, unit = {"topic": topic, "detail": detail}, str(line.facts["unit"])
        firms = city.enterprises[:: len(city.groups)] if random.random() < BUSY else city.enterprises
        more = {"about": random.choice(firms)}
    else:
        asked = list(words.MESSAGES if code == "resident-message" else words.PETITIONS)
        if code == "resident-message" and random.random() < BUSY:
            asked = [one for one in asked if one[0] == "sthjj"]
        unit, title, detail = random.choice(asked)
        values = {"detail": detail}
        if code == "petition":
            values["matter"] = random.choice(("suggestion", "accusation", "appeal"))
        if values.get("matter") == "accusation":
            more, unit = {"about_unit": city.units[unit]}, "xfj"
    filing = Filing(values=values, title=title, channel=random.choice(CHANNELS), contact=contact, **more)  # type: ignore[arg-type]
    procedure = definitions.get("procedure", code, at.date())
    target = city.units[unit]
    return begin(bulk, procedure, filing, at, random, city=city, now=now, target=target, topic_title=title)


def _filed_at(random: Random, now: dt.datetime) -> dt.datetime:
    """A moment in the year before now, mostly in the daytime; more of them lately, so that work is open."""
    span = 14 if random.random() < RECENT else 365
    back = dt.timedelta(days=span * random.random(), minutes=random.randint(0, 60))
    day = (now - back).astimezone(SHANGHAI).date()
    moment = dt.datetime.combine(
        day, dt.time(random.choices(range(24), HOURS)[0], random.randint(0, 59)), SHANGHAI
    )
    return min(moment, now)


HOURS = (1, 0, 0, 0, 0, 0, 1, 3, 8, 14, 14, 10, 5, 6, 12, 13, 11, 8, 5, 4, 4, 3, 2, 1)
