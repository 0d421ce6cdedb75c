"""What may be recorded here today, and which things an address may name."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest
from django.utils import timezone

from ronghe.activities.models import Activity
from ronghe.activities.queries.offering import kinds_by_use, kinds_for, own_units
from ronghe.casework.models import Case
from ronghe.definitions.queries import Loaded
from ronghe.definitions.things import Ref, visible_of
from ronghe.organisations.models import Account, Organisation
from ronghe.organisations.queries import Powers, powers_of
from ronghe.www.access import account_of

THINGS = frozenset({"organisation", "entry", "post", "relationship"})


@dataclass(frozen=True)
class Offers:
    """Who one records for and what kinds these may organise, those in use first."""

    units: list[Organisation]
    kinds: list[Loaded]

    def find(self, code: str) -> Loaded | None:
        """The kind, if it is offered."""
        return next((one for one in self.kinds if one.edition.code == code), None)


def offers_of(account: Account, *, by_use: bool = False) -> Offers:
    """Two queries, with `by_use` three; one where nothing is recorded."""
    on = timezone.localdate()
    units = own_units(powers_of(account, on), on)
    if not units:
        return Offers([], [])
    return Offers(units, kinds_by_use(units, on) if by_use else kinds_for(units, on))


def asked_things(request: HttpRequest) -> dict[str, Ref]:
    """`run`: the case whose step this is, by its number; `about`: a thing, as `entry:12`. Only what may be seen."""
    powers = powers_of(account_of(request), timezone.localdate())
    found: dict[str, Ref] = {}
    given = request.POST if request.method == "POST" else request.GET
    if number := given.get("run", ""):
        case = Case.objects.visible_with(powers).filter(number=number).first()
        if case is not None:
            found["run"] = ("case", case.pk)
    type_, _, ref = given.get("about-thing", given.get("about", "")).partition(":")
    if type_ in THINGS and ref.isdigit() and visible_of([(type_, int(ref))], powers):
        found["about"] = (type_, int(ref))
    return found


def find_visible(powers: Powers, pk: int) -> Activity | None:
    """The activity, if it may be seen, with its sides and those who took part."""
    rows = Activity.objects.visible_with(powers).select_related("organisation")
    found: Activity | None = rows.prefetch_related("sides", "participants").filter(pk=pk).first()
    return found
