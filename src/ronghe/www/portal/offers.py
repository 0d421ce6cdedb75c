"""What the public may ask for today: the procedures whose definition lets anybody, residents or enterprises open one."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils import timezone
from django.utils.translation import gettext

from ronghe.core.procedure import Limits
from ronghe.core.worktime import Limit, Unit
from ronghe.definitions import queries as definitions
from ronghe.definitions.enums import Identity, Kind, Requester
from ronghe.definitions.queries import Loaded

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


def offer_of(code: str) -> Offer | None:
    """The offer of that code, if it is one today."""
    return next((offer for offer in offers() if offer.code == code), None)
