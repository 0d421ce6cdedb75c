"""One submission as its page holds it: the answers its kind asks for, and the parts every submission has."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping
from typing import Any, ClassVar

from django.db import IntegrityError
from django.http import QueryDict
from django.utils import timezone
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext

from ronghe.casework import domain as casework
from ronghe.core.forms import Form
from ronghe.definitions import queries as definitions
from ronghe.organisations import domain as organisations
from ronghe.organisations.models import Organisation
from ronghe.organisations.queries import Powers
from ronghe.www.forms import DefinedForm, form_class
from ronghe.www.portal.forms import PartsForm, main_text
from ronghe.www.portal.offers import Offer
from ronghe.www.references import organisation_named, references_of

PORTAL = "system:portal"
NO_FORM = Form(())


class SubmissionPage:
    """Both forms of the page of one offer, bound when something was sent.

    `unasked`: optional fields only an office can answer, such as the campaign a case belongs to. `powers`: of the officer who
    files, for what only they may choose from.
    """

    unasked: ClassVar[frozenset[str]] = frozenset({"programme"})
    powers: Powers | None = None

    def __init__(
        self,
        offer: Offer,
        submission: uuid.UUID,
        data: Any = None,
        files: Any = None,
        initial: Mapping[str, Any] | None = None,
    ) -> None:
        self.offer, self.submission = offer, submission
        definition = offer.procedure.body.form or NO_FORM
        today = timezone.localdate()
        built = form_class(offer.code, offer.procedure.edition.edition, definition)
        self.text_code = main_text(definition)
        given = dict(initial or {})
        if "text" in given:
            given.setdefault(self.text_code, given["text"])
        self.answers: DefinedForm = built(
            data,
            files,
            initial=given,
            lists=definitions.lists_of(definition, today),
            references=references_of(definition, today, self.powers),
            without=self.unasked,
        )
        self.parts = PartsForm(data, files, initial=given, offer=offer)

    @property
    def asked(self) -> list[Any]:
        """The answers' fields, the main text first."""
        return sorted(self.answers, key=lambda field: field.name != self.text_code)

    @property
    def enterprise_fields(self) -> list[Any]:
        """The enterprise's code, and its name where the code is not known here."""
        if not self.parts.asks_enterprise:
            return []
        is_named = self.parts.is_unknown_enterprise or bool(self.parts["enterprise_name"].value())
        return [self.parts["credit_code"]] + ([self.parts["enterprise_name"]] if is_named else [])

    @property
    def contact_says(self) -> str:
        """Who will learn it, and what happens without it."""
        if self.offer.is_protected:
            return gettext(
                "只有经批准的专人能看到，每看一次都留下记录；被反映的单位看不到。不留也能提，但没法联系您核实。"
            )
        return gettext("只给办理这件事的人看。不留也能提，但没法联系您核实。")

    @property
    def errors(self) -> list[tuple[str, str, str]]:
        """What must be changed: (id of the field or empty, its label, what to do)."""
        return [*self.answers.summary, *self.parts.summary]

    @property
    def is_too_large(self) -> bool:
        """Whether it is a file's size that was refused."""
        return self.answers.is_too_large or self.parts.is_too_large

    def is_valid(self) -> bool:
        """Both are asked, so that all that is wrong is said at once."""
        answers, parts = self.answers.is_valid(), self.parts.is_valid()
        return answers and parts

    def send(self, at: dt.datetime, channel: str) -> casework.Opened:
        """Open the case; the same submission again gives the same one. Raises DomainError."""
        parts = self.parts.cleaned_data
        contact = organisations.Contact(name=parts["name"], phone=parts["phone"])
        return casework.open_case(
            self.offer.procedure,
            values=self.answers.values,
            files=self.answers.enclosed,
            at=at,
            submission=self.submission,
            channel=channel,
            contact=contact or None,
            about=self._enterprise(at),
            about_unit=organisation_named(parts.get("about_unit")),
        )

    def send_once(self, at: dt.datetime, channel: str) -> casework.Opened:
        """As `send`; when the very same submission is being filed by another request, its case is given."""
        try:
            return self.send(at, channel)
        except IntegrityError:
            return self.send(at, channel)

    def _enterprise(self, at: dt.datetime) -> Organisation | None:
        parts = self.parts.cleaned_data
        if not self.parts.is_unknown_enterprise:
            return self.parts.enterprise
        return organisations.register_enterprise(
            credit_code=parts["credit_code"], name=parts["enterprise_name"], actor=PORTAL, at=at
        )


def kept_initial(typed: Mapping[str, list[str]] | QueryDict) -> dict[str, Any]:
    """What was typed before, as initial values: several answers stay a list."""
    data = typed if isinstance(typed, QueryDict) else MultiValueDict(typed)
    return {key: data.getlist(key) if len(data.getlist(key)) > 1 else data.get(key, "") for key in data}
