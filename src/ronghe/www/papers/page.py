"""Everything the page of one paper shows: how it prints, who signed and who is next, what its reader may do."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from django.http import Http404
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext

from ronghe.bulletins import printing, rules
from ronghe.bulletins.domain.signing import check_complete
from ronghe.bulletins.enums import WRITING, State
from ronghe.bulletins.models import Bulletin, Printout
from ronghe.bulletins.queries import objections_to, paper_of, shown_to
from ronghe.bulletins.queries.composing import loaded_of
from ronghe.casework.models import Case
from ronghe.core.errors import RongheError
from ronghe.definitions.things import titles_of
from ronghe.organisations.models import Person
from ronghe.organisations.queries import Powers
from ronghe.text.paper import Line, Paper, docx_of


@dataclass(frozen=True)
class Signature:
    """One place to sign: what it is called, who signed it when; `is_next`: the one to be signed now."""

    title: str
    who: str = ""
    at: Any = None
    is_next: bool = False


@dataclass
class PaperPage:
    """One paper as somebody of the staff sees it."""

    paper: Bulletin
    powers: Powers

    @cached_property
    def printed(self) -> Paper:
        """The paper as it prints, cut to what they may see."""
        return paper_of(self.paper, shown=shown_to(self.powers, self.paper))

    @cached_property
    def signs(self) -> tuple[str, ...]:
        return tuple(loaded_of(self.paper).body.signs) or (gettext("签发"),)

    @cached_property
    def is_ours(self) -> bool:
        """Whether they write for the unit: who signed, drafts and notes are its own affair."""
        return self.paper.organisation_id in rules.writing_units(self.powers)

    @cached_property
    def signatures(self) -> list[Signature]:
        """Every place to sign in order."""
        numbers = [
            int(actor.partition(":")[2]) for actor in rules.signers(self.paper) if actor.startswith("person:")
        ]
        names = dict(Person.objects.filter(pk__in=numbers).values_list("pk", "name"))
        rows = []
        for place, title in enumerate(self.signs):
            if place < len(self.paper.signed):
                one = self.paper.signed[place]
                who = names.get(int(one["actor"].partition(":")[2]), "")
                rows.append(Signature(title, who, parse_datetime(one["at"])))
            else:
                is_next = place == len(self.paper.signed) and self.paper.state in WRITING
                rows.append(Signature(title, is_next=is_next))
        return rows

    @property
    def next_sign(self) -> str:
        """What the next signature is called."""
        place = len(self.paper.signed)
        return self.signs[place] if place < len(self.signs) else ""

    @property
    def is_last(self) -> bool:
        """Whether the next signature issues it."""
        return len(self.paper.signed) == len(self.signs) - 1

    @cached_property
    def may_edit(self) -> bool:
        return self.paper.state == State.DRAFT and rules.may_write(self.powers, self.paper)

    @cached_property
    def may_sign(self) -> bool:
        return rules.may_sign(self.powers, self.paper, tuple(loaded_of(self.paper).body.signs))

    @cached_property
    def lacking(self) -> list[str]:
        """What must still be written before it can be signed."""
        if self.paper.state not in WRITING:
            return []
        try:
            check_complete(self.paper)
        except RongheError as error:
            errors = error.data.get("errors")
            return list(errors.values()) if isinstance(errors, dict) else [error.message]
        return []

    @property
    def waits_for_others(self) -> bool:
        """Whether they signed it, and somebody else is next."""
        return self.paper.state in WRITING and self.is_ours and not self.may_sign

    @cached_property
    def may_return(self) -> bool:
        return rules.may_return(self.powers, self.paper)

    @cached_property
    def may_withdraw(self) -> bool:
        return rules.may_withdraw(self.powers, self.paper)

    @cached_property
    def case(self) -> Case | None:
        """The case it belongs to, if they may see it."""
        if self.paper.case_id is None:
            return None
        found: Case | None = Case.objects.visible_with(self.powers).filter(pk=self.paper.case_id).first()
        return found

    @cached_property
    def about(self) -> str:
        """What it is about, in words."""
        if self.paper.about_id is None:
            return ""
        ref = (self.paper.about_type, self.paper.about_id)
        return titles_of([ref]).get(ref, "")

    @cached_property
    def objections(self) -> list[Any]:
        """The cases about it they may see."""
        if not self.is_ours or self.paper.state in WRITING:
            return []
        numbers = [one.case for one in objections_to(self.paper.pk)]
        visible = Case.objects.visible_with(self.powers).filter(pk__in=numbers)
        return list(visible.order_by("pk"))

    @property
    def notes(self) -> list[dict[str, Any]]:
        """Why it was handed back or taken down, the last first; the unit's own."""
        return list(reversed(self.paper.notes)) if self.is_ours else []

    @property
    def has_pdf(self) -> bool:
        return printing.program() is not None

    @cached_property
    def docx(self) -> bytes:
        """The paper for Word or WPS; the same paper gives the same bytes."""
        return docx_of(self.printed)

    @cached_property
    def pdf(self) -> Path | None:
        """The PDF of the paper as it stands, where it was made."""
        return printing.kept_pdf(printing.digest_of(self.docx))

    @cached_property
    def printout(self) -> Printout | None:
        """How the PDF of the paper as it stands goes; None: nobody asked for it."""
        found: Printout | None = self.paper.printouts.filter(digest=printing.digest_of(self.docx)).first()
        return found


def page_or_404(pk: int, powers: Powers) -> PaperPage:
    """The page of a paper they may see; what is hidden is not there."""
    found = (
        Bulletin.objects.visible_with(powers)
        .select_related("organisation", "edition", "case")
        .filter(pk=pk)
        .first()
    )
    if found is None:
        raise Http404
    return PaperPage(found, powers)


def lines_of(paper: Paper) -> list[dict[str, Any]]:
    """The text as a template walks it: paragraphs with their heading, and tables."""
    rows: list[dict[str, Any]] = []
    for block in paper.blocks:
        if isinstance(block, Line):
            head, rest = block.spoken
            rows.append({"level": block.level, "head": head, "rest": rest})
        else:
            rows.append({"table": block})
    return rows
