"""The words of a reckoning: what is measured, by what it is split, and what kind of nothing a nothing is."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class By(models.TextChoices):
    """What the rows are."""

    ORGANISATION = "organisation", _("单位")
    MONTH = "month", _("月份")
    KIND = "kind", _("类型")
    TOPIC = "topic", _("诉求类别")


class Measure(models.TextChoices):
    """What is measured; `queries.reckoning` defines each."""

    RECEIVED = "received", _("收到")
    CLOSED = "closed", _("办结")
    ON_TIME = "on_time", _("按期办结率")
    MEDIAN_DAYS = "median_days", _("办理工作日中位数")
    P90_DAYS = "p90_days", _("九成在几个工作日内")
    RATED = "rated", _("评价")
    MEAN_RATING = "mean_rating", _("平均分")
    SATISFIED_SHARE = "satisfied_share", _("满意率")


class Act(models.TextChoices):
    """What else a period's entries tell of the handling; `queries.acts` defines each."""

    ACCEPTED = "accepted", _("受理")
    OVERDUE = "overdue", _("超期未办结")
    EXTENDED = "extended", _("延期")
    PAUSED = "paused", _("暂停计时")
    REOPENED = "reopened", _("差评重办")
    TRANSFERRED = "transferred", _("转出")
    RETURNED = "returned", _("退回")


class Part(models.TextChoices):
    """Which of a figure's two numbers."""

    NUMERATOR = "numerator", _("分子")
    DENOMINATOR = "denominator", _("分母")


class Status(models.TextChoices):
    """What a value, or the lack of one, means; no two of these are the same.

    DISPUTED: someone contests an entry behind the figure. No kind of entry contests a case's figure so far, so nothing
    here sets it. WITHHELD: known, but from too few people to be shown.
    """

    OK = "ok", _("有数")
    ZERO = "zero", _("为零")
    NOT_APPLICABLE = "not-applicable", _("不适用")
    PENDING = "pending", _("未到期间")
    DISPUTED = "disputed", _("有争议")
    MISSING = "missing", _("缺数据")
    WITHHELD = "withheld", _("人数太少，不公布")
