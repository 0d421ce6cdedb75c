"""What may be filed at this desk today, in the words of its list."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.utils import timezone
from django.utils.translation import gettext

from ronghe.casework.queries.filable import filable, is_of_others
from ronghe.definitions import queries as definitions
from ronghe.definitions.enums import Kind
from ronghe.organisations.models import Account
from ronghe.organisations.queries import powers_of
from ronghe.www.portal.offers import Offer

BY_THEMSELVES = frozenset({"web", "import"})  # ways a case comes without anybody at a desk


@dataclass(frozen=True)
class DeskOffer(Offer):
    """One kind of case that may be filed here."""

    @property
    def is_of_others(self) -> bool:
        """Whether it is filed for somebody who came, called or wrote."""
        return is_of_others(self.procedure)

    @property
    def is_about_case(self) -> bool:
        """Whether it is about another case, to be named by its number."""
        on = timezone.localdate()
        return any(definitions.find(Kind.PROCEDURE, code, on) for code in self.procedure.body.about)

    @property
    def told(self) -> str:
        """How long it takes and who learns who asked, in one line."""
        words = [self.limit_words] if self.limit_words else []
        if self.is_protected:
            words.append(gettext("被反映的单位看不到是谁提的"))
        return gettext("；").join(words)

    @property
    def limit_words(self) -> str:
        """The limit as the definition writes it; empty where it depends on what the case is about."""
        limit = self._limit
        if limit is None:
            return ""
        told = {"limit": limit.unit.counted(limit.amount)}
        if self.procedure.body.limit_from == "accepted":
            return gettext("受理后 %(limit)s内答复") % told
        return gettext("%(limit)s内答复") % told if self.is_of_others else gettext("%(limit)s内办结") % told


def desk_offers(account: Account) -> list[DeskOffer]:
    """What this account may file today: for others first, the soonest answered first."""
    on = timezone.localdate()
    found = [DeskOffer(loaded) for loaded in filable(powers_of(account, on), on)]
    return sorted(found, key=lambda offer: (not offer.is_of_others, offer.hours, offer.code))


def channels() -> list[tuple[str, str]]:
    """The ways people reach a desk today, by the city's list."""
    return _channels(timezone.localdate())


@definitions.once
def _channels(on: dt.date) -> list[tuple[str, str]]:
    listed = definitions.find(Kind.LIST, "channels", on)
    lines = [line.as_dict() for line in listed.body.lines] if listed else []
    return [
        (str(line["code"]), str(line["title"])) for line in lines if str(line["code"]) not in BY_THEMSELVES
    ]
