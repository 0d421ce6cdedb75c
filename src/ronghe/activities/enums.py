"""The fixed words of activities."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class State(TextChoices):
    """Whether it is still to come, took place, or will not."""

    PLANNED = "planned", _("计划中")
    HELD = "held", _("已开展")
    CANCELLED = "cancelled", _("已取消")


class Role(TextChoices):
    """In which role somebody or something is touched by an activity."""

    ORGANISER = "organiser", _("组织")
    WITH = "with", _("参加")
    ABOUT = "about", _("涉及")
    GUIDE = "guide", _("列席指导")
    PLACE = "place", _("地点")
    PROGRAMME = "programme", _("专项行动")
    RUN = "run", _("办件环节")


class Ground(TextChoices):
    """Why one is taken off the list: a word, never a story."""

    POSTPONED = "postponed", _("改期，另行安排")
    DROPPED = "dropped", _("不再开展")
    DUPLICATE = "duplicate", _("重复登记")
    MISTAKEN = "mistaken", _("登记有误")
