"""One filing as its page holds it: the portal's own answers and parts, and an officer who opens the case."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext

from ronghe.casework import domain as casework
from ronghe.casework.domain.on_behalf import open_on_behalf
from ronghe.organisations import domain as organisations
from ronghe.organisations.models import Account, Organisation
from ronghe.organisations.queries import by_credit_code, powers_of
from ronghe.www.filing.forms import FilingParts
from ronghe.www.filing.offers import DeskOffer
from ronghe.www.portal.submission import SubmissionPage
from ronghe.www.references import organisation_named


class FilingPage(SubmissionPage):
    """Both forms of the page, bound when something was sent."""

    parts: FilingParts
    offer: DeskOffer
    unasked = frozenset()

    def __init__(
        self,
        offer: DeskOffer,
        account: Account,
        submission: uuid.UUID,
        data: Any = None,
        files: Any = None,
        initial: Mapping[str, Any] | None = None,
    ) -> None:
        self.account, self.powers = account, powers_of(account, timezone.localdate())
        super().__init__(offer, submission, data, files, initial)
        self.parts = FilingParts(data, files, initial=dict(initial or {}), offer=offer, account=account)

    @property
    def actor(self) -> str:
        """Who files, as the ledger names them."""
        return f"person:{self.account.person_id}"

    @property
    def contact_says(self) -> str:
        """Who will learn it, to be told to the requester."""
        if self.offer.is_protected:
            return gettext(
                "登记以后就封存，您也不能再看；只有经批准的专人能看，每看一次都留下记录。不留也能登记。"
            )
        return gettext("只给办理这件事的人看。不留也能登记，但没法联系对方核实。")

    def send(self, at: dt.datetime, channel: str = "") -> casework.Opened:
        """Open the case; the same submission again gives the same one. Raises DomainError."""
        parts = self.parts.cleaned_data
        contact = organisations.Contact(name=parts.get("name", ""), phone=parts.get("phone", ""))
        by = casework.By(self.actor, at, powers_of(self.account, timezone.localdate(at)))
        return open_on_behalf(
            self.offer.procedure,
            by,
            values=self.answers.values,
            files=self.answers.enclosed,
            submission=self.submission,
            channel=channel or parts.get("channel", ""),
            contact=contact or None,
            about=self.parts.about or self._enterprise(at),
            thing=self.parts.thing,
            about_unit=organisation_named(parts.get("about_unit")),
            related=self.parts.related_case,
        )

    def _enterprise(self, at: dt.datetime) -> Organisation | None:
        parts = self.parts.cleaned_data
        if not self.parts.is_unknown_enterprise:
            return self.parts.enterprise
        return by_credit_code(parts["credit_code"]) or organisations.register_enterprise(
            credit_code=parts["credit_code"], name=parts["enterprise_name"], actor=self.actor, at=at
        )
