"""A definition uploaded on a page: checked, shown beside what it replaces, and signed by a named administrator."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from dataclasses import dataclass

from django.db import IntegrityError, transaction
from django.utils import timezone

from ronghe.core.memory import forget
from ronghe.definitions.checking import Checked, check_documents, problems_of
from ronghe.definitions.domain.loading import publish
from ronghe.definitions.exceptions import ProposalRefused
from ronghe.definitions.models import Edition, Proposal
from ronghe.definitions.queries import body_of
from ronghe.definitions.reading import Document, Problem, read_bytes

PACK = "page"


@dataclass(frozen=True)
class Examined:
    """What an uploaded file holds: the definition when it can be read, and everything wrong with it."""

    checked: Checked | None
    problems: tuple[Problem, ...]

    @property
    def may_be_signed(self) -> bool:
        return self.checked is not None and not self.problems


def propose(content: bytes, *, file_name: str, actor: str, at: dt.datetime) -> Proposal:
    """Keep an uploaded file to be looked at; it takes effect only when signed. Raises ProposalRefused for what is no text."""
    reading = read_bytes(content, file_name)
    if not reading.documents and any(
        one.code in {"binary", "encoding", "too-large"} for one in reading.problems
    ):
        raise ProposalRefused(reading.problems[0].message + reading.problems[0].cure)
    return Proposal.objects.create(
        text=content.decode("utf-8-sig"), file_name=file_name[-120:], uploaded_by=actor, at=at
    )


def examine(proposal: Proposal, *, since: dt.date) -> Examined:
    """Check the file against everything loaded, for the day it names or, where that has passed, for `since`."""
    found = _examined(proposal, None)
    if found.checked is not None and found.checked.body.effective < since:
        return _examined(proposal, since)
    return found


def _examined(proposal: Proposal, effective: dt.date | None) -> Examined:
    """`effective` stands in place of the day the file names itself."""
    reading = read_bytes(proposal.text.encode(), proposal.file_name)
    if reading.problems:
        return Examined(None, tuple(reading.problems))
    if len(reading.documents) != 1:
        message = "一次只能上传一个定义。" if reading.documents else "文件里没有定义。"
        return Examined(
            None, (Problem(proposal.file_name, 1, "", message, "一个文件只写一个定义", "not-one"),)
        )
    [document] = reading.documents
    if effective is not None:
        document = Document(
            document.file,
            document.line,
            {**document.data, "effective": effective.isoformat()},
            document.lines,
        )
    checked, problems = check_documents([document])
    if not checked:
        return Examined(None, tuple(problems))
    [one] = checked
    beneath = [
        Checked(Document(edition.source_file, 1, {}), body_of(edition))
        for edition in Edition.objects.all()
        if (edition.kind, edition.code) != (one.body.kind.value, one.body.code)
    ]
    return Examined(one, (*problems_of([one], beneath), *_taken(one, proposal)))


def _taken(one: Checked, proposal: Proposal) -> list[Problem]:
    """An edition of that name or day exists already, and no edition is ever replaced."""
    same = Edition.objects.filter(kind=one.body.kind.value, code=one.body.code)
    if proposal.edition_id is not None:
        same = same.exclude(pk=proposal.edition_id)
    if same.filter(edition=one.body.label).exists():
        return [
            one.document.problem(("edition",), f"已经有“{one.body.label}”这一版了。", "换一个版次", "taken")
        ]
    if same.filter(effective=one.body.effective).exists():
        cure = "换一个生效日期"
        return [
            one.document.problem(("effective",), f"已经有一版从 {one.body.effective} 起生效。", cure, "taken")
        ]
    return []


def sign(proposal: Proposal, *, effective: dt.date, actor: str, at: dt.datetime) -> Edition:
    """Publish it from today or a later day on. Raises ProposalRefused; then nothing has changed."""
    with transaction.atomic():
        row = Proposal.objects.select_for_update().get(pk=proposal.pk)
        if row.edition_id is not None or row.dropped_at is not None:
            raise ProposalRefused("这一份已经签发或搁置，没有再签发。请刷新页面查看。")
        if effective < timezone.localdate(at):
            raise ProposalRefused("生效日期须是今天或以后，没有签发。请改一个日期。")
        found = _examined(row, effective)
        if found.checked is None or found.problems:
            raise ProposalRefused("还有没改好的地方，没有签发。请按列出的问题修改文件后重新上传。")
        try:
            with transaction.atomic():
                row.edition = _sign(row, found.checked, actor=actor, at=at)
        except IntegrityError:
            raise ProposalRefused(
                "同一版次或同一生效日期刚刚有人签发了，没有再签发。请刷新页面核对。"
            ) from None
        row.save(update_fields=["edition"])
    forget()
    return row.edition


def _sign(proposal: Proposal, checked: Checked, *, actor: str, at: dt.datetime) -> Edition:
    body = checked.body
    text = json.dumps(checked.document.data, ensure_ascii=False, separators=(",", ":"))
    edition = Edition.objects.create(
        kind=body.kind.value,
        code=body.code,
        edition=body.label,
        effective=body.effective,
        title=body.title,
        body=text,
        hash=hashlib.sha256(text.encode()).hexdigest(),
        pack=PACK,
        source_file=proposal.file_name,
        loaded_at=at,
        signed_by=actor,
    )
    publish(edition, body, actor=actor, at=at)
    return edition


def drop(proposal: Proposal, *, at: dt.datetime) -> None:
    """Put an upload aside; one that was signed stays."""
    Proposal.objects.filter(pk=proposal.pk, edition=None, dropped_at=None).update(dropped_at=at)
