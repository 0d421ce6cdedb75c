"""Papers made into PDF by the worker: asked for, tried again, and after the last try left to a person."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

from django.db import transaction

from ronghe.bulletins.exceptions import DomainError
from ronghe.bulletins.models import Bulletin, Printout
from ronghe.bulletins.printing import LONGEST, digest_of, kept_pdf, pdf_of

AGAIN = (10, 60, 300, 1800)  # seconds until the next try, after each
HELD = dt.timedelta(
    seconds=2 * LONGEST
)  # nobody else takes one that is being made; killed, it is taken again then
NEVER = frozenset({"no-converter"})  # trying again changes nothing
State = Printout.State


def ask_pdf(bulletin: Bulletin, docx: bytes, *, actor: str, at: dt.datetime) -> Printout:
    """Have a paper made into PDF; asked twice it is made once, asked again after it failed it is tried anew."""
    digest = digest_of(docx)
    with transaction.atomic():
        row, is_new = Printout.objects.select_for_update().get_or_create(
            digest=digest,
            defaults={
                "bulletin": bulletin,
                "docx": docx,
                "asked_by": actor,
                "asked_at": at,
                "not_before": at,
            },
        )
        is_lost = row.state == State.DONE and kept_pdf(digest) is None
        if not is_new and (is_lost or row.state in {State.FAILED, State.DROPPED}):
            row.docx, row.asked_by, row.asked_at = docx, actor, at
            _begin_anew(row, at)
    return row


def make_due(now: Callable[[], dt.datetime], *, convert: Callable[[bytes], bytes] = pdf_of) -> int:
    """Make what is due, one after the other; give how many were done. Killed anywhere, what it held is taken again later."""
    done = 0
    while (row := _take(now())) is not None:
        done += _make(row, now, convert)
    return done


def is_due(now: dt.datetime) -> bool:
    """Whether anything waits to be made."""
    return bool(Printout.objects.filter(state=State.WAITING, not_before__lte=now).exists())


def _take(now: dt.datetime) -> Printout | None:
    """One that is due, held for this worker alone."""
    for row in Printout.objects.filter(state=State.WAITING, not_before__lte=now).order_by("not_before", "pk")[
        :5
    ]:
        mine = Printout.objects.filter(pk=row.pk, state=State.WAITING, not_before=row.not_before)
        if mine.update(not_before=now + HELD, tries=row.tries + 1):
            row.tries += 1
            found: Printout = row
            return found
    return None


def _make(row: Printout, now: Callable[[], dt.datetime], convert: Callable[[bytes], bytes]) -> bool:
    try:
        convert(bytes(row.docx or b""))
    except DomainError as error:
        is_last = error.code in NEVER or row.tries > len(AGAIN)
        wait = dt.timedelta(seconds=AGAIN[min(row.tries, len(AGAIN)) - 1])
        _settle(
            row, state=State.FAILED if is_last else State.WAITING, trouble=error.code, not_before=now() + wait
        )
        return False
    _settle(row, state=State.DONE, trouble="", done_at=now(), docx=None, owner=None)
    return True


def _settle(row: Printout, **said: object) -> None:
    """How a try went, unless somebody gave it up meanwhile."""
    Printout.objects.filter(pk=row.pk, state=State.WAITING).update(**said)


def take_printout(pk: int, person: int) -> Printout:
    """Somebody sees to one that was not made. Raises `settled`."""
    with transaction.atomic():
        row = _failed(pk)
        row.owner_id = person
        row.save(update_fields=["owner"])
    return row


def retry_printout(pk: int, *, at: dt.datetime) -> Printout:
    """Try one anew that was not made. Raises `settled`."""
    with transaction.atomic():
        row = _failed(pk)
        _begin_anew(row, at)
    return row


def drop_printout(pk: int) -> Printout:
    """Make it no more; its .docx is there for whoever needs it. Raises `settled`."""
    with transaction.atomic():
        row = _failed(pk)
        row.state, row.docx = State.DROPPED, None
        row.save(update_fields=["state", "docx"])
    return row


def _failed(pk: int) -> Printout:
    found = Printout.objects.select_for_update().filter(pk=pk, state=State.FAILED).first()
    if found is None:
        raise DomainError("settled", "这一份已经有人处理，或者已经做好，没有改动。")
    row: Printout = found
    return row


def _begin_anew(row: Printout, at: dt.datetime) -> None:
    row.state, row.tries, row.not_before, row.trouble, row.owner = State.WAITING, 0, at, "", None
    row.save(
        update_fields=["state", "tries", "not_before", "trouble", "owner", "docx", "asked_by", "asked_at"]
    )
