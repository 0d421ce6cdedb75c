"""The fixed words of duties."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Standing(TextChoices):
    """How a duty stands for one holder in one period. A gap is computed, never reported."""

    OPEN = "open", _("还没有做")
    MET = "met", _("已完成")
    LATE = "late", _("逾期补做")
    GAP = "gap", _("缺")
    EXCUSED = "excused", _("准予免除")
