"""What must hold before a case is opened or a step ends: `requires`, and that the same does not stand twice (`one_per`)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ronghe.casework.domain.facts import CaseFacts
from ronghe.casework.domain.filing import BEFORE_OPENING, facts_of
from ronghe.casework.enums import CaseState
from ronghe.casework.exceptions import DomainError
from ronghe.casework.models import Case
from ronghe.core.procedure import OnePer
from ronghe.core.select import Path
from ronghe.definitions import queries as definitions
from ronghe.definitions.models import Edition
from ronghe.definitions.queries import Loaded
from ronghe.definitions.things import ref_of
from ronghe.text.similarity import pairs_of

LOOKED_THROUGH = 500
ALIKE = 0.6
NOT_COUNTED = ("declined", "withdrawn")


def check_may_open(case: Case, procedure: Loaded) -> str:
    """Raise `requires` or `one-per`; gives the number of a case that is the same where the definition only flags it."""
    facts = facts_of(case, procedure)
    if procedure.body.requires is not None:
        lacking = procedure.body.requires.missing(facts, titles=titles_of(procedure))
        if lacking:
            raise DomainError(
                "requires",
                "还不能提交：" + "；".join(lacking) + "。您填写的内容已保留，具备条件后再提交。",
                lacking=lacking,
            )
    written = procedure.body.one_per
    if written is None:
        return ""
    near = Path.parse(written.near) if written.near else None
    keys = tuple(Path.parse(key) for key in written.keys)
    return refuse_second(case, facts, OnePer(keys, near, flag=written.otherwise == "flag"))


def refuse_second(case: Case, facts: CaseFacts, one_per: OnePer) -> str:
    """Raise `one-per` when another case says the same; where it is only flagged give that one's number.

    In the caller's transaction, one such case after the other.
    """
    mine = [_answers(facts, key) for key in one_per.keys]
    if not all(mine):
        return ""  # what nobody answered is the same as nothing
    Edition.objects.select_for_update().get(pk=case.edition_id)
    for other, theirs in _others(case, facts, one_per.keys):
        if [_answers(theirs, key) for key in one_per.keys] != mine:
            continue
        if one_per.near is not None and not _alike(facts, theirs, one_per.near):
            continue
        if one_per.flag:
            return other.number
        raise DomainError(
            "one-per",
            f"已经有一件相同的（{other.number}），没有重复提交。请在那一件上办理，或核对填写的内容。",
            number=other.number,
        )
    return ""


def titles_of(procedure: Loaded) -> dict[str, str]:
    """The words for the fields of a procedure and of what it is about."""
    titles = {"about": "办理对象", "reason": "理由", "evidence": "本环节的佐证附件", "attachments": "附件"}
    for form in (procedure.body.form, *procedure.body.flow.forms):
        titles |= form.titles if form else {}
    for kind in ("register", "organisation"):
        for code in procedure.body.about:
            found = definitions.find(kind, code, procedure.edition.effective)
            form = found.body.form if found else None
            titles |= {f"about.{name}": title for name, title in (form.titles if form else {}).items()}
    return titles


def _others(case: Case, facts: CaseFacts, keys: Sequence[Path]) -> Iterator[tuple[Case, CaseFacts]]:
    """The cases of the procedure that may be the same, the newest first; what the database can tell apart is left out."""
    rows = Case.objects.filter(procedure=case.procedure).exclude(pk=case.pk or 0)
    rows = rows.exclude(state=CaseState.WITHDRAWN).exclude(result__in=NOT_COUNTED)
    for key in keys:
        if key.parts == ("about",):
            rows = rows.filter(about=case.about_id, thing_type=case.thing_type, thing_id=case.thing_id)
        elif len(key.parts) == 1 and isinstance(case.values.get(key.head), str):
            rows = rows.filter(**{f"values__{key.head}": case.values[key.head]})
    for other in rows.select_related("related").order_by("-pk")[:LOOKED_THROUGH]:
        yield other, facts_of(other, definitions.by_edition(other.edition_id), facts.on)


def _answers(facts: CaseFacts, key: Path) -> list[object]:
    return [ref_of(one) or one for one in key.resolve(facts)]


def _alike(one: CaseFacts, other: CaseFacts, near: Path) -> bool:
    """Whether most of what two texts say, by pairs of characters, is the same."""
    first, second = (pairs_of(" ".join(str(text) for text in near.resolve(facts))) for facts in (one, other))
    return bool(first and second) and len(first & second) >= ALIKE * min(len(first), len(second))


BEFORE_OPENING.append(check_may_open)
