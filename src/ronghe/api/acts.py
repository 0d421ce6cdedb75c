"""The desk's acts on a case: what the page offers the account, and nothing else, over the same domain functions."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from django.http import HttpRequest
from django.urls import reverse

from ronghe.api.auth import asker_of
from ronghe.api.cases import visible
from ronghe.api.filing import wrong
from ronghe.api.offering import acts_of
from ronghe.api.problems import Problem
from ronghe.api.reading import unit_of
from ronghe.api.schemas import Done
from ronghe.api.sent import Act
from ronghe.casework import domain as casework
from ronghe.casework.enums import CaseState
from ronghe.casework.exceptions import DomainError, StaleRevision
from ronghe.casework.models import Case
from ronghe.casework.queries.acts import StepActs
from ronghe.organisations.models import Organisation
from ronghe.organisations.queries import by_code
from ronghe.www.desk.page import CasePage

_TAG = re.compile(r'(?:W/)?"?(\d{1,9})"?')
STALE = "在您读取之后，本件已有新的办理记录，这次什么都没有改。请重新读取后再办。"


@dataclass(frozen=True)
class Acting:
    """An account about to act on a case it sees."""

    page: CasePage
    by: casework.By

    @property
    def case(self) -> Case:
        return self.page.case

    def step(self, no: int) -> StepActs:
        """The open step of that number, which the account may do. Raises Problem 403, DomainError."""
        found = next((step for step in self.page.acts.steps if step.step.no == no), None)
        if found is None:
            self.refuse(is_open=any(step.no == no and step.done_at is None for step in self.page.steps))
        assert found is not None  # noqa: S101 - refused above
        return found

    def check(self, act: str) -> None:
        """Refuse an act that the page does not offer. Raises Problem 403, DomainError."""
        if act not in acts_of(self.page.acts):
            self.refuse(is_open=self.case.state == CaseState.OPEN)

    def refuse(self, *, is_open: bool) -> None:
        """Somebody acted meanwhile, it is over, or it was never theirs to do."""
        seen, now = self.by.revision, self.case.revision
        if seen is not None and seen != now:
            raise StaleRevision("stale-revision", STALE, revision=now)
        if self.case.state != CaseState.OPEN:
            raise DomainError("case-closed", "本件已经办完，不能再办。如情况有变，请重新提出。")
        if not is_open:
            raise DomainError("step-not-open", "这个环节没有开着，可能已经办过。请重新读取后再办。")
        raise Problem(403, "not-yours", "这一步不由本账号的岗位办理。如需办理，请联系承办单位或分办人员。")


def acting(request: HttpRequest, number: str, sent: Act) -> Acting:
    """Whoever asks, at the case; hidden and absent look the same (404)."""
    asker = asker_of(request)
    page = CasePage(visible(request, number), asker.account, asker.now)
    return Acting(page, asker.by(revision_of(request, sent)))


def revision_of(request: HttpRequest, sent: Act) -> int | None:
    """Which revision was seen: by the field, or by If-Match."""
    said = request.headers.get("If-Match", "").strip()
    if sent.revision is not None or said in {"", "*"}:
        return sent.revision
    found = _TAG.fullmatch(said)
    if found is None:
        raise Problem(400, "if-match", 'If-Match 应为读取时 ETag 给出的版本，例如 "12"。')
    return int(found[1])


def do(request: HttpRequest, number: str, sent: Act, act: Callable[[Acting], Case]) -> Done:
    """Do one thing and tell how the case stands then."""
    return done(act(acting(request, number, sent)))


def done(case: Case) -> Done:
    """How a case stands."""
    return Done.model_construct(
        number=case.number,
        state=case.state,
        unit=unit_of(case.responsible),
        due=case.due,
        revision=case.revision,
        url=reverse("api-get-case", args=[case.number]),
    )


def unit_named(field: str, code: str) -> Organisation:
    """The unit of that code. Raises Problem 422."""
    found = by_code(code)
    if found is None or found.kind == "enterprise":
        raise wrong(field, f"没有代码是“{code}”的单位，请核对。")
    return found
