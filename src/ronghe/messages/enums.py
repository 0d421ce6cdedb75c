"""The states of a message, and the ways by which it can leave."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class MessageState(models.TextChoices):
    """How far a message has come. `HANDING` is held by one worker until the lease in `not_before` is over."""

    WAITING = "waiting", _("待发送")
    HANDING = "handing", _("发送中")
    FAILED = "failed", _("发送未成功，将再次发送")
    SENT = "sent", _("已发送")
    DEAD = "dead", _("没有送达，等人处理")
    DROPPED = "dropped", _("不再发送")


OVER = (MessageState.SENT, MessageState.DEAD, MessageState.DROPPED)


class Channel(models.TextChoices):
    """By what somebody is told. The page always has what the staff are told; an installation chooses the others."""

    PAGE = "page", _("提醒页")
    WECOM = "wecom", _("企业微信")
    SMS = "sms", _("短信")
    MAIL = "mail", _("电子邮件")
    WEBHOOK = "webhook", _("推送")
    TEST = "test", _("测试通道")


REACHED = (Channel.WECOM, Channel.SMS, Channel.MAIL)  # by an address that a person enters and verifies
