"""The form of an entry as its page holds it: the answers, what stands beside them, and what was refused."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext

from ronghe.core.errors import RongheError
from ronghe.definitions import queries as definitions
from ronghe.definitions.enums import Kind
from ronghe.organisations.models import Organisation
from ronghe.registers.domain.answers import form_of, naming_field
from ronghe.registers.exceptions import LooksAlike, StaleEntry
from ronghe.registers.models import Entry
from ronghe.www.forms import DefinedForm, form_class
from ronghe.www.references import references_of
from ronghe.www.registers.forms import EntryParts
from ronghe.www.registers.shelf import Shelf
from ronghe.www.registers.words import Words


def units_offered(ids: Collection[int]) -> list[tuple[str, str]]:
    """Units to register for: code and name."""
    return list(Organisation.objects.filter(pk__in=ids).order_by("name").values_list("code", "name"))


class EntryAsked:
    """Both forms of a page. `entry`: the one that is changed; None: a new one."""

    def __init__(
        self,
        shelf: Shelf,
        data: Any = None,
        *,
        units: list[tuple[str, str]],
        entry: Entry | None = None,
        files: Any = None,
        initial: Mapping[str, Any] | None = None,
    ) -> None:
        self.shelf, self.entry, self.units, self.data = shelf, entry, units, data
        body, today = shelf.body, shelf.on
        form = form_of(body)
        edition = definitions.edition_for(Kind.REGISTER, body.code, today).edition
        built = form_class(f"register/{body.code}", edition, form)
        self.answers: DefinedForm = built(
            data,
            files,
            initial=dict(initial or {}),
            lists=definitions.lists_of(form, today),
            references=references_of(form, today, shelf.powers),
            kept={field.code: len(entry.values.get(field.code, ())) for field in form.file_fields}
            if entry
            else None,
        )
        given = {key: value for key, value in (initial or {}).items() if value not in (None, "")}
        self.parts = EntryParts(
            data, initial=given, units=units, asks_title=not naming_field(body), today=today
        )
        self.alike: list[Entry] = []
        self.theirs: list[tuple[str, str, str]] = []
        self.revision = _whole(data.get("revision") if data else None, entry.revision if entry else 0)
        self.is_wrong = False

    def is_valid(self) -> bool:
        """Both are asked, so that all that is wrong is said at once."""
        answers, parts = self.answers.is_valid(), self.parts.is_valid()
        self.is_wrong = not (answers and parts)
        return not self.is_wrong

    @property
    def given(self) -> dict[str, Any]:
        """What the domain is asked."""
        kept = self._files()
        return {
            "values": {**kept, **self.answers.values},
            "files": self.answers.enclosed,
            "title": self.parts.cleaned_data.get("title", ""),
            "on": self.parts.cleaned_data["on"],
            "may_be_alike": bool(self.data and self.data.get("another")),
        }

    def _files(self) -> dict[str, Any]:
        """Answers no field of the page asks stay as they are."""
        if self.entry is None:
            return {}
        return {code: value for code, value in self.entry.values.items() if code not in self.answers.fields}

    @property
    def unit(self) -> Organisation:
        """Who registers it."""
        code = self.parts.cleaned_data.get("unit") or self.units[0][0]
        return Organisation.objects.get(code=code)

    @property
    def place(self) -> str:
        """What drafts of this page are kept under."""
        person = self.shelf.powers.person_id if self.shelf.powers else 0
        return f"entry-{self.entry.pk if self.entry else self.shelf.body.code}-{person}"

    @property
    def title(self) -> str:
        words = {"register": self.shelf.body.title}
        return gettext("更改：%(register)s") % words if self.entry else gettext("登记：%(register)s") % words

    @property
    def errors(self) -> list[tuple[str, str, str]]:
        """What must be changed: (id of the field or empty, its label, what to do)."""
        return [*self.parts.summary, *self.answers.summary]

    def refused(self, error: RongheError) -> EntryAsked:
        """The page with what the domain said: beside its fields, with what looks alike, with what others wrote."""
        self.is_wrong = True
        if isinstance(error, LooksAlike):
            found = self.shelf.named.filter(pk__in=list(error.data["alike"]))  # type: ignore[call-overload]
            self.alike = list(found.select_related("organisation").order_by("title"))
        if isinstance(error, StaleEntry):
            self._compare(error)
        told = error.data.get("errors")
        for code, said in (told if isinstance(told, dict) else {"": error.message}).items():
            form = self.parts if code in self.parts.fields else self.answers
            form.add_error(code if code in form.fields else None, str(said))
        return self

    def _compare(self, error: StaleEntry) -> None:
        """What it says now beside what was typed, field by field where they differ; the next try is against it."""
        now = error.data["values"]
        assert isinstance(now, dict)  # noqa: S101 - as the domain gives it
        mine = self.answers.values
        words = Words(form_of(self.shelf.body), [now, mine], timezone.localdate(), self.shelf.powers)
        if self.parts.cleaned_data.get("title", error.data["title"]) != error.data["title"]:
            title = str(error.data["title"])
            self.theirs.append((gettext("名称"), title, self.parts.cleaned_data["title"]))
        for field in form_of(self.shelf.body).fields:
            if field not in form_of(self.shelf.body).file_fields and now.get(field.code) != mine.get(
                field.code
            ):
                theirs, ours = (words.say(field, one.get(field.code)).text for one in (now, mine))
                self.theirs.append((field.title, theirs or gettext("空"), ours or gettext("空")))
        self.revision = int(str(error.data["revision"]))


def _whole(text: Any, otherwise: int) -> int:
    return int(text) if str(text or "").isdigit() else otherwise
