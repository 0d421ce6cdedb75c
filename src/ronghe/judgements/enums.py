"""Where a rating stands, why it is doubted, and what somebody found who looked into it."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class Standing(models.TextChoices):
    """Whether a given rating counts. Nothing but a person's decision voids one."""

    COUNTED = "counted", _("计入")
    QUARANTINED = "quarantined", _("待核实")
    VOIDED = "voided", _("作废")


class Doubt(models.TextChoices):
    """What a rule found odd about a rating."""

    SAME_PHONE = "same-phone", _("同一电话短时间内连续作出同样的评价")
    TOO_QUICK = "too-quick", _("办结后几秒内就评价")
    OFFICER_PHONE = "officer-phone", _("评价人的电话与承办单位工作人员的相同")
    BURST = "burst", _("最高评价突然大量出现")


class Ground(models.TextChoices):
    """What was found out about a doubted or contested rating."""

    GENUINE = "genuine", _("核实过，是诉求人本人的真实评价")
    FAIR = "fair", _("评价有事实依据，申诉理由不成立")
    NOT_THE_REQUESTER = "not-the-requester", _("不是诉求人本人评的")
    BY_STAFF = "by-staff", _("工作人员自评、代评或诱导评价")
    WRONG_CASE = "wrong-case", _("评错了事项，诉求人已确认")
    MALICIOUS = "malicious", _("恶意差评，与办理情况无关")


UPHOLDING = (Ground.GENUINE, Ground.FAIR)
VOIDING = (Ground.NOT_THE_REQUESTER, Ground.BY_STAFF, Ground.WRONG_CASE, Ground.MALICIOUS)


class RatingLink(models.TextChoices):
    """Whether the rating a link asks for can still be given."""

    OPEN = "open", _("可以评价")
    SPENT = "spent", _("已经评价过")
    EXPIRED = "expired", _("评价期限已过")
    OVER = "over", _("本次办理已经重新开始")
    STAFF = "staff", _("工作人员登录后不能评价")
