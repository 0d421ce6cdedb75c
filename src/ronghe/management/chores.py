"""What is done behind the pages, each on its own: one that fails does not keep the others from their work.

No chore has a list of its own to work off: each finds what is due in the tables it serves, so that one killed half-way goes
on where it was when it is begun again, and two workers do nothing twice.
"""

from __future__ import annotations

import datetime as dt
import logging
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from django.db import close_old_connections
from django.utils.translation import gettext_lazy as _

from ronghe.api.once import forget_given
from ronghe.bulletins.domain import draft_due, settle_due
from ronghe.casework.domain import (
    close_expired_calls,
    escalate_due,
    recalendar_due,
    resume_expired,
    retime_due,
)
from ronghe.casework.domain.erasing import forget_expired
from ronghe.casework.domain.indexing import index_new
from ronghe.casework.domain.lives import keep_lives
from ronghe.definitions.queries import calendar
from ronghe.duties.domain import check_due, remind_due
from ronghe.jobs import domain as jobs
from ronghe.judgements.domain import ask_due, ask_reviews, draw_due
from ronghe.ledger.domain import sequence
from ronghe.management.printing import print_due
from ronghe.management.tables import size_up
from ronghe.management.telling import hand_over, push

SECOND, MINUTE, HOUR, DAY = 1, 60, 3600, 24 * 3600
HEARTBEAT = 30  # seconds between two notes that a chore goes well
LONGEST_WAIT = 300  # seconds before a chore that fails is tried again
log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Chore:
    """One kind of background work: what it is called on pages, how many seconds lie between two tries, and doing it."""

    code: str
    title: object
    every: int
    do: Callable[[dt.datetime], object]


CHORES: tuple[Chore, ...] = (
    Chore("resume", _("到期的暂停恢复计时"), SECOND, resume_expired),
    Chore("close-calls", _("截止的征集关闭"), SECOND, close_expired_calls),
    Chore("escalate", _("临期和超期的提醒、催办、督办"), SECOND, lambda now: escalate_due(now, calendar())),
    Chore("deliver", _("到点的消息交给通道"), SECOND, hand_over),
    Chore("sequence", _("为新的台账记录排定次序"), SECOND, lambda _now: sequence()),
    Chore("push", _("办件的变化推送给订阅的系统"), SECOND, push),
    Chore("index", _("把新的办理情况编入检索"), SECOND, index_new),
    Chore("ask", _("办结的请诉求人评价"), SECOND, ask_due),
    Chore("draw", _("每个工作日抽取要检查的答复"), SECOND, lambda now: draw_due(now, calendar())),
    Chore("reviews", _("到期的回头看、验收和评议请人评判"), MINUTE, lambda now: ask_reviews(now, calendar())),
    Chore("forget", _("到期的验证码和旧消息的文字清除"), DAY, forget_expired),
    Chore("forget-answers", _("清除一周前接口给过的答复"), HOUR, forget_given),
    Chore("calendar", _("放假安排公布后重算期限"), SECOND, recalendar_due),
    Chore("hours", _("办公时间调整后重算期限"), SECOND, retime_due),
    Chore("duties", _("检查经常任务的完成情况"), MINUTE, lambda now: check_due(now, calendar())),
    Chore(
        "remind-duties",
        _("经常任务到期前的提醒和缺了以后的督促"),
        10 * MINUTE,
        lambda now: remind_due(now, calendar()),
    ),
    Chore("papers", _("公示期满的结束，异议成立的撤下"), MINUTE, settle_due),
    Chore("print", _("文稿制作 PDF"), SECOND, print_due),
    Chore("draft-papers", _("按季度要公示的拟出初稿"), HOUR, draft_due),
    Chore("lives", _("单位从设立到撤销的办理过程"), HOUR, keep_lives),
    Chore("size-up", _("整理数据库的统计信息"), DAY, lambda _now: size_up()),
)


@dataclass
class Rounds:
    """The chores of one worker: when each is due again, and what it last gave."""

    chores: Sequence[Chore] = CHORES
    due: dict[str, float] = field(default_factory=dict)
    noted: dict[str, float] = field(default_factory=dict)
    failing: dict[str, int] = field(default_factory=dict)
    gave: dict[str, object] = field(default_factory=dict)

    def round(self, now: dt.datetime) -> None:
        """Do every chore that is due; never raises for one of them."""
        for chore in self.chores:
            if time.monotonic() >= self.due.get(chore.code, 0.0):
                self._try(chore, now)
        close_old_connections()

    def _try(self, chore: Chore, now: dt.datetime) -> None:
        began = time.monotonic()
        wait: float = chore.every
        try:
            self.gave[chore.code] = chore.do(now)
            self._note_well(chore, now, began)
        except Exception as error:
            log.exception("chore %s failed", chore.code)
            self.failing[chore.code] = self.failing.get(chore.code, 0) + 1
            wait = min(max(chore.every, 2 ** min(self.failing[chore.code], 9)), LONGEST_WAIT)
            self._note_failed(chore, now, error)
        self.due[chore.code] = began + wait

    def _note_well(self, chore: Chore, now: dt.datetime, began: float) -> None:
        """Kept at most every HEARTBEAT seconds, and at once when the chore had failed."""
        recovered = self.failing.pop(chore.code, 0)
        if recovered or began >= self.noted.get(chore.code, 0.0) + HEARTBEAT or chore.code not in self.noted:
            self.noted[chore.code] = began
            jobs.went_well(chore.code, at=now, took_ms=int((time.monotonic() - began) * 1000))

    def _note_failed(self, chore: Chore, now: dt.datetime, error: Exception) -> None:
        try:
            close_old_connections()
            jobs.failed(chore.code, at=now, trouble=str(getattr(error, "code", "") or type(error).__name__))
        except Exception:
            log.exception("chore %s: its failure could not be kept", chore.code)
