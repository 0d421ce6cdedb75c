"""Beginning a bulletin and writing its parts."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping
from typing import Any

from django.db import transaction

from ronghe.bulletins import rules
from ronghe.bulletins.domain.recording import lock, write
from ronghe.bulletins.enums import ADDRESSEE, State
from ronghe.bulletins.exceptions import DomainError, StaleBulletin
from ronghe.bulletins.models import Bulletin
from ronghe.bulletins.queries.composing import day_of, loaded_of, parts_of, title_of
from ronghe.bulletins.queries.facts import Beside
from ronghe.bulletins.queries.filling import fill, said
from ronghe.bulletins.queries.progress import HEAD, progress_of
from ronghe.core.periods import Period
from ronghe.core.select import Path
from ronghe.core.worktime import SHANGHAI
from ronghe.definitions import queries as definitions
from ronghe.definitions.domain import freeze
from ronghe.definitions.enums import Kind
from ronghe.definitions.kinds import BulletinDefinition
from ronghe.definitions.queries import Loaded
from ronghe.definitions.things import Ref
from ronghe.organisations.models import Organisation
from ronghe.organisations.queries import Powers

PROGRESS = "progress"
LONGEST = 20_000  # characters of one part


@transaction.atomic
def draft(
    loaded: Loaded,
    *,
    organisation: Organisation,
    actor: str,
    at: dt.datetime,
    about: Ref | None = None,
    case: int | None = None,
    step: int | None = None,
    period: str = "",
    values: Mapping[str, Any] | None = None,
    figures: Mapping[str, str] | None = None,
    powers: Powers | None = None,
    submission: uuid.UUID | None = None,
    origin: str = "page",
) -> Bulletin:
    """Begin one, filled in as far as known; the same `submission` again gives the same one.

    `values` fill parts and words, `figures` are indicators in words, frozen with it. With `powers` it is checked that who
    asks may write for the unit. Raises DomainError `not-yours`, `not-this-kind`.
    """
    before: Bulletin | None = Bulletin.objects.filter(submission=submission).first() if submission else None
    if before is not None:
        return before
    body: BulletinDefinition = loaded.body
    if powers is not None and organisation.pk not in rules.acting_units(powers):
        raise DomainError("not-yours", f"您不在{organisation}任职，不能以它的名义拟稿。")
    if body.by and organisation.kind not in body.by:
        raise DomainError("not-this-kind", f"“{body.title}”不由{organisation}出具。")
    freeze(loaded.edition, at=at)
    beside = Beside(at.astimezone(SHANGHAI).date(), about, case, values or {})
    parts = _filled(loaded, beside, organisation, period)
    paper = Bulletin(
        edition=loaded.edition,
        bulletin=loaded.edition.code,
        title=title_of(parts, loaded.edition.title),
        content={"parts": parts, "shown": _shown(body, beside, organisation, period, figures or {})},
        organisation=organisation,
        about_type=about[0] if about else "",
        about_id=about[1] if about else None,
        case_id=case,
        step=step,
        period=period,
        opener=actor,
        opened_at=at,
        submission=submission,
    )
    data = {"edition_id": loaded.edition.pk, "step": step}
    write(paper, "bulletin.drafted", actor=actor, at=at, origin=origin, **data)
    return paper


def _filled(loaded: Loaded, beside: Beside, organisation: Organisation, period: str) -> dict[str, str]:
    told = {
        "title": loaded.edition.title,
        "unit": organisation.name,
        "about": said(beside.get("about")),
        "period": Period.parse(period).label if period else "",
    }
    for word, path in (
        ("case", "number"),
        ("case-title", "title"),
        ("due", "due"),
        ("responsible", "responsible"),
    ):
        told[word] = "、".join(map(said, Path.parse(f"case.{path}").resolve(beside)))
    parts = {}
    for part in parts_of(loaded, beside.on):
        given = beside.values.get(part.code)
        parts[part.code] = fill(given if isinstance(given, str) else part.text, told, beside)
    if not parts.get(ADDRESSEE, "x").strip():
        parts[ADDRESSEE] = told["about"] or told["responsible"]
    return parts


def _shown(
    body: BulletinDefinition,
    beside: Beside,
    organisation: Organisation,
    period: str,
    figures: Mapping[str, str],
) -> list[dict[str, Any]]:
    """What it shows beside its text: fields by their paths, progress from the ledger, figures as they were given."""
    made: list[dict[str, Any]] = []
    for word in body.shows:
        if word == PROGRESS and period:
            about = beside.about[1] if beside.about and beside.about[0] == "organisation" else organisation.pk
            rows = progress_of(about, Period.parse(period))
            if rows:
                made.append({"word": word, "title": "主要工作", "head": list(HEAD), "rows": rows})
        elif word in figures:
            made.append({"word": word, "title": _called(body, word, beside.on), "words": figures[word]})
        elif words := "、".join(filter(None, map(said, Path.parse(word).resolve(beside)))):
            made.append({"word": word, "title": _called(body, word, beside.on), "words": words})
    return made


def _called(body: BulletinDefinition, word: str, on: dt.date) -> str:
    """What an indicator or the field at the end of a path is called."""
    if (indicator := definitions.find(Kind.INDICATOR, word, on)) is not None:
        return str(indicator.body.title)
    name = word.rpartition(".")[2]
    for kind in (Kind.ORGANISATION, Kind.REGISTER, Kind.POST, Kind.PROCEDURE):
        for code in body.about:
            found = definitions.find(kind, code, on)
            for field in found.body.form.fields if found and found.body.form else ():
                if field.code == name:
                    return str(field.title)
    return str(body.title)


@transaction.atomic
def change(
    bulletin_id: int, *, parts: Mapping[str, str], revision: int, powers: Powers, at: dt.datetime
) -> Bulletin:
    """Write its parts anew. Nothing different writes nothing.

    Raises `not-yours`, `being-signed` (it must be handed back first), StaleBulletin `stale`, `invalid` with `errors`.
    """
    paper = lock(bulletin_id)
    if not rules.may_write(powers, paper):
        raise DomainError("not-yours", "这份文稿不由您的单位起草，没有改动。")
    if paper.state == State.SIGNING:
        raise DomainError("being-signed", "这份文稿正在送签，要改请先退回。已签的要重新签。")
    before = paper.content.get("parts", {})
    known = {part.code for part in parts_of(loaded_of(paper), day_of(paper))} | before.keys()
    given = {code: text.replace("\r\n", "\n").strip() for code, text in parts.items() if code in known}
    if revision != paper.revision and given != before:
        message = "您打开以后，别人改过这份文稿。您写的内容还在，请对照后再保存。"
        raise StaleBulletin("stale", message, now=before, revision=paper.revision)
    if errors := {
        code: f"最多 {LONGEST} 个字，请删减。" for code, text in given.items() if len(text) > LONGEST
    }:
        raise DomainError("invalid", "有内容太长，您写的内容还在。", errors=errors)
    fields = sorted(code for code, text in given.items() if text != before.get(code, ""))
    if not fields:
        return paper
    paper.content = {**paper.content, "parts": {**before, **given}}
    paper.title = title_of(paper.content["parts"], paper.edition.title)
    write(paper, "bulletin.changed", actor=f"person:{powers.person_id}", at=at, fields=fields)
    return paper
