"""Check, load and freeze definitions: the only writer of editions."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.db.models import DateTimeField, Value
from django.db.models.functions import Coalesce

from ronghe.definitions import checking
from ronghe.definitions.checking import Checked
from ronghe.definitions.enums import Kind
from ronghe.definitions.exceptions import ChangedMeanwhile, FrozenEdition, PackProblems, UnknownPack
from ronghe.definitions.kinds import Definition
from ronghe.definitions.models import Edition
from ronghe.definitions.queries.calendars import pack_folder
from ronghe.definitions.queries.shelves import look_again
from ronghe.definitions.reading import Problem, read_path
from ronghe.ledger.domain import Draft, record_all

_NAME = re.compile(r"[a-z][a-z0-9_-]*")


@dataclass(frozen=True)
class LoadReport:
    """What loading did, by number of editions."""

    new: int = 0
    changed: int = 0
    unchanged: int = 0
    removed: int = 0


@dataclass(frozen=True)
class Packed:
    """A checked definition and the pack it comes from."""

    checked: Checked
    pack: str

    @property
    def text(self) -> str:
        """The definition as kept: JSON in the order of the file."""
        return json.dumps(self.checked.document.data, ensure_ascii=False, separators=(",", ":"))


def check_path(path: Path, *, effective: dt.date | None = None) -> list[Problem]:
    """Everything wrong in a file or folder; names may come from the packs in force.

    A folder inside the packs is checked on what lies beneath it only, anything else on all packs in force.
    `effective` stands in where a document leaves its own out (drafts and examples).
    """
    names = list(settings.PACKS)
    if path.resolve().parent == Path(settings.PACKS_DIR).resolve() and path.name in names:
        names = names[: names.index(path.name)]
    beneath = checking.read_all([pack_folder(name) for name in names if pack_folder(name).is_dir()])
    return checking.check(read_path(path, path.parent), beneath, effective=effective)[1]


def check_packs(names: Sequence[str]) -> tuple[list[Packed], list[Problem]]:
    """The definitions in force of several packs (a later pack replaces by kind and code), and every problem.

    Raises UnknownPack.
    """
    problems: list[Problem] = []
    in_force: dict[tuple[Kind, str], list[Packed]] = {}
    for name in names:
        folder = pack_folder(name)
        if not (_NAME.fullmatch(name) or Path(name).is_absolute()) or not folder.is_dir():
            root = Path(settings.PACKS_DIR)
            raise UnknownPack(name, sorted(one.name for one in root.iterdir() if one.is_dir()))
        reading = read_path(folder, folder.parent)
        checked, found = checking.check_documents(reading.documents)
        problems += [*reading.problems, *found]
        for key in {one.key for one in checked}:
            in_force[key] = []
        for one in checked:
            in_force[one.key].append(Packed(one, folder.name))
    packed = [one for versions in in_force.values() for one in versions]
    return packed, [*problems, *checking.problems_of([one.checked for one in packed])]


@transaction.atomic
def load_packs(names: Sequence[str], *, actor: str, at: dt.datetime) -> LoadReport:
    """Bring the editions in step with the packs; each new or changed one is published in the ledger.

    Idempotent by content hash. Editions nothing uses may change; a frozen one may not. Unused editions that a
    later pack replaced are removed.
    Raises PackProblems, UnknownPack, FrozenEdition; then nothing was written.
    """
    packed, problems = check_packs(names)
    if problems:
        raise PackProblems(problems)
    known = {(row.kind, row.code, row.edition): row for row in Edition.objects.select_for_update()}
    removed = _remove_replaced(packed, known)
    brought = [
        (edition, one) for one in packed if (edition := _brought(one, known.get(_key(one)), at)) is not None
    ]
    new = [edition for edition, _ in brought if edition.pk is None]
    for edition, _ in brought:
        if edition.pk is not None:
            edition.save()
    Edition.objects.bulk_create(new)
    record_all(_published(edition, one.checked.body, actor, at) for edition, one in brought)
    look_again()
    return LoadReport(len(new), len(brought) - len(new), len(packed) - len(brought), removed)


def _key(one: Packed) -> tuple[str, str, str]:
    body = one.checked.body
    return body.kind.value, body.code, body.label


def _remove_replaced(packed: Sequence[Packed], known: dict[tuple[str, str, str], Edition]) -> int:
    """Drop unused editions of definitions the packs still hold, but in other editions."""
    codes = {(one.checked.body.kind.value, one.checked.body.code) for one in packed}
    wanted = {_key(one) for one in packed}
    stale = [key for key, row in known.items() if key[:2] in codes and key not in wanted and not row.is_fixed]
    for key in stale:
        known.pop(key).delete()
    return len(stale)


def _brought(packed: Packed, row: Edition | None, at: dt.datetime) -> Edition | None:
    """The edition as it is to be kept, new or over the row there is; None: it is kept so already."""
    body, text = packed.checked.body, packed.text
    digest = hashlib.sha256(text.encode()).hexdigest()
    if row is not None and row.hash == digest:
        return None
    if row is not None and row.is_fixed:
        raise FrozenEdition(body.kind.chinese, body.code, body.label, packed.checked.document.file)
    edition = row or Edition(kind=body.kind.value, code=body.code, edition=body.label)
    edition.effective, edition.title = body.effective, body.title
    edition.body, edition.hash = text, digest
    edition.pack, edition.source_file = packed.pack, packed.checked.document.file
    edition.loaded_at = at
    return edition


def publish(edition: Edition, body: Definition, *, actor: str, at: dt.datetime) -> None:
    """Tell the ledger of a new or changed edition."""
    record_all([_published(edition, body, actor, at)])


def _published(edition: Edition, body: Definition, actor: str, at: dt.datetime) -> Draft:
    """Its entry, with the counts that indicators of burden need."""
    return Draft(
        kind="definition.published",
        subject=("definition", edition.pk),
        actor=actor,
        at=at,
        code=edition.code,
        definition=edition.reference,
        edition=edition.edition,
        data={"hash": edition.hash, "day": body.effective.isoformat(), "values": body.counts()},
    )


def known_since(kind: Kind, *, at: dt.datetime) -> int:
    """The city knew its definitions of a kind before this database did: they count from then on. Gives how many."""
    known = Edition.objects.filter(kind=kind, loaded_at__gt=at).update(loaded_at=at)
    look_again()
    return known


def freeze(edition: Edition, *, at: dt.datetime) -> None:
    """From its first use on an edition cannot change. Nothing happens when it is frozen already.

    Raises ChangedMeanwhile when it is no longer what the caller read.
    """
    if edition.frozen_at is None:
        same = Edition.objects.filter(pk=edition.pk, hash=edition.hash)
        if not same.update(frozen_at=Coalesce("frozen_at", Value(at, DateTimeField()))):
            look_again()
            raise ChangedMeanwhile(edition.title)
