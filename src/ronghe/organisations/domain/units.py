"""Which organisation a table means by what it writes, for imports of many rows; founds unknown ones where asked to."""

from __future__ import annotations

import datetime as dt
import hashlib
from dataclasses import dataclass, field
from difflib import get_close_matches

from ronghe.organisations.domain.trees import create_organisation
from ronghe.organisations.exceptions import OrganisationError
from ronghe.organisations.models import Organisation
from ronghe.organisations.queries import NameIndex, parent_names
from ronghe.organisations.queries.names import ambiguous, plain

FOUNDED_KIND = "institution"
NAME_MOST = 200
TRIED_MOST = (
    300  # nearest names are looked for this often in one run; it is slow, and nobody reads more of them
)
TO_BE_FOUNDED = 0
_UNKNOWN, _AMBIGUOUS = "unknown-organisation", "ambiguous-organisation"


def code_from(*names: str) -> str:
    """A code that always follows from these names: for units that come without one."""
    digest = hashlib.blake2b("\n".join(plain(name) for name in names).encode(), digest_size=5).hexdigest()
    return f"dw-{digest}"


def free_code(*names: str) -> str:
    """The same for one more of these names: a number is added while the code is taken."""
    code, number = code_from(*names), 1
    while Organisation.objects.filter(code=code).exists():
        number += 1
        code = code_from(*names, str(number))
    return code


@dataclass
class Units:
    """Finds organisations by name of the day, by code, or as 上级/名称; each question is answered once."""

    index: NameIndex = field(default_factory=NameIndex.load)
    codes: dict[str, int] = field(
        default_factory=lambda: dict(Organisation.objects.order_by("pk").values_list("code", "pk"))
    )
    founded: dict[str, int] = field(default_factory=dict)
    nearest: dict[str, str] = field(default_factory=dict)

    def find(self, text: str, on: dt.date) -> int:
        """The id of the organisation meant.

        A day before the first recorded day of a name means whoever bore it later: records of a tree begin when it is
        registered here. Raises OrganisationError `unknown-organisation` naming the nearest
        known names, or `ambiguous-organisation` naming the candidates with what stands above them.
        """
        name = text.strip()
        if (number := self.codes.get(name)) is not None:
            return number
        if (number := self.founded.get(plain(name))) is not None:
            return number
        try:
            return self.index.find(name, on)
        except OrganisationError as error:
            return self._otherwise(name, on, error)

    def found(self, text: str, on: dt.date, *, actor: str, at: dt.datetime) -> int:
        """Found the organisation of that name, with a code that follows from it; the kind is mended by hand later."""
        name = text.strip()
        code = code_from(name)
        unit = Organisation.objects.filter(code=code).first() or create_organisation(
            code=code, kind=FOUNDED_KIND, name=name, actor=actor, at=at, on=on
        )
        self.add(name, code, unit.pk)
        return unit.pk

    def add(self, name: str, code: str, number: int) -> None:
        """Know an organisation founded meanwhile."""
        self.founded[plain(name)] = self.codes[code] = number

    def _otherwise(self, name: str, on: dt.date, error: OrganisationError) -> int:
        if error.code == _AMBIGUOUS:
            raise error
        found, day = self.index.candidates(name, on)
        if not found:
            found, day = self._below(name, on)
        if len(found) > 1:
            raise ambiguous(name, found, day)
        if found:
            return found[0]
        known = plain(name) in self.index.names
        raise OrganisationError(_UNKNOWN, error.message + ("" if known else self._hint(name)), name=name)

    def _below(self, text: str, on: dt.date) -> tuple[list[int], dt.date]:
        """`上级/名称`: those of that name directly under that parent, and the day this was asked of."""
        above, slash, name = text.replace("／", "/").rpartition("/")
        if not slash or not above.strip() or not name.strip():
            return [], on
        found, day = self.index.candidates(name, on)
        parents = parent_names(found, day)
        wanted = plain(above)
        return [one for one in found if wanted in {plain(parent) for parent in parents.get(one, [])}], day

    def _hint(self, name: str) -> str:
        key = plain(name)
        if key not in self.nearest and len(self.nearest) < TRIED_MOST:
            near = get_close_matches(key, [*self.index.names, *self.founded], n=3, cutoff=0.5)
            self.nearest[key] = f"相近的有：{'、'.join(near)}。" if near else ""
        return self.nearest.get(key, "")
