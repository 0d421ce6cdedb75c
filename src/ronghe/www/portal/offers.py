"""What the public may ask for today: the procedures whose definition lets anybody, residents or enterprises open one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils import timezone
from django.utils.translation import gettext

from ronghe.core.procedure import Limits
from ronghe.core.worktime import Limit, Unit
from ronghe.definitions import queries as definitions
from ronghe.definitions.enums import Identity, Kind, Requester
from ronghe.definitions.queries import Loaded

FIRST = "first-kinds"
MOST_FIRST, SEARCHED_FROM = 6, 12
PUBLIC_REQUESTERS = frozenset({Requester.ANY, Requester.RESIDENT, Requester.ENTERPRISE})


@dataclass(frozen=True)
class Offer:
    """One kind of case the public may open."""

    procedure: Loaded

    @property
    def code(self) -> str:
        return str(self.procedure.edition.code)

    @property
    def title(self) -> str:
        return str(self.procedure.body.title)

    @property
    def asks(self) -> str:
        """What its form asks, to be found by."""
        form = self.procedure.body.form
        return "、".join(field.title for field in form.fields) if form else ""

    @property
    def is_protected(self) -> bool:
        """Whether those who handle it do not see who asked."""
        return bool(self.procedure.body.identity is Identity.PROTECTED)

    @property
    def wants_enterprise(self) -> bool:
        """Whether it is asked in the name of an enterprise."""
        return bool(self.procedure.body.requester is Requester.ENTERPRISE)

    @property
    def may_be_about_enterprise(self) -> bool:
        """Whether an enterprise may be named that it is about."""
        return "enterprise" in self.procedure.body.about

    @property
    def _limit(self) -> Limit | None:
        """The limit as the definition writes it; None where it depends on what the case is about."""
        limit = self.procedure.body.limit
        if isinstance(limit, Limits):
            limit = limit.promised or limit.legal
        return limit if isinstance(limit, Limit) else None

    @property
    def hours(self) -> float:
        """About how long it takes, to put offers in order; not a due time."""
        return self._limit.amount * _HOURS[self._limit.unit] if self._limit else float("inf")

    @property
    def about(self) -> str:
        """Who may ask, how long it takes, who learns who asked; each from the definition."""
        words = [_WHO[self.procedure.body.requester]()]
        if limit := self._limit:
            told = {"limit": limit.unit.counted(limit.amount)}
            from_accepted = self.procedure.body.limit_from == "accepted"
            words.append(
                (gettext("受理后 %(limit)s内答复") if from_accepted else gettext("%(limit)s内答复")) % told
            )
        if self.is_protected:
            words.append(gettext("被反映的单位看不到您是谁"))
        return gettext("；").join(words) + gettext("。")


_HOURS = {Unit.HOUR: 3, Unit.DAY: 24, Unit.WORKDAY: 33, Unit.MONTH: 730}
_WHO = {
    Requester.ANY: lambda: gettext("企业和个人都可以提"),
    Requester.RESIDENT: lambda: gettext("个人提"),
    Requester.ENTERPRISE: lambda: gettext("企业提，要填统一社会信用代码"),
}


def offers() -> list[Offer]:
    """Today's offers, the soonest answered first."""
    today = timezone.localdate()
    live = definitions.live(Kind.PROCEDURE, today)
    found = [
        Offer(loaded)
        for loaded in live
        if loaded.body.requester in PUBLIC_REQUESTERS and loaded.first_effective <= today
    ]
    return sorted(found, key=lambda offer: (offer.hours, offer.code))


def first_offers(also: str = "") -> list[Offer]:
    """Those of the first page: what the city's list `first-kinds` names; without it the soonest answered. `also`: and this one."""
    found = offers()
    listed = definitions.find(Kind.LIST, FIRST, timezone.localdate())
    codes = {line.code for line in listed.body.lines} if listed else set()
    named = [offer for offer in found if offer.code in codes]
    first = named or found[:MOST_FIRST]
    return [offer for offer in found if offer in first or offer.code == also]


@dataclass(frozen=True)
class Group:
    """The offers to one kind of people."""

    title: str
    offers: list[Offer]


def grouped(found: Sequence[Offer]) -> list[Group]:
    """By who one is: those of enterprises, of residents, of either."""
    titles = {
        Requester.ENTERPRISE: gettext("企业办的"),
        Requester.RESIDENT: gettext("个人办的"),
        Requester.ANY: gettext("企业和个人都可以办的"),
    }
    groups = [
        Group(title, [offer for offer in found if offer.procedure.body.requester is who])
        for who, title in titles.items()
    ]
    return [group for group in groups if group.offers]


def offers_like(text: str) -> list[Offer]:
    """The offers in whose words this stands; without a text all of them."""
    word = text.strip().casefold()
    return [offer for offer in offers() if word in f"{offer.title}{offer.about}{offer.asks}".casefold()]


def offer_of(code: str) -> Offer | None:
    """The offer of that code, if it is one today."""
    return next((offer for offer in offers() if offer.code == code), None)
