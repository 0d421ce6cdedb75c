"""清除: what was found of a thing, rating and review, tells no more of persons; that it was given and how it counts stays."""

from __future__ import annotations

from django.db import transaction

from ronghe.definitions import queries as definitions
from ronghe.definitions.things import Ref
from ronghe.erasure import BESIDE, Erasure, taken_away
from ronghe.judgements.domain.verdicts import WORDS
from ronghe.judgements.models import Judgement
from ronghe.ledger.domain import Draft, Touch, record_all

TEXTS = ("comment", "appeal", "settled_note")


@transaction.atomic
def erase_judgements(subject: Ref, erasure: Erasure) -> int:
    """Cover the words of everything that was found of a thing and take its files away; give how many files.

    What tells nothing of anybody is left alone, so that asked again it writes nothing.
    """
    found = Judgement.objects.select_for_update(of=("self",)).select_related("edition")
    drafts, files = [], 0
    for row in found.filter(subject_type=subject[0], subject_id=subject[1]).order_by("pk"):
        gone = taken_away(row.files.exclude(path=""))
        if _cover(row, erasure) or gone:
            drafts.append(_draft(row, erasure, gone))
        files += gone
    record_all(drafts)
    return files


def _cover(row: Judgement, erasure: Erasure) -> bool:
    """Cover its words; whether there was anything to cover."""
    form = definitions.by_edition(row.edition_id).body.form
    words = {field.code for field in form.fields if field.type in WORDS} if form else set()
    said = {code: erasure.covered(one) if code in words else one for code, one in row.values.items()}
    texts = {name: erasure.covered(getattr(row, name)) for name in TEXTS}
    new = {"values": said, **texts}
    changed = [name for name, value in new.items() if value != getattr(row, name)]
    for name in changed:
        setattr(row, name, new[name])
    if changed:
        row.save(update_fields=changed)
    return bool(changed)


def _draft(row: Judgement, erasure: Erasure, files: int) -> Draft:
    return Draft(
        kind="judgement.erased",
        subject=("judgement", row.pk),
        actor=erasure.actor,
        at=erasure.at,
        code=row.judgement,
        organisation_id=row.organisation_id,
        touches=(Touch("of", row.subject_type, row.subject_id),),
        definition=row.edition.reference,
        edition=row.edition.edition,
        data={"ground": erasure.ground, "rows": files},
    )


def register() -> None:
    """What was found of a thing is erased with it."""
    BESIDE.append(erase_judgements)
