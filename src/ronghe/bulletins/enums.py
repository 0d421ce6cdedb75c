"""The fixed words of bulletins."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class State(TextChoices):
    """Where a bulletin stands: written, being signed, shown, taken down or over."""

    DRAFT = "draft", _("拟稿")
    SIGNING = "signing", _("送签")
    ISSUED = "issued", _("已发布")
    WITHDRAWN = "withdrawn", _("已撤下")
