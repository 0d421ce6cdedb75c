"""One act on many cases: each in its own transaction, by the same act as a single one; what is refused hinders no other."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from ronghe.casework.exceptions import DomainError, StaleRevision
from ronghe.casework.models import Case
from ronghe.core.errors import RongheError

MOST = 100


@dataclass(frozen=True)
class Refused:
    """A case that was left as it is, and why."""

    id: int
    code: str
    message: str


@dataclass(frozen=True)
class Outcomes:
    """The cases that are done now, whether by this call or by the same one before, and those refused."""

    done: tuple[int, ...] = ()
    refused: tuple[Refused, ...] = ()


def do_many(
    ids: Sequence[int], act: Callable[[int], Case], *, was_done: Callable[[int], bool] | None = None
) -> Outcomes:
    """Do the act to each case in the order given, each id once. Raises `too-many` above 100, with nothing done.

    `was_done` is asked of a case that moved on since it was seen: so that a form sent twice does nothing twice and is
    answered like the first time. Not to be called in a transaction, or one fault would undo them all.
    """
    wanted = list(dict.fromkeys(ids))
    if len(wanted) > MOST:
        raise DomainError(
            "too-many", f"一次最多办 {MOST} 件，您选了 {len(wanted)} 件。请少选一些，分几次办。"
        )
    done: list[int] = []
    refused: list[Refused] = []
    for case_id in wanted:
        try:
            act(case_id)
        except StaleRevision as error:
            if was_done is None or not was_done(case_id):
                refused.append(Refused(case_id, error.code, error.message))
                continue
        except RongheError as error:
            refused.append(Refused(case_id, error.code, error.message))
            continue
        done.append(case_id)
    return Outcomes(tuple(done), tuple(refused))
