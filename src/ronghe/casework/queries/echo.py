"""Whether what is asked was done a moment ago by the same person: a form sent twice is answered, not refused."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ronghe.casework.models import Case, Note, Reply
from ronghe.ledger.queries import entries_of


def was_done(
    case: Case,
    *,
    since: int,
    actor: str,
    kind: str,
    data: Mapping[str, Any] | None = None,
    note: str = "",
    reply: str = "",
) -> bool:
    """Whether an entry of this kind with this data and these words by this actor came after revision `since`.

    Words that differ are something new: then it was not done, and what was typed must not be lost.
    """
    later = entries_of(("case", case.pk)).filter(seq__gt=since, actor=actor)
    entries = list(later)
    same = [
        e
        for e in entries
        if e.kind == kind and all(e.data.get(key) == value for key, value in (data or {}).items())
    ]
    if not same:
        return False
    notes = {e.data["note"] for e in entries if "note" in e.data}
    replies = {e.data["reply"] for e in entries if "reply" in e.data}
    return _is_there(Note, case, notes, note) and _is_there(Reply, case, replies, reply)


def _is_there(model: type[Note | Reply], case: Case, numbers: set[int], text: str) -> bool:
    if not text.strip():
        return True
    return model._default_manager.filter(case=case, no__in=numbers, text=text.strip()).exists()  # noqa: SLF001 - Django's way
