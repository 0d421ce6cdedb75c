"""清除: an entry tells no more of persons, on any of its days; that it was registered, and its figures, stay."""

from __future__ import annotations

from django.db import transaction

from ronghe.core.forms import FieldType
from ronghe.definitions import queries as definitions
from ronghe.definitions.enums import Kind
from ronghe.definitions.queries.shelves import shelf
from ronghe.erasure import Erasure, erase_beside, taken_away
from ronghe.registers.domain.answers import form_of
from ronghe.registers.domain.entries import lock_entry, write_entry
from ronghe.registers.models import Entry, EntryState

WORDS = frozenset({FieldType.TEXT, FieldType.PLACE, FieldType.ROWS})


def erase_entry(entry_id: int, erasure: Erasure) -> int:
    """Take the files of an entry away, cover its words of all days and what was found of it; give how many files.

    Whoever may is for the caller to ask. Raises DomainError `no-such-entry`.
    """
    with transaction.atomic():
        entry = lock_entry(entry_id, None, may_be_ended=True)
        own = taken_away(entry.files.exclude(path=""))
        words = _words(entry)
        _cover(entry, words, erasure)
        for state in entry.states.all():
            _cover(state, words, erasure)
            state.save(update_fields=["title", "values"])
        loaded = definitions.by_edition(entry.edition_id)
        data = {"ground": erasure.ground, "rows": own}
        write_entry("entry.erased", entry, loaded, data, actor=erasure.actor, at=erasure.at, origin="page")
        return own + erase_beside(("entry", entry.pk), erasure)


def _words(entry: Entry) -> frozenset[str]:
    """The fields that hold words, in any edition of the register."""
    editions = shelf().of(Kind.REGISTER, entry.register)
    return frozenset(
        field.code
        for one in editions
        for field in form_of(definitions.by_edition(one.pk).body).fields
        if field.type in WORDS
    )


def _cover(row: Entry | EntryState, words: frozenset[str], erasure: Erasure) -> None:
    row.title = erasure.covered(row.title)
    row.values = {code: erasure.covered(said) if code in words else said for code, said in row.values.items()}
