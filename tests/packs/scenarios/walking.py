"""What the walks share: hold an activity, issue a paper, and what stands in between."""

from __future__ import annotations

import datetime as dt
from typing import Any

from ronghe.activities import domain as activities
from ronghe.activities.domain import Told
from ronghe.activities.models import Activity
from ronghe.bulletins import domain as bulletins
from ronghe.bulletins.models import Bulletin
from ronghe.casework.models import Case
from ronghe.definitions import queries as definitions
from ronghe.definitions.things import Ref
from ronghe.ledger.models import Entry
from ronghe.organisations.models import Organisation
from ronghe.organisations.queries import powers_of
from tests.city import City, moment
from tests.packs.runs import by


def unit(city: City, code: str) -> Ref:
    return "organisation", city.units[code].pk


def held(city: City, code: str, name: str, at: str, *units: str, **more: Any) -> Activity:
    """An activity of these units, recorded an hour after it began by an officer of the first."""
    began = moment(at)
    kind = definitions.get("activity", code, began.date())
    told = Told(organisers=[city.units[one] for one in units], begins_at=began, **more)
    act = by(city, name, (began + dt.timedelta(hours=1)).strftime("%Y-%m-%d %H:%M"))
    return activities.record(kind, act, told)


def given(city: City, activity: Activity, name: str, at: str) -> list[Case]:
    """The cases that come of an activity, when somebody asks for them."""
    refs = activities.follow_up(activity.pk, by(city, name, at))
    return [Case.objects.get(pk=number) for type_, number in refs if type_ == "case"]


def issued(city: City, code: str, name: str, at: str, *signers: str, **more: Any) -> Bulletin:
    """A paper drafted by an officer of a unit (`organisation`), signed by these in order, and so issued.

    `case`: the case whose open step runs it.
    """
    day = moment(at)
    case: Case | None = more.pop("case", None)
    if case is not None:
        more |= {"case": case.pk, "step": case.steps.get(done_at=None).no}
    loaded = definitions.get("bulletin", code, day.date())
    paper = bulletins.draft(loaded, actor=f"person:{city.people[name].pk}", at=day, **more)
    for signer in signers:
        paper.refresh_from_db()
        powers = powers_of(city.accounts[signer], day.date())
        paper = bulletins.sign(paper.pk, revision=paper.revision, powers=powers, at=day)
    return paper


def cases_told(kind: str, procedure: str) -> list[str]:
    """The entries of the ledger of a kind (`case.closed`) about cases of a procedure: whose."""
    rows = Entry.objects.filter(kind=kind, definition=f"procedure:{procedure}").order_by("pk")
    units = dict(Organisation.objects.values_list("pk", "code"))
    return [units.get(row.organisation_id or 0, "") for row in rows]


def counts(kind: str, code: str) -> list[tuple[str, int | None]]:
    """The standing entries of the ledger of a kind and code: whose, and how much."""
    rows = Entry.objects.filter(kind=kind, code=code).order_by("pk")
    mended = set(Entry.objects.exclude(corrects=None).values_list("corrects", flat=True))
    units = dict(Organisation.objects.values_list("pk", "code"))
    standing = [row for row in rows if row.pk not in mended]
    return sorted((units.get(row.organisation_id or 0, ""), row.quantity) for row in standing)
