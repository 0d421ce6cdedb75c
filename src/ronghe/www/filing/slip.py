"""The receipt slip: what the requester takes home, and nothing that says who they are."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from django.conf import settings
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext

from ronghe.casework import domain as casework
from ronghe.casework.models import Case
from ronghe.definitions import queries as definitions
from ronghe.organisations.models import Account
from ronghe.www.filing.offers import DeskOffer
from ronghe.www.qr import qr_svg

FILED = "filed-at-desk"  # in the session: what was filed here, by number


@dataclass
class Slip:
    """The slip of one case. `root`: the address of the portal's first page; `lost`: which files could not be kept."""

    case: Case
    account: Account
    root: str
    lost: str = ""

    @property
    def code(self) -> str:
        """The code it is followed with."""
        assert self.case.submission is not None  # noqa: S101 - filed on a page
        return casework.follow_code_of(self.case.submission)

    @cached_property
    def offer(self) -> DeskOffer:
        """Its kind."""
        return DeskOffer(definitions.by_edition(self.case.edition_id))

    @property
    def is_of_others(self) -> bool:
        """Whether somebody takes it home."""
        return self.offer.is_of_others

    @cached_property
    def unit(self) -> str:
        """Who has it now: the unit that answers, or the desk that will find one."""
        if self.case.responsible:
            return str(self.case.responsible.name)
        step = self.case.steps.filter(done_at=None).select_related("holder").order_by("no").first()
        return str(step.holder.name) if step and step.holder else ""

    @property
    def is_routed(self) -> bool:
        """Whether a unit answers for it already."""
        return self.case.responsible_id is not None

    @property
    def answer_by(self) -> str:
        """When it must be answered, as it will still be true on paper tomorrow."""
        if self.case.due is None:
            return self.offer.limit_words
        due = definitions.calendar().local(self.case.due)
        words = {"year": due.year, "month": due.month, "day": due.day}
        return gettext("最迟 %(year)d年%(month)d月%(day)d日") % words

    @property
    def home(self) -> str:
        """Where to follow it, as somebody types it from paper."""
        return self.root.partition("://")[2].rstrip("/") + reverse("follow")

    @property
    def picture(self) -> SafeString:
        """The way to follow it, to be scanned."""
        link = self.root.rstrip("/") + reverse("follow-link", args=[self.case.number, self.code])
        return qr_svg(link, title=gettext("手机扫码看这一件的进度"))

    @property
    def is_visible(self) -> bool:
        """Whether who filed it may also see it at the desk."""
        return bool(Case.objects.visible_to(self.account).filter(pk=self.case.pk).exists())

    @property
    def phones(self) -> list[str]:
        """Where to ask by phone."""
        return list(settings.PHONES)

    @property
    def again(self) -> str:
        """What the next one keeps: the way it came."""
        return f"?channel={self.case.channel}" if self.case.channel else ""
