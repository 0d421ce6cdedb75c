"""Taking away what things tell of a person: words covered, files gone; rows, numbers and the ledger stay.

Each room erases its own. What rooms keep about the things of others goes with them: they enter themselves in `BESIDE`.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial
from typing import Any

from django.core.files.storage import default_storage
from django.db import transaction

from ronghe.attaching import KeptRow
from ronghe.core.errors import RongheError
from ronghe.definitions.things import Ref
from ronghe.text.masking import mask

GROUNDS = ("asked", "expired", "mistaken")
ERASED_NAME = "（已清除）"


class NotErased(RongheError):
    """Nothing was erased."""


@dataclass(frozen=True)
class Erasure:
    """Why something is erased, who signs for it, when, and what is known of the person. Raises `ground-unknown`."""

    ground: str
    actor: str
    at: dt.datetime
    known: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if self.ground not in GROUNDS:
            raise NotErased("ground-unknown", "请选择清除的原因，没有清除。")

    def covered(self, said: Any, *, by_office: bool = False) -> Any:
        """Words without what is known of the person, nor what a rule finds; of an answer, however deep they stand.

        `by_office`: as `mask` takes it.
        """
        match said:
            case str():
                for word in self.known:
                    said = said.replace(word, "*" * len(word))
                return mask(said, by_office=by_office)
            case list():
                return [self.covered(one, by_office=by_office) for one in said]
            case dict():
                return {code: self.covered(one, by_office=by_office) for code, one in said.items()}
            case _:
                return said


Erases = Callable[[Ref, Erasure], int]
BESIDE: list[Erases] = []
"""What takes away what its room keeps about a thing of any room; each gives how many files."""


def erase_beside(ref: Ref, erasure: Erasure) -> int:
    """Erase what other rooms keep about the thing; give how many files."""
    return sum(erase(ref, erasure) for erase in BESIDE)


def taken_away(rows: Iterable[KeptRow]) -> int:
    """Take the contents of files away once the transaction stands; their rows keep their numbers. Give how many."""
    count = 0
    for row in rows:
        transaction.on_commit(partial(default_storage.delete, row.path))
        row.name, row.path, row.size = ERASED_NAME, "", 0
        row.save(update_fields=["name", "path", "size"])
        count += 1
    return count
