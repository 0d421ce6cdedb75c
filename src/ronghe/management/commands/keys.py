"""`ronghe keys rotate`: everything the vault sealed is sealed anew under the newest key."""

from __future__ import annotations

from typing import Any

from django.core.management.base import CommandParser

from ronghe.api.models import Given
from ronghe.casework.models import Draft
from ronghe.management.base import RongheCommand
from ronghe.messages.domain import rotate_messages
from ronghe.organisations.domain import reseal_rows, rotate_identities
from ronghe.organisations.domain.factors import reseal_factors


class Command(RongheCommand):
    """After this the older keys may be taken out of RONGHE_IDENTITY_KEYS. Safe to stop and repeat."""

    help = "换密钥：新密钥写在 RONGHE_IDENTITY_KEYS 最前面并重启后，用它把身份信息、消息、草稿、登录验证方式重新加密；做完才能去掉旧密钥。"

    def add_options(self, parser: CommandParser) -> None:
        parser.add_argument("act", choices=["rotate"], help="rotate：重新加密")

    def run(self, **_options: Any) -> dict[str, Any]:
        return {
            "identities": rotate_identities(),
            "messages": rotate_messages(),
            "factors": reseal_factors(),
            "drafts": reseal_rows(Draft),
            "answers": reseal_rows(Given),
        }

    def text(self, report: dict[str, Any]) -> str:
        said = "已用新密钥重新加密：身份信息 {identities} 份，消息 {messages} 条，登录验证方式 {factors} 个，草稿 {drafts} 份，接口应答 {answers} 条。现在可以去掉旧密钥。"
        return said.format(**report)
