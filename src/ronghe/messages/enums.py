"""The states of a message."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class MessageState(models.TextChoices):
    """How far a message has come. `HANDING` is held by one worker until the lease in `not_before` is over."""

    WAITING = "waiting", _("待发送")
    HANDING = "handing", _("发送中")
    FAILED = "failed", _("发送未成功，将再次发送")
    SENT = "sent", _("已发送")
