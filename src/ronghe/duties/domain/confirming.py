"""A duty known from memory counts once a named person has looked its source up; that person may take it back."""

from __future__ import annotations

import datetime as dt

from django.db import IntegrityError, transaction

from ronghe.core.memory import forget
from ronghe.duties import rules
from ronghe.duties.exceptions import DomainError
from ronghe.duties.models import Confirmation
from ronghe.duties.queries.lines import Line
from ronghe.ledger.domain import record
from ronghe.organisations.queries import Powers


def confirm(line: Line, *, document: str, powers: Powers, actor: str, at: dt.datetime) -> Confirmation:
    """Say where the line stands written: it counts from the next look on, and so do its periods before."""
    _refuse_others(powers)
    if not document.strip():
        raise DomainError(
            "no-document", "请写明出处：文件名称、文号和第几条；写明后才能核实。", field="document"
        )
    if not line.is_advice:
        raise DomainError("confirmed", "这一项的依据已经核实，没有再改动。请刷新页面查看。")
    try:
        with transaction.atomic():
            row = Confirmation.objects.create(
                edition=line.edition, line=line.code, document=document.strip()[:80], actor=actor, at=at
            )
            _record("duty.confirmed", row, line, actor, at, {"document": _reference(row)})
    except IntegrityError:
        raise DomainError("confirmed", "刚刚有人核实了这一项，没有再改动。请刷新页面查看。") from None
    forget()
    return row


def withdraw(line: Line, *, powers: Powers, actor: str, at: dt.datetime) -> None:
    """Take the confirmation back: the line is advice again."""
    _refuse_others(powers)
    with transaction.atomic():
        row = (
            Confirmation.objects.select_for_update()
            .filter(edition=line.edition, line=line.code, ended_at=None)
            .first()
        )
        if row is None:
            raise DomainError("not-confirmed", "这一项没有待撤回的核实，没有改动。请刷新页面查看。")
        row.ended_at = at
        row.save(update_fields=["ended_at"])
        _record("duty.confirmation-ended", row, line, actor, at, {})
    forget()


def _refuse_others(powers: Powers) -> None:
    if not rules.may_confirm(powers):
        raise DomainError("not-yours", "核实依据由督查人员或管理员来做，没有改动。")


def _reference(row: Confirmation) -> str:
    """The ledger names the words of a confirmation by its number: it holds no text."""
    return f"confirmation:{row.pk}"


def _record(
    kind: str, row: Confirmation, line: Line, actor: str, at: dt.datetime, data: dict[str, object]
) -> None:
    record(
        kind,
        subject=("confirmation", row.pk),
        actor=actor,
        at=at,
        code=line.duty,
        definition=line.edition.reference,
        edition=line.edition.edition,
        data={"edition_id": line.edition.pk, **data},
        origin="page",
    )
