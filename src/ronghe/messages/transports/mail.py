"""电子邮件: plain text by SMTP (`RONGHE_MAIL_*`); the key of the parcel is the id of the letter."""

from __future__ import annotations

import smtplib

from django.conf import settings
from django.core.mail import EmailMessage
from django.core.mail.backends.smtp import EmailBackend

from ronghe.messages.exceptions import MessageError, TransportError
from ronghe.messages.transports.parcels import Parcel
from ronghe.messages.transports.wording import in_full

PATIENCE = 15


class MailTransport:
    """One connection a letter: letters are few, and a broken one holds nothing else up."""

    name = "mail"

    def __init__(self) -> None:
        if not settings.MAIL_HOST or not settings.MAIL_FROM:
            message = (
                "启用了电子邮件通道，还要写 RONGHE_MAIL_HOST 和 RONGHE_MAIL_FROM。消息都还在，没有发送。"
            )
            raise MessageError("transport-settings", message, transport=self.name)

    def hand(self, parcel: Parcel) -> None:
        """Give the letter to the mail server."""
        domain = settings.MAIL_FROM.rpartition("@")[2].rstrip(">")
        letter = EmailMessage(
            " ".join(parcel.title.split()),
            in_full(parcel),
            settings.MAIL_FROM,
            [parcel.reach],
            headers={"Message-ID": f"<{parcel.key}@{domain}>", "Auto-Submitted": "auto-generated"},
            connection=_backend(),
        )
        try:
            letter.send()
        except smtplib.SMTPRecipientsRefused as error:
            code = max((refused[0] for refused in error.recipients.values()), default=0)
            raise _refused("refused-recipient", again=code < 500) from None
        except smtplib.SMTPResponseException as error:
            raise _refused("refused", again=error.smtp_code < 500) from None
        except (smtplib.SMTPException, OSError):
            raise TransportError(
                "unreachable", "邮件服务器连不上，稍后再试。请核对邮件设置和网络。"
            ) from None
        except ValueError:  # a line break in an address, or one that cannot be written
            raise _refused("bad-address", again=False) from None


def _backend() -> EmailBackend:
    return EmailBackend(
        host=settings.MAIL_HOST,
        port=settings.MAIL_PORT,
        username=settings.MAIL_USER,
        password=settings.MAIL_PASSWORD,
        use_tls=settings.MAIL_SECURITY == "starttls",
        use_ssl=settings.MAIL_SECURITY == "tls",
        timeout=PATIENCE,
    )


def _refused(code: str, *, again: bool) -> TransportError:
    return TransportError(code, "邮件服务器没有收下。请核对邮箱地址和邮件设置。", again=again)
